// SPDX-License-Identifier: MIT
// Games of one sim in two prefixes: the files show the one that writes, whoever came first and whatever its
// exe is called.
#include <csignal>
#include <filesystem>

#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

/// A program that only bears the name of a game.
const GameSetup kStandIn = {"acs.exe", {"--sim", "none"}};
/// One that keeps the game's mappings and writes nothing.
const GameSetup kLauncher = {"AssettoCorsa.exe", {"--idle"}};
/// A hung game: its mappings are there, and old.
const GameSetup kHung = {"acs.exe", {"--idle"}};

class Place : public WineRun {
 protected:
  void SetUp() override {
    WineRun::SetUp();
    PrefixTemplate::copy_to(other());
  }
  void TearDown() override {
    Process server({.arguments = {wineserver(), "-k"}, .environment = variables_of(other())});
    (void)server.wait();
    WineRun::TearDown();
  }

  std::string other() const { return directory() + "/other"; }
  std::map<std::string, std::string> variables_of(const std::string& of_prefix) const {
    auto variables = environment();
    variables["WINEPREFIX"] = of_prefix;
    return variables;
  }
  Process game_in(const std::string& of_prefix, const GameSetup& setup = {}) {
    std::vector<std::string> words = {"wine", place_game(setup, directory())};
    words.insert(words.end(), setup.arguments.begin(), setup.arguments.end());
    Process game({.arguments = words, .environment = variables_of(of_prefix)});
    EXPECT_TRUE(game.says("ready")) << game.output();
    return game;
  }
  Process bridge_in(const std::string& of_prefix, const std::vector<std::string>& arguments = {}) {
    return start_bridge({.arguments = arguments, .environment = {{"WINEPREFIX", of_prefix}}});
  }
  /// The files show a car that is driven in this prefix.
  bool shows(const std::string& of_prefix) const {
    return eventually([&] {
      const MirrorReading now = reading();
      return now.status && now.bridge_runs &&
             fixed_text(now.status->header.prefix) == of_prefix.substr(0, sizeof(StatusHeader::prefix) - 1) &&
             telemetry().activity == Activity::kLive;
    });
  }
  /// The other bridge waits.
  static bool waits(Process& bridge) { return bridge.says("has the files in"); }
};

class NoGame : public Place, public ::testing::WithParamInterface<GameSetup> {};

TEST_P(NoGame, ThatCameFirstMakesWayForTheGame) {
  Process no_game = game_in(other(), GetParam());
  Process first = bridge_in(other());
  ASSERT_TRUE(eventually([&] { return reading().bridge_runs; })) << first.output();
  Process game = game_in(prefix());
  Process second = bridge_in(prefix());
  ASSERT_TRUE(shows(prefix())) << first.output() << second.output();
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_physics"); })) << "between two updates";
  EXPECT_TRUE(first.says("the place goes to the bridge that has data (pid " + std::to_string(second.pid()) +
                         ", prefix " + prefix() + ")"))
      << first.output();
  EXPECT_TRUE(waits(first)) << "and does not leave";
  // When the game has gone the first one has the place again, and gives it to the next game.
  game.tell("stop");
  EXPECT_EQ(second.wait(), 0) << second.output();
  EXPECT_TRUE(eventually([&] { return reading().status->header.bridge_pid == first.pid(); }))
      << first.output();
  EXPECT_TRUE(is_clear());
  Process again = game_in(prefix());
  Process third = bridge_in(prefix());
  EXPECT_TRUE(shows(prefix())) << first.output() << third.output();
}

TEST_P(NoGame, ThatComesLaterGetsNothing) {
  Process game = game_in(prefix());
  Process first = bridge_in(prefix());
  ASSERT_TRUE(shows(prefix())) << first.output();
  Process no_game = game_in(other(), GetParam());
  Process second = bridge_in(other());
  ASSERT_TRUE(waits(second)) << second.output();
  game.tell("pause");
  ASSERT_TRUE(becomes(BridgeState::kPaused)) << first.output();
  game.tell("resume");
  EXPECT_TRUE(shows(prefix())) << first.output() << second.output();
  EXPECT_EQ(reading().status->header.bridge_pid, first.pid());
  EXPECT_EQ(first.output().find("has data"), std::string::npos) << first.output();
  // Its end is the end of a bridge that has no files.
  second.signal(SIGTERM);
  EXPECT_EQ(second.wait(), 0) << second.output();
  EXPECT_TRUE(shows(prefix())) << "and has cleared none";
}

