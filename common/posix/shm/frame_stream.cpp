// SPDX-License-Identifier: MIT
#include "common/posix/shm/frame_stream.hpp"

#include <algorithm>
#include <utility>

namespace pitbridge {
namespace {

/// So many states of all sections a consumer may be behind: half a second of the fastest sims, as far as the
/// most memory reaches. To take a megabyte from the system costs a quarter of a millisecond, once.
constexpr std::uint64_t kFramesHeld = 64;
constexpr std::uint64_t kLeastRingBytes = std::uint64_t{4} << 20U;
constexpr std::uint64_t kMostRingBytes = std::uint64_t{64} << 20U;
/// However large they are, so many must be there at once.
constexpr std::uint64_t kLeastFramesHeld = 4;
/// Where not even so many fit, a larger ring is worth that consumers have to come again.
constexpr std::size_t kFewFrames = 8;

std::size_t ring_bytes_for(std::uint64_t section_bytes) {
  const std::uint64_t wanted = std::clamp(kFramesHeld * section_bytes, kLeastRingBytes, kMostRingBytes);
  return static_cast<std::size_t>(std::max(wanted, kLeastFramesHeld * section_bytes));
}

}  // namespace

Expected<void> FrameStream::admit(UniqueFd connection, const StreamRequest& request,
                                  std::uint64_t section_bytes) {
  hub_.tend();
  if (const std::size_t wanted = ring_bytes_for(section_bytes); !hub_.is_wanted() && wanted != ring_bytes_) {
    hub_.resize(wanted);
    ring_bytes_ = wanted;
  }
  has_newcomers_ = true;
  return hub_.admit(std::move(connection), request);
}

void FrameStream::publish(const MirrorFrame& frame) {
  const std::uint32_t tag = (frame.mapping & kFrameMappingBits) | (frame.is_torn ? kFrameIsTorn : 0) |
                            (frame.is_repeated ? kFrameIsRepeated : 0);
  // A section is far larger than those that were known when the consumers came; they come again.
  const std::size_t wanted = ring_bytes_for(frame.bytes.size());
  if (hub_.is_wanted() && wanted > ring_bytes_ && frame.bytes.size() > ring_bytes_ / kFewFrames) {
    ring_bytes_ = wanted;
    return hub_.resize(wanted);
  }
  (void)hub_.publish(tag, frame.time_ns, frame.bytes);
}

}  // namespace pitbridge
