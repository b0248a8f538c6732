// SPDX-License-Identifier: MIT
#include "common/posix/region/region.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "common/posix/region/region_wait.hpp"
#include "tests/unit/support/held_child.hpp"
#include "tests/unit/support/region_room.hpp"

namespace pitbridge {
namespace {

class RegionTest : public RegionRoom {};

TEST_F(RegionTest, WhatIsPublishedIsRead) {
  EXPECT_EQ(*open(), nullptr);
  const auto out = publisher(100);
  ASSERT_NE(out, nullptr);
  const auto in = reader();
  ASSERT_NE(in, nullptr);
  EXPECT_EQ(text_in(*in, 100), std::string(100, '\0'));
  publish_text(*out, "hello", 95);
  EXPECT_EQ(text_in(*in, 5, 95), "hello");
  const RegionStamp stamp = stamp_in(*in);
  EXPECT_EQ(stamp.data_bytes, 100U);
  EXPECT_EQ(stamp.generation, 1U);
  EXPECT_EQ(stamp.publisher, ::getpid());
  EXPECT_FALSE(stamp.has_left);
  EXPECT_EQ(in->publisher_lives(), true);
  EXPECT_EQ(names(), (std::vector<std::string>{"toy", "toy.lock"}));
  EXPECT_EQ(stat_of(path_).st_size, 2 * 4096);
  EXPECT_EQ(stat_of(path_).st_mode & 07777U, 0600U);
}

TEST_F(RegionTest, BytesOutsideOfItAreRefused) {
  const auto out = publisher(100);
  const auto in = reader();
  std::array<std::byte, 101> bytes = {};
  const auto some = [&](std::size_t size) { return std::span(bytes).first(size); };
  EXPECT_EQ(out->publish(0, some(101)), RegionAnswer::kOutside);
  EXPECT_EQ(out->publish(100, some(1)), RegionAnswer::kOutside);
  EXPECT_EQ(out->publish(~std::uint64_t{0}, some(2)), RegionAnswer::kOutside);
  EXPECT_EQ(out->publish(100, some(0)), RegionAnswer::kDone);
  EXPECT_EQ(in->read(0, some(101), nullptr), RegionAnswer::kOutside);
  EXPECT_EQ(in->read(~std::uint64_t{0}, some(2), nullptr), RegionAnswer::kOutside);
  EXPECT_EQ(in->read(99, some(1), nullptr), RegionAnswer::kDone);
}

TEST_F(RegionTest, SizesAndModesThatCannotBeAreRefused) {
  for (const std::uint64_t size : {std::uint64_t{0}, kMaxRegionBytes + 1, ~std::uint64_t{0}}) {
    const auto made = create(size);
    ASSERT_FALSE(made) << size;
    EXPECT_EQ(made.error().code, ExitCode::kUsage);
  }
  for (const mode_t mode : {0666U, 0400U, 0622U, 04600U, 0700U})
    EXPECT_FALSE(create(8, {.mode = mode})) << mode;
  EXPECT_TRUE(names().empty());
  const auto huge = create(kMaxRegionBytes);
  ASSERT_FALSE(huge) << "no machine has so much";
  EXPECT_NE(huge.error().message.find("cannot reserve"), std::string::npos) << huge.error().message;
  EXPECT_TRUE(names().empty());
}

TEST_F(RegionTest, TheDataIsAlignedAsAPageIs) {
  const auto out = publisher(100);
  const auto in = reader();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(out->data().data()) % 4096, 0U);
  EXPECT_EQ(out->data().size(), 100U);
  const auto seen = in->data();
  ASSERT_TRUE(seen);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(seen->data()) % 4096, 0U);
  EXPECT_EQ(seen->size(), 100U);
  publish_text(*out, "x", 99);
  EXPECT_EQ((*seen)[99], std::byte{'x'});
}

TEST_F(RegionTest, ASecondPublisherIsRefused) {
  const auto first = publisher();
  const auto second = create();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ExitCode::kAlreadyRunning);
  publish_text(*first, "still");
  EXPECT_EQ(text_in(*reader(), 5), "still");
}

