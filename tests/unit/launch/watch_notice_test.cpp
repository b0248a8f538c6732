// SPDX-License-Identifier: MIT
#include "common/posix/launch/watch_notice.hpp"

#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

TEST(WatchNotice, OnlyOneWatcherOfAUserRuns) {
  const TempDirectory directory;
  const std::string path = directory / "deep/pitbridge";
  EXPECT_FALSE(running_watch(path));
  {
    const auto lock = WatchLock::take(path);
    ASSERT_TRUE(lock) << lock.error().message;
    const auto second = WatchLock::take(path);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ExitCode::kAlreadyRunning);
    EXPECT_NE(second.error().message.find(path + "/watch.lock"), std::string::npos);
  }
  EXPECT_TRUE(WatchLock::take(path));
}

TEST(WatchNotice, SaysWhatItDoesForAsLongAsItRuns) {
  const TempDirectory directory;
  {
    const auto lock = WatchLock::take(directory.path());
    ASSERT_TRUE(lock);
    lock->publish("{}\n");
    EXPECT_EQ(running_watch(directory.path()), "{}\n");
    lock->publish("[1]");
    EXPECT_EQ(running_watch(directory.path()), "[1]");
    EXPECT_EQ(stat_of(directory / "watch.json").st_mode & 0777U, 0600U);
  }
  EXPECT_FALSE(running_watch(directory.path()));
  write_file(directory / "watch.json", "left by one that was killed");
  EXPECT_FALSE(running_watch(directory.path()));
}

TEST(WatchNotice, ALinkInTheLocksPlaceIsRefused) {
  const TempDirectory directory;
  ASSERT_EQ(::symlink("/etc/passwd", (directory / "watch.lock").c_str()), 0);
  const auto lock = WatchLock::take(directory.path());
  ASSERT_FALSE(lock);
  EXPECT_EQ(lock.error().code, ExitCode::kOutputRefused);
}

}  // namespace
}  // namespace pitbridge
