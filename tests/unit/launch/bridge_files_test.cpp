// SPDX-License-Identifier: MIT
#include "common/posix/launch/bridge_files.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"
#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

class InstalledBridge : public ::testing::Test {
 protected:
  const PlantedTree tree;
  const ScopedEnvironment no_choice{"PITBRIDGE_BRIDGE_DIR", nullptr};
};

TEST_F(InstalledBridge, LiesBesideTheProgramOrInItsPrefix) {
  tree.file("/usr/lib/pitbridge/acbridge.exe.so", "installed");
  tree.file("/build/bin/acbridge.exe.so", "built");
  EXPECT_EQ(installed_bridge_beside("acbridge", tree.root() + "/usr/bin"),
            tree.root() + "/usr/lib/pitbridge/acbridge.exe.so");
  EXPECT_EQ(installed_bridge_beside("acbridge", tree.root() + "/build/bin"),
            tree.root() + "/build/bin/acbridge.exe.so");
}

TEST_F(InstalledBridge, IsWhereTheUserSays) {
  tree.file("/usr/bin/acbridge.exe.so", "beside");
  tree.file("/mine/acbridge.exe.so", "chosen");
  const ScopedEnvironment chosen("PITBRIDGE_BRIDGE_DIR", (tree.root() + "/mine").c_str());
  EXPECT_EQ(installed_bridge_beside("acbridge", tree.root() + "/usr/bin"),
            tree.root() + "/mine/acbridge.exe.so");
  EXPECT_FALSE(installed_bridge_beside("lmubridge", tree.root() + "/usr/bin"));
}

TEST_F(InstalledBridge, ThatIsMissingIsAnErrorWithTheRemedy) {
  const auto found = installed_bridge_beside("acbridge", tree.root() + "/usr/bin");
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message, "there is no acbridge.exe.so in " + tree.root() + "/usr/bin or " +
                                       tree.root() +
                                       "/usr/lib/pitbridge; run make install, or name its directory with "
                                       "PITBRIDGE_BRIDGE_DIR");
}

TEST_F(InstalledBridge, ATwinLiesThereUnderItsOwnName) {
  tree.file("/usr/lib/pitbridge/acbridge.exe", "64");
  tree.file("/usr/lib/pitbridge/win32/acbridge.exe", "32");
  const std::string lib = tree.root() + "/usr/lib/pitbridge/";
  EXPECT_EQ(installed_bridge_beside("acbridge", tree.root() + "/usr/bin", BridgeKind::kTwin),
            lib + "acbridge.exe");
  EXPECT_EQ(installed_bridge_beside("acbridge", tree.root() + "/usr/bin", BridgeKind::kTwin32),
            lib + "win32/acbridge.exe");
  EXPECT_FALSE(installed_bridge_beside("acbridge", tree.root() + "/usr/bin"));
}

class Staging : public InstalledBridge {
 protected:
  Staging() { tree.file("/lib/acbridge.exe.so", "first build", 0600); }
  const std::string source = tree.root() + "/lib/acbridge.exe.so";
  const std::string directory = tree.root() + "/home/.local/share/pitbridge/0.1.0";
  const std::string copy = directory + "/acbridge.exe.so";
};

TEST_F(Staging, MakesAnExecutableCopy) {
  EXPECT_EQ(stage_file(source, directory), copy);
  EXPECT_EQ(content_of(copy), "first build");
  EXPECT_EQ(stat_of(copy).st_mode & 07777U, 0755U);
  EXPECT_EQ(directory_entries(directory), std::vector<std::string>{"acbridge.exe.so"})
      << "nothing is left over";
}

TEST_F(Staging, LeavesAloneWhatIsTheSame) {
  ASSERT_TRUE(stage_file(source, directory));
  const auto before = stat_of(copy);
  ASSERT_TRUE(stage_file(source, directory));
  EXPECT_EQ(stat_of(copy).st_ino, before.st_ino);
}

TEST_F(Staging, ReplacesWhatDiffersAndSparesWhoHasItOpen) {
  ASSERT_TRUE(stage_file(source, directory));
  std::ifstream running(copy);
  const auto before = stat_of(copy);
  write_file(source, "other build");  // of the same size
  ASSERT_TRUE(stage_file(source, directory));
  EXPECT_EQ(content_of(copy), "other build");
  EXPECT_NE(stat_of(copy).st_ino, before.st_ino);
  std::string held;
  std::getline(running, held);
  EXPECT_EQ(held, "first build");
}

