// SPDX-License-Identifier: MIT
// The main job under a real Wine: a game's mapping becomes a native file, whoever starts first.
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "common/core/model/lap.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class MainJob : public WineRun {};

TEST_F(MainJob, BridgeFirstThenGame) {
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  Process game = start_game();
  EXPECT_TRUE(becomes_live()) << bridge.output();
  EXPECT_EQ(state(), BridgeState::kAttached);
}

TEST_F(MainJob, GameFirstThenBridge) {
  Process game = start_game();
  Process bridge = start_bridge();
  EXPECT_TRUE(becomes_live()) << bridge.output();
}

TEST_F(MainJob, ShowsTheValuesThatTheGameWrote) {
  constexpr double kMoment = 131.7;  // in the second lap
  Process game = start_game({.arguments = {"--at", std::to_string(kMoment)}});
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const model::LapState wrote = model::lap_state_at(kMoment);
  Telemetry got;
  ASSERT_TRUE(eventually([&] {
    got = telemetry();  // one mapping is there before the others
    return got.number(Quantity::kRpm) == wrote.number(Quantity::kRpm) && got.text(Quantity::kDriver) &&
           got.number(Quantity::kLapTime);
  }));
  EXPECT_NEAR(*got.number(Quantity::kSpeed), wrote.number(Quantity::kSpeed), 1e-3);
  EXPECT_EQ(*got.number(Quantity::kGear), wrote.number(Quantity::kGear));
  EXPECT_NEAR(*got.number(Quantity::kLapTime), wrote.number(Quantity::kLapTime), 1e-3);
  EXPECT_EQ(*got.text(Quantity::kCar), wrote.car);
  EXPECT_EQ(*got.text(Quantity::kDriver), wrote.driver);
}

TEST_F(MainJob, MirrorsTheWholeSectionByteForByte) {
  Process game = start_game({.arguments = {"--at", "20", "--stamp"}});
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  game.tell("pause");
  ASSERT_TRUE(game.says("ok pause"));
  for (const char* name : {"acpmf_physics", "acpmf_graphics", "acpmf_static"})
    EXPECT_TRUE(eventually([&] { return is_mirrored(name); })) << name;
}

TEST_F(MainJob, AllFilesExistBeforeTheGameDoes) {
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  for (const Mapping& mapping : find_sim("ac")->mappings) {
    if (mapping.min_file_bytes == 0) continue;  // no reader expects it before it appears
    struct stat file = {};
    ASSERT_EQ(::stat(shm_path(std::string(mapping.file_name())).c_str(), &file), 0) << mapping.file_name();
    EXPECT_GE(static_cast<std::uint64_t>(file.st_size), mapping.min_file_bytes) << mapping.file_name();
    EXPECT_EQ(file.st_mode & 0777U, 0600U) << mapping.file_name();
  }
}

TEST_F(MainJob, LeavesWithClearFilesWhenTheGameHasGone) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  game.tell("stop");
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_TRUE(is_clear());
  EXPECT_EQ(state(), BridgeState::kGone);
}

TEST_F(MainJob, StaysForTheNextGameWhenAskedTo) {
  Process keeper({.arguments = {"wine", "cmd.exe"}, .environment = environment()});  // holds the session open
  Process bridge = start_bridge({.arguments = {"--stay"}});
  for (int round = 0; round < 2; ++round) {
    Process game = start_game();
    ASSERT_TRUE(becomes_live()) << bridge.output();
    game.tell("stop");
    ASSERT_EQ(game.wait(), 0);
    ASSERT_TRUE(eventually([&] { return is_clear(); })) << bridge.output();
    ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  }
  EXPECT_TRUE(bridge.running());
}

TEST_F(MainJob, StopsOnSigtermWithClearFilesWhileTheGameGoesOn) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_TRUE(is_clear());
  game.tell("pause");
  EXPECT_TRUE(game.says("ok pause"));
}

TEST_F(MainJob, AnOptionalMappingIsMirroredWhenItAppears) {
  Process game = start_game({.arguments = {"--with", "acpmf_crewchief"}});
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const auto attached = [&] { return reading().status->find("acpmf_crewchief")->attached == 1; };
  EXPECT_TRUE(eventually(attached));
  game.tell("close acpmf_crewchief");
  EXPECT_TRUE(eventually([&] { return !attached(); }));
  EXPECT_TRUE(becomes_live()) << "the other mappings go on";
}

class Commands : public WineRun {};

TEST_F(Commands, ReadOncePrintsJson) {
  Process game = start_game({.arguments = {"--at", "20"}});
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  Process read = run_pitbridge({"read", "ac", "--once", "--json", "--raw"});
  ASSERT_EQ(read.wait(), 0) << read.output();
  const json got = json::parse(read.output());
  EXPECT_EQ(got["title"], "assetto_corsa");
  EXPECT_EQ(got["activity"], "live");
  EXPECT_EQ(got["values"]["track"], "spa");
  EXPECT_EQ(got["values"]["gear"].get<double>() + 1, got["raw"]["acpmf_physics"]["gear"].get<double>());
}

