// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/core/decode/telemetry.hpp"

namespace pitbridge::record {

struct Lap {
  int number = 0;  ///< as the sim counts; 1 is the first
  std::int64_t begin_ns = 0, end_ns = 0;
  std::optional<double> seconds = {};  ///< as the sim gives it, else from line to line
  bool is_whole = false;               ///< from line to line; else it began or ended elsewhere
};

/// Finds laps in the values of a drive, look after look. The sim's own count of laps decides, and where there
/// is none, its lap time that begins anew.
class LapFinder {
 public:
  void look(std::int64_t time_ns, const Telemetry& telemetry);
  std::vector<Lap> finish(std::int64_t end_ns);

 private:
  void cross_line(std::int64_t time_ns, int next_number);
  void leave(std::int64_t time_ns);

  std::optional<Lap> lap_;  ///< that is driven
  bool began_at_line_ = false;
  std::optional<double> lap_time_, last_lap_time_;  ///< at the last look
  /// The lap before waits for the sim to say its time.
  std::optional<double> old_last_lap_time_;
  std::int64_t crossed_ns_ = 0;
  bool awaits_time_ = false;
  std::vector<Lap> laps_;
};

/// The shortest whole lap with a time; null: there is none.
const Lap* fastest(const std::vector<Lap>& laps);

}  // namespace pitbridge::record