TEST_F(RegionTest, TheMiddleOfAnUpdateIsNotRead) {
  const auto out = publisher();
  const auto in = reader();
  publish_text(*out, "aaaabbbb");
  ASSERT_EQ(out->begin_update(), RegionAnswer::kDone);
  publish_text(*out, "cccc");
  EXPECT_EQ(in->read(0, {}, nullptr), RegionAnswer::kBusy);
  publish_text(*out, "dddd", 4);
  ASSERT_EQ(out->end_update(), RegionAnswer::kDone);
  EXPECT_EQ(text_in(*in, 8), "ccccdddd");
}

using Words = std::array<std::uint64_t, 512>;

/// Until it is killed. Faster than any game, and yet a reader finds a moment between two updates.
[[noreturn]] void publish_for_ever(RegionPublisher& out) {
  for (Words words = {};; words.fill(words[0] + 1)) {
    (void)out.publish(0, std::as_bytes(std::span(words)));
    ::usleep(1);
  }
}

TEST_F(RegionTest, AReaderNeverSeesAMixture) {
  const pid_t writer = ::fork();
  if (writer == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    publish_for_ever(*publisher(sizeof(Words)));
  }
  ASSERT_TRUE(wait_for_region(shm(), "toy", {}, in_ten_seconds(), -1));
  const auto in = reader();
  Words words = {};
  std::uint64_t last = 0;
  int changes = 0, mixtures = 0;
  const std::int64_t deadline = in_ten_seconds();
  for (std::int64_t now = 0; changes < 100 && now < deadline; now = MonotonicClock().now_ns()) {
    if (in->read(0, std::as_writable_bytes(std::span(words)), nullptr) != RegionAnswer::kDone) continue;
    mixtures +=
        words[0] < last || !std::all_of(words.begin(), words.end(), [&](auto w) { return w == words[0]; });
    changes += words[0] != last ? 1 : 0;
    last = words[0];
  }
  ::kill(writer, SIGKILL);
  ::waitpid(writer, nullptr, 0);
  EXPECT_EQ(mixtures, 0);
  EXPECT_EQ(changes, 100);
}

