// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "bridges/doctor/checks.hpp"
#include "bridges/doctor/gather_host.hpp"
#include "bridges/doctor/gather_options.hpp"
#include "common/core/sim/describe.hpp"
#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge::doctor {
namespace {

constexpr const char* kFlatpak = "/home/u/.var/app/com.valvesoftware.Steam";

class FlatpakLink : public ::testing::Test {
 protected:
  /// As the doctor finds them below the planted root.
  LinkState state() {
    GatherOptions options;
    options.root = tree.root();
    options.home = "/home/u";
    facts.sim = find_sim("ac");
    facts.steam = steam_facts(*facts.sim, options);
    return judge::flatpak_install(facts).state;
  }
  void install_steam(const std::string& directory, bool with_game) const {
    tree.directory(directory + "/steamapps");
    if (with_game) tree.file(directory + "/steamapps/appmanifest_244210.acf", R"("AppState" { })");
  }

  const PlantedTree tree;
  const std::string native = "/home/u/.local/share/Steam",
                    flatpak = std::string(kFlatpak) + "/.local/share/Steam";
  Facts facts;
};

TEST_F(FlatpakLink, IsBrokenUntilPitbridgeIsInside) {
  install_steam(flatpak, false);
  ASSERT_EQ(state(), LinkState::kBroken);
  EXPECT_NE(judge::flatpak_install(facts).found.find("sees no pitbridge"), std::string::npos);
  tree.program(std::string(kFlatpak) + "/pitbridge/pitbridge");
  EXPECT_EQ(state(), LinkState::kOk);
}

TEST_F(FlatpakLink, IsOfNoConcernWithoutAFlatpak) {
  EXPECT_EQ(state(), LinkState::kOk);
  install_steam(native, true);
  EXPECT_EQ(state(), LinkState::kOk);
}

TEST_F(FlatpakLink, WithTwoSteamsGoesByTheGame) {
  install_steam(native, true);
  install_steam(flatpak, false);
  EXPECT_EQ(state(), LinkState::kOk) << "the game is the native one's";
  install_steam(flatpak, true);
  EXPECT_EQ(state(), LinkState::kBroken);
  facts.game.emplace();
  facts.game->session.emplace();
  EXPECT_EQ(judge::flatpak_install(facts).state, LinkState::kOk) << "a game that runs tells it better";
  facts.game->session->sandbox = Sandbox::kFlatpak;
  EXPECT_EQ(judge::flatpak_install(facts).state, LinkState::kBroken);
  facts.bridges.emplace_back();
  facts.bridges.back().holds_the_page = facts.bridges.back().is_in_the_games_session = true;
  EXPECT_EQ(judge::flatpak_install(facts).state, LinkState::kOk) << "somehow a bridge is inside";
}

}  // namespace
}  // namespace pitbridge::doctor
