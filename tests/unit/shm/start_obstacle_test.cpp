// SPDX-License-Identifier: MIT
#include "common/posix/shm/start_obstacle.hpp"

#include <sched.h>
#include <sys/mount.h>

#include "common/core/sim/describe.hpp"
#include "common/posix/shm/status_file.hpp"
#include "tests/unit/support/other_user.hpp"

namespace pitbridge {
namespace {

const Sim& sim() {
  return *find_sim("ac");
}

TEST(StartObstacle, NoneWhereThereIsRoom) {
  const TempDirectory directory;
  EXPECT_EQ(start_obstacle(directory.path(), sim()), std::nullopt);
  EXPECT_TRUE(std::filesystem::is_empty(directory.path())) << "it only looks";
}

TEST(StartObstacle, ADirectoryThatIsNotThere) {
  const TempDirectory directory;
  const auto obstacle = start_obstacle(directory / "missing", sim());
  ASSERT_TRUE(obstacle);
  EXPECT_NE(obstacle->find("cannot be written: No such file or directory"), std::string::npos) << *obstacle;
}

class StartObstacleOfOthers : public SharedDirectoryTest {};

TEST_F(StartObstacleOfOthers, AFileOfAnotherUser) {
  write_file(directory_ / "acpmf_physics", "of another");
  ASSERT_EQ(::chown((directory_ / "acpmf_physics").c_str(), kOtherUser, kOtherUser), 0);
  const auto obstacle = start_obstacle(directory_.path(), sim());
  ASSERT_TRUE(obstacle);
  EXPECT_NE(obstacle->find("acpmf_physics belongs to user 12345"), std::string::npos) << *obstacle;
}

/// A tmpfs of a few pages, in mounts of the test's own.
class FullDirectory : public testing::Test {
 protected:
  /// Does `work` in a child with such a tmpfs at `directory_`; skips where that is not allowed.
  template <typename Work>
  void in_a_small_tmpfs(Work work) {
    constexpr int kNotAllowed = 77;
    const pid_t child = ::fork();
    if (child == 0) {
      if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
          ::mount("tmpfs", directory_.path().c_str(), "tmpfs", 0, "size=16k") != 0)
        ::_exit(kNotAllowed);
      work();
      ::_exit(HasFailure() ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == kNotAllowed) GTEST_SKIP() << "mount is not allowed here";
    EXPECT_EQ(WEXITSTATUS(status), 0);
  }
  void fill(std::size_t pages) const { write_file(directory_ / "filler", std::string(pages * 4096, 'x')); }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(directory_.path()), {}));
  }

  TempDirectory directory_;
};

TEST_F(FullDirectory, IsAnObstacleWithTheRemedy) {
  in_a_small_tmpfs([&] {
    const auto obstacle = start_obstacle(directory_.path(), sim());
    ASSERT_TRUE(obstacle);
    EXPECT_NE(obstacle->find("has 16384 bytes free"), std::string::npos) << *obstacle;
    EXPECT_NE(obstacle->find("df -h"), std::string::npos) << *obstacle;
  });
}

/// However many of its files a bridge can make: what is made and empty tells readers of a bridge.
TEST_F(FullDirectory, AStartLeavesNothing) {
  in_a_small_tmpfs([&] {
    for (std::size_t pages = 4; pages > 0; --pages) {
      fill(pages);
      const auto refused = StatusFile::open({directory_.path(), "toy", 0600});
      ASSERT_FALSE(refused) << pages;
      EXPECT_NE(refused.error().message.find("free space"), std::string::npos) << refused.error().message;
      EXPECT_EQ(entries(), 1U) << pages;
    }
    fill(0);
    EXPECT_TRUE(StatusFile::open({directory_.path(), "toy", 0600}));
  });
}

}  // namespace
}  // namespace pitbridge