TEST_F(Staging, ReplacesAForeignLinkAndAWrongMode) {
  ASSERT_TRUE(stage_file(source, directory));
  ::chmod(copy.c_str(), 0644);
  ASSERT_TRUE(stage_file(source, directory));
  EXPECT_EQ(stat_of(copy).st_mode & 07777U, 0755U);
  std::filesystem::remove(copy);
  std::filesystem::create_symlink(source, copy);
  ASSERT_TRUE(stage_file(source, directory));
  EXPECT_TRUE(S_ISREG(stat_of(copy).st_mode));
  EXPECT_EQ(content_of(source), "first build");
}

TEST_F(Staging, SaysWhatToDoWhenItMayNotWrite) {
  tree.file("/home/.local/share", "a file where a directory should be");
  const auto refused = stage_file(source, directory);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ExitCode::kOutputRefused);
  EXPECT_EQ(refused.error().message, "cannot make the directory " + directory +
                                         ": Not a directory; make it writable, or set XDG_DATA_HOME to a "
                                         "directory that is");
  const auto kernel = stage_file(source, "/proc/pitbridge");
  ASSERT_FALSE(kernel);
  EXPECT_NE(kernel.error().message.find("cannot make the directory /proc/pitbridge: "), std::string::npos);
  std::filesystem::create_directories(tree.root() + "/d/acbridge.exe.so/x");
  const auto taken = stage_file(source, tree.root() + "/d");
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().message.find("cannot replace"), std::string::npos) << taken.error().message;
  EXPECT_EQ(directory_entries(tree.root() + "/d"), std::vector<std::string>{"acbridge.exe.so"});
}

TEST_F(Staging, SaysThatTheDiskIsFull) {
  // The limit of a child stands in for a full disk on the error path of write.
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit small = {4, 4};
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto refused = stage_file(source, directory);
    const bool good = !refused && refused.error().message.find("cannot write " + copy) == 0 &&
                      directory_entries(directory).empty();
    ::_exit(good ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0) << "no error, or something was left over";
}

TEST_F(Staging, SaysThatTheSourceIsMissing) {
  const auto refused = stage_file(tree.root() + "/none.exe.so", directory);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("none.exe.so: No such file"), std::string::npos);
}

TEST_F(Staging, OfABridgeGoesByNameAndVersion) {
  const ScopedEnvironment bridges("PITBRIDGE_BRIDGE_DIR", (tree.root() + "/lib").c_str());
  const ScopedEnvironment data("XDG_DATA_HOME", (tree.root() + "/data").c_str());
  EXPECT_EQ(stage_bridge("acbridge", "1.2.3"), tree.root() + "/data/pitbridge/1.2.3/acbridge.exe.so");
  EXPECT_FALSE(stage_bridge("nobridge", "1.2.3"));
  const ScopedEnvironment relative("XDG_DATA_HOME", "relative");
  const ScopedEnvironment home("HOME", (tree.root() + "/h").c_str());
  EXPECT_EQ(data_directory(), tree.root() + "/h/.local/share/pitbridge");
}

TEST_F(Staging, ATwinIsStagedWithItsNativeHalf) {
  tree.file("/lib/win32/acbridge.exe", "32");
  tree.file("/lib/pitbridge-keeper", "native");
  const ScopedEnvironment bridges("PITBRIDGE_BRIDGE_DIR", (tree.root() + "/lib").c_str());
  const ScopedEnvironment data("XDG_DATA_HOME", (tree.root() + "/data").c_str());
  const auto staged = stage_bridge("acbridge", "1.2.3", BridgeKind::kTwin32);
  ASSERT_TRUE(staged) << staged.error().message;
  EXPECT_EQ(*staged, tree.root() + "/data/pitbridge/1.2.3/win32/acbridge.exe");
  EXPECT_EQ(content_of(*staged), "32");
  EXPECT_EQ(content_of(tree.root() + "/data/pitbridge/1.2.3/pitbridge-keeper"), "native");
}

}  // namespace
}  // namespace pitbridge
