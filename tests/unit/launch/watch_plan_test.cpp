// SPDX-License-Identifier: MIT
#include "common/core/launch/watch_plan.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace pitbridge {
namespace {

constexpr std::int64_t kSecond = WatchPlan::kSecondNs;

WatchedGame game_with(pid_t pid, const std::string& prefix = "/p", const char* sim = "ac") {
  return {.id = {pid, 5000},
          .exe_name = "acs.exe",
          .place = {find_sim(sim), "/dev/shm"},
          .prefix = prefix,
          .is_ready = true};
}

WatchedPage page_of(const WatchedGame& game, bool is_locked, pid_t bridge = 700) {
  return {.place = game.place, .is_locked = is_locked, .bridge_pid = bridge, .prefix = game.prefix};
}

/// All lines, joined.
std::string said(const WatchOrders& orders) {
  std::string text;
  for (const WatchLine& line : orders.lines) text += line.text + "\n";
  return text;
}

class WatchPlanTest : public testing::Test {
 protected:
  WatchOrders look() { return plan_.decide(facts_, now_ns_); }
  /// One bridge for one game, from the first look on.
  void serve(const WatchedGame& game, pid_t bridge = 700) {
    const WatchOrders orders = look();
    ASSERT_EQ(orders.starts, std::vector<ProcessId>{game.id}) << said(orders);
    plan_.bridge_started(game, bridge, now_ns_);
  }
  WatchOrders ends(const BridgeEnd& end, pid_t bridge = 700) {
    return plan_.bridge_ended(bridge, end, now_ns_);
  }
  /// Seconds until a bridge is started again, looking each second as a watcher does; -1: not within two
  /// minutes.
  int seconds_until_start() {
    for (int s = 0; s <= 120; ++s, now_ns_ += kSecond)
      if (!look().starts.empty()) return s;
    return -1;
  }

  static constexpr BridgeEnd kKilled = {.exit_code = {}, .signal = SIGKILL, .last_state = BridgeState::kGone};
  static constexpr BridgeEnd kFailed = {.exit_code = 1, .signal = 0, .last_state = BridgeState::kWaiting};
  static constexpr BridgeEnd kDiedEarly = {.exit_code = 1, .signal = 0, .last_state = {}};

