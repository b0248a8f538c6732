// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/shm/ring.hpp"
#include "common/core/shm/waiting.hpp"
#include "common/posix/stream/sealed_memory.hpp"
#include "common/posix/stream/stream_protocol.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

struct StreamOptions {
  /// For the frames that a consumer may be behind, 1 GiB at most; a frame may have half of it at most. Taken
  /// from the system when the first consumer comes, and given back with the last.
  std::size_t ring_bytes = std::size_t{4} << 20U;
  std::size_t max_consumers = 32;
  /// Frames are kept for those who come later, also while nobody reads.
  bool keeps_frames = false;
  /// Back-pressure: a frame is refused rather than that a consumer loses one. One that stands still then
  /// holds up all; for programs that know each other.
  bool waits_for_consumers = false;
};

/// The producer's side of a stream: the ring, and the consumers that have been let in. It trusts none of
/// them, waits for none, and sleeping or dead ones cost it nothing.
class StreamHub {
 public:
  enum class Put : std::uint8_t {
    kDone,
    kNobody,    ///< there is no consumer; the frame is counted, and kept by nobody
    kNoRoom,    ///< with back-pressure only
    kTooLarge,  ///< the frame is larger than half the ring
  };

  explicit StreamHub(StreamOptions options) : options_(options) {}
  StreamHub(const StreamHub&) = delete;
  StreamHub& operator=(const StreamHub&) = delete;

  /// Whether a frame would be seen or kept. Where it would not, `publish` only counts.
  bool is_wanted() const { return !consumers_.empty() || options_.keeps_frames; }
  std::size_t consumers() const { return consumers_.size(); }
  /// Frames so far; the sequence number of the next one.
  std::uint64_t next_sequence() const { return next_sequence_; }
  std::size_t max_frame_bytes() const { return max_message_bytes(capacity_bytes()); }

  /// A frame of these bytes, for every consumer. `tag` is the publisher's own. `time_ns` is CLOCK_MONOTONIC.
  Put publish(std::uint32_t tag, std::int64_t time_ns, std::span<const std::byte> bytes);

  /// The same without a copy: where to write a frame of at most `size_bytes`. Then `commit`, before anything
  /// else. Nothing where publish would not be kDone; `why` says which.
  std::optional<std::span<std::byte>> reserve(std::size_t size_bytes, Put& why);
  /// False, and nothing is done: nothing is reserved, or less than that.
  bool commit(std::uint32_t tag, std::int64_t time_ns, std::size_t size_bytes);

  /// Lets a consumer in, or answers why not. The error is for the producer's log.
  Expected<void> admit(UniqueFd connection, const StreamRequest& request);

  /// Lets those go who have left. Call some times a second; wait for `connections` to be told when.
  void tend();
  std::vector<int> connections() const;
  /// Whether a frame of this size would be published now, as far as back-pressure decides.
  bool has_room_for(std::size_t size_bytes);
  /// With back-pressure, for a producer that has to wait for room: whether there is room for this frame and
  /// half of the ring is free. Were it woken for each frame that a consumer has read, both would do nothing
  /// but wake each other.
  bool has_ample_room_for(std::size_t size_bytes);
  /// From now on each consumer that has read its part of that says so at its connection, once.
  void ask_for_room(std::size_t size_bytes);
  void stop_asking_for_room();

  /// Begins another ring, of so many bytes: for frames that have become larger. The consumers come again, and
  /// miss what is published until then.
  void resize(std::size_t ring_bytes);

 private:
  struct Consumer {
    UniqueFd connection;
    UniqueFd event;
    SealedMemory page;
    WakerOver<SharedWords> waker;
    std::uint64_t position;  ///< up to where it has read, as far as is believed
    bool has_left = false;
  };

  std::size_t capacity_bytes() const {
    return std::clamp(options_.ring_bytes, kMinRingBytes, kMaxRingBytes) / kRingAlignment * kRingAlignment;
  }
  Expected<void> make_ring();
  void drop_ring();
  /// Lets those go who have left, and keeps the ring.
  void dismiss();
  Expected<Consumer> make_consumer(std::uint64_t position, UniqueFd& waking);
  /// Where the ring would have to be free up to; nothing: there is no need to wait.
  std::optional<std::uint64_t> ample_end(std::size_t size_bytes) const;
  bool has_room(std::uint64_t end);
  void set_writer_waits(std::uint64_t position);
  void wake();

  StreamOptions options_;
  SealedMemory memory_;
  std::optional<RingWriter> ring_;
  std::uint64_t stream_id_ = 0;
  std::uint64_t next_sequence_ = 0;
  std::optional<std::size_t> reserved_bytes_;
  std::vector<Consumer> consumers_;
};

}  // namespace pitbridge
