// SPDX-License-Identifier: MIT
#include "common/posix/launch/flatpak_copy.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "common/posix/system/small_file.hpp"
#include "tests/unit/support/other_user.hpp"
#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

class FlatpakCopy : public ::testing::Test {
 protected:
  FlatpakCopy() {
    tree.file("/bin/pitbridge", "the command", 0755);
    tree.file("/lib/acbridge.exe.so", "a bridge");
    tree.file("/lib/shmbridge.exe.so", "another");
    tree.file("/lib/installed", "a list");
  }
  Expected<std::string> copy() const {
    return copy_into_flatpak(tree.root() + "/bin/pitbridge", tree.root() + "/lib", home);
  }

  const PlantedTree tree;
  const std::string home = tree.root() + "/home";
  const std::string steam = home + "/.var/app/com.valvesoftware.Steam";
};

TEST_F(FlatpakCopy, HoldsTheCommandAndTheBridgesAndIsMadeOnce) {
  std::filesystem::create_directories(steam);
  EXPECT_FALSE(is_in_flatpak(home));
  ASSERT_EQ(copy(), steam + "/pitbridge/pitbridge");
  EXPECT_TRUE(is_in_flatpak(home));
  EXPECT_EQ(directory_entries(steam + "/pitbridge"),
            (std::vector<std::string>{"acbridge.exe.so", "pitbridge", "shmbridge.exe.so"}));
  EXPECT_EQ(content_of(steam + "/pitbridge/pitbridge"), "the command");
  const auto before = stat_of(steam + "/pitbridge/pitbridge");
  ASSERT_TRUE(copy());
  EXPECT_EQ(stat_of(steam + "/pitbridge/pitbridge").st_ino, before.st_ino) << "again: nothing to do";
  tree.file("/bin/pitbridge", "an update", 0755);
  ASSERT_TRUE(copy());
  EXPECT_EQ(content_of(steam + "/pitbridge/pitbridge"), "an update");
}

TEST_F(FlatpakCopy, IsRefusedWhereThereIsNoFlatpak) {
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ExitCode::kFailure);
  EXPECT_NE(refused.error().message.find("no Steam as a Flatpak; start it once"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(home)) << "nothing is made";
}

TEST_F(FlatpakCopy, FollowsNoLink) {
  std::filesystem::create_directories(steam);
  std::filesystem::create_directories(tree.root() + "/elsewhere");
  std::filesystem::create_symlink(tree.root() + "/elsewhere", steam + "/pitbridge");
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ExitCode::kOutputRefused);
  EXPECT_TRUE(directory_entries(tree.root() + "/elsewhere").empty());
}

TEST_F(FlatpakCopy, IsRefusedInAnotherUsersDirectory) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  std::filesystem::create_directories(steam);
  ASSERT_EQ(::chown(steam.c_str(), kOtherUser, kOtherUser), 0);
  const auto refused = copy();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ExitCode::kOutputRefused);
  EXPECT_NE(refused.error().message.find("belongs to user 12345; run this as that user"), std::string::npos)
      << refused.error().message;
  EXPECT_TRUE(directory_entries(steam).empty());
}

TEST_F(FlatpakCopy, SaysThatTheDiskIsFullAndOfNoOtherDirectory) {
  std::filesystem::create_directories(steam);
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small = {4, 4};
    ::setrlimit(RLIMIT_FSIZE, &small);
    bool good = true;
    for (const char* bridges : {"/lib", "/none"}) {
      const auto refused = copy_into_flatpak(tree.root() + "/bin/pitbridge", tree.root() + bridges, home);
      good = good && !refused && refused.error().code == ExitCode::kOutputRefused &&
             refused.error().message.find("cannot write") == 0 &&
             refused.error().message.find("XDG_DATA_HOME") == std::string::npos;
    }
    ::_exit(good ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(FlatpakCopy, OfMakeInstallCountsToo) {
  tree.program("/home/.var/app/com.valvesoftware.Steam/.local/bin/pitbridge");
  EXPECT_TRUE(is_in_flatpak(home));
}

}  // namespace
}  // namespace pitbridge
