// SPDX-License-Identifier: MIT
#include "common/posix/shm/lock_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

/// Two bridges in one process: each has the file open by itself, as two processes have.
class LockFileTest : public testing::Test {
 protected:
  std::unique_ptr<LockFile> open(const std::string& prefix = {}) {
    auto lock = LockFile::open(*ShmDirectory::open(directory_.path()), "toy");
    if (!lock) std::abort();
    EXPECT_TRUE(prefix.empty() || (*lock)->enter(prefix));
    return std::move(*lock);
  }
  bool lives_in(const std::string& prefix) const { return bridge_lives_in(directory_.path(), "toy", prefix); }

  TempDirectory directory_;
  std::string path_ = directory_ / "pitbridge.toy.lock";
};

TEST_F(LockFileTest, APrefixHasOneBridgeWhoeverHasThePlace) {
  const auto first = open("/p");
  const auto second = open("/q");
  EXPECT_FALSE(open()->enter("/p"));
  EXPECT_FALSE(open()->enter("/q"));
  EXPECT_TRUE(open()->enter("/r"));
  EXPECT_TRUE(lives_in("/q"));
  EXPECT_FALSE(lives_in("/r"));
}

TEST_F(LockFileTest, APrefixIsTheSameByWhateverName) {
  const TempDirectory prefixes;
  const std::string prefix = prefixes.path();
  const auto first = open(prefix);
  EXPECT_FALSE(open()->enter(prefix + "/"));
  ASSERT_EQ(::symlink(prefix.c_str(), (directory_ / "link").c_str()), 0);
  EXPECT_FALSE(open()->enter(directory_ / "link"));
}

TEST_F(LockFileTest, TheHolderIsKnownByPidAndPrefixAsLongAsItHolds) {
  const auto first = open("/p");
  const auto second = open("/q");
  EXPECT_FALSE(second->holder());
  ASSERT_TRUE(first->take());
  ASSERT_TRUE(second->holder());
  EXPECT_EQ(second->holder()->pid, ::getpid());
  EXPECT_EQ(second->holder()->prefix, "/p");
  EXPECT_FALSE(second->take());
  first->give_up();
  EXPECT_FALSE(second->holder()) << "what it has written stays and is not believed";
  EXPECT_TRUE(lives_in("/p")) << "it goes on as a challenger";
  EXPECT_TRUE(second->take());
  EXPECT_EQ(first->holder()->prefix, "/q");
}

TEST_F(LockFileTest, WhoHasAskedIsNamedAndComesNext) {
  const auto holder = open("/p");
  ASSERT_TRUE(holder->take());
  EXPECT_FALSE(holder->challenger());
  const auto idle = open("/q");
  {
    const auto asking = open("/r");
    ASSERT_TRUE(asking->ask());
    EXPECT_TRUE(asking->ask()) << "as often as it likes";
    EXPECT_FALSE(idle->ask()) << "one at a time";
    ASSERT_TRUE(holder->challenger());
    EXPECT_EQ(holder->challenger()->prefix, "/r");
    const auto seen = challenger_of(directory_.path(), "toy");
    ASSERT_TRUE(seen) << "by whoever only looks";
    EXPECT_EQ(seen->prefix, "/r");
    holder->give_up();
    EXPECT_FALSE(idle->take());
    EXPECT_FALSE(holder->take());
    EXPECT_TRUE(asking->take());
    EXPECT_FALSE(idle->challenger()) << "it has what it asked for";
    asking->give_up();
    EXPECT_TRUE(asking->ask());
    asking->withdraw();
    EXPECT_FALSE(idle->challenger());
    EXPECT_TRUE(asking->ask());
  }
  EXPECT_FALSE(holder->challenger()) << "the wish of a dead bridge is not heard";
  EXPECT_TRUE(idle->take());
}

TEST_F(LockFileTest, AFileThatSomebodyRemovesIsLockedAgainAlsoAgainstAChallenger) {
  const auto holder = open("/p");
  ASSERT_TRUE(holder->take());
  const auto asking = open("/q");
  ASSERT_TRUE(asking->ask());
  ASSERT_EQ(::unlink(path_.c_str()), 0);
  ASSERT_TRUE(asking->check());  // it happens to be the first to see it
  ASSERT_TRUE(asking->ask());
  const auto mended = holder->check();
  ASSERT_TRUE(mended) << mended.error().message;
  EXPECT_FALSE(asking->take());
  EXPECT_TRUE(lives_in("/p"));
  EXPECT_TRUE(lives_in("/q"));
  EXPECT_EQ(asking->holder()->prefix, "/p");
}

}  // namespace
}  // namespace pitbridge
