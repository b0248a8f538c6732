// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "common/core/mirror/ports.hpp"
#include "common/posix/stream/stream_hub.hpp"

namespace pitbridge {

/// The tag of a bridge's frames: the mapping's place in the status page, with what is to be known of this
/// frame. A promise to consumers: pitbridge-shm(7), "EVERY FRAME".
inline constexpr std::uint32_t kFrameMappingBits = 0xFFFF;
inline constexpr std::uint32_t kFrameIsTorn = 1U << 16U;
inline constexpr std::uint32_t kFrameIsRepeated = 1U << 17U;

/// Every frame that a bridge publishes, for consumers that are let in at its socket (SectionServer). Without
/// any it costs one comparison a frame.
class FrameStream final : public FrameSink {
 public:
  bool wants_frames() const override { return hub_.is_wanted(); }
  void publish(const MirrorFrame& frame) override;

  /// Lets a consumer in; the bridge's sections have so many bytes (Bridge::section_bytes). The error is for
  /// the log.
  Expected<void> admit(UniqueFd connection, const StreamRequest& request, std::uint64_t section_bytes);
  void tend() { hub_.tend(); }
  /// True once after somebody was let in, who has seen nothing yet.
  bool takes_newcomers() { return std::exchange(has_newcomers_, false); }

 private:
  StreamHub hub_{StreamOptions{}};
  std::size_t ring_bytes_ = 0;
  bool has_newcomers_ = false;
};

}  // namespace pitbridge
