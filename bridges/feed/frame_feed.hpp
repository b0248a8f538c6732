// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/sim/sim.hpp"
#include "common/posix/stream/stream_consumer.hpp"

namespace pitbridge {

/// One published state of a mapping.
struct MappingFrame {
  std::string_view mapping;          ///< its file's name
  std::span<const std::byte> bytes;  ///< the whole section; none: the section has gone
  std::int64_t time_ns = 0;          ///< when the bridge saw it, CLOCK_MONOTONIC
  std::uint64_t sequence = 0;        ///< of all frames of the bridge
  std::uint64_t lost = 0;            ///< of all frames of the bridge, just before this one
  std::uint64_t stream_id = 0;       ///< another one: another bridge, or the same with larger sections
  bool is_torn = false;              ///< perhaps a mixture of two states
  bool is_repeated = false;          ///< published before; it tells who has just come what there is
};

/// Every frame of a sim, from whichever bridge of it lives, where the files show the newest alone.
class FrameFeed {
 public:
  using Next = StreamConsumer::Next;

  /// The sim need not run yet. Fails only where the system gives nothing.
  static Expected<FrameFeed> open(const Sim& sim, std::uint32_t last_frames);
  /// The same of one directory alone.
  static Expected<FrameFeed> in(const Sim& sim, std::string directory, std::uint32_t last_frames);

  /// As StreamConsumer::next. Without a bridge one of `open` looks for it elsewhere too, once a second.
  Expected<Next> next(MappingFrame& out, std::int64_t deadline_ns);
  bool is_attached() const { return consumer_->is_attached(); }
  const std::string& directory() const { return directory_; }

 private:
  FrameFeed(const Sim& sim, std::uint32_t last_frames) : sim_(&sim), last_frames_(last_frames) {}
  Expected<void> look_in(std::string directory);
  Expected<void> follow(std::int64_t now_ns);
  std::string_view name_of(std::uint32_t mapping, std::uint64_t stream_id);

  const Sim* sim_;
  std::uint32_t last_frames_;
  std::string directory_;
  std::unique_ptr<StreamConsumer> consumer_;
  std::vector<std::string> names_;  ///< of the mappings, as the status page has them
  std::uint64_t names_of_ = 0;
  std::int64_t next_follow_ns_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace pitbridge
