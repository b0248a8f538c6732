// SPDX-License-Identifier: MIT
// Titles whose files have names of their own: readers must not take those of one that does not run for it.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <csignal>
#include <cstring>
#include <filesystem>

#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOfAssettoCorsa[] = {"acpmf_physics", "acpmf_graphics", "acpmf_static"};

class FilesOfOtherTitles : public WineRun {
 protected:
  static GameSetup evo() {
    const Sim& ac = *find_sim("ac");
    return setup_of(ac, *ac.find_title("assetto_corsa_evo"));
  }
  bool are_there() const {
    return std::ranges::all_of(kOfAssettoCorsa, [&](const char* name) { return fs::exists(shm_path(name)); });
  }
  bool are_away() const {
    return std::ranges::none_of(kOfAssettoCorsa,
                                [&](const char* name) { return fs::exists(shm_path(name)); });
  }
  ino_t inode_of(const char* name) const {
    struct stat file = {};
    return ::stat(shm_path(name).c_str(), &file) == 0 ? file.st_ino : 0;
  }
};

TEST_F(FilesOfOtherTitles, AreAwayWhileEvoRunsAndTheSameOnesAfterwards) {
  Process keeper({.arguments = {"wine", "cmd.exe"}, .environment = environment()});  // holds the session open
  Process bridge = start_bridge({.arguments = {"--stay"}});
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  ASSERT_TRUE(are_there());
  const ino_t inode = inode_of("acpmf_physics");
  const UniqueFd reader(::open(shm_path("acpmf_physics").c_str(), O_RDONLY | O_CLOEXEC));
  {
    Process game = start_game(evo());
    ASSERT_TRUE(becomes_live()) << bridge.output();
    EXPECT_TRUE(eventually([&] { return are_away(); })) << bridge.output();
    EXPECT_TRUE(fs::exists(shm_path("acpmf_crewchief"))) << "which a program beside the game may fill";
    game.tell("stop");
    ASSERT_EQ(game.wait(), 0);
  }
  EXPECT_TRUE(eventually([&] { return are_there(); })) << bridge.output();
  EXPECT_EQ(inode_of("acpmf_physics"), inode);
  Process game = start_game();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  const auto rpm = [&] {
    std::int32_t value = 0;
    return ::pread(reader.get(), &value, sizeof value, 20) == sizeof value ? value : 0;
  };
  EXPECT_TRUE(eventually([&] { return rpm() != 0; })) << "a reader that came first sees every game";
  EXPECT_TRUE(are_there());
}

TEST_F(FilesOfOtherTitles, AreAwayAsSoonAsTheProcessIsThere) {
  Process keeper({.arguments = {"wine", "cmd.exe"}, .environment = environment()});
  Process bridge = start_bridge({.arguments = {"--stay"}});
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  Process game = start_game({"AssettoCorsaEVO.exe", {"--sim", "none"}});
  EXPECT_TRUE(eventually([&] { return are_away(); })) << bridge.output();
  EXPECT_EQ(state(), BridgeState::kWaiting) << "nothing is known of it but its name";
  game.tell("stop");
  ASSERT_EQ(game.wait(), 0);
  EXPECT_TRUE(eventually([&] { return are_there(); })) << bridge.output();
}

TEST_F(FilesOfOtherTitles, AreNeverThereForABridgeOfEvosSteamApp) {
  Process bridge = start_bridge({.environment = {{"SteamAppId", "3058630"}}});
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << bridge.output();
  EXPECT_TRUE(are_away());
  bridge.signal(SIGTERM);
  EXPECT_EQ(bridge.wait(), 0) << bridge.output();
  EXPECT_TRUE(are_there()) << "for those who wait for the next game";
}

TEST_F(FilesOfOtherTitles, AreBackAfterABridgeThatWasKilled) {
  Process bridge = start_bridge();
  Process game = start_game(evo());
  ASSERT_TRUE(becomes_live()) << bridge.output();
  ASSERT_TRUE(eventually([&] { return are_away(); })) << bridge.output();
  bridge.signal(SIGKILL);
  EXPECT_TRUE(eventually([&] { return are_there(); })) << "the janitor sees to it";
}

TEST_F(FilesOfOtherTitles, AreBackWhenTheGameMakesTheirSectionAllTheSame) {
  // As early builds of Evo did.
  Process bridge = start_bridge();
  GameSetup setup = evo();
  setup.exe_name = "AssettoCorsaEVO.exe";
  Process game = start_game(setup);
  ASSERT_TRUE(eventually([&] { return are_away(); })) << bridge.output();
  Process other = start_game({"helper.exe", {"--sim", "ac"}});
  EXPECT_TRUE(eventually([&] { return are_there() && is_mirrored("acpmf_static"); })) << bridge.output();
}

}  // namespace
}  // namespace pitbridge::e2e
