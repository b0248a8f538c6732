// SPDX-License-Identifier: MIT
// The twins: a Windows program in the session and a native one beside it live as one bridge, and end as one.
#include <sys/stat.h>

#include <csignal>
#include <filesystem>

#include "common/posix/system/small_file.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

class Twin : public WineRun {
 protected:
  std::string bridge_file(const std::string& sim) const override { return "bin/" + sim + "bridge.exe"; }

  /// The native half, as the status page names it.
  pid_t native_half() const {
    const auto now = reading();
    return now.status ? now.status->header.bridge_pid : 0;
  }
  static std::string program_of(pid_t pid) {
    return file_name_of(link_target("/proc/" + std::to_string(pid) + "/exe").value_or(""));
  }
  static bool is_gone(pid_t pid) {
    return eventually([&] { return program_of(pid).empty(); });
  }
};

TEST_F(Twin, ShowsEveryByteOfAGameThatComesLater) {
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  Process game = start_game({.arguments = {"--at", "20", "--stamp"}});
  ASSERT_TRUE(becomes_live()) << bridge.output();
  game.tell("pause");
  ASSERT_TRUE(game.says("ok pause"));
  // By the descriptor in the page, which is the game's own memory.
  for (const char* name : {"acpmf_physics", "acpmf_graphics", "acpmf_static"})
    EXPECT_TRUE(eventually([&] { return is_mirrored(name); })) << name;
  EXPECT_EQ(program_of(native_half()), "pitbridge-keeper");
  struct stat file = {};
  ASSERT_EQ(::stat(shm_path("acpmf_physics").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
}

TEST_F(Twin, LeavesWithItsGameAndItsStatus) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const pid_t native = native_half();
  game.tell("stop");
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_TRUE(is_clear());
  EXPECT_EQ(state(), BridgeState::kGone);
  EXPECT_TRUE(is_gone(native));
}

TEST_F(Twin, FollowsARestartedGame) {
  Process holder({.arguments = {"wine", "cmd.exe"}, .environment = environment()});  // of the session
  Process bridge = start_bridge({.arguments = {"--stay"}});
  for (int round = 0; round < 2; ++round) {
    Process game = start_game();
    ASSERT_TRUE(becomes_live()) << bridge.output();
    game.signal(SIGKILL);
    (void)game.wait();
    ASSERT_TRUE(eventually([&] { return is_clear(); })) << bridge.output();
    ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  }
  EXPECT_TRUE(bridge.running());
}

TEST_F(Twin, ClearsWhenItsWindowsHalfIsKilled) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const pid_t native = native_half();
  bridge.signal(SIGKILL);
  EXPECT_TRUE(eventually([&] { return is_clear(); })) << bridge.output();
  EXPECT_TRUE(is_gone(native));
  game.tell("pause");
  EXPECT_TRUE(game.says("ok pause")) << "the game goes on";
}

TEST_F(Twin, ClearsWhenItsNativeHalfIsKilled) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  ASSERT_EQ(::kill(native_half(), SIGKILL), 0);
  EXPECT_TRUE(eventually([&] { return is_clear(); }));
  EXPECT_EQ(bridge.wait(), 1) << bridge.output();
}

TEST_F(Twin, ShowsNoOldBytesWhenItsWindowsHalfHangs) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  bridge.signal(SIGSTOP);
  EXPECT_TRUE(eventually([&] { return is_clear(); })) << bridge.output();
  bridge.signal(SIGCONT);
  EXPECT_TRUE(bridge.wait().has_value());
}

TEST_F(Twin, StopsWhenItIsAskedTo) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  ASSERT_EQ(::kill(native_half(), SIGTERM), 0);
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_TRUE(is_clear());
  EXPECT_EQ(state(), BridgeState::kStopped);
}

TEST_F(Twin, EndsWithTheSession) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const pid_t native = native_half();
  kill_wineserver();
  EXPECT_TRUE(eventually([&] { return is_clear(); })) << bridge.output();
  EXPECT_TRUE(is_gone(native));
}

TEST_F(Twin, DoesNotHoldTheSession) {
  Process game = start_game();
  Process bridge = start_bridge({.arguments = {"--stay"}});
  ASSERT_TRUE(becomes_live()) << bridge.output();
  game.tell("stop");
  Process session({.arguments = {wineserver(), "-w"}, .environment = environment()});
  EXPECT_EQ(session.wait(), 0);
  EXPECT_TRUE(eventually([&] { return is_clear(); }));
  EXPECT_TRUE(bridge.wait().has_value());
}

TEST_F(Twin, SharesNoPlaceWithAnotherBridge) {
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  Process second = start_bridge();
  EXPECT_EQ(second.wait(), 3) << second.output();
  Process of_winelib({.arguments = {"wine", built("bin/acbridge.exe.so")}, .environment = environment()});
  EXPECT_EQ(of_winelib.wait(), 3) << of_winelib.output();
  EXPECT_TRUE(of_winelib.says("runs already"));
}

