// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bridges/record/frames.hpp"
#include "common/core/decode/telemetry.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge::record {

/// What the bytes of a recording mean, by our tables, record after record.
class Drive {
 public:
  /// `sim` must outlive it. `mappings`: the names in the header of the recording.
  Drive(const Sim& sim, std::vector<std::string> mappings);

  /// Takes the next record. `has_gap`: records were left out before it.
  void take(const Record& record, bool has_gap);
  /// By whose tables is decoded; null: not known (yet).
  const Title* title() const { return title_; }
  bool has_data() const;
  /// What is there now.
  Telemetry decode(std::int64_t time_ns);

  struct Section {
    std::vector<std::byte> bytes = {};
    bool is_there = false;
    bool is_new = false;  ///< since the last `decode`
  };
  const std::vector<Section>& sections() const { return sections_; }
  /// As the bridge said; empty: it did not.
  const std::string& title_id() const { return title_id_; }

 private:
  void forget();

  const Sim& sim_;
  std::vector<std::string> mappings_;
  std::vector<Section> sections_;
  std::string title_id_;
  const Title* title_ = nullptr;
  Snapshot snapshot_;
  Decoder decoder_;
  ActivityWatch watch_;
};

}  // namespace pitbridge::record