TEST_F(Commands, ReadWaitsForItsGameAndSaysForWhat) {
  Process read({.arguments = {built("bin/pitbridge"), "read", "ac"}, .environment = environment()});
  EXPECT_TRUE(read.says("waiting for Assetto Corsa")) << read.output();
  EXPECT_TRUE(read.says("there is no file of it in " + shm_path())) << read.output();
  Process bridge = start_bridge();
  EXPECT_TRUE(read.says("its bridge runs; start the game")) << read.output() << bridge.output();
  Process game = start_game();
  EXPECT_TRUE(read.says("rpm  gear")) << read.output() << bridge.output();
  read.signal(SIGTERM);
  EXPECT_EQ(read.wait(), 0);
}

TEST_F(Commands, ReadWithoutAnyFileSaysWhatToDo) {
  Process read = run_pitbridge({"read", "ac", "--once"});
  EXPECT_EQ(read.wait(), 1);
  EXPECT_NE(read.output().find("acbridge"), std::string::npos) << read.output();
}

TEST_F(Commands, ReadOfAnUnknownSimNamesTheKnownOnes) {
  Process read = run_pitbridge({"read", "raceroomm", "--once"});
  EXPECT_EQ(read.wait(), 2);
  EXPECT_NE(read.output().find("did you mean \"raceroom\"? The sims are: ac"), std::string::npos)
      << read.output();
}

TEST_F(Commands, ListJsonHoldsEverySim) {
  Process list = run_pitbridge({"list", "--json"});
  ASSERT_EQ(list.wait(), 0);
  const json got = json::parse(list.output());
  EXPECT_EQ(got.size(), all_sims().size());
  EXPECT_EQ(got[0]["mappings"][0]["name"], "Local\\acpmf_physics");
}

/// What a bridge answers to a bad environment: the documented exit code, and the remedy.
class BadInput : public WineRun {
 protected:
  void expect(const BridgeSetup& setup, int exit_code, const std::string& message) {
    Process bridge = start_bridge(setup);
    EXPECT_EQ(bridge.wait(), exit_code) << bridge.output();
    EXPECT_NE(bridge.output().find(message), std::string::npos) << bridge.output();
  }
};

TEST_F(BadInput, UnknownOption) {
  expect({.arguments = {"--foo"}}, 2, "--foo");
}
TEST_F(BadInput, BadMode) {
  expect({.arguments = {"--mode", "9"}}, 2, "--mode");
}
TEST_F(BadInput, BadLevelFromTheEnvironment) {
  expect({.environment = {{"PITBRIDGE_LOG_LEVEL", "loud"}}}, 2, "loud");
}
TEST_F(BadInput, MissingDirectory) {
  expect({.arguments = {"--shm-dir", shm_path("none")}}, 4, "PITBRIDGE_SHM_DIR");
  EXPECT_FALSE(fs::exists(shm_path("none")));
}
TEST_F(BadInput, UnwritableLogFile) {
  expect({.arguments = {"--log-file", "/none/x"}}, 2, "--log-file");
}
TEST_F(BadInput, OutputIsASymlink) {
  const std::string victim = shm_path("victim");
  fs::create_symlink(victim, shm_path("acpmf_graphics"));
  expect({}, 4, "symbolic link");
  EXPECT_FALSE(fs::exists(victim)) << "nothing may be made through the link";
}
TEST_F(BadInput, OutputIsADirectory) {
  fs::create_directory(shm_path("acpmf_static"));
  expect({}, 4, "directory");
}
TEST_F(BadInput, OutputBelongsToAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can make another user's file";
  fs::copy_file("/etc/hostname", shm_path("acpmf_physics"));
  ASSERT_EQ(::chown(shm_path("acpmf_physics").c_str(), 12345, 12345), 0);
  expect({}, 4, "belongs to user 12345");
}
TEST_F(BadInput, SecondBridgeNamesTheFirst) {
  Process first = start_bridge();
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << first.output();
  expect({}, 3, "pid " + std::to_string(first.pid()));
  EXPECT_TRUE(first.running());
}

TEST_F(Commands, BridgeAnswersHelpVersionAndList) {
  Process help = start_bridge({.arguments = {"--help"}});
  EXPECT_EQ(help.wait(), 0);
  EXPECT_NE(help.output().find("--stay"), std::string::npos);
  Process version = start_bridge({.arguments = {"--version"}});
  EXPECT_EQ(version.wait(), 0);
  EXPECT_NE(version.output().find("Wine "), std::string::npos) << version.output();
  Process list = start_bridge({.arguments = {"--list"}});
  EXPECT_EQ(list.wait(), 0);
  EXPECT_NE(list.output().find("acpmf_physics"), std::string::npos) << list.output();
}

}  // namespace
}  // namespace pitbridge::e2e