std::string kind_name(const ::testing::TestParamInfo<GameSetup>& test) {
  constexpr const char* kNames[] = {"StandIn", "Launcher", "Hung"};
  return kNames[test.index];
}
INSTANTIATE_TEST_SUITE_P(ByKind, NoGame, ::testing::Values(kStandIn, kLauncher, kHung), kind_name);

TEST_F(Place, OfTwoGamesTheFirstIsShownAndBothAreNamed) {
  Process game = game_in(prefix());
  Process first = bridge_in(prefix());
  ASSERT_TRUE(shows(prefix())) << first.output();
  Process second_game = game_in(other());
  Process second = bridge_in(other());
  EXPECT_TRUE(waits(second)) << second.output();
  EXPECT_TRUE(second.says("acbridge (pid " + std::to_string(first.pid()) + ", prefix " + prefix() + ")"))
      << second.output();
  EXPECT_TRUE(first.says("a second game of Assetto Corsa")) << first.output();
  EXPECT_TRUE(first.says("has data (pid " + std::to_string(second.pid()) + ", prefix " + other() + ")"))
      << first.output();
  Process doctor = run_pitbridge({"doctor", "ac", "--json"});
  EXPECT_TRUE(doctor.says("two games have data: the files show that of pid " + std::to_string(first.pid())))
      << doctor.output();
  EXPECT_TRUE(doctor.says("pid " + std::to_string(second.pid()) + " in " + other())) << doctor.output();
  EXPECT_TRUE(shows(prefix()));
  EXPECT_EQ(reading().status->header.bridge_pid, first.pid());
  game.tell("stop");
  EXPECT_EQ(first.wait(), 0) << first.output();
  EXPECT_TRUE(shows(other())) << second.output();
}

TEST_F(Place, AHolderThatIsKilledIsFollowed) {
  Process game = game_in(prefix());
  Process first = bridge_in(prefix());
  ASSERT_TRUE(shows(prefix())) << first.output();
  Process second_game = game_in(other());
  Process second = bridge_in(other());
  ASSERT_TRUE(waits(second)) << second.output();
  first.signal(SIGKILL);
  EXPECT_TRUE(shows(other())) << second.output();
}

TEST_F(Place, ALockFileThatIsRemovedMeanwhileChangesNothing) {
  Process game = game_in(prefix());
  Process first = bridge_in(prefix());
  ASSERT_TRUE(shows(prefix())) << first.output();
  Process second_game = game_in(other());
  Process second = bridge_in(other());
  ASSERT_TRUE(waits(second)) << second.output();
  for (int i = 0; i < 3; ++i) {
    const std::string lock = shm_path("pitbridge.ac.lock");
    fs::remove(lock);
    EXPECT_TRUE(eventually([&] { return fs::exists(lock); }));
    EXPECT_TRUE(eventually([&] { return reading().bridge_runs; })) << first.output();
  }
  EXPECT_TRUE(shows(prefix())) << first.output() << second.output();
  EXPECT_EQ(reading().status->header.bridge_pid, first.pid());
  EXPECT_EQ(first.output().find("another bridge has taken"), std::string::npos) << first.output();
}

TEST_F(Place, APrefixHasOneBridgeAlsoWhereItWaits) {
  Process first = bridge_in(other());
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << first.output();
  Process second = bridge_in(prefix());
  ASSERT_TRUE(waits(second)) << second.output();
  Process third = bridge_in(prefix());
  EXPECT_EQ(third.wait(), 3) << third.output();
  EXPECT_TRUE(third.says("another acbridge of prefix " + prefix() + " runs already")) << third.output();
}

/// Nothing tells which of them has a game.
TEST_F(Place, ASimWithoutTitlesHasNoChallengers) {
  Process first =
      start_bridge({.sim = "shm", .arguments = {"One"}, .environment = {{"WINEPREFIX", other()}}});
  ASSERT_TRUE(eventually([&] { return fs::exists(shm_path("pitbridge.shm")); })) << first.output();
  Process second = start_bridge({.sim = "shm", .arguments = {"Two"}});
  EXPECT_EQ(second.wait(), 3) << second.output();
  EXPECT_TRUE(second.says("another shmbridge runs already")) << second.output();
}

}  // namespace
}  // namespace pitbridge::e2e
