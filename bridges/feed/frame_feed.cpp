// SPDX-License-Identifier: MIT
#include "bridges/feed/frame_feed.hpp"

#include <algorithm>

#include "bridges/command/places.hpp"
#include "common/core/sim/describe.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/shm/frame_stream.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {
namespace {

/// How soon a bridge in another directory is seen.
constexpr std::int64_t kFollowFramesEveryNs = 1'000'000'000;

}  // namespace

Expected<FrameFeed> FrameFeed::open(const Sim& sim, std::uint32_t last_frames) {
  FrameFeed feed(sim, last_frames);
  if (auto followed = feed.follow(MonotonicClock().now_ns()); !followed)
    return tl::unexpected<Error>(std::move(followed.error()));
  return feed;
}

Expected<FrameFeed> FrameFeed::in(const Sim& sim, std::string directory, std::uint32_t last_frames) {
  FrameFeed feed(sim, last_frames);
  if (auto looked = feed.look_in(std::move(directory)); !looked)
    return tl::unexpected<Error>(std::move(looked.error()));
  return feed;
}

Expected<void> FrameFeed::look_in(std::string directory) {
  if (consumer_ && directory == directory_) return {};
  auto opened = ShmDirectory::open(directory);
  if (!opened) return tl::unexpected<Error>(std::move(opened.error()));
  auto consumer = StreamConsumer::open(std::move(*opened), section_socket_name(sim_->name), last_frames_);
  if (!consumer) return tl::unexpected<Error>(std::move(consumer.error()));
  consumer_ = std::move(*consumer);
  directory_ = std::move(directory);
  return {};
}

Expected<void> FrameFeed::follow(std::int64_t now_ns) {
  next_follow_ns_ = now_ns + kFollowFramesEveryNs;
  return look_in(directory_to_read(sim_->name));
}

Expected<FrameFeed::Next> FrameFeed::next(MappingFrame& out, std::int64_t deadline_ns) {
  while (true) {
    if (const std::int64_t now = MonotonicClock().now_ns(); !is_attached() && now >= next_follow_ns_)
      if (auto followed = follow(now); !followed) return tl::unexpected<Error>(std::move(followed.error()));
    const std::int64_t until = is_attached() ? deadline_ns : std::min(deadline_ns, next_follow_ns_);
    StreamFrame frame;
    auto next = consumer_->next(frame, until, -1);
    if (next && *next == Next::kTimedOut && until < deadline_ns) continue;
    if (!next || *next != Next::kFrame) return next;
    out = {.mapping = name_of(frame.tag & kFrameMappingBits, frame.stream_id),
           .bytes = frame.bytes,
           .time_ns = frame.time_ns,
           .sequence = frame.sequence,
           .lost = frame.lost,
           .stream_id = frame.stream_id,
           .is_torn = (frame.tag & kFrameIsTorn) != 0,
           .is_repeated = (frame.tag & kFrameIsRepeated) != 0};
    return next;
  }
}

/// Those that the user has added are in the page and not in the table.
std::string_view FrameFeed::name_of(std::uint32_t mapping, std::uint64_t stream_id) {
  if (stream_id != names_of_) {
    names_ = file_names(*sim_);
    if (const auto page = read_status_of(directory_, sim_->name)) {
      names_.clear();
      for (const StatusMapping& entry : page->mappings) names_.emplace_back(fixed_text(entry.file_name));
    }
    names_of_ = stream_id;
  }
  return mapping < names_.size() ? std::string_view(names_[mapping]) : std::string_view("?");
}

}  // namespace pitbridge
