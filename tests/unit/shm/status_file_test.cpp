// SPDX-License-Identifier: MIT
#include "common/posix/shm/status_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

const std::vector<std::string> kNames = {"toy_car"};

class StatusFileTest : public testing::Test {
 protected:
  TempDirectory directory_;
  std::string path_ = directory_ / "pitbridge.toy";

  Expected<std::unique_ptr<StatusFile>> open() { return StatusFile::open({directory_.path(), "toy", 0600}); }
  static void start(StatusFile& file, std::int32_t pid, BridgeState state) {
    StatusWriter writer(file, file.page());
    writer.start("toy", "/prefix", pid, 1, kNames);
    writer.set_state(state);
  }
  bool is_locked() const { return bridge_lives(directory_.path(), "toy"); }
  std::unique_ptr<StatusFile> of_killed_bridge() const {
    return StatusFile::of_killed_bridge(*ShmDirectory::open(directory_.path()), "toy");
  }
};

TEST_F(StatusFileTest, IsAPageInAFileOfTheSim) {
  const auto file = open();
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ((*file)->page().size(), kStatusPageBytes);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>((*file)->page().data()) % 8, 0U);
  start(**file, 42, BridgeState::kWaiting);
  const std::string content = content_of(path_);
  const auto status = read_status(std::as_bytes(std::span(content)));
  ASSERT_TRUE(status);
  EXPECT_EQ(status->header.bridge_pid, 42);
}

TEST_F(StatusFileTest, OnlyOneBridgeHoldsIt) {
  const auto first = open();
  ASSERT_TRUE(first);
  start(**first, ::getpid(), BridgeState::kWaiting);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ExitCode::kAlreadyRunning);
  EXPECT_NE(second.error().message.find(fmt::format("pid {}, prefix /prefix", ::getpid())), std::string::npos)
      << second.error().message;
  EXPECT_NE(second.error().message.find("toybridge"), std::string::npos) << second.error().message;
  EXPECT_NE(second.error().message.find("--shm-dir"), std::string::npos) << second.error().message;
  // Whoever was turned away has not harmed the page.
  EXPECT_EQ(read_status((*first)->page())->header.bridge_pid, ::getpid());
}

TEST_F(StatusFileTest, WhoComesBeforeThePageIsWrittenIsTurnedAwayToo) {
  const auto first = open();
  ASSERT_TRUE(first);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ExitCode::kAlreadyRunning);
}

TEST_F(StatusFileTest, AnotherSimOrAnotherDirectoryIsFree) {
  const auto first = open();
  ASSERT_TRUE(first);
  EXPECT_TRUE(StatusFile::open({directory_.path(), "other", 0600}));
  const TempDirectory elsewhere;
  EXPECT_TRUE(StatusFile::open({elsewhere.path(), "toy", 0600}));
}

TEST_F(StatusFileTest, TheLockGoesWithItsHolderAlsoWhenMoved) {
  {
    auto first = open();
    ASSERT_TRUE(first);
    const std::unique_ptr<StatusFile> moved = std::move(*first);
    EXPECT_FALSE(open());
    EXPECT_TRUE(is_locked());
  }
  EXPECT_FALSE(is_locked());
  EXPECT_TRUE(open());
}

TEST_F(StatusFileTest, AskingForTheLockDoesNotTakeIt) {
  { ASSERT_TRUE(open()); }
  EXPECT_FALSE(is_locked());
  EXPECT_TRUE(open());
}

TEST_F(StatusFileTest, WithoutAFileNoBridgeLives) {
  EXPECT_FALSE(is_locked());
  EXPECT_FALSE(bridge_lives(directory_ / "missing", "toy"));
}

/// A page holds what another process has left in it; the pid comes from whoever has the lock.
TEST_F(StatusFileTest, APidThatADeadBridgeHasLeftIsNotNamed) {
  {
    const auto killed = open();
    ASSERT_TRUE(killed);
    start(**killed, 4242, BridgeState::kAttached);
  }
  const auto first = open();  // has not written its page yet
  ASSERT_TRUE(first);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find(fmt::format("pid {}, prefix not known yet", ::getpid())),
            std::string::npos)
      << second.error().message;
}

