// SPDX-License-Identifier: MIT
// Who starts, ends, crashes and comes back in what order: the game never suffers, and nothing stale is left.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

class Lifetime : public WineRun {
 protected:
  /// An ordinary program that keeps the session open.
  Process start_keeper() {
    Process keeper({.arguments = {"wine", "cmd.exe"}, .environment = environment()});
    EXPECT_TRUE(keeper.says(">")) << keeper.output();
    return keeper;
  }
  Process start_live_bridge(const std::vector<std::string>& arguments = {}) {
    Process bridge = start_bridge({.arguments = arguments});
    EXPECT_TRUE(becomes_live()) << bridge.output();
    return bridge;
  }
  /// The game still takes commands, so it lives and runs its loop.
  static void expect_unharmed(Process& game) {
    game.tell("resume");
    EXPECT_TRUE(game.says("ok resume")) << game.output();
  }
  bool is_fed(const std::string& sim = "ac") const {
    const std::uint64_t before = reading(sim).status->find("acpmf_physics")->updates;
    return eventually([&] { return reading(sim).status->find("acpmf_physics")->updates > before + 3; });
  }
};

TEST_F(Lifetime, TheGameRestartsFiveTimesWhileTheBridgeStays) {
  Process keeper = start_keeper();
  Process bridge = start_bridge({.arguments = {"--stay"}});
  for (int round = 0; round < 5; ++round) {
    Process game = start_game();
    ASSERT_TRUE(becomes_live()) << round << bridge.output();
    game.tell("stop");
    ASSERT_EQ(game.wait(), 0);
    ASSERT_TRUE(eventually([&] { return is_clear(); })) << round << bridge.output();
    ASSERT_TRUE(becomes(BridgeState::kWaiting)) << round;
  }
}

TEST_F(Lifetime, TheBridgeRestartsWhileTheGameRuns) {
  Process game = start_game();
  for (int round = 0; round < 3; ++round) {
    Process bridge = start_live_bridge();
    bridge.signal(SIGTERM);
    ASSERT_EQ(bridge.wait(), 0);
    EXPECT_TRUE(is_clear());
  }
  expect_unharmed(game);
}

