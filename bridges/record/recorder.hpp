// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "bridges/record/writer.hpp"
#include "common/core/sim/sim.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/reader/pitbridge.hpp"

namespace pitbridge::record {

/// Reads what the bridge of a sim publishes, as any reader does, and writes each frame of each mapping.
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
    reader::Snapshot snapshot = {};
    bool is_there = false;
    std::uint64_t updates = 0;  ///< that were seen
    std::uint32_t lost = 0;     ///< before the one in `snapshot`
  };

  Recorder(const Sim& sim, reader::Reader reader) : sim_(&sim), reader_(std::move(reader)) {}

  Expected<void> start(RecordingWriter& writer);
  void take(std::size_t mapping);
  Expected<void> write_news(RecordingWriter& writer);
  Expected<void> close_all(RecordingWriter& writer);

  const Sim* sim_;
  reader::Reader reader_;
  MonotonicClock clock_;
  reader::StatusPage page_ = {};
  reader::Result result_ = reader::Result::kAbsent;
  bool is_live_ = false;
  std::int64_t start_ns_ = 0;
  std::uint64_t bridge_start_ns_ = 0;
  std::string title_;
  std::vector<std::string> names_;
  std::vector<Slot> slots_;
  std::vector<std::size_t> news_;  ///< mappings whose snapshot is to be written
};

}  // namespace pitbridge::record
