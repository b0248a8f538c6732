// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "common/posix/stream/local_socket.hpp"
#include "common/posix/stream/stream_consumer.hpp"
#include "common/posix/stream/stream_producer.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {

using Next = StreamConsumer::Next;
using Put = StreamHub::Put;

inline constexpr std::int64_t kSecondNs = 1'000'000'000;
inline constexpr StreamOptions kSmall = {.ring_bytes = 4096};

inline std::int64_t in_seconds(int seconds) {
  return MonotonicClock().now_ns() + seconds * kSecondNs;
}

inline std::vector<std::byte> frame_of(std::uint64_t number, std::size_t size_bytes = 100) {
  std::vector<std::byte> bytes(size_bytes);
  for (std::size_t i = 0; i < size_bytes; ++i) bytes[i] = static_cast<std::byte>((number * 31 + i) & 0xFFU);
  return bytes;
}

inline bool is_frame(const StreamFrame& frame, std::uint64_t number, std::size_t size_bytes = 100) {
  const auto expected = frame_of(number, size_bytes);
  return std::equal(frame.bytes.begin(), frame.bytes.end(), expected.begin(), expected.end());
}

/// A process that goes on until this ends, or it is killed before.
class Forked {
 public:
  template <typename Work>
  explicit Forked(Work work) : pid_(::fork()) {
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    work();
    ::_exit(1);
  }
  Forked(const Forked&) = delete;
  Forked& operator=(const Forked&) = delete;
  ~Forked() { kill(); }
  pid_t pid() const { return pid_; }
  /// Somebody else has waited for it.
  void forget() { pid_ = -1; }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  pid_t pid_;
};

/// Does `work` in another process; its exit status, which `work` returns. Of one that a signal has ended,
/// less than 0: that signal.
template <typename Work>
int status_of(Work work) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::_exit(work());
  }
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

class StreamTest : public testing::Test {
 protected:
  void start(StreamOptions options = kSmall) {
    auto made = StreamProducer::open(*ShmDirectory::open(directory_.path()), "toy", options);
    ASSERT_TRUE(made) << made.error().message;
    producer_ = std::move(*made);
  }
  std::shared_ptr<ShmDirectory> shm() const { return *ShmDirectory::open(directory_.path()); }
  std::unique_ptr<StreamConsumer> consumer(std::uint32_t last_frames = 0) const {
    return std::move(
        *StreamConsumer::open(*ShmDirectory::open(directory_.path()), "toy.stream", last_frames));
  }
  /// A consumer that has been let in.
  std::unique_ptr<StreamConsumer> attached(std::uint32_t last_frames = 0) {
    auto made = consumer(last_frames);
    StreamFrame frame;
    EXPECT_EQ(made->next(frame, 0, -1).value(), Next::kTimedOut);
    EXPECT_TRUE(producer_->serve());
    EXPECT_EQ(made->next(frame, 0, -1).value(), Next::kTimedOut);
    EXPECT_TRUE(made->is_attached());
    return made;
  }
  void publish(std::uint64_t from, std::uint64_t count, std::size_t size_bytes = 100) {
    for (std::uint64_t i = from; i < from + count; ++i)
      producer_->publish(static_cast<std::uint32_t>(i), static_cast<std::int64_t>(1000 + i),
                         frame_of(i, size_bytes));
  }

  /// That the producer and a consumer of good will go on.
  void expect_all_is_well(StreamConsumer& reader) {
    StreamFrame frame;
    while (reader.next(frame, 0, -1).value() == Next::kFrame) {
    }
    const std::uint64_t next = producer_->hub().next_sequence();
    for (std::uint64_t i = next; i < next + 100; ++i) {
      publish(i, 1);
      ASSERT_EQ(reader.next(frame, 0, -1).value(), Next::kFrame);
      EXPECT_EQ(frame.sequence, i);
      EXPECT_TRUE(is_frame(frame, i));
    }
  }

  TempDirectory directory_;
  std::unique_ptr<StreamProducer> producer_;
};

/// What a process gets that asks by itself, and does with it what it likes.
struct RawConsumer {
  UniqueFd connection;
  StreamReply reply = {};
  std::vector<UniqueFd> descriptors;

  int ring() const { return descriptors[0].get(); }
  int page() const { return descriptors[1].get(); }
  int waking() const { return descriptors[2].get(); }
};

inline UniqueFd raw_connection(const std::shared_ptr<ShmDirectory>& directory) {
  return std::move(*connect_local(*directory, "toy.stream"));
}

inline void raw_request(int connection, std::uint32_t last_frames = 0) {
  StreamRequest request = {};
  std::memcpy(request.magic, kStreamMagic, sizeof request.magic);
  request.version = kStreamVersion;
  request.last_frames = last_frames;
  EXPECT_TRUE(send_packet(connection, std::as_bytes(std::span(&request, 1)), {}));
}

inline RawConsumer raw_consumer(const std::shared_ptr<ShmDirectory>& directory, StreamProducer& producer) {
  RawConsumer raw;
  raw.connection = raw_connection(directory);
  raw_request(raw.connection.get());
  EXPECT_TRUE(producer.serve());
  auto packet = receive_packet(raw.connection.get(), std::as_writable_bytes(std::span(&raw.reply, 1)));
  EXPECT_TRUE(packet && packet->size_bytes == sizeof raw.reply && packet->descriptors.size() == 3);
  if (packet) raw.descriptors = std::move(packet->descriptors);
  return raw;
}

}  // namespace pitbridge