TEST_F(Lifetime, AReaderKeepsItsOldMapThroughAll) {
  Process keeper = start_keeper();
  std::optional<Process> bridge;
  bridge.emplace(start_bridge({.arguments = {"--stay"}}));
  ASSERT_TRUE(becomes(BridgeState::kWaiting));
  const UniqueFd fd(::open(shm_path("acpmf_physics").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  void* at = ::mmap(nullptr, 4096, PROT_READ, MAP_SHARED, fd.get(), 0);
  ASSERT_NE(at, MAP_FAILED);
  const auto packet = [&] {
    std::int32_t value = 0;
    std::memcpy(&value, at, sizeof value);
    return value;
  };
  for (int round = 0; round < 2; ++round) {
    Process game = start_game();
    EXPECT_TRUE(eventually([&] { return packet() != 0; })) << bridge->output();
    game.signal(SIGKILL);
    EXPECT_TRUE(eventually([&] { return packet() == 0; })) << bridge->output();
    bridge->signal(SIGTERM);
    ASSERT_EQ(bridge->wait(), 0);
    // A new bridge, and the same map.
    bridge.emplace(start_bridge({.arguments = {"--stay"}}));
    ASSERT_TRUE(becomes(BridgeState::kWaiting));
  }
  ::munmap(at, 4096);
}

TEST_F(Lifetime, TwoGamesOneAfterTheOtherInOnePrefix) {
  Process keeper = start_keeper();
  Process bridge = start_bridge({.arguments = {"--stay"}});
  for (const char* id : {"assetto_corsa", "assetto_corsa_rally"}) {
    const Title* title = find_sim("ac")->find_title(id);
    Process game = start_game({std::string(title->exe_names.front()), {"--title", id}});
    ASSERT_TRUE(becomes_live()) << bridge.output();
    EXPECT_TRUE(eventually([&] { return reading().title == title; })) << bridge.output();
    game.tell("stop");
    ASSERT_TRUE(eventually([&] { return is_clear(); })) << bridge.output();
  }
}

TEST_F(Lifetime, AMappingThatALivingGameClosesAndMakesAnewIsFollowed) {
  Process game = start_game();
  Process bridge = start_live_bridge();
  for (int round = 0; round < 3; ++round) {
    game.tell("close");
    EXPECT_TRUE(eventually([&] { return is_clear(); })) << bridge.output();
    game.tell("create");
    EXPECT_TRUE(becomes_live()) << bridge.output();
    const std::uint64_t old_section = reading().status->find("acpmf_physics")->section_inode;
    game.tell("recreate");
    EXPECT_TRUE(eventually([&] {
      return reading().status->find("acpmf_physics")->section_inode != old_section;
    })) << bridge.output();
    EXPECT_TRUE(is_fed()) << bridge.output();
  }
  EXPECT_TRUE(bridge.running());
}

TEST_F(Lifetime, OldBytesThatALauncherKeepsAreNotShownByAFreshBridge) {
  Process launcher = start_game({"Content Manager.exe", {"--idle"}});
  {
    Process game = start_game();
    Process earlier = start_live_bridge();
    game.tell("stop");
    ASSERT_EQ(game.wait(), 0);
    ASSERT_EQ(earlier.wait(), 0) << "the launcher alone is no game" << earlier.output();
  }
  Process bridge = start_bridge();
  ASSERT_TRUE(bridge.says("is held by a program that is no game")) << bridge.output();
  EXPECT_TRUE(is_clear());
  EXPECT_EQ(state(), BridgeState::kWaiting);
  EXPECT_NE(fixed_text(reading().status->header.message).find("is held by a program that is no game"),
            std::string::npos);
  // The next game comes over the launcher's section, and goes before it.
  {
    Process game = start_game();
    ASSERT_TRUE(becomes_live()) << bridge.output();
    EXPECT_TRUE(eventually([&] { return reading().status->header.game_pid != 0; })) << bridge.output();
    game.tell("stop");
    EXPECT_EQ(game.wait(), 0);
  }
  EXPECT_TRUE(eventually([&] { return is_clear(); })) << bridge.output();
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
}

TEST_F(Lifetime, AnOldSectionThatAReaderHoldsIsNotShownAgain) {
  Process reader = start_game({"reader.exe", {"--idle"}});
  Process bridge = start_bridge({.arguments = {"--stay"}});
  for (int round = 0; round < 2; ++round) {
    Process game = start_game();
    ASSERT_TRUE(becomes_live()) << bridge.output();
    ASSERT_TRUE(eventually([&] { return reading().status->header.game_pid != 0; }));
    game.tell("stop");
    ASSERT_EQ(game.wait(), 0);
    ASSERT_TRUE(eventually([&] { return is_clear(); })) << bridge.output();
    EXPECT_FALSE(eventually([&] { return !is_clear(); }, Seconds(2))) << "the last lap is back\n"
                                                                      << bridge.output();
  }
}

enum class End { kStop, kCrash, kKill };
class GameEnds : public Lifetime, public ::testing::WithParamInterface<End> {};

TEST_P(GameEnds, TheFilesAreClearedAndTheBridgeLeaves) {
  Process keeper = start_keeper();
  Process game = start_game();
  Process bridge = start_live_bridge();
  switch (GetParam()) {
    case End::kStop:
      game.tell("stop");
      break;
    case End::kCrash:
      game.tell("crash");
      break;
    case End::kKill:
      game.signal(SIGKILL);
      break;
  }
  EXPECT_TRUE(eventually([&] { return is_clear(); })) << bridge.output();
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_EQ(state(), BridgeState::kGone);
}
INSTANTIATE_TEST_SUITE_P(Lifetime, GameEnds, ::testing::Values(End::kStop, End::kCrash, End::kKill));

TEST_F(Lifetime, AKilledWineserverLeavesNothingStale) {
  Process game = start_game();
  Process bridge = start_live_bridge();
  kill_wineserver();
  EXPECT_TRUE(eventually([&] { return is_clear(); })) << bridge.output();
  EXPECT_TRUE(bridge.wait().has_value());
  EXPECT_TRUE(becomes(BridgeState::kGone));
}

TEST_F(Lifetime, APrefixThatIsDeletedHurtsNobody) {
  Process game = start_game();
  Process bridge = start_live_bridge();
  fs::rename(prefix(), prefix() + ".gone");
  EXPECT_TRUE(is_fed()) << bridge.output();
  game.signal(SIGKILL);
  EXPECT_TRUE(eventually([&] { return is_clear(); })) << bridge.output();
  EXPECT_TRUE(bridge.wait().has_value()) << bridge.output();
  fs::rename(prefix() + ".gone", prefix());
}

TEST_F(Lifetime, ALauncherThatLeavesDoesNotEndIt) {
  Process launcher = start_game({"AssettoCorsa.exe", {"--sim", "none"}});
  Process game = start_game();
  Process bridge = start_live_bridge();
  launcher.tell("stop");
  ASSERT_EQ(launcher.wait(), 0);
  EXPECT_TRUE(is_fed());
  EXPECT_TRUE(bridge.running()) << bridge.output();
}

TEST_F(Lifetime, AHandoverToAnotherProcessIsFollowed) {
  Process first = start_game();
  Process bridge = start_live_bridge();
  Process second = start_game({"acs_x86.exe", {}});  // its mappings are the first one's sections
  first.tell("stop");
  ASSERT_EQ(first.wait(), 0);
  EXPECT_TRUE(bridge.says("the game is acs_x86.exe")) << bridge.output();
  EXPECT_TRUE(is_fed()) << bridge.output();
  EXPECT_TRUE(bridge.running());
}

struct Stop {
  const char* name;
  int signal;
  bool streams_closed;
};
class BridgeStops : public Lifetime, public ::testing::WithParamInterface<Stop> {};

TEST_P(BridgeStops, ClearsLeavesWithZeroAndTheGameGoesOn) {
  Process game = start_game();
  auto variables = environment();
  variables["XDG_STATE_HOME"] = shm_path();  // where the log goes when nobody can read stderr
  const bool closed = GetParam().streams_closed;
  Process bridge(
      {.arguments = {"wine", built("bin/acbridge.exe.so")}, .environment = variables, .in_child = [closed] {
         if (closed)
           for (int fd = 0; fd < 3; ++fd) ::close(fd);
       }});
  ASSERT_TRUE(becomes_live()) << bridge.output();
  bridge.signal(GetParam().signal);
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_TRUE(is_clear());
  EXPECT_EQ(state(), BridgeState::kStopped);
  expect_unharmed(game);
}
INSTANTIATE_TEST_SUITE_P(Lifetime, BridgeStops,
                         ::testing::Values(Stop{"Term", SIGTERM, false}, Stop{"Int", SIGINT, false},
                                           Stop{"Hup", SIGHUP, false},
                                           Stop{"TermWithoutStreams", SIGTERM, true}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST_F(Lifetime, AKilledBridgeLeavesClearFilesAndTheGameGoesOn) {
  Process game = start_game();
  Process bridge = start_live_bridge();
  bridge.signal(SIGKILL);
  EXPECT_TRUE(eventually([&] { return is_clear() && state() == BridgeState::kGone; }));
  expect_unharmed(game);
  Process next = start_live_bridge();  // takes over at once
  EXPECT_TRUE(next.running());
}

/// Steam's Stop kills a whole tree: then the janitor is gone too.
class KilledWithItsJanitor : public Lifetime {
 protected:
  void kill_tree(Process& bridge) {
    std::ifstream children("/proc/" + std::to_string(bridge.pid()) + "/task/" + std::to_string(bridge.pid()) +
                           "/children");
    pid_t janitor = 0;
    ASSERT_TRUE(children >> janitor);
    ::kill(janitor, SIGKILL);
    bridge.signal(SIGKILL);
    ASSERT_TRUE(bridge.wait().has_value());
  }
};

TEST_F(KilledWithItsJanitor, TheNextBridgeSaysSoAndClears) {
  Process game = start_game();
  Process bridge = start_live_bridge();
  kill_tree(bridge);
  EXPECT_FALSE(is_clear());
  game.tell("stop");
  ASSERT_EQ(game.wait(), 0);
  Process next = start_bridge();
  EXPECT_TRUE(next.says("was killed")) << next.output();
  EXPECT_TRUE(eventually([&] { return is_clear(); }));
}

TEST_F(KilledWithItsJanitor, CommandsThatLookSaySoAndChangeNothing) {
  Process game = start_game();
  Process bridge = start_live_bridge();
  kill_tree(bridge);
  const std::string killed = "acbridge (pid " + std::to_string(bridge.pid()) + ") was killed";
  const std::vector<std::vector<std::string>> commands = {
      {"list"}, {"status"}, {"read", "ac", "--once", "--json"}, {"watch", "--dry-run"}};
  for (const auto& words : commands) {
    Process command = run_pitbridge(words);
    EXPECT_NE(command.output().find(killed), std::string::npos) << words.front() << "\n" << command.output();
    EXPECT_NE(command.output().find("pitbridge clean"), std::string::npos) << command.output();
    EXPECT_EQ(command.output().find("\"live\""), std::string::npos) << "old bytes are no running game";
    EXPECT_FALSE(is_clear()) << words.front();
    EXPECT_NE(state(), BridgeState::kGone) << words.front();
  }
}

TEST_F(KilledWithItsJanitor, PitbridgeCleanClears) {
  Process game = start_game();
  Process bridge = start_live_bridge();
  kill_tree(bridge);
  Process clean = run_pitbridge({"clean"});
  EXPECT_NE(clean.output().find("acbridge (pid " + std::to_string(bridge.pid()) + ") was killed; its files"),
            std::string::npos)
      << clean.output();
  EXPECT_TRUE(is_clear());
  EXPECT_EQ(state(), BridgeState::kGone);
  EXPECT_NE(run_pitbridge({"clean"}).output().find("no killed bridge"), std::string::npos);
}

// --- Steam is never held ---

TEST_F(Lifetime, TheSessionEndsThoughTheBridgeIsAlive) {
  Process game = start_game();
  Process bridge = start_live_bridge({"--stay"});
  ASSERT_TRUE(eventually([&] { return reading().status->header.game_pid != 0; }));
  game.tell("stop");
  ASSERT_EQ(game.wait(), 0);
  Process wait({.arguments = {wineserver(), "-w"}, .environment = environment()});
  EXPECT_EQ(wait.wait(), 0) << "the bridge holds the session";
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_TRUE(is_clear());
}

TEST_F(Lifetime, WithoutAGameItDoesNotPullTheServerDown) {
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes(BridgeState::kWaiting));
  {
    Process other = start_game({"other.exe", {"--sim", "none"}});  // comes and goes, and is no game
    other.tell("stop");
    ASSERT_EQ(other.wait(), 0);
  }
  Process game = start_game();
  EXPECT_TRUE(becomes_live()) << "the bridge must still be there" << bridge.output();
  EXPECT_TRUE(bridge.running());
}

// --- Two bridges ---

TEST_F(Lifetime, ABridgeOfAnotherPrefixHasItsOwnDirectoryIfItIsGivenOne) {
  Process first = start_bridge();
  ASSERT_TRUE(becomes(BridgeState::kWaiting));
  const std::string other_prefix = prefix() + "-2";
  PrefixTemplate::copy_to(other_prefix);
  const std::string own = shm_path("own");
  fs::create_directory(own);
  Process other = start_bridge({.environment = {{"WINEPREFIX", other_prefix}, {"PITBRIDGE_SHM_DIR", own}}});
  EXPECT_TRUE(eventually([&] { return fs::exists(own + "/acpmf_physics"); })) << other.output();
  other.signal(SIGTERM);
  EXPECT_EQ(other.wait(), 0);
  Process end({.arguments = {wineserver(), "-k"}, .environment = {{"WINEPREFIX", other_prefix}}});
  (void)end.wait();
}

// --- The game's own section is cut ---

TEST_F(Lifetime, ASectionWhosePagesGoAwayIsOpenedAgain) {
  const std::string backing = shm_path("backing");
  fs::create_directory(backing);
  Process game = start_game({"acs.exe", {"--backing", "Z:" + backing}});
  Process bridge = start_live_bridge();
  game.tell("pause");  // or the game itself would fault
  ASSERT_TRUE(game.says("ok pause"));
  fs::resize_file(backing + "/acpmf_physics", 0);
  EXPECT_TRUE(bridge.says("pages of the section went away")) << bridge.output();
  EXPECT_TRUE(bridge.running());
  fs::resize_file(backing + "/acpmf_physics", 592);
  game.tell("resume");
  EXPECT_TRUE(is_fed()) << bridge.output();
}

}  // namespace
}  // namespace pitbridge::e2e
