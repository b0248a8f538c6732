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
  /// By the title that was found last, which must be known.
  Telemetry decode(std::int64_t now_ns) { return decoder_.decode(*title_, snapshot_, watch_, now_ns); }

  const Snapshot& snapshot() const { return snapshot_; }
  /// Of the newest frame; 0: there was none.
  std::int64_t newest_ns() const { return newest_ns_; }

 private:
  const Sim* sim_;
  std::map<std::string, std::vector<std::byte>, std::less<>> bytes_;
  Snapshot snapshot_;
  std::int64_t newest_ns_ = 0;
  const Title* title_ = nullptr;
  Decoder decoder_;
  ActivityWatch watch_;
};

}  // namespace pitbridge
