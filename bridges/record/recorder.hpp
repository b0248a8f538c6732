// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bridges/record/tap.hpp"
#include "bridges/record/writer.hpp"
#include "common/core/sim/sim.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/reader/pitbridge.hpp"

namespace pitbridge::record {

/// Reads what the bridge of a sim publishes, as any reader does, and writes each frame of each mapping. What
/// a bridge makes itself of another mapping's records is left out: whoever plays the file makes it again.
class Recorder {
 public:
  /// `sim` must outlive it. The bridge may come later.
  static Expected<Recorder> open(const Sim& sim, const std::string& directory);

  /// Waits for news, no longer than `timeout`, and writes what has come. A signal ends the wait.
  Expected<void> step(RecordingWriter& writer, std::chrono::milliseconds timeout);
  /// Until a game is attached and has written something; false: not within `timeout`.
  bool wait_for_data(std::chrono::milliseconds timeout) {
    return reader_.wait_for_data("", timeout) == reader::Result::kOk;
  }

  /// There are data now, or were at the last step.
  bool is_live() const { return is_live_; }
  /// Why not, with the remedy.
  std::string why_not() const { return std::string(message(result_)); }
  /// Since the begin of the recording.
  std::int64_t time_ns() { return clock_.now_ns() - start_ns_; }

 private:
  struct Slot {
    std::string name;
    std::optional<std::size_t> place = {};  ///< in the status page; none: it is not there
    bool is_derived = false;
    std::vector<std::byte> bytes = {};          ///< of the frame that is to be written
    std::optional<std::uint64_t> updates = {};  ///< of the bridge's count that were seen
    std::int64_t time_ns = 0;                   ///< of `bytes`
    std::uint32_t lost = 0;                     ///< before them
    bool is_there() const { return updates.has_value(); }
  };

  Recorder(const Sim& sim, std::string directory, reader::Reader reader)
      : sim_(&sim), directory_(std::move(directory)), reader_(std::move(reader)) {}

  Expected<void> start(RecordingWriter& writer);
  /// The whole question: does the bridge live, which mappings has it, where are its files.
  Expected<void> look_around(RecordingWriter& writer);
  void take(Slot& slot);
  void note(Slot& slot, std::uint64_t updates, std::uint64_t changed_ns);
  Expected<void> write_news(RecordingWriter& writer);
  Expected<void> close(std::size_t slot, RecordingWriter& writer);

  const Sim* sim_;
  std::string directory_;
  reader::Reader reader_;
  std::optional<FrameTap> tap_;  ///< none: the bridge is another user's, or has just come
  MonotonicClock clock_;
  reader::StatusPage page_ = {};
  reader::Snapshot snapshot_;
  reader::Result result_ = reader::Result::kAbsent;
  bool is_live_ = false;
  std::int64_t start_ns_ = 0, next_look_ns_ = 0;
  std::uint64_t bridge_start_ns_ = 0;
  std::string title_;
  std::vector<Slot> slots_;
  std::vector<Slot*> news_;  ///< whose `bytes` are to be written
};

}  // namespace pitbridge::record
