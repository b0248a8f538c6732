// SPDX-License-Identifier: MIT
// `pitbridge list`: what it tells of a title.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/core/sim/sim.hpp"
#include "tests/unit/support/run_program.hpp"

namespace pitbridge {
namespace {

nlohmann::json titles_of(const std::string& sim) {
  const auto all = nlohmann::json::parse(run_pitbridge({"list", "--json"}).output);
  for (const auto& entry : all)
    if (entry["sim"] == sim) return entry["titles"];
  throw std::runtime_error("no sim is called " + sim);
}

TEST(List, ShowsWhichLaunchersBelongToASim) {
  const std::string text = run_pitbridge({"list"}).output;
  std::size_t launchers = 0;
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles)
      for (const std::string_view launcher : title.launchers) {
        ++launchers;
        EXPECT_NE(text.find(launcher), std::string::npos) << launcher;
      }
  EXPECT_GT(launchers, 0U);
  EXPECT_NE(text.find("started by AssettoCorsa.exe, Content Manager.exe\n"), std::string::npos) << text;
  EXPECT_EQ(titles_of("ir").front()["launchers"],
            (std::vector<std::string>{"iRacingUI.exe", "iRacingLauncher64.exe"}));
}

TEST(List, ShowsWhichNativeGamesNeedNoBridge) {
  EXPECT_NE(run_pitbridge({"list"}).output.find("native eurotrucks2: no bridge, its plugin writes "
                                                "/dev/shm/SCS/SCSTelemetry itself\n"),
            std::string::npos);
  EXPECT_EQ(titles_of("scs").back()["native"]["exe"], "amtrucks");
  EXPECT_EQ(titles_of("scs").back()["native"]["file"], "SCS/SCSTelemetry");
  EXPECT_TRUE(titles_of("ac").front()["native"].is_null());
}

}  // namespace
}  // namespace pitbridge
