// SPDX-License-Identifier: MIT
#include "common/posix/launch/child_work.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/small_file.hpp"
#include "tests/unit/support/temp_directory.hpp"
#include "tests/unit/support/toy_bridge.hpp"

namespace pitbridge {
namespace {

constexpr int kDeadlineMs = 20'000;
using namespace std::string_literals;

TEST(ChildWorkTest, HandsTheWholeTextBack) {
  EXPECT_EQ(work_in_child([] { return ""s; }, kDeadlineMs), "");
  EXPECT_EQ(work_in_child([] { return "a=b\nc\0d\0"s; }, kDeadlineMs), "a=b\nc\0d\0"s);
  const auto large = [] { return std::string(1'000'000, 'x'); };
  EXPECT_EQ(work_in_child(large, kDeadlineMs), large());
}

TEST(ChildWorkTest, SurvivesWhateverTheWorkDoes) {
  EXPECT_FALSE(work_in_child([]() -> std::string { ::_exit(0); }, kDeadlineMs)) << "half an answer is none";
  EXPECT_FALSE(
      work_in_child([]() -> std::string { throw std::runtime_error("a fault that is meant"); }, kDeadlineMs));
  EXPECT_FALSE(work_in_child(
      []() -> std::string {
        ::signal(SIGABRT, SIG_DFL);
        std::abort();
      },
      kDeadlineMs));
}

TEST(ChildWorkTest, DoesNotWaitForWorkThatHangs) {
  const auto hung = work_in_child(
      []() -> std::string {
        for (;;) ::pause();
      },
      50);
  EXPECT_FALSE(hung);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "and leaves no child";
}

TEST(ChildWorkTest, WorksWhereSigchldIsIgnored) {
  void (*const before)(int) = ::signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ(work_in_child([] { return "done"s; }, kDeadlineMs), "done");
  ::signal(SIGCHLD, before);
}

TEST(ChildWorkTest, CanBeLookedAtWithoutWaiting) {
  auto work = ChildWork::start([] { return std::string(200'000, 'x'); });
  ASSERT_TRUE(work);
  EXPECT_FALSE(work->text()) << "half an answer is none";
  EXPECT_TRUE(soon([&] { return work->read_some(); }));
  EXPECT_EQ(work->text(), std::string(200'000, 'x'));
  auto hung = ChildWork::start([]() -> std::string {
    for (;;) ::pause();
  });
  ASSERT_TRUE(hung);
  EXPECT_FALSE(hung->read_some()) << "and does not wait";
  hung.reset();
  auto died = ChildWork::start([]() -> std::string { ::_exit(0); });
  ASSERT_TRUE(died);
  EXPECT_TRUE(soon([&] { return died->read_some(); }));
  EXPECT_FALSE(died->text());
  work.reset();
  died.reset();
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "none leaves a child";
}

TEST(ChildWorkTest, WhatIsLookedAtHasNoneOfOurDescriptors) {
  const UniqueFd ours(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  auto work = ChildWork::start([] {
    std::string names;
    for (const std::string& name : directory_entries("/proc/self/fd")) names += name + " ";
    return names;
  });
  ASSERT_TRUE(work);
  EXPECT_TRUE(soon([&] { return work->read_some(); }));
  EXPECT_EQ(work->text(), "0 1 2 3 4 ") << "the streams, the pipe, and the directory that is read";
}

TEST(ChildWorkTest, ADetachedProcessIsNobodysChildAndHoldsNothing) {
  const TempDirectory directory;
  const std::string note = directory / "note";
  const pid_t self = ::getpid();
  ASSERT_TRUE(detach_process("pb-test", [&] {
    char name[16] = {};
    ::prctl(PR_GET_NAME, name);
    std::string text = name;
    if (::getppid() != self && ::getsid(0) != ::getsid(self)) text += " free";
    if (::fcntl(3, F_GETFD) < 0) text += " empty";
    write_file(note + ".new", text);
    ::rename((note + ".new").c_str(), note.c_str());
  }));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  MonotonicClock clock;
  const std::int64_t end = clock.now_ns() + std::int64_t{kDeadlineMs} * 1'000'000;
  while (!small_file(note) && clock.now_ns() < end) clock.sleep_until(clock.now_ns() + 1'000'000);
  EXPECT_EQ(small_file(note), "pb-test free empty");
}

TEST(ChildWorkTest, APipeWithoutAReaderKillsNobody) {
  int ends[2] = {};
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  {
    const WithoutSigpipe quiet;
    EXPECT_EQ(::write(ends[1], "x", 1), -1);
  }
  struct sigaction now = {};
  ASSERT_EQ(::sigaction(SIGPIPE, nullptr, &now), 0);
  EXPECT_EQ(now.sa_handler, SIG_DFL) << "and a program that is started later finds it as before";
  ::close(ends[1]);
}

}  // namespace
}  // namespace pitbridge
