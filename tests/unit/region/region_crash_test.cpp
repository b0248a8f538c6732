// SPDX-License-Identifier: MIT
// A publisher that is killed at whatever step: the next one takes the name at once, and no reader is led
// astray.
#include <sys/ptrace.h>

#include <array>

#include "common/posix/region/region_list.hpp"
#include "tests/unit/support/held_child.hpp"
#include "tests/unit/support/region_room.hpp"

namespace pitbridge {
namespace {

/// Runs `life` in a child, and kills it as it enters its system call number `count`, counted from 1. False:
/// it makes fewer, and has ended by itself.
template <typename Life>
bool killed_at_system_call(int count, Life life) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    life();
    ::_exit(0);
  }
  int status = 0;
  // Each call stops it twice, at its begin and at its end.
  for (int stops = 0;; ++stops) {
    if (::waitpid(child, &status, 0) != child || WIFEXITED(status)) return false;
    if (stops == 2 * count - 1) break;
    ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status);
}

class RegionCrash : public RegionRoom {
 protected:
  void SetUp() override {
    if (!killed_at_system_call(1, [] { (void)::getppid(); }))
      GTEST_SKIP() << "this process may not trace its children";
  }

  /// Whatever has been left: a reader sees a whole state or none, and the next publisher is in nobody's way.
  void expect_all_is_well(int step) {
    const auto opened = open();
    ASSERT_TRUE(opened) << step << ": " << opened.error().message;
    const std::unique_ptr<RegionReader>& holding = *opened;
    if (holding) expect_whole_or_told(*holding, step);
    auto next = create(2 * sizeof(Halves));
    ASSERT_TRUE(next) << step << ": " << next.error().message;
    Halves halves = {9, 9};
    ASSERT_EQ((*next)->publish(0, std::as_bytes(std::span(halves))), RegionAnswer::kDone);
    EXPECT_EQ(text_in(*reader(), sizeof halves),
              std::string(reinterpret_cast<char*>(&halves), sizeof halves));
    if (holding) {
      EXPECT_EQ(text_in(*holding, sizeof halves), text_in(*reader(), sizeof halves))
          << step << ": who had it open sees the next publisher";
    }
    ASSERT_TRUE((*next)->unlink());
    next->reset();
    EXPECT_EQ(names(), std::vector<std::string>()) << step;
  }

  void kill_a_publisher() const {
    const HeldChild child([&] { return publisher(); });
    ASSERT_TRUE(child.is_there());
  }

  using Halves = std::array<std::uint64_t, 2>;

 private:
  static void expect_whole_or_told(const RegionReader& in, int step) {
    Halves halves = {};
    const RegionAnswer answer = in.read(0, std::as_writable_bytes(std::span(halves)), nullptr);
    if (answer == RegionAnswer::kLeft) return;
    EXPECT_EQ(answer, RegionAnswer::kDone) << step;
    EXPECT_EQ(halves[0], halves[1]) << step;
  }
};

TEST_F(RegionCrash, APublisherMayDieAtEachStepOfItsLife) {
  const auto life = [this] {
    auto out = create(sizeof(Halves));
    if (!out) ::_exit(1);
    for (std::uint64_t i = 1; i < 3; ++i) {
      const Halves halves = {i, i};
      (void)(*out)->publish(0, std::as_bytes(std::span(halves)));
    }
    (void)(*out)->begin_update();
    const std::uint64_t half = 5;
    (void)(*out)->publish(0, std::as_bytes(std::span(&half, 1)));
    (void)::getppid();  // a step in the middle of an update
    (void)(*out)->publish(8, std::as_bytes(std::span(&half, 1)));
    (void)(*out)->end_update();
    (void)(*out)->grow(50'000);
    (void)(*out)->unlink();
  };
  int steps = 0;
  while (killed_at_system_call(steps + 1, life)) {
    ++steps;
    expect_all_is_well(steps);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(steps, 20) << "the life has many steps";
}

TEST_F(RegionCrash, WhoTakesARegionOverMayDieAtEachStepToo) {
  int steps = 0;
  for (;; ++steps) {
    publisher(sizeof(Halves)).reset();
    if (!killed_at_system_call(steps + 1, [this] { (void)create(50'000); })) break;
    expect_all_is_well(steps + 1);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(steps, 10);
}

TEST_F(RegionCrash, WhoReplacesADamagedOneMayDieAtEachStepToo) {
  int steps = 0;
  for (;; ++steps) {
    publisher(sizeof(Halves)).reset();
    write_file(path_, content_of(path_).replace(offsetof(RegionHeader, version), 1, "\x7F"));
    if (!killed_at_system_call(steps + 1, [this] { (void)create(); })) break;
    const auto left = create();
    ASSERT_TRUE(left) << steps << ": " << left.error().message;
    ASSERT_TRUE((*left)->unlink());
  }
  EXPECT_GT(steps, 15);
}

TEST_F(RegionCrash, WhoCleansUpMayDieAtEachStepToo) {
  int steps = 0;
  for (;; ++steps) {
    kill_a_publisher();
    if (!killed_at_system_call(steps + 1, [this] { (void)remove_region(shm(), "toy"); })) break;
    const auto removed = remove_region(shm(), "toy");
    ASSERT_TRUE(removed) << steps << ": " << removed.error().message;
    EXPECT_EQ(names(), std::vector<std::string>()) << steps;
  }
  EXPECT_GT(steps, 10);
}

TEST_F(RegionCrash, AReaderThatSleepsIsToldAtItsDeadline) {
  kill_a_publisher();
  const auto in = reader();
  RegionStamp stamp = stamp_in(*in);
  EXPECT_FALSE(stamp.has_left) << "it could not say so";
  EXPECT_EQ(in->publisher_lives(), false);
  EXPECT_EQ(in->wait_news(stamp.news, kNow, stamp), RegionAnswer::kLeft);
}

}  // namespace
}  // namespace pitbridge