  WatchPlan plan_;
  WatchFacts facts_;
  std::int64_t now_ns_ = 1000 * kSecond;
};

TEST_F(WatchPlanTest, AGameThatSendsPacketsNeedsNoPrefixToBeServed) {
  const WatchedGame game = game_with(10, "", "lfs");
  facts_.games = {game};
  serve(game);
  facts_.games.clear();
  EXPECT_EQ(said(look()), "acs.exe (pid 10) has ended\n");
}

TEST_F(WatchPlanTest, AGameGetsOneBridgeAsSoonAsItsSessionIsReady) {
  WatchedGame game = game_with(100, "");
  game.is_ready = false;
  facts_.games = {game};
  EXPECT_TRUE(look().starts.empty());
  game.prefix = "/p";
  facts_.games = {game};
  EXPECT_TRUE(look().starts.empty());
  facts_.games = {game_with(100)};
  serve(facts_.games[0]);
  const WatchOrders after = look();
  EXPECT_TRUE(after.starts.empty());
  EXPECT_TRUE(after.lines.empty()) << said(after);
}

TEST_F(WatchPlanTest, TwoSimsAreServedAtOnce) {
  facts_.games = {game_with(100, "/p"), game_with(101, "/q", "r3e")};
  EXPECT_EQ(look().starts, (std::vector<ProcessId>{{100, 5000}, {101, 5000}}));
}

/// Which of them is shown the bridges decide by who writes.
TEST_F(WatchPlanTest, TwoGamesOfOneSimInTwoPrefixesGetABridgeEach) {
  facts_.games = {game_with(100, "/p"), game_with(101, "/q")};
  const WatchOrders first = look();
  EXPECT_EQ(first.starts, (std::vector<ProcessId>{{100, 5000}, {101, 5000}}));
  plan_.bridge_started(facts_.games[0], 700, now_ns_);
  plan_.bridge_started(facts_.games[1], 701, now_ns_);
  facts_.pages = {page_of(facts_.games[0], true, 700)};
  const WatchOrders orders = look();
  EXPECT_TRUE(orders.starts.empty());
  EXPECT_NE(said(orders).find("acs.exe (pid 101, prefix /q): acbridge (pid 700) of prefix /p has the files"),
            std::string::npos)
      << said(orders);
  ASSERT_EQ(orders.lines.size(), 1U) << said(orders);
  EXPECT_EQ(orders.lines[0].level, LogLevel::kInfo);
  facts_.pages = {page_of(facts_.games[1], true, 701)};
  EXPECT_EQ(said(look()).find("pid 101"), std::string::npos) << "it is said once for a game";
  facts_.games.erase(facts_.games.begin());
  now_ns_ += WatchPlan::kFarewellNs;
  (void)look();
  now_ns_ += WatchPlan::kFarewellNs;
  EXPECT_EQ(look().signals, (std::vector<BridgeSignal>{{700, Farewell::kAsk}}))
      << "each goes with its own game";
}

TEST_F(WatchPlanTest, AGameOfAnotherPrefixThatComesLaterGetsABridgeToo) {
  facts_.games = {game_with(100, "/p")};
  serve(facts_.games[0]);
  facts_.games.push_back(game_with(101, "/q"));
  EXPECT_EQ(look().starts, (std::vector<ProcessId>{{101, 5000}}));
}

TEST_F(WatchPlanTest, TwoGamesOfOneSimInOnePrefixGetOneBridge) {
  facts_.games = {game_with(100), game_with(101)};
  serve(facts_.games[0]);
  EXPECT_TRUE(look().starts.empty());
}

TEST_F(WatchPlanTest, ABridgeOfOthersThatWaitsIsNotDoubled) {
  facts_.games = {game_with(100)};
  facts_.games[0].has_bridge = true;
  facts_.pages = {page_of(game_with(1, "/other"), true, 55)};
  const WatchOrders orders = look();
  EXPECT_TRUE(orders.starts.empty());
  EXPECT_NE(said(orders).find("has its acbridge, which waits"), std::string::npos) << said(orders);
  EXPECT_EQ(seconds_until_start(), -1);
  facts_.games[0].has_bridge = false;
  EXPECT_EQ(seconds_until_start(), 0);
}

TEST_F(WatchPlanTest, TwoGamesOfOneSimInTwoDirectoriesAreServedAtOnce) {
  facts_.games = {game_with(100, "/p"), game_with(101, "/q")};
  facts_.games[1].place.shm_directory = "/elsewhere";
  EXPECT_EQ(look().starts.size(), 2U);
  facts_.games[1].prefix = "/p";
  EXPECT_EQ(look().starts.size(), 2U);
  plan_.bridge_started(facts_.games[0], 700, now_ns_);
  EXPECT_EQ(look().starts, std::vector<ProcessId>{facts_.games[1].id});
}

TEST_F(WatchPlanTest, ABridgeOfOthersIsNotDoubledAndReplacedWhenItHasGone) {
  facts_.games = {game_with(100)};
  facts_.pages = {page_of(facts_.games[0], true, 55)};
  const WatchOrders orders = look();
  EXPECT_TRUE(orders.starts.empty());
  EXPECT_NE(said(orders).find("is served by acbridge (pid 55), which somebody else"), std::string::npos);
  EXPECT_TRUE(look().lines.empty()) << "it is said once";
  facts_.pages[0].is_locked = false;
  EXPECT_EQ(look().starts.size(), 1U);
}

TEST_F(WatchPlanTest, ABridgeOfOthersInAnotherPrefixIsNoReasonAgainstOne) {
  facts_.games = {game_with(100)};
  facts_.pages = {page_of(game_with(1, "/other"), true, 55)};
  const WatchOrders orders = look();
  EXPECT_NE(said(orders).find("acbridge (pid 55) of prefix /other has the files"), std::string::npos);
  EXPECT_EQ(orders.starts.size(), 1U);
}

TEST_F(WatchPlanTest, APrefixThatThePageCutsIsTheSame) {
  const std::string longest(sizeof(StatusHeader::prefix) - 1, 'x');
  EXPECT_TRUE(is_same_prefix(longest, longest + "/pfx"));
  EXPECT_TRUE(is_same_prefix("/p", "/p"));
  EXPECT_FALSE(is_same_prefix("/p", "/p/pfx"));
  EXPECT_FALSE(is_same_prefix("/p/pfx", "/p"));
}

TEST_F(WatchPlanTest, WhatIsRefusedIsSaidOnceAndNotStarted) {
  facts_.games = {game_with(100)};
  facts_.games[0].refusal = "it runs inside a Flatpak";
  const WatchOrders orders = look();
  EXPECT_TRUE(orders.starts.empty());
  EXPECT_NE(said(orders).find("no bridge for acs.exe (pid 100, prefix /p): it runs inside"),
            std::string::npos);
  EXPECT_EQ(orders.lines.at(0).level, LogLevel::kWarning);
  EXPECT_TRUE(look().lines.empty());
  facts_.games[0].refusal.clear();  // simd has gone, or the configuration was changed
  EXPECT_EQ(look().starts.size(), 1U);
}

TEST_F(WatchPlanTest, AKilledBridgeIsStartedAgainEverLater) {
  facts_.games = {game_with(100)};
  serve(facts_.games[0]);
  for (const int expected : {1, 2, 4, 8, 16, 32, 60, 60}) {
    const WatchOrders orders = ends(kKilled);
    EXPECT_NE(said(orders).find("acbridge (pid 700) was killed by signal 9; starting it again in " +
                                std::to_string(expected) + " s"),
              std::string::npos)
        << said(orders);
    EXPECT_EQ(seconds_until_start(), expected);
    plan_.bridge_started(facts_.games[0], 700, now_ns_);
  }
}

TEST_F(WatchPlanTest, AGoodMinuteForgetsTheFailures) {
  facts_.games = {game_with(100)};
  serve(facts_.games[0]);
  for (int i = 0; i < 3; ++i) {
    (void)ends(kFailed);
    EXPECT_EQ(seconds_until_start(), 1 << i);
    plan_.bridge_started(facts_.games[0], 700, now_ns_);
  }
  now_ns_ += 59 * kSecond;
  (void)ends(kFailed);
  EXPECT_EQ(seconds_until_start(), 8);
  plan_.bridge_started(facts_.games[0], 700, now_ns_);
  now_ns_ += 60 * kSecond;
  (void)ends(kFailed);
  EXPECT_EQ(seconds_until_start(), 1);
}

TEST_F(WatchPlanTest, ABridgeThatLeavesWithItsGameIsNoFailure) {
  facts_.games = {game_with(100)};
  serve(facts_.games[0]);
  facts_.games.clear();
  EXPECT_NE(said(look()).find("acs.exe (pid 100, prefix /p) has ended"), std::string::npos);
  const WatchOrders orders = ends({.exit_code = 0, .signal = 0, .last_state = BridgeState::kGone});
  EXPECT_EQ(orders.lines.at(0).level, LogLevel::kInfo);
  EXPECT_EQ(seconds_until_start(), -1);
  facts_.games = {game_with(101)};
  EXPECT_EQ(seconds_until_start(), 0) << "the next game owes nothing for the last one";
}

TEST_F(WatchPlanTest, ABridgeThatLeavesALivingGameComesBack) {
  facts_.games = {game_with(100)};
  serve(facts_.games[0]);
  (void)ends({.exit_code = 0, .signal = 0, .last_state = BridgeState::kGone});
  EXPECT_EQ(seconds_until_start(), 1);
}

TEST_F(WatchPlanTest, ABridgeThatSomebodyStoppedStaysAway) {
  facts_.games = {game_with(100)};
  serve(facts_.games[0]);
  const WatchOrders orders = ends({.exit_code = 0, .signal = 0, .last_state = BridgeState::kStopped});
  EXPECT_NE(said(orders).find("asked to stop by somebody"), std::string::npos);
  EXPECT_EQ(seconds_until_start(), -1);
  plan_.forget_refusals();
  EXPECT_EQ(seconds_until_start(), 0) << "SIGHUP gives another chance";
}

TEST_F(WatchPlanTest, ABridgeOfOthersThatSomebodyStoppedStaysAwayToo) {
  const WatchedGame game = game_with(100);
  WatchedPage stopped = page_of(game, false);
  stopped.was_stopped = true;
  facts_ = {.games = {game}, .pages = {stopped}};
  EXPECT_EQ(look().starts.size(), 1U) << "a bridge of an earlier game was stopped";
  facts_.pages = {page_of(game, true)};
  EXPECT_TRUE(look().starts.empty());
  facts_.pages = {stopped};
  const WatchOrders orders = look();
  EXPECT_TRUE(orders.starts.empty());
  EXPECT_NE(said(orders).find("acbridge (pid 700) was asked to stop by somebody"), std::string::npos)
      << said(orders);
  EXPECT_EQ(seconds_until_start(), -1);
  EXPECT_EQ(said(look()), "") << "said once";
}

TEST_F(WatchPlanTest, ExitStatus3IsNoFailureAndWaitsForTheOtherBridge) {
  facts_.games = {game_with(100)};
  serve(facts_.games[0]);
  facts_.pages = {page_of(facts_.games[0], true, 55)};
  EXPECT_TRUE(ends({.exit_code = 3, .signal = 0, .last_state = {}}).lines.empty());
  EXPECT_EQ(seconds_until_start(), -1);
  facts_.pages[0].is_locked = false;
  EXPECT_EQ(seconds_until_start(), 0);
}

TEST_F(WatchPlanTest, AWineThatCannotRunABridgeIsGivenUp) {
  for (const int code : {126, 127, 2}) {
    plan_ = WatchPlan();
    facts_.games = {game_with(100)};
    serve(facts_.games[0]);
    const WatchOrders orders = ends({.exit_code = code, .signal = 0, .last_state = {}});
    EXPECT_EQ(orders.lines.at(0).level, LogLevel::kError);
    EXPECT_EQ(seconds_until_start(), -1) << code;
  }
  plan_ = WatchPlan();
  serve(facts_.games[0]);
  (void)ends(kDiedEarly);
  EXPECT_EQ(seconds_until_start(), 1);
  plan_.bridge_started(facts_.games[0], 700, now_ns_);
  (void)ends(kDiedEarly);
  EXPECT_EQ(seconds_until_start(), 2);
  plan_.bridge_started(facts_.games[0], 700, now_ns_);
  const WatchOrders last = ends(kDiedEarly);
  EXPECT_NE(said(last).find("pitbridge %command%"), std::string::npos) << said(last);
  EXPECT_EQ(seconds_until_start(), -1);
  facts_.games.push_back(game_with(101, "/q"));
  EXPECT_EQ(seconds_until_start(), 0) << "that holds for one process only";
}

TEST_F(WatchPlanTest, ARefusedOutputIsTriedAgainForAsLongAsItTakes) {
  facts_.games = {game_with(100)};
  serve(facts_.games[0]);
  for (const int expected : {1, 2, 4, 8, 16}) {
    (void)ends({.exit_code = 4, .signal = 0, .last_state = {}});
    EXPECT_EQ(seconds_until_start(), expected) << "a full /dev/shm may be freed";
    plan_.bridge_started(facts_.games[0], 700, now_ns_);
  }
}

TEST_F(WatchPlanTest, AStartThatFailsIsSaidAndNotTriedAgain) {
  facts_.games = {game_with(100)};
  ASSERT_EQ(look().starts.size(), 1U);
  const WatchOrders orders = plan_.start_failed(facts_.games[0], "execve: No such file");
  EXPECT_NE(said(orders).find("no bridge for acs.exe (pid 100, prefix /p): execve: No such file"),
            std::string::npos);
  EXPECT_EQ(seconds_until_start(), -1);
}

TEST_F(WatchPlanTest, ABridgeThatStaysWithoutItsGameIsEnded) {
  facts_.games = {game_with(100)};
  serve(facts_.games[0]);
  facts_.games.clear();
  std::vector<std::pair<int, BridgeSignal>> sent;
  for (int s = 0; s < 30; ++s, now_ns_ += kSecond)
    for (const BridgeSignal& signal : look().signals) sent.emplace_back(s, signal);
  EXPECT_EQ(sent, (std::vector<std::pair<int, BridgeSignal>>{{5, {700, Farewell::kAsk}},
                                                             {10, {700, Farewell::kKill}}}));
  EXPECT_NE(said(ends(kKilled)).find("has left"), std::string::npos);
}

TEST_F(WatchPlanTest, ABridgeFollowsItsGameToAnotherProcess) {
  facts_.games = {game_with(100)};
  serve(facts_.games[0]);
  facts_.games = {game_with(102)};
  for (int s = 0; s < 30; ++s, now_ns_ += kSecond) {
    const WatchOrders orders = look();
    EXPECT_TRUE(orders.signals.empty());
    EXPECT_TRUE(orders.starts.empty());
  }
  (void)ends(kKilled);
  EXPECT_EQ(seconds_until_start(), 1) << "the delay is that of the game that is there now";
}

TEST_F(WatchPlanTest, AGameThatIsNoLongerWantedLosesItsBridge) {
  facts_.games = {game_with(100)};
  serve(facts_.games[0]);
  facts_.games[0].refusal = "enabled = false in config.toml:2";
  facts_.games[0].is_refused_by_user = true;
  const WatchOrders orders = look();
  EXPECT_NE(said(orders).find("enabled = false"), std::string::npos);
  EXPECT_EQ(orders.lines.front().level, LogLevel::kInfo) << "the user has chosen that";
  now_ns_ += WatchPlan::kFarewellNs;
  EXPECT_EQ(look().signals, (std::vector<BridgeSignal>{{700, Farewell::kAsk}}));
}

TEST_F(WatchPlanTest, AProcessWithTheSamePidIsAnotherGame) {
  facts_.games = {game_with(100)};
  serve(facts_.games[0]);
  (void)ends({.exit_code = 127, .signal = 0, .last_state = {}});
  EXPECT_TRUE(look().starts.empty());
  facts_.games[0].id.start_ticks = 6000;
  EXPECT_EQ(look().starts.size(), 1U);
}

TEST_F(WatchPlanTest, TheTwinOfABridgeThatDidNotStartIsTriedAtOnce) {
  const WatchedGame game = game_with(10);
  facts_.games = {game};
  ASSERT_EQ(look().starts.size(), 1U);
  plan_.bridge_started(game, 700, now_ns_, false, true);
  EXPECT_FALSE(plan_.wants_twin(game.id));
  EXPECT_NE(said(ends(kDiedEarly)).find("trying its twin"), std::string::npos);
  EXPECT_TRUE(plan_.wants_twin(game.id));
  EXPECT_EQ(seconds_until_start(), 0);
  // What does not start either is tried as often as any bridge.
  plan_.bridge_started(game, 701, now_ns_, true, false);
  EXPECT_EQ(said(ends(kDiedEarly, 701)).find("twin"), std::string::npos);
}

TEST_F(WatchPlanTest, NoTwinIsTriedForABridgeThatRan) {
  const WatchedGame game = game_with(10);
  facts_.games = {game};
  ASSERT_EQ(look().starts.size(), 1U);
  plan_.bridge_started(game, 700, now_ns_, false, true);
  (void)ends(kFailed);
  EXPECT_FALSE(plan_.wants_twin(game.id));
}

}  // namespace
}  // namespace pitbridge
