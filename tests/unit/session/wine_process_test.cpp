// SPDX-License-Identifier: MIT
#include "common/posix/session/wine_process.hpp"

#include "common/core/sim/text.hpp"
#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

constexpr const char* kProton = "/home/u/Steam/steamapps/common/Proton 9.0/files/bin/wine64-preloader";
constexpr const char* kProton11 = "/home/u/Proton 11/files/lib/wine/x86_64-unix/wine-preloader";

std::optional<RunningGame> only_game(const PlantedProcess& process) {
  const PlantedTree tree;
  tree.process(process);
  const auto games = running_games(tree.root());
  EXPECT_LE(games.size(), 1U);
  return games.empty() ? std::nullopt : std::optional(games.front());
}

TEST(WineProcess, EveryTitleIsKnownByItsExeAndItsNumber) {
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles) {
      for (const std::string_view exe : title.exe_names)
        EXPECT_EQ(title_of_exe_name(exe), (KnownTitle{sim, &title})) << exe;
      for (const std::uint32_t app : title.app_ids) EXPECT_TRUE(title_of_app(app)) << app;
    }
  EXPECT_EQ(title_of_app(244210)->title->id, "assetto_corsa");
  EXPECT_FALSE(title_of_app(0));
  EXPECT_FALSE(title_of_exe_name(""));
  EXPECT_FALSE(title_of_exe_name("steam.exe"));
}

TEST(WineProcess, TakesTheNameFromAnyPath) {
  EXPECT_EQ(base_name("Z:\\games\\acs.exe"), "acs.exe");
  EXPECT_EQ(base_name("/games/acs.exe"), "acs.exe");
  EXPECT_EQ(base_name("Z:\\a/acs.exe"), "acs.exe");
  EXPECT_EQ(base_name("acs.exe"), "acs.exe");
  EXPECT_EQ(base_name("C:\\"), "");
}

TEST(WineProcess, FindsEveryTitleUnderProton) {
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles)
      for (const std::string_view exe : title.exe_names) {
        const auto game = only_game({.comm = std::string(exe.substr(0, 15)),
                                     .argv = {"S:\\common\\x\\" + std::string(exe), "-dx11"},
                                     .exe = kProton});
        ASSERT_TRUE(game) << exe;
        EXPECT_EQ(game->exe_name, exe);
        EXPECT_EQ(game->known, (KnownTitle{sim, &title}));
      }
}

TEST(WineProcess, FindsAGameThatWineItselfWasGiven) {
  // Recorded: `wine /tmp/hb/acs.exe` under Debian's Wine 8.0 keeps the Unix path.
  EXPECT_TRUE(only_game({.argv = {"/tmp/hb/acs.exe"}}));
}

TEST(WineProcess, FindsAGameWhoseFirstThreadHasANameOfItsOwn) {
  EXPECT_TRUE(only_game({.comm = "GameThread", .argv = {"Z:\\x\\AC2-Win64-Shipping.exe"}, .exe = kProton11}));
}

TEST(WineProcess, FindsAGameInOtherCapitals) {
  EXPECT_EQ(only_game({.comm = "ACS.EXE", .argv = {"Z:\\ACS.EXE"}})->exe_name, "ACS.EXE");
  EXPECT_TRUE(only_game(
      {.comm = "ACS.EXE", .argv = {"x"}, .exe = kProton, .maps = "1-2 r--p 0 fe:00 7 /games/ACS.EXE\n"}));
}

TEST(WineProcess, FindsAGameByItsMapsWhenTheArgumentsAreItsOwn) {
  const std::string maps =
      "1-2 r--p 0 fe:00 7 /games/Le Mans Ultimate.exe (deleted)\n3-4 r--p 0 fe:00 8 /x/kernel32.dll\n";
  const auto game =
      only_game({.comm = "Le Mans Ultimat", .argv = {"+launch", "x"}, .exe = kProton, .maps = maps});
  ASSERT_TRUE(game);
  EXPECT_EQ(game->exe_name, "Le Mans Ultimate.exe");
  EXPECT_TRUE(only_game({.comm = "Le Mans Ultimat", .argv = {}, .exe = kProton, .maps = maps}));
  EXPECT_FALSE(only_game({.comm = "other.exe", .argv = {}, .exe = kProton, .maps = maps}));
  EXPECT_FALSE(only_game({.comm = "acs.exe", .argv = {"x"}, .exe = kProton, .maps = maps}));
  EXPECT_FALSE(only_game({.comm = "Le Mans Ultimat", .argv = {"x"}, .exe = kProton}));
}

TEST(WineProcess, FindsAGameWhoseLoaderHasAnotherName) {
  EXPECT_TRUE(only_game({.exe = "/usr/bin/FEXInterpreter",
                         .maps = "1-2 r-xp 0 fe:00 7 /opt/wine/lib/wine/x86_64-unix/ntdll.so\n"}));
  EXPECT_TRUE(only_game({.exe = "/usr/lib/wine/wine64-preloader (deleted)"}));
}

