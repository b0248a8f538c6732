// SPDX-License-Identifier: MIT
// Who starts a receiver: `pitbridge watch`, and the launch options.
#include <fcntl.h>
#include <sys/file.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "common/posix/system/fd.hpp"
#include "common/posix/system/small_file.hpp"
#include "tests/e2e/launch_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

GameSetup lfs() {
  const Sim& sim = *find_sim("lfs");
  return setup_of(sim, sim.titles.front());
}

/// The ports that games send to by themselves are one for all, so these tests run one after the other, in
/// whichever part of the tests.
class UdpWatch : public LaunchRun {
 protected:
  void SetUp() override {
    turn_ = UniqueFd(::open(built("bin/pitbridge").c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(::flock(turn_.get(), LOCK_EX), 0);
    LaunchRun::SetUp();
  }
  Process running_watch(const std::string& config) {
    const std::string path = directory() + "/config.toml";
    std::ofstream(path) << config;
    auto variables = environment();
    variables["XDG_RUNTIME_DIR"] = directory() + "/run";
    variables["XDG_STATE_HOME"] = directory() + "/state";
    variables["PITBRIDGE_CONFIG_FILE"] = path;
    Process process({.arguments = pitbridge({"watch", "--prefix", prefix()}), .environment = variables});
    EXPECT_TRUE(process.says("watching for games")) << process.output();
    return process;
  }
  std::string log() const {
    return small_file(directory() + "/state/pitbridge/udp.log").value_or("(no log)");
  }
  pid_t receiver() const {
    const MirrorReading now = reading("lfs");
    return now.status && now.bridge_runs ? now.status->header.bridge_pid : 0;
  }

 private:
  UniqueFd turn_;
};

TEST_F(UdpWatch, AGameGetsAReceiverThatLeavesWithIt) {
  Process watcher = running_watch("");
  EXPECT_EQ(receiver(), 0);
  Process game = start_game(lfs());
  ASSERT_TRUE(becomes_live("lfs")) << watcher.output() << log();
  const pid_t first = receiver();
  EXPECT_EQ(find_process(first)->parent, watcher.pid());
  EXPECT_TRUE(watcher.says("pitbridge udp lfs (pid " + std::to_string(first) + ") serves LFS.exe"))
      << watcher.output();
  game.tell("stop");
  EXPECT_TRUE(eventually([&] { return receiver() == 0 && is_clear("lfs"); })) << watcher.output() << log();
  Process second = start_game(lfs());
  ASSERT_TRUE(becomes_live("lfs")) << watcher.output() << log();
  EXPECT_NE(receiver(), first);
  watcher.signal(SIGTERM);
  EXPECT_EQ(watcher.wait(), 0);
  EXPECT_EQ(receiver(), 0) << "it ends with the watcher that has started it";
  EXPECT_TRUE(is_clear("lfs"));
}

TEST_F(UdpWatch, AReceiverThatDiesIsStartedAgain) {
  Process watcher = running_watch("");
  Process game = start_game(lfs());
  ASSERT_TRUE(becomes_live("lfs")) << watcher.output() << log();
  const pid_t first = receiver();
  ::kill(first, SIGKILL);
  EXPECT_TRUE(eventually([&] { return receiver() != 0 && receiver() != first; }))
      << watcher.output() << log();
  EXPECT_TRUE(becomes_live("lfs")) << log();
}

TEST_F(UdpWatch, AlwaysIsOneReceiverForAllSims) {
  Process watcher = running_watch("udp = \"always\"\n");
  ASSERT_TRUE(becomes(BridgeState::kWaiting, "lfs")) << watcher.output() << log();
  const pid_t always = receiver();
  Process game = start_game(lfs());
  ASSERT_TRUE(becomes_live("lfs")) << watcher.output() << log();
  EXPECT_EQ(receiver(), always);
  watcher.signal(SIGTERM);
  EXPECT_EQ(watcher.wait(), 0);
  EXPECT_EQ(receiver(), 0);
}

TEST_F(UdpWatch, NeverIsNone) {
  Process watcher = running_watch("udp = \"never\"\n");
  Process game = start_game(lfs());
  EXPECT_TRUE(watcher.says("udp = \"never\"")) << watcher.output();
  EXPECT_EQ(receiver(), 0);
}

TEST_F(UdpWatch, TheLaunchOptionsStartOne) {
  Process game = launch(pitbridge({"run", "--"}) + wine_game(lfs()), desktop_with_prefix());
  ASSERT_TRUE(becomes_live("lfs")) << game.output() << state_log("udp");
  game.tell("stop");
  EXPECT_EQ(game.wait(), 0);
  EXPECT_TRUE(eventually([&] { return receiver() == 0 && is_clear("lfs"); })) << state_log("udp");
  EXPECT_TRUE(has_gone("pb-attendant"));
}

}  // namespace
}  // namespace pitbridge::e2e
