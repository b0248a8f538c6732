// SPDX-License-Identifier: MIT
// Nothing grows: descriptors, memory and handles of the bridge and of the wineserver.
#include "tests/e2e/holding.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

class Resources : public WineRun {
 protected:
  struct Figures {
    Holding bridge, server;
  };
  Figures figures_of(const Process& bridge) const {
    const pid_t server = wineserver_pid(prefix());
    EXPECT_NE(server, 0);
    return {holding_of(bridge.pid()), holding_of(server)};
  }
  /// A game that drives until `updates` have been seen.
  void play_one_game(const Process& bridge, std::uint64_t updates, const std::string& rate_hz) {
    Process game = start_game({.arguments = {"--rate", rate_hz}});
    ASSERT_TRUE(becomes_live()) << bridge.output();
    const std::uint64_t before = reading().status->find("acpmf_physics")->updates;
    ASSERT_TRUE(eventually(
        [&] { return reading().status->find("acpmf_physics")->updates >= before + updates; }, Seconds(300)));
    game.tell("stop");
    ASSERT_EQ(game.wait(), 0);
    ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  }
  /// Some slack for what the system keeps for itself; a leak of one a restart would be far more.
  static void expect_no_growth(const Figures& before, const Figures& after) {
    EXPECT_LE(after.bridge.descriptors, before.bridge.descriptors + 5);
    EXPECT_LE(after.server.descriptors, before.server.descriptors + 10);
    EXPECT_LE(after.bridge.resident_kb, before.bridge.resident_kb + 1024);
  }
};

TEST_F(Resources, NothingGrowsOverManyUpdatesAndRestarts) {
  constexpr int kRestarts = 50;
  constexpr std::uint64_t kUpdates = 20'000;
  Process keeper({.arguments = {"wine", "cmd.exe"}, .environment = environment()});
  Process bridge = start_bridge({.arguments = {"--stay"}});
  for (int i = 0; i < 3; ++i) play_one_game(bridge, 1, "333");  // caches fill
  const Figures before = figures_of(bridge);
  for (int i = 0; i < kRestarts; ++i) play_one_game(bridge, 1, "333");
  play_one_game(bridge, kUpdates, "1000");
  expect_no_growth(before, figures_of(bridge));
}

}  // namespace
}  // namespace pitbridge::e2e