TEST(WineProcess, FindsNoneInWhatOnlyCarriesTheExe) {
  const std::string exe = "Z:\\games\\acs.exe";
  const PlantedProcess carriers[] = {
      {.comm = "reaper",
       .argv = {"/home/u/Steam/ubuntu12_32/reaper", "SteamLaunch", "--", "acs.exe"},
       .exe = "/reaper"},
      {.comm = "python3",
       .argv = {"python3", "/x/proton", "waitforexitandrun", "/g/acs.exe"},
       .exe = "/usr/bin/python3"},
      {.comm = "bash", .argv = {"bash", "-c", "/g/acs.exe"}, .exe = "/usr/bin/bash"},
      {.comm = "pv-adverb",
       .argv = {"/run/pressure-vessel/pv-adverb", "--", "/g/acs.exe"},
       .exe = "/usr/bin/pv-adverb"},
      {.comm = "steam.exe", .argv = {"c:\\windows\\system32\\steam.exe", exe}, .exe = kProton},
      {.comm = "start.exe", .argv = {"C:\\windows\\system32\\start.exe", "/exec", exe}, .exe = kProton},
      {.comm = "wine64", .argv = {"wine64", "/g/acs.exe"}, .exe = "/usr/lib/wine/wine64"},
      {.comm = "wine-preloader", .argv = {kProton11, "/x/wine", exe}, .exe = kProton11},
      // A native program that is merely called so.
      {.comm = "acs.exe", .argv = {"/home/u/bin/acs.exe"}, .exe = "/home/u/bin/acs.exe"},
      {.comm = "acs.exe", .argv = {exe}, .exe = ""},
      {.comm = "winefish", .argv = {exe}, .exe = "/usr/bin/winefish"},
      {.comm = "acs.exe.sh", .argv = {"Z:\\acs.exe.sh"}},
      {.comm = "launcher.exe", .argv = {"Z:\\games\\acs.exe\\launcher.exe"}},
      {.comm = "", .argv = {}},
      {.comm = "\xff\xfe(", .argv = {"\xff\xfe\\"}},
  };
  for (const PlantedProcess& carrier : carriers) EXPECT_FALSE(only_game(carrier)) << carrier.comm;
}

TEST(WineProcess, KnowsWindowsOwnProgramsOnAnyDrive) {
  EXPECT_TRUE(is_of_windows("C:\\windows\\system32\\services.exe"));
  EXPECT_TRUE(is_of_windows("d:\\Windows\\explorer.exe"));
  EXPECT_FALSE(is_of_windows("C:\\games\\windows\\acs.exe"));
  EXPECT_FALSE(is_of_windows("C:\\windows"));
  EXPECT_FALSE(is_of_windows("C"));
  EXPECT_FALSE(is_of_windows(""));
}

TEST(WineProcess, KnowsTheNameOfAnExeInAnyCapitals) {
  EXPECT_TRUE(is_exe_name("acs.exe"));
  EXPECT_TRUE(is_exe_name("ACS.EXE"));
  EXPECT_FALSE(is_exe_name(".exe"));
  EXPECT_FALSE(is_exe_name("acs.exe.sh"));
}

TEST(WineProcess, KnowsOurOwnBridgesAndTheirSims) {
  const PlantedTree tree;
  tree.process({.pid = 1, .comm = "acbridge.exe.so", .argv = {"Z:\\opt\\acbridge.exe", "--stay"}});
  tree.process({.pid = 2, .comm = "pcars2bridge.ex", .argv = {"Z:\\opt\\pcars2bridge.exe"}});
  tree.process({.pid = 3, .comm = "shmbridge.exe.s", .argv = {"Z:\\opt\\shmbridge.exe"}});
  tree.process({.pid = 4, .comm = "pb-janitor", .argv = {"Z:\\opt\\acbridge.exe"}});
  tree.process({.pid = 5, .comm = "acbridge.exe.so", .argv = {"acbridge.exe.so"}, .exe = "/usr/bin/vim"});
  tree.process({.pid = 6, .comm = "acbridge.exe", .argv = {"Z:\\peer\\acbridge.exe"}});
  tree.process({.pid = 7, .comm = "acbridge.exe.so", .argv = {"Z:\\opt\\other.exe"}});
  tree.process({.pid = 8});
  const auto bridges = running_bridges(tree.root());
  ASSERT_EQ(bridges.size(), 3U);
  EXPECT_EQ(bridges[0].program, "acbridge");
  EXPECT_EQ(bridges[0].sim, find_sim("ac"));
  EXPECT_EQ(bridges[1].sim, find_sim("pcars2"));
  EXPECT_EQ(bridges[2].program, "shmbridge");
  EXPECT_EQ(bridges[2].sim, nullptr);
}

TEST(WineProcess, KnowsATwinByItsNativeHalf) {
  const PlantedTree tree;
  const std::string name = "Z:\\opt\\acbridge.exe";
  const auto maps = [](const std::string& path) { return "7f00-7f01 r--p 00000000 fe:00 77 " + path + "\n"; };
  tree.process({.pid = 1, .comm = "acbridge.exe", .argv = {name}, .maps = maps("/opt/acbridge.exe")});
  tree.process({.pid = 2, .comm = "acbridge.exe", .argv = {name}, .maps = maps("/opt/win32/acbridge.exe")});
  tree.process({.pid = 3, .comm = "acbridge.exe", .argv = {name}, .maps = maps("/peer/acbridge.exe")});
  EXPECT_EQ(running_bridges(tree.root()).size(), 0U);
  tree.program("/opt/pitbridge-keeper");
  EXPECT_EQ(running_bridges(tree.root()).size(), 2U);
}

}  // namespace
}  // namespace pitbridge
