// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/feed/frame_feed.hpp"
#include "common/core/decode/telemetry.hpp"

namespace pitbridge {

/// What all mappings of a sim hold, as its frames tell, and what that means.
class FrameStates {
 public:
  /// `sim` must outlive it.
  explicit FrameStates(const Sim& sim) : sim_(&sim) {}

  void take(const MappingFrame& frame);
  /// The title by what the status page says (`seen`, may be empty), else by the bytes; null: not known.
  const Title* find_title(std::string_view seen);
  /// By the title that was found last, which must be known. The same as before where it could be no other: no
  /// frame came, the title is the same, and a game that stands still does not turn into a paused one yet.
  const Telemetry& decode(std::int64_t now_ns);

  const Snapshot& snapshot() const { return snapshot_; }
  bool has_frames() const { return !bytes_.empty(); }
  /// When it was decoded last.
  std::int64_t decoded_ns() const { return decoded_ns_; }

 private:
  const Sim* sim_;
  std::map<std::string, std::vector<std::byte>, std::less<>> bytes_;
  Snapshot snapshot_;
  const Title* title_ = nullptr;
  Decoder decoder_;
  ActivityWatch watch_;
  Telemetry telemetry_;  ///< of the title `decoded_`
  const Title* decoded_ = nullptr;
  std::int64_t decoded_ns_ = 0;
  bool has_news_ = false;
};

}  // namespace pitbridge