/// The reader's way of asking, as pitbridge-shm(7) has it.
TEST_F(StatusFileTest, ReadersSeeThatItLives) {
  const auto lives = [&] {
    const UniqueFd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    EXPECT_EQ(::fcntl(fd.get(), F_OFD_GETLK, &lock), 0);
    return lock.l_type != F_UNLCK;
  };
  {
    const auto bridge = open();
    ASSERT_TRUE(bridge);
    EXPECT_TRUE(lives());
    ASSERT_EQ(::unlink(path_.c_str()), 0);
    ASSERT_TRUE((*bridge)->check());
    EXPECT_TRUE(lives()) << "the new page too";
  }
  EXPECT_FALSE(lives());
}

TEST_F(StatusFileTest, ALockOnThePageKeepsNobodyFromStarting) {
  { ASSERT_TRUE(open()); }
  const UniqueFd reader(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  struct flock lock = {};
  lock.l_type = F_RDLCK;
  lock.l_whence = SEEK_SET;
  ASSERT_EQ(::fcntl(reader.get(), F_OFD_SETLK, &lock), 0);
  EXPECT_FALSE(is_locked()) << "nor is it a bridge";
  EXPECT_TRUE(open());
}

TEST_F(StatusFileTest, NobodyElseMayOpenTheLock) {
  const std::string lock = directory_ / "pitbridge.toy.lock";
  write_file(lock, "");
  ASSERT_EQ(::chmod(lock.c_str(), 0666), 0);
  ASSERT_TRUE(StatusFile::open({directory_.path(), "toy", 0666}));
  EXPECT_EQ(stat_of(lock).st_mode & 07777U, 0600U);
}

TEST_F(StatusFileTest, ALockThatSomebodyRemovesIsTakenAgain) {
  const auto bridge = open();
  ASSERT_TRUE(bridge);
  ASSERT_EQ(::unlink((directory_ / "pitbridge.toy.lock").c_str()), 0);
  ASSERT_TRUE((*bridge)->check());
  EXPECT_TRUE(is_locked());
  EXPECT_FALSE(open());
}

TEST_F(StatusFileTest, NamesTheBridgeThatWasKilled) {
  EXPECT_EQ(of_killed_bridge(), nullptr) << "there is no page";
  for (const BridgeState state :
       {BridgeState::kStarting, BridgeState::kWaiting, BridgeState::kAttached, BridgeState::kPaused}) {
    {
      const auto killed = open();
      ASSERT_TRUE(killed);
      start(**killed, 31, state);
      EXPECT_EQ(of_killed_bridge(), nullptr) << "it lives";
    }
    const auto page = of_killed_bridge();
    ASSERT_NE(page, nullptr) << state_name(state);
    EXPECT_EQ(page->killed_bridge(), 31);
    EXPECT_FALSE(is_locked()) << "who cleans up is no bridge";
  }
}

TEST_F(StatusFileTest, WithoutALockThePageTellsWhetherItsBridgeLives) {
  const std::string lock = directory_ / "pitbridge.toy.lock";
  {
    const auto bridge = open();
    ASSERT_TRUE(bridge);
    start(**bridge, 31, BridgeState::kAttached);
    ASSERT_EQ(::unlink(lock.c_str()), 0);
    EXPECT_EQ(of_killed_bridge(), nullptr);
  }
  EXPECT_NE(of_killed_bridge(), nullptr);
  EXPECT_FALSE(std::filesystem::exists(lock)) << "who cleans up makes nothing";
}

TEST_F(StatusFileTest, ABridgeThatHasEndedWasNotKilled) {
  for (const BridgeState state : {BridgeState::kStopped, BridgeState::kGone}) {
    {
      const auto first = open();
      ASSERT_TRUE(first);
      start(**first, 31, state);
    }
    EXPECT_EQ(of_killed_bridge(), nullptr) << state_name(state);
  }
}

TEST_F(StatusFileTest, RefusesWhatIsNoFileOfOurs) {
  ASSERT_EQ(::symlink("/etc/passwd", path_.c_str()), 0);
  const auto file = open();
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ExitCode::kOutputRefused);
}

}  // namespace
}  // namespace pitbridge
