// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "bridges/feed/frame_feed.hpp"
#include "bridges/feed/frame_states.hpp"
#include "common/core/decode/telemetry.hpp"
#include "common/core/error.hpp"
#include "common/core/sim/sim.hpp"
#include "common/reader/pitbridge.hpp"

namespace pitbridge {

/// What the pages of one sim say at one moment.
struct Moment {
  const Sim* sim = nullptr;                         ///< null: none is driven
  const Title* title = nullptr;                     ///< null: not known
  reader::Result result = reader::Result::kNoGame;  ///< kOk: there are values; else why not, with the remedy
  std::uint64_t updated_ns = 0;                     ///< when the values were decoded, CLOCK_MONOTONIC
  Telemetry telemetry;                              ///< empty without values
};

/// Follows the values of one sim, or of whichever is driven: through games, bridges and directories that come
/// and go. It is a reader of the pages like any, so that the bridge decodes once for all.
class Feed {
 public:
  /// `word` names a sim as `pitbridge list` does; empty: whichever is driven. It need not run yet. The
  /// settings are those of the command that runs (`user_settings`).
  static Expected<Feed> open(const std::string& word);
  /// From now on it takes every frame and decodes itself, where the bridge gives them, so that no look is
  /// behind the bridge; where it does not, all is as before.
  void take_frames() { takes_frames_ = true; }

  /// Sleeps until something is published, but not longer than `timeout`. False: nothing came.
  bool wait(std::chrono::milliseconds timeout);
  Moment look();

 private:
  explicit Feed(const Sim* named) : named_(named) {}
  void follow(std::int64_t now_ns);
  bool look_at_frames(Moment& moment);

  const Sim* named_;  ///< null: whichever is driven
  const Sim* sim_ = nullptr;
  std::string directory_;
  std::optional<reader::Reader> reader_;
  std::int64_t next_follow_ns_ = 0;
  bool takes_frames_ = false;
  std::optional<FrameFeed> frames_;
  std::optional<FrameStates> states_;
};

/// What a values page says, in core's own words. What it claims is bounded by our tables.
Telemetry telemetry_of(const reader::Values& values);

}  // namespace pitbridge
