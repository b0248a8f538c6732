// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "bridges/feed/frame_feed.hpp"
#include "bridges/record/writer.hpp"
#include "common/core/sim/sim.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/reader/pitbridge.hpp"

namespace pitbridge::record {

/// Takes every frame that the bridge of a sim publishes, and writes it. What
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

  /// From now on no frame is missed.
  bool is_attached() const { return frames_.is_attached(); }
  /// There are data now, or were at the last step.
  bool is_live() const { return is_live_; }
  /// Why not, with the remedy.
  std::string why_not() const { return std::string(message(result_)); }
  /// Since the begin of the recording.
  std::int64_t time_ns() { return clock_.now_ns() - start_ns_; }

 private:
  struct Slot {
    std::string name;
    bool is_there = false;
  };

  Recorder(const Sim& sim, reader::Reader reader, FrameFeed frames)
      : sim_(&sim), reader_(std::move(reader)), frames_(std::move(frames)) {}

  Expected<void> start(RecordingWriter& writer);
  /// Does the bridge live, and which game is it?
  Expected<void> look_around(RecordingWriter& writer);
  Expected<void> take(const MappingFrame& frame, RecordingWriter& writer);
  Expected<void> close_all(RecordingWriter& writer);

  const Sim* sim_;
  reader::Reader reader_;
  FrameFeed frames_;
  MonotonicClock clock_;
  reader::StatusPage page_ = {};
  reader::Result result_ = reader::Result::kAbsent;
  bool is_live_ = false;
  std::int64_t start_ns_ = 0, next_look_ns_ = 0;
  std::uint64_t lost_ = 0;  ///< since the last frame that was written
  std::string title_;
  std::vector<Slot> slots_;
};

}  // namespace pitbridge::record
