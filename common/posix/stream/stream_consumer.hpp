// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/shm/ring.hpp"
#include "common/core/shm/waiting.hpp"
#include "common/posix/region/shm_directory.hpp"
#include "common/posix/stream/sealed_memory.hpp"
#include "common/posix/stream/stream_protocol.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

struct StreamFrame {
  std::uint64_t stream_id = 0;  ///< another one: another producer, whose sequence begins anew
  std::uint64_t sequence = 0;
  std::uint64_t lost = 0;    ///< frames between this one and the one before
  std::int64_t time_ns = 0;  ///< CLOCK_MONOTONIC, as the producer says
  std::uint32_t tag = 0;
  std::span<const std::byte> bytes;  ///< until the next call
};

/// A reader of a stream. It attaches to the producer that is there, to the next one when that has left, and
/// waits for either without looking again and again. It believes no number of the producer's. One thread.
class StreamConsumer {
 public:
  enum class Next : std::uint8_t {
    kFrame,
    kTimedOut,
    kStopped,
    kLeft,  ///< the producer has left or died, and all its frames are read; the next call waits for another
  };

  /// Of the producer that listens at this socket of the directory, now or later. `last_frames`: how many of
  /// the frames that are there when it attaches are wanted too.
  static Expected<std::unique_ptr<StreamConsumer>> open(std::shared_ptr<ShmDirectory> directory,
                                                        std::string socket_name, std::uint32_t last_frames);
  StreamConsumer(const StreamConsumer&) = delete;
  StreamConsumer& operator=(const StreamConsumer&) = delete;

  /// The next frame, copied out and whole. Returns at `deadline_ns` of CLOCK_MONOTONIC (0: at once), or when
  /// `stop_fd` (-1: none) can be read or a signal was handled. Fails where the producer gives nothing, is
  /// another user's or leaves what no producer of ours leaves; the next call begins anew.
  Expected<Next> next(StreamFrame& out, std::int64_t deadline_ns, int stop_fd);
  /// The same where it stands, without a copy. The producer may overwrite it at any time: what was computed
  /// from the bytes counts only if `is_whole` says afterwards that it has not, else the frame is lost.
  Expected<Next> next_in_place(StreamFrame& out, std::int64_t deadline_ns, int stop_fd);
  /// Of the last frame of `next_in_place`. Also lets the producer have its place, where it waits for that.
  bool is_whole();

  bool is_attached() const { return state_ == State::kAttached; }
  /// For poll: readable when `next` has something to say, once `next` has returned kTimedOut.
  int fd() const { return news_.get(); }

 private:
  enum class State : std::uint8_t { kAbsent, kAsking, kAttached };
  using Reader = RingReader;

  StreamConsumer(std::shared_ptr<ShmDirectory> directory, std::string socket_name, std::uint32_t last_frames)
      : directory_(std::move(directory)), socket_name_(std::move(socket_name)), last_frames_(last_frames) {}

  Expected<Next> next_record(Reader::Record& record, StreamFrame& out, std::int64_t deadline_ns, int stop_fd);
  enum class Taken : std::uint8_t { kRecord, kNothing, kLapped };
  Expected<Taken> take_record(Reader::Record& record, StreamFrame& out);
  Expected<void> approach();
  void watch_directory();
  Expected<void> retry_later();
  Expected<void> ask();
  Expected<void> attach(std::span<const std::byte> bytes, std::vector<UniqueFd> descriptors);
  bool has_hung_up() const;
  void leave();
  void pass(const Reader::Record& record);
  void drain_news();

  std::shared_ptr<ShmDirectory> directory_;
  std::string socket_name_;
  std::uint32_t last_frames_;
  State state_ = State::kAbsent;
  UniqueFd news_;       ///< an epoll descriptor with the next four in it
  UniqueFd new_names_;  ///< inotify; only while there is no producer
  UniqueFd retry_;      ///< a timer; only where nobody tells when to ask again
  UniqueFd connection_;
  UniqueFd waking_;
  bool must_drain_ = false;  ///< `news_` was readable since it was drained
  SealedMemory ring_memory_, page_;
  std::optional<Reader> reader_;
  std::optional<WaiterOver<SharedWords>> waiter_;
  bool is_waited_for_ = false;  ///< by a producer with back-pressure
  std::uint64_t stream_id_ = 0;
  std::uint64_t next_sequence_ = 0;
  std::optional<Reader::Record> in_place_;
  std::vector<std::byte> buffer_;
};

}  // namespace pitbridge