TEST_F(Twin, PassesOnItsArguments) {
  Process version = start_bridge({.arguments = {"--version"}});
  EXPECT_EQ(version.wait(), 0);
  EXPECT_TRUE(version.says(", Wine ")) << version.output();
  Process wrong = start_bridge({.arguments = {"--log-file"}});
  EXPECT_EQ(wrong.wait(), 2) << wrong.output();
  std::filesystem::create_directory(shm_path("a place"));
  Process bridge = start_bridge({.arguments = {"--shm-dir", shm_path("a place"), "--log-level", "debug"}});
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(shm_path("a place/acpmf_physics")); }))
      << bridge.output();
}

TEST_F(Twin, LetsTheGameWriteItsFileIfTold) {
  Process bridge = start_bridge({.arguments = {"--own"}});
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  Process game = start_game({.arguments = {"--at", "20"}});
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const auto section = [&] {
    const StatusMapping* entry = reading().status->find("acpmf_physics");
    return "/proc/" + std::to_string(native_half()) + "/fd/" + std::to_string(entry->section_fd);
  };
  EXPECT_TRUE(eventually([&] { return is_same_file(section(), shm_path("acpmf_physics")); }));
}

TEST_F(Twin, ShowsASectionThatIsShorterThanAPage) {
  Process game = start_game({.arguments = {"--at", "20", "--backing", directory()}});
  ASSERT_LT(std::filesystem::file_size(directory() + "/acpmf_physics"), 4096U);
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  game.tell("pause");
  ASSERT_TRUE(game.says("ok pause"));
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_physics"); })) << bridge.output();
}

TEST_F(Twin, SaysWhatIsMissingWithoutItsNativeHalf) {
  const std::string alone = directory() + "/acbridge.exe";
  std::filesystem::copy_file(built("bin/acbridge.exe"), alone);
  Process bridge({.arguments = {"wine", alone}, .environment = environment()});
  EXPECT_EQ(bridge.wait(), 1);
  EXPECT_TRUE(bridge.says("pitbridge-keeper, the native half of this bridge")) << bridge.output();
  Process native({.arguments = {built("bin/pitbridge-keeper"), "ac"}, .environment = environment()});
  EXPECT_EQ(native.wait(), 2);
  EXPECT_TRUE(native.says("run wine <sim>bridge.exe")) << native.output();
}

/// A prefix in which no 64-bit program runs, and so no bridge of Winelib.
class Twin32 : public Twin {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(built("bin/win32/acbridge.exe")) ||
        !std::filesystem::exists(built("tests/fake_game32.exe")))
      GTEST_SKIP() << "i686-w64-mingw32-g++ was not installed when the 32-bit programs should have been "
                      "built: make deps-32";
    Twin::SetUp();
    // Wine's two kinds of prefixes cannot be made from each other.
    std::filesystem::remove_all(prefix());
    Process boot({.arguments = {"wineboot", "--init"}, .environment = environment()});
    const auto status = boot.wait();
    (void)Process({.arguments = {wineserver(), "-w"}, .environment = environment()}).wait();
    const auto registry = small_file(prefix() + "/system.reg", 512).value_or("");
    if (status != 0 || registry.find("#arch=win32") == std::string::npos)
      GTEST_SKIP()
          << "this Wine makes no 32-bit prefix; install wine32 (make deps-32), on a kernel that runs "
             "32-bit programs";
  }
  void TearDown() override {
    if (!prefix().empty()) Twin::TearDown();
  }
  std::map<std::string, std::string> environment() const override {
    auto all = Twin::environment();
    all["WINEARCH"] = "win32";
    return all;
  }
  std::string bridge_file(const std::string& sim) const override { return "bin/win32/" + sim + "bridge.exe"; }

  static GameSetup game32() {
    return {.exe_name = "acs_x86.exe", .arguments = {"--at", "20", "--stamp"}, .program = "fake_game32.exe"};
  }
};

TEST_F(Twin32, ServesA32BitGameInAPrefixOfItsKind) {
  Process bridge = start_bridge();
  Process game = start_game(game32());
  ASSERT_TRUE(becomes_live()) << bridge.output();
  game.tell("pause");
  ASSERT_TRUE(game.says("ok pause"));
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_physics"); }));
  game.tell("stop");
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_TRUE(is_clear());
}

TEST_F(Twin32, IsWhatWatchStartsThere) {
  auto variables = environment();
  variables["XDG_STATE_HOME"] = directory() + "/state";
  variables["XDG_RUNTIME_DIR"] = directory() + "/run";
  Process watch(
      {.arguments = {built("bin/pitbridge"), "watch", "--prefix", prefix()}, .environment = variables});
  ASSERT_TRUE(watch.says("watching for games")) << watch.output();
  Process game = start_game(game32());
  EXPECT_TRUE(watch.says("(the 32-bit twin: the prefix is one for 32-bit programs alone)")) << watch.output();
  EXPECT_TRUE(becomes_live()) << watch.output();
  watch.signal(SIGTERM);
  EXPECT_EQ(watch.wait(), 0) << watch.output();
  EXPECT_TRUE(is_clear());
}

}  // namespace
}  // namespace pitbridge::e2e
