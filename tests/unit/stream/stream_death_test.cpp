// SPDX-License-Identifier: MIT
// Producers and consumers that are killed at each step. The step is a call of the system, at which a filter
// ends the process; so it has done what comes before, and nothing of what comes behind.
#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include <algorithm>

#include "tests/unit/stream/stream_fixture.hpp"
#include "tests/unit/support/call_filter.hpp"

namespace pitbridge {
namespace {

struct Step {
  const char* name;
  long call;
};

#define STEP(name) \
  { #name, SYS_##name }

class StreamDeath : public StreamTest {
 protected:
  static std::size_t open_descriptors() {
    std::size_t count = 0;
    DIR* all = ::opendir("/proc/self/fd");
    while (::readdir(all) != nullptr) ++count;
    ::closedir(all);
    return count;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    DIR* all = ::opendir(directory_.path().c_str());
    while (const dirent* entry = ::readdir(all))
      if (entry->d_name != std::string(".") && entry->d_name != std::string(".."))
        names.emplace_back(entry->d_name);
    ::closedir(all);
    std::sort(names.begin(), names.end());
    return names;
  }
};

TEST_F(StreamDeath, AProducerThatIsKilledAsItStartsIsFollowedByTheNext) {
  for (const Step& step :
       std::initializer_list<Step>{STEP(openat), STEP(pwrite64), STEP(socket), STEP(fchmod), STEP(bind),
                                   STEP(listen), STEP(renameat2)}) {
    SCOPED_TRACE(step.name);
    ASSERT_EQ(status_of([&] {
                const auto directory = shm();
                if (!die_at_call(step.call)) return 1;
                (void)StreamProducer::open(directory, "toy", kSmall);
                return 2;
              }),
              -SIGSYS);
    start();
    const auto reader = attached();
    expect_all_is_well(*reader);
    producer_.reset();
    EXPECT_EQ(files(), std::vector<std::string>{}) << "something of the killed one is left";
  }
}

TEST_F(StreamDeath, AProducerThatIsKilledAsItLetsAConsumerInIsReplacedByTheNext) {
  for (const Step& step : std::initializer_list<Step>{
           STEP(accept4), STEP(getsockopt), STEP(recvfrom), STEP(memfd_create), STEP(ftruncate), STEP(mmap),
           STEP(fcntl), STEP(eventfd2), STEP(epoll_create1), STEP(epoll_ctl), STEP(sendmsg)}) {
    SCOPED_TRACE(step.name);
    auto reader = consumer();
    StreamFrame frame;
    EXPECT_EQ(reader->next(frame, 0, -1).value(), Next::kTimedOut);
    ASSERT_EQ(status_of([&] {
                start();
                // It finds the new name.
                if (*reader->next(frame, 0, -1) != Next::kTimedOut) return 1;
                if (!die_at_call(step.call)) return 2;
                for (int i = 0; i < 3; ++i) (void)producer_->serve();
                return 3;
              }),
              -SIGSYS);
    start();
    while (!reader->is_attached()) {
      ASSERT_TRUE(reader->next(frame, 0, -1));
      ASSERT_TRUE(producer_->serve());
    }
    expect_all_is_well(*reader);
    producer_.reset();
  }
}

/// A consumer of a producer that dies: it has asked, it waits, it reads.
TEST_F(StreamDeath, AWaitingConsumerGoesOverToTheNextProducerByItself) {
  for (const int step : {0, 1, 2, 3}) {
    SCOPED_TRACE(step);
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const UniqueFd reads(ends[0]), writes(ends[1]);
    Forked child([&] {
      start({.ring_bytes = 4096});
      if (step > 0)
        while (producer_->hub().consumers() == 0) (void)producer_->wait(in_seconds(20), -1);
      if (step > 1) publish(0, 100);
      Put why = Put::kDone;
      if (step > 2) {
        // In the middle of the next frame, where older ones have stood.
        const auto place = producer_->reserve(1500, why);
        if (place) std::memset(place->data(), 0x77, place->size());
      }
      (void)!::write(writes.get(), "x", 1);
      ::pause();
    });
    const auto reader = consumer();
    StreamFrame frame;
    bool is_ready = false;
    std::uint64_t last = 0;
    while (!is_ready || (step > 0 && !reader->is_attached())) {
      const auto next = reader->next(frame, is_ready ? 0 : in_seconds(20), reads.get());
      ASSERT_TRUE(next);
      if (*next == Next::kFrame) {
        EXPECT_TRUE(is_frame(frame, frame.sequence));
        last = frame.sequence;
      } else if (*next == Next::kStopped) {
        char word;
        is_ready = ::read(reads.get(), &word, 1) == 1;
      }
    }
    child.kill();
    auto next = reader->next(frame, step > 0 ? in_seconds(20) : 0, -1);
    while (next && *next == Next::kFrame) {
      EXPECT_TRUE(is_frame(frame, frame.sequence));
      last = frame.sequence;
      next = reader->next(frame, in_seconds(20), -1);
    }
    ASSERT_TRUE(next);
    EXPECT_EQ(*next, step > 0 ? Next::kLeft : Next::kTimedOut);
    EXPECT_EQ(last, step > 1 ? 99U : 0U) << "what was published is there";
    start();
    while (!reader->is_attached()) {
      ASSERT_TRUE(next);
      ASSERT_TRUE(producer_->serve());
      next = reader->next(frame, 0, -1);
    }
    expect_all_is_well(*reader);
    producer_.reset();
  }
}

TEST_F(StreamDeath, AConsumerThatIsKilledAtAnyStepLeavesNothing) {
  start();
  const auto reader = attached();
  const std::size_t before = open_descriptors();
  for (const Step& step :
       std::initializer_list<Step>{STEP(openat), STEP(socket), STEP(connect), STEP(getsockopt), STEP(sendmsg),
                                   STEP(epoll_ctl), STEP(recvmsg), STEP(fcntl), STEP(mmap), STEP(ppoll)}) {
    SCOPED_TRACE(step.name);
    Forked child([&] {
      auto late = consumer();
      StreamFrame frame;
      // The first call of many; what it has read is not freed before.
      if (!die_at_call(step.call)) ::_exit(1);
      while (true) (void)late->next(frame, in_seconds(20), -1);
    });
    int status = 0;
    for (std::uint64_t i = producer_->hub().next_sequence(); ::waitpid(child.pid(), &status, WNOHANG) == 0;
         ++i) {
      publish(i, 1);
      (void)producer_->wait(MonotonicClock().now_ns() + 1'000'000, -1);
    }
    child.forget();
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) << status;
    while (producer_->hub().consumers() > 1) (void)producer_->wait(in_seconds(20), -1);
    EXPECT_EQ(open_descriptors(), before);
    expect_all_is_well(*reader);
  }
}

TEST_F(StreamDeath, AChildOfTheProducerThatEndsTakesNothingAlong) {
  start();
  EXPECT_EQ(status_of([&] {
              producer_.reset();
              return 0;
            }),
            0);
  EXPECT_EQ(files(), (std::vector<std::string>{"toy.stream", "toy.stream.lock"}));
}

TEST_F(StreamDeath, ASocketThatSomebodyRemovesComesBack) {
  start();
  ASSERT_EQ(::unlink((directory_ / "toy.stream").c_str()), 0);
  ASSERT_TRUE(producer_->serve());
  const auto reader = attached();
  expect_all_is_well(*reader);
}

}  // namespace
}  // namespace pitbridge