TEST_F(RegionTest, AReaderBeginsAnewWhenAnUpdateCameInBetween) {
  const auto out = publisher();
  publish_text(*out, "old");
  const pid_t child = ::fork();
  if (child == 0) {
    const auto in = reader();
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    RegionStamp stamp;
    std::array<std::byte, 3> bytes = {};
    const RegionAnswer answer = in->read(0, bytes, &stamp);
    // The number of the update fits the bytes.
    ::_exit(answer == RegionAnswer::kDone && std::memcmp(bytes.data(), "new", 3) == 0 && stamp.news == 3 ? 0
                                                                                                         : 1);
  }
  int status = 0;
  // It enters its second system call when it has the header and is about to read the bytes.
  for (int stops = 0; stops < 4; ++stops) {
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSTOPPED(status));
    if (stops < 3) ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
  }
  publish_text(*out, "new");
  ASSERT_EQ(out->stamp().news, 3U);
  ASSERT_EQ(::ptrace(PTRACE_DETACH, child, nullptr, nullptr), 0);
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(RegionTest, NewsWakeAReader) {
  const auto out = publisher();
  const auto in = reader();
  RegionStamp stamp = stamp_in(*in);
  EXPECT_EQ(in->wait_news(stamp.news, kNow, stamp), RegionAnswer::kTimedOut);
  EXPECT_EQ(in->wait_news(stamp.news - 1, kNow, stamp), RegionAnswer::kDone) << "it has missed some";
  const pid_t child = ::fork();
  if (child == 0) {
    const auto waiting = reader();
    ::_exit(waiting->wait_news(stamp.news, in_ten_seconds(), stamp) == RegionAnswer::kDone &&
                    text_in(*waiting, 4) == "news"
                ? 0
                : 1);
  }
  EXPECT_TRUE(sleeps_in(SYS_futex, child));
  publish_text(*out, "news");
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(RegionTest, AWaitEndsByASignal) {
  const auto out = publisher();
  const auto in = reader();
  struct sigaction action = {};
  action.sa_handler = [](int) {};
  struct sigaction before = {};
  ASSERT_EQ(::sigaction(SIGALRM, &action, &before), 0);
  const itimerval often = {{0, 1000}, {0, 1000}};  // one may come before the wait
  ASSERT_EQ(::setitimer(ITIMER_REAL, &often, nullptr), 0);
  RegionStamp stamp = stamp_in(*in);
  EXPECT_EQ(in->wait_news(stamp.news, in_ten_seconds(), stamp), RegionAnswer::kInterrupted);
  const itimerval never = {};
  ::setitimer(ITIMER_REAL, &never, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
}

TEST_F(RegionTest, APublisherThatLeavesTellsItsReaders) {
  auto out = publisher();
  const auto in = reader();
  publish_text(*out, "last");
  RegionStamp stamp = stamp_in(*in);
  out.reset();
  EXPECT_EQ(in->wait_news(stamp.news, kNow, stamp), RegionAnswer::kDone);
  EXPECT_TRUE(stamp.has_left);
  EXPECT_EQ(in->wait_news(stamp.news, in_ten_seconds(), stamp), RegionAnswer::kLeft) << "at once";
  EXPECT_EQ(text_in(*in, 4), "last") << "it stays";
  EXPECT_EQ(in->publisher_lives(), false);
  EXPECT_EQ(names(), std::vector<std::string>{"toy"});
}

TEST_F(RegionTest, TheNextPublisherHasTheSameFileAndAnotherGeneration) {
  auto out = publisher(8, {.mode = 0644});
  const auto in = reader();
  publish_text(*out, "old data");
  const ino_t inode = stat_of(path_).st_ino;
  out.reset();
  RegionStamp stamp = stamp_in(*in);
  out = publisher(5000);
  ASSERT_NE(out, nullptr);
  EXPECT_EQ(stat_of(path_).st_ino, inode);
  EXPECT_EQ(stat_of(path_).st_mode & 07777U, 0600U) << "as the new one wants it";
  EXPECT_EQ(in->wait_news(stamp.news, kNow, stamp), RegionAnswer::kDone);
  EXPECT_EQ(stamp.generation, 2U);
  EXPECT_EQ(stamp.data_bytes, 5000U);
  EXPECT_FALSE(stamp.has_left);
  EXPECT_EQ(text_in(*in, 8), std::string(8, '\0')) << "nothing old is left";
  publish_text(*out, "new", 4997);
  EXPECT_EQ(text_in(*in, 3, 4997), "new");
  out.reset();
  out = publisher(8);
  EXPECT_EQ(stamp_in(*in).data_bytes, 8U) << "a shorter one";
  EXPECT_EQ(stat_of(path_).st_size, 3 * 4096) << "in a file that readers may have mapped";
}

TEST_F(RegionTest, GrowsUnderItsReaders) {
  const auto out = publisher();
  const auto in = reader();
  const auto small = in->data();
  ASSERT_TRUE(small);
  publish_text(*out, "kept");
  RegionStamp stamp = stamp_in(*in);
  ASSERT_TRUE(out->grow(100'000));
  ASSERT_TRUE(out->grow(50)) << "it never shrinks";
  EXPECT_EQ(out->data().size(), 100'000U);
  publish_text(*out, "end", 99'997);
  EXPECT_EQ(in->wait_news(stamp.news, kNow, stamp), RegionAnswer::kDone);
  EXPECT_EQ(stamp.data_bytes, 100'000U);
  EXPECT_EQ(text_in(*in, 4), "kept");
  EXPECT_EQ(text_in(*in, 3, 99'997), "end");
  const auto all = in->data();
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 100'000U);
  EXPECT_EQ((*all)[99'999], std::byte{'d'});
}

TEST_F(RegionTest, WhoRemovesItLeavesItsReadersTheirs) {
  const auto out = publisher();
  const auto in = reader();
  publish_text(*out, "last");
  RegionStamp stamp = stamp_in(*in);
  ASSERT_TRUE(out->unlink());
  EXPECT_EQ(*open(), nullptr);
  EXPECT_EQ(in->wait_news(stamp.news, kNow, stamp), RegionAnswer::kDone);
  EXPECT_TRUE(stamp.has_left);
  EXPECT_EQ(text_in(*in, 4), "last");
  EXPECT_EQ(out->publish(0, {}), RegionAnswer::kLeft);
  EXPECT_FALSE(out->grow(100));
  EXPECT_FALSE(create()) << "the name is still its own";
}

TEST_F(RegionTest, WhoRemovesItTouchesNoOtherFileOfTheName) {
  auto out = publisher();
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  write_file(path_, "somebody's");
  ASSERT_TRUE(out->unlink());
  out.reset();
  EXPECT_EQ(content_of(path_), "somebody's");
  EXPECT_EQ(names(), std::vector<std::string>{"toy"});
}

TEST_F(RegionTest, AFileThatIsCutIsMendedAndItsReaderLives) {
  const auto out = publisher(10'000);
  const auto in = reader();
  publish_text(*out, "old", 9000);
  for (const off_t length : {0, 100, 4096, 8192}) {
    ASSERT_EQ(::truncate(path_.c_str(), length), 0);
    RegionStamp stamp;
    std::array<std::byte, 3> bytes = {};
    EXPECT_EQ(in->read(9000, bytes, nullptr), RegionAnswer::kCut) << length;
    EXPECT_EQ(in->wait_news(0, kNow, stamp), RegionAnswer::kCut) << length;
    const std::uint64_t before = out->stamp().generation;
    EXPECT_EQ(out->publish(9000, bytes), RegionAnswer::kCut) << length;
    EXPECT_EQ(stamp_in(*in).generation, before + 1) << length;
    publish_text(*out, "new", 9000);
    EXPECT_EQ(text_in(*in, 3, 9000), "new") << length;
  }
  EXPECT_EQ(stat_of(path_).st_size, 4096 + 3 * 4096);
}

TEST_F(RegionTest, ItGoesOnCountingWhenItsHeaderWasCut) {
  const auto out = publisher();
  const auto in = reader();
  publish_text(*out, "x");
  const RegionStamp before = stamp_in(*in);
  ASSERT_EQ(::truncate(path_.c_str(), 0), 0);
  ASSERT_EQ(::truncate(path_.c_str(), 2 * 4096), 0) << "and grown again, with holes";
  EXPECT_EQ(out->publish(0, {}), RegionAnswer::kCut);
  EXPECT_GT(stamp_in(*in).news, before.news);
}

TEST_F(RegionTest, APublisherSeesThatItsFileWasRemoved) {
  const auto out = publisher();
  const auto in = reader();
  RegionStamp stamp = stamp_in(*in);
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  EXPECT_EQ(out->publish(0, {}), RegionAnswer::kCut);
  EXPECT_EQ(in->wait_news(stamp.news, kNow, stamp), RegionAnswer::kLeft);
}

TEST_F(RegionTest, ABareOneIsItsDataAndNothingElse) {
  auto out = publisher(5, {.is_bare = true});
  publish_text(*out, "bytes");
  EXPECT_EQ(content_of(path_).substr(0, 5), "bytes");
  EXPECT_EQ(stat_of(path_).st_size, 4096);
  const auto in = reader({.is_bare = true});
  EXPECT_EQ(text_in(*in, 5), "bytes");
  EXPECT_EQ(stamp_in(*in).generation, 0U);
  EXPECT_FALSE(create(5, {.is_bare = true})) << "it has one publisher all the same";
  ASSERT_TRUE(out->grow(10'000));
  publish_text(*out, "end", 9'997);
  EXPECT_EQ(text_in(*in, 3, 9'997), "end");
  out.reset();
  out = publisher(5, {.is_bare = true});
  EXPECT_EQ(text_in(*in, 5), "bytes") << "what was there stays";
  EXPECT_FALSE(open()) << "it is no region with a header";
}

TEST_F(RegionTest, WhatAKilledPublisherHasLeftUnfinishedIsNotSeen) {
  write_file(directory_ / ".toy.new", std::string(100'000, 'x'));
  const auto out = publisher(8, {.mode = 0644, .is_bare = true});
  EXPECT_EQ(content_of(path_), std::string(4096, '\0'));
  EXPECT_EQ(stat_of(path_).st_mode & 07777U, 0644U);
}

TEST_F(RegionTest, AFileThatIsNoRegionIsLeftAlone) {
  write_file(path_, std::string(10'000, 'x'));
  const auto made = create();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ExitCode::kOutputRefused);
  EXPECT_EQ(content_of(path_), std::string(10'000, 'x'));
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ExitCode::kOutputRefused);
  EXPECT_EQ(names(), std::vector<std::string>{"toy"});
}

TEST_F(RegionTest, AHeaderThatCannotBeIsReplacedAndNotBelieved) {
  publisher().reset();
  const auto holding = reader();
  const ino_t inode = stat_of(path_).st_ino;
  const std::uint64_t hostile = ~std::uint64_t{0} - 4095;
  const UniqueFd file(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::pwrite(file.get(), &hostile, sizeof hostile, offsetof(RegionHeader, data_bytes)), 8);
  EXPECT_FALSE(open());
  std::array<std::byte, 8> bytes = {};
  EXPECT_EQ(holding->read(hostile - 8, bytes, nullptr), RegionAnswer::kDamaged);
  EXPECT_FALSE(holding->data());
  const auto out = publisher();
  ASSERT_NE(out, nullptr);
  EXPECT_NE(stat_of(path_).st_ino, inode);
  publish_text(*out, "good");
  EXPECT_EQ(text_in(*reader(), 4), "good");
}

TEST_F(RegionTest, LinksAndOtherKindsOfFilesAreRefused) {
  const std::string elsewhere = directory_ / "elsewhere";
  write_file(elsewhere, "precious");
  ASSERT_EQ(::symlink(elsewhere.c_str(), path_.c_str()), 0);
  EXPECT_FALSE(create());
  EXPECT_FALSE(create(8, {.is_bare = true}));
  EXPECT_FALSE(open({.is_bare = true}));
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  ASSERT_EQ(::link(elsewhere.c_str(), path_.c_str()), 0);
  EXPECT_FALSE(create(8, {.is_bare = true}));
  EXPECT_FALSE(open({.is_bare = true}));
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_FALSE(create());
  EXPECT_FALSE(open());
  EXPECT_EQ(content_of(elsewhere), "precious");
}

/// Leaves as many descriptors as `left`, in a child. Exits with 0 where all holds.
template <typename Work>
int with_few_descriptors(rlim_t left, Work work) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int next = ::dup(0);
    const rlimit few = {static_cast<rlim_t>(next) + left, static_cast<rlim_t>(next) + left};
    ::close(next);
    ::_exit(::setrlimit(RLIMIT_NOFILE, &few) == 0 && work() ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return status;
}

TEST_F(RegionTest, WithoutDescriptorsTheLimitIsNamedAndNothingIsLeft) {
  const auto directory = shm();
  for (rlim_t left = 0; left < 4; ++left) {
    EXPECT_EQ(
        with_few_descriptors(left,
                             [&] {
                               const auto made = RegionPublisher::create(directory, "toy", {.data_bytes = 8});
                               return made || made.error().message.find("ulimit -n") != std::string::npos;
                             }),
        0)
        << left;
    // The child was not told to clean up, and what it has made is no obstacle.
  }
  EXPECT_NE(publisher(), nullptr);
  EXPECT_EQ(with_few_descriptors(0,
                                 [&] {
                                   const auto opened = RegionReader::open(directory, "toy", {});
                                   return !opened &&
                                          opened.error().message.find("ulimit -n") != std::string::npos;
                                 }),
            0);
}

[[noreturn]] void fill_a_small_directory(const std::string& at) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("tmpfs", at.c_str(), "tmpfs", 0, "size=64k") != 0)
    ::_exit(77);
  const auto directory = *ShmDirectory::open(at);
  const auto full = RegionPublisher::create(directory, "big", {.data_bytes = 1'000'000});
  if (full || full.error().message.find("free space") == std::string::npos) ::_exit(1);
  if (!std::filesystem::is_empty(at)) ::_exit(2);
  const auto small = RegionPublisher::create(directory, "small", {.data_bytes = 20'000});
  if (!small) ::_exit(3);
  publish_text(**small, "kept");
  const auto reader = RegionReader::open(directory, "small", {});
  if ((*small)->grow(1'000'000)) ::_exit(4);
  if (text_in(**reader, 4) != "kept" || stamp_in(**reader).data_bytes != 20'000) ::_exit(5);
  publish_text(**small, "goes on");
  if (text_in(**reader, 7) != "goes on") ::_exit(6);
  // Cut by somebody, and the space is gone: no SIGBUS.
  if (::truncate((at + "/small").c_str(), 0) != 0) ::_exit(7);
  const auto other = RegionPublisher::create(directory, "other", {.data_bytes = 48'000});
  if (!other || (*small)->publish(0, {}) != RegionAnswer::kCut) ::_exit(8);
  if ((*small)->publish(0, {}) != RegionAnswer::kCut) ::_exit(9);
  ::_exit(testing::Test::HasFailure() ? 10 : 0);
}

TEST_F(RegionTest, AFullDirectoryIsAnErrorAndNoSigbus) {
  const pid_t child = ::fork();
  if (child == 0) fill_a_small_directory(directory_.path());
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) GTEST_SKIP() << "needs mounts of its own";
  EXPECT_EQ(status, 0);
}

class ForeignRegion : public RegionRoom {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can act as another user; run the tests as root for this";
  }
};

TEST_F(ForeignRegion, ThatOfAnotherUserIsBelievedOnlyWhenAsked) {
  const HeldChild other([&]() -> std::unique_ptr<RegionPublisher> {
    if (!become_other_user()) return nullptr;
    auto made = create(8, {.mode = 0644});
    if (!made) return nullptr;
    publish_text(**made, "foreign");
    return std::move(*made);
  });
  ASSERT_TRUE(other.is_there());
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ExitCode::kOutputRefused);
  EXPECT_NE(opened.error().message.find("belongs to user 12345"), std::string::npos)
      << opened.error().message;
  const auto made = create();
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ExitCode::kOutputRefused);
  const auto in = reader({.any_owner = true});
  EXPECT_EQ(text_in(*in, 7), "foreign");
  EXPECT_EQ(in->publisher_lives(), std::nullopt) << "its lock is closed to others";
}

TEST_F(ForeignRegion, APlantedRegionIsNotTakenOver) {
  ASSERT_EQ(as_other_user([&] {
              auto made = create(8, {.mode = 0644});
              if (!made) return 1;
              made->reset();
              return ::chmod(path_.c_str(), 0666);
            }),
            0);
  EXPECT_FALSE(create());
  EXPECT_FALSE(create(8, {.is_bare = true}));
  EXPECT_EQ(names(), std::vector<std::string>{"toy"});
}

TEST_F(ForeignRegion, APlantedUnfinishedRegionIsNotUsed) {
  ASSERT_EQ(as_other_user([&] {
              write_file(directory_ / ".toy.new", "planted");
              return ::chmod((directory_ / ".toy.new").c_str(), 0666);
            }),
            0);
  const auto made = create();
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("belongs to user 12345"), std::string::npos) << made.error().message;
  EXPECT_EQ(content_of(directory_ / ".toy.new"), "planted");
  EXPECT_EQ(names(), std::vector<std::string>{".toy.new"}) << "and the name is free";
}

TEST_F(ForeignRegion, OthersReadWithMode644AndCannotWrite) {
  const auto out = publisher(8, {.mode = 0644});
  publish_text(*out, "to all");
  EXPECT_EQ(as_other_user([&] {
              const auto in = open({.any_owner = true});
              if (!in || !*in || text_in(**in, 6) != "to all") return 1;
              return ::open(path_.c_str(), O_RDWR | O_CLOEXEC) < 0 ? 0 : 2;
            }),
            0);
}

}  // namespace
}  // namespace pitbridge
