// SPDX-License-Identifier: MIT
// Streams where the system has nothing left: no descriptors, no memory, no room in the directory.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "tests/unit/stream/stream_fixture.hpp"
#include "tests/unit/support/call_filter.hpp"

namespace pitbridge {
namespace {

/// For this process.
class DescriptorLimit {
 public:
  DescriptorLimit() { EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;
  ~DescriptorLimit() { lift(); }

  /// So many more than there are.
  void set(rlim_t more) const {
    const UniqueFd lowest(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const rlimit limit = {static_cast<rlim_t>(lowest.get()) + more, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  void lift() const { EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0); }

 private:
  rlimit before_ = {};
};

class StreamScarcity : public StreamTest {
 protected:
  /// Whether a consumer gets in, asked a few times.
  bool gets_in(StreamConsumer& reader) {
    StreamFrame frame;
    for (int i = 0; i < 5 && !reader.is_attached(); ++i) {
      (void)reader.next(frame, 0, -1);
      (void)producer_->serve();
    }
    return reader.is_attached();
  }
};

/// With each number of descriptors that is too small: the consumer is told, and comes in when there are some.
TEST_F(StreamScarcity, AProducerWithoutDescriptorsSaysSoAndGoesOn) {
  // In a child, because a limit of this process would be one of the tests behind it.
  EXPECT_EQ(status_of([&] {
              start();
              const DescriptorLimit limit;
              int refused = 0;
              for (rlim_t more = 0; more < 9; ++more) {
                const UniqueFd asking = raw_connection(shm());
                raw_request(asking.get());
                limit.set(more);
                const auto served = producer_->serve();
                (void)producer_->publish(0, 0, frame_of(0));
                // Nobody spins for a connection that cannot be taken.
                const bool sleeps = producer_->wait(0, -1) == StreamProducer::Wait::kTimedOut;
                limit.lift();
                if (!sleeps) return 1;
                if (!served && served.error().message.find("ulimit -n") == std::string::npos) return 2;
                StreamReply reply = {};
                (void)producer_->serve();
                const auto answer =
                    receive_packet(asking.get(), std::as_writable_bytes(std::span(&reply, 1)));
                if (!answer || answer->size_bytes != sizeof reply) return 3;
                if (reply.outcome == static_cast<std::uint32_t>(StreamOutcome::kNoMeans)) ++refused;
                if (reply.outcome == static_cast<std::uint32_t>(StreamOutcome::kNoMeans) && served) return 4;
              }
              if (refused == 0) return 5;
              (void)producer_->serve();
              return gets_in(*consumer()) ? 0 : 6;
            }),
            0);
}

TEST_F(StreamScarcity, AConsumerWithoutDescriptorsIsToldAndComesInLater) {
  start();
  const DescriptorLimit limit;
  for (rlim_t more = 0; more < 12; ++more) {
    SCOPED_TRACE(more);
    const auto reader = consumer();
    StreamFrame frame;
    std::string told;
    limit.set(more);
    for (int i = 0; i < 3 && !reader->is_attached(); ++i) {
      const auto next = reader->next(frame, 0, -1);
      if (!next) told = next.error().message;
      limit.lift();
      (void)producer_->serve();
      limit.set(more);
    }
    limit.lift();
    if (!reader->is_attached()) {
      EXPECT_NE(told, "");
    }
    EXPECT_TRUE(gets_in(*reader));
    expect_all_is_well(*reader);
  }
}

TEST_F(StreamScarcity, WithoutWatchesAConsumerAsksAgain) {
  EXPECT_EQ(status_of([&] {
              const auto reader = consumer();
              if (!refuse_call(SYS_inotify_init1, EMFILE)) return 1;
              StreamFrame frame;
              if (*reader->next(frame, 0, -1) != Next::kTimedOut) return 2;
              start();
              // By the timer.
              for (int i = 0; i < 100 && producer_->hub().consumers() == 0; ++i) {
                (void)reader->next(frame, MonotonicClock().now_ns() + 20'000'000, -1);
                (void)producer_->serve();
              }
              return gets_in(*reader) ? 0 : 3;
            }),
            0);
}

TEST_F(StreamScarcity, WhatTheSystemRefusesIsSaidToBothSides) {
  struct Refusal {
    long call;
    int error;
  };
  for (const Refusal& refusal : {Refusal{SYS_memfd_create, ENOSYS},
                                 {SYS_memfd_create, EPERM},
                                 {SYS_ftruncate, ENOMEM},
                                 {SYS_mmap, ENOMEM},
                                 {SYS_fcntl, EINVAL},
                                 {SYS_eventfd2, EMFILE},
                                 {SYS_epoll_create1, ENFILE},
                                 {SYS_epoll_ctl, ENOSPC}}) {
    SCOPED_TRACE(refusal.call);
    EXPECT_EQ(status_of([&] {
                start();
                const UniqueFd asking = raw_connection(shm());
                raw_request(asking.get());
                if (!refuse_call(refusal.call, refusal.error)) return 1;
                const auto served = producer_->serve();
                if (served || served.error().message.empty()) return 2;
                StreamReply reply = {};
                const auto answer =
                    receive_packet(asking.get(), std::as_writable_bytes(std::span(&reply, 1)));
                if (!answer || reply.outcome != static_cast<std::uint32_t>(StreamOutcome::kNoMeans)) return 3;
                if (producer_->hub().consumers() != 0) return 4;
                return producer_->publish(0, 0, frame_of(0)) == Put::kNobody ? 0 : 5;
              }),
              0);
  }
}

TEST_F(StreamScarcity, WithoutMemoryKeptFramesAreCounted) {
  EXPECT_EQ(status_of([&] {
              start({.ring_bytes = 4096, .keeps_frames = true});
              if (!refuse_call(SYS_memfd_create, ENOMEM)) return 1;
              if (producer_->publish(0, 0, frame_of(0)) != Put::kNobody) return 2;
              return producer_->hub().next_sequence() == 1 ? 0 : 3;
            }),
            0);
}

/// A file system of its own that has room for nothing.
TEST_F(StreamScarcity, ADirectoryThatIsFullHoldsASocketAndElseSaysSo) {
  if (::geteuid() != 0)
    GTEST_SKIP() << "only root can mount a full file system; run the tests as root for this";
  for (const char* room : {"size=4096,nr_inodes=100", "nr_inodes=1", "nr_inodes=2"}) {
    SCOPED_TRACE(room);
    const int status = status_of([&] {
      if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
          ::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, room) != 0)
        return 9;
      if (std::string_view(room).starts_with("size")) {
        const UniqueFd filler(::open((directory_ / "filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        const std::byte page[4096] = {};
        while (::write(filler.get(), page, sizeof page) > 0) {
        }
        start();
        const auto reader = attached();
        expect_all_is_well(*reader);
        return HasFailure() ? 1 : 0;
      }
      const auto refused = StreamProducer::open(shm(), "toy", kSmall);
      if (refused) return 2;
      return refused.error().message.find("No space left on device") != std::string::npos ? 0 : 3;
    });
    if (status == 9) GTEST_SKIP() << "this system lets root mount nothing";
    EXPECT_EQ(status, 0);
  }
}

}  // namespace
}  // namespace pitbridge
