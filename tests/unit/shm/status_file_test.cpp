// SPDX-License-Identifier: MIT
#include "common/posix/shm/status_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

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
  bool is_locked() const {
    const UniqueFd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_TRUE(fd);
    return is_locked_by_a_bridge(fd.get());
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
  start(**first, 4242, BridgeState::kWaiting);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ExitCode::kAlreadyRunning);
  EXPECT_NE(second.error().message.find("4242"), std::string::npos) << second.error().message;
  EXPECT_NE(second.error().message.find("toybridge"), std::string::npos) << second.error().message;
  EXPECT_NE(second.error().message.find("--shm-dir"), std::string::npos) << second.error().message;
  // Whoever was turned away has not harmed the page.
  EXPECT_EQ(read_status((*first)->page())->header.bridge_pid, 4242);
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
  const UniqueFd reader(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(is_locked_by_a_bridge(reader.get()));
  EXPECT_TRUE(open());
}

TEST_F(StatusFileTest, AFileThatIsNoneIsNotLocked) {
  EXPECT_FALSE(is_locked_by_a_bridge(-1));
}

TEST_F(StatusFileTest, ANewPageWasAbandonedByNobody) {
  EXPECT_EQ((*open())->abandoned_by(), std::nullopt);
}

TEST_F(StatusFileTest, NamesTheBridgeThatWasKilled) {
  for (const BridgeState state :
       {BridgeState::kStarting, BridgeState::kWaiting, BridgeState::kAttached, BridgeState::kPaused}) {
    {
      const auto killed = open();
      ASSERT_TRUE(killed);
      start(**killed, 31, state);
    }
    EXPECT_EQ((*open())->abandoned_by(), 31) << state_name(state);
  }
}

TEST_F(StatusFileTest, ABridgeThatHasEndedAbandonedNothing) {
  for (const BridgeState state : {BridgeState::kStopped, BridgeState::kGone}) {
    {
      const auto first = open();
      ASSERT_TRUE(first);
      start(**first, 31, state);
    }
    EXPECT_EQ((*open())->abandoned_by(), std::nullopt) << state_name(state);
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
