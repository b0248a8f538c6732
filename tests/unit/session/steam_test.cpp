// SPDX-License-Identifier: MIT
#include "common/posix/session/steam.hpp"

#include "common/core/settings/app_id.hpp"
#include "common/posix/session/vdf.hpp"
#include "tests/unit/support/planted_tree.hpp"

namespace pitbridge {
namespace {

constexpr const char* kHome = "/home/u";
constexpr const char* kSteam = "/home/u/.local/share/Steam";

TEST(Vdf, ReadsNestedTextsWithTheirOddities) {
  const VdfNode top = parse_vdf(
      "// a comment\n\"LibraryFolders\"\r\n{\r\n\t\"0\"\t{ \"path\" \"/a \\\"b\\\" \\\\c\" }\n"
      " bare value // rest\n \"cond\" \"x\" [$LINUX]\n \"empty\" \"\" }\n");
  const VdfNode* folders = top.find("libraryfolders");
  ASSERT_NE(folders, nullptr);
  EXPECT_EQ(folders->find("0")->value_of("PATH"), "/a \"b\" \\c");
  EXPECT_EQ(folders->value_of("bare"), "value");
  EXPECT_EQ(folders->value_of("cond"), "x");
  EXPECT_EQ(folders->value_of("none"), "");
  EXPECT_EQ(folders->children.size(), 4U);
}

TEST(Vdf, GivesWhatStoodBeforeACut) {
  const std::string whole = "\"AppState\"{\"appid\" \"244210\" \"name\" \"Assetto Corsa\"}";
  for (std::size_t size = 0; size <= whole.size(); ++size) (void)parse_vdf(whole.substr(0, size));
  EXPECT_EQ(parse_vdf(whole.substr(0, whole.find("\"name\""))).find("appstate")->value_of("appid"), "244210");
  EXPECT_EQ(parse_vdf("}}}\"a\" \"b\"").value_of("a"), "b");
  EXPECT_EQ(parse_vdf("\"a\" \"no end").value_of("a"), "no end");
  EXPECT_EQ(parse_vdf("\"a\" \"\\").value_of("a"), "\\");
  EXPECT_EQ(parse_vdf("\"a\" [x").children.size(), 0U);
}

TEST(Vdf, IsNotHurtByAMegabyteOfBraces) {
  EXPECT_LE(parse_vdf(std::string(1 << 20, '{')).children.size(), 1U);
  EXPECT_EQ(parse_vdf(std::string(1 << 20, '}') + "\"a\" \"b\"").value_of("a"), "b");
  const std::string deep(1000, '{');
  const VdfNode after = parse_vdf(deep + "\"lost\" \"x\"" + std::string(1000, '}') + "\"a\" \"b\"");
  EXPECT_EQ(after.value_of("a"), "b") << "what is left out is closed again";
  EXPECT_EQ(parse_vdf(std::string(1 << 20, '"')).children.size(), std::size_t{1} << 18U);
  (void)parse_vdf(std::string("\xff\xfe\0{\x80\"", 6));
}

TEST(Steam, IsFoundInEachFlavour) {
  const PlantedTree tree;
  EXPECT_TRUE(steam_installations(kHome, tree.root()).empty());
  tree.directory(std::string(kSteam) + "/steamapps");
  tree.link(tree.root() + kSteam, "/home/u/.steam/steam");
  tree.directory("/home/u/.var/app/com.valvesoftware.Steam/.local/share/Steam/steamapps");
  tree.directory("/home/u/snap/steam/common/.local/share/Steam/steamapps");
  const auto all = steam_installations(kHome, tree.root());
  ASSERT_EQ(all.size(), 3U) << "a link is no second one";
  EXPECT_EQ(all[0].directory, kSteam);
  EXPECT_EQ(all[0].flavour, SteamFlavour::kNative);
  EXPECT_EQ(all[1].flavour, SteamFlavour::kFlatpak);
  EXPECT_EQ(all[2].flavour, SteamFlavour::kSnap);
}

TEST(Steam, TellsTheGameByItsNumber) {
  EXPECT_EQ(app_id_from({{"SteamAppId", "244210"}}), 244210U);
  EXPECT_EQ(app_id_from({{"STEAM_COMPAT_APP_ID", "805550"}}), 805550U);
  EXPECT_EQ(app_id_from({{"SteamAppId", "0"}, {"SteamGameId", "211500"}}), 211500U);
  EXPECT_EQ(app_id_from({{"GAMEID", "umu-244210"}}), 244210U);
  EXPECT_EQ(app_id_from({{"UMU_ID", "umu-805550"}, {"SteamAppId", "0"}}), 805550U);
  EXPECT_EQ(app_id_from({{"GAMEID", "umu-244210"}, {"SteamAppId", "211500"}}), 211500U);
  for (const char* none : {"umu-0", "umu-default", "umu-", "umu--1", "umu-1x", "244210", ""})
    EXPECT_EQ(app_id_from({{"GAMEID", none}}), std::nullopt) << none;
  EXPECT_EQ(app_id_from({{"SteamAppId", "x1"}, {"STEAM_COMPAT_APP_ID", "-5"}, {"SteamGameId", ""}}),
            std::nullopt);
  EXPECT_EQ(app_id_from({{"SteamGameId", "12345678901234567890"}}), std::nullopt) << "a shortcut";
  EXPECT_EQ(app_id_from({{"STEAM_COMPAT_APP_ID", "2789567361"}}), std::nullopt) << "a shortcut";
  EXPECT_EQ(app_id_from({}), std::nullopt);
}

TEST(Steam, ListsTheLibrariesOfBothFormats) {
  const PlantedTree tree;
  const SteamInstallation steam = {SteamFlavour::kNative, kSteam};
  for (const char* library : {kSteam, "/mnt/games", "/mnt/old"})
    tree.directory(std::string(library) + "/steamapps");
  EXPECT_EQ(steam_libraries(steam, kHome, tree.root()), std::vector<std::string>{kSteam}) << "no file";
  tree.file(std::string(kSteam) + "/steamapps/libraryfolders.vdf",
            R"("libraryfolders" { "contentstatsid" "-1" "0" { "path" "/home/u/.local/share/Steam" }
               "1" { "path" "/mnt/games" "apps" { "244210" "1" } } "2" "/mnt/old" "3" { "path" "/mnt/unplugged" }
               "4" { "path" "relative" } "5" { } })");
  EXPECT_EQ(steam_libraries(steam, kHome, tree.root()),
            (std::vector<std::string>{kSteam, "/mnt/games", "/mnt/old"}));
  tree.file(std::string(kSteam) + "/steamapps/libraryfolders.vdf", std::string(1 << 20, '{'));
  EXPECT_EQ(steam_libraries(steam, kHome, tree.root()), std::vector<std::string>{kSteam});
}

TEST(Steam, ListsTheLibrariesOfEveryFile) {
  const PlantedTree tree;
  const SteamInstallation steam = {SteamFlavour::kNative, kSteam};
  for (const char* library : {kSteam, "/mnt/games", "/mnt/old", "/mnt/new"})
    tree.directory(std::string(library) + "/steamapps");
  tree.file(std::string(kSteam) + "/config/libraryfolders.vdf",
            R"("libraryfolders" { "0" { "path" "/home/u/.local/share/Steam" } "1" { "path" "/mnt/games" }
               "2" { "path" "/mnt/new" } })");
  EXPECT_EQ(steam_libraries(steam, kHome, tree.root()),
            (std::vector<std::string>{kSteam, "/mnt/games", "/mnt/new"}))
      << "this file alone";
  tree.file(std::string(kSteam) + "/steamapps/libraryfolders.vdf",
            R"("LibraryFolders" { "TimeNextStatsReport" "1" "1" "/mnt/old" "2" "/mnt/games" })");
  EXPECT_EQ(steam_libraries(steam, kHome, tree.root()),
            (std::vector<std::string>{kSteam, "/mnt/old", "/mnt/games", "/mnt/new"}))
      << "both, each library once";
}

TEST(Steam, KnowsSteamappsInEachSpelling) {
  const PlantedTree tree;
  const SteamInstallation steam = {SteamFlavour::kNative, kSteam};
  tree.file(std::string(kSteam) + "/SteamApps/libraryfolders.vdf",
            R"("LibraryFolders" { "1" "/mnt/games" })");
  tree.file("/mnt/games/SteamApps/appmanifest_244210.acf", R"("AppState" { "installdir" "ac" })");
  tree.directory("/mnt/games/SteamApps/compatdata/244210/pfx");
  ASSERT_EQ(steam_installations(kHome, tree.root()).size(), 1U);
  ASSERT_EQ(steam_libraries(steam, kHome, tree.root()), (std::vector<std::string>{kSteam, "/mnt/games"}));
  const auto apps = installed_apps("/mnt/games", tree.root());
  ASSERT_EQ(apps.size(), 1U);
  EXPECT_EQ(apps[0].directory, "/mnt/games/SteamApps/common/ac");
  const auto data = compat_data("/mnt/games", 244210, tree.root());
  ASSERT_TRUE(data);
  EXPECT_EQ(data->prefix, "/mnt/games/SteamApps/compatdata/244210/pfx");
}

TEST(Steam, LooksIntoBothSteamappsOfOneLibraryAndIntoALinkOnce) {
  const PlantedTree tree;
  tree.file("/mnt/games/SteamApps/appmanifest_1.acf", R"("AppState" { })");
  tree.file("/mnt/games/steamapps/appmanifest_2.acf", R"("AppState" { })");
  tree.directory("/mnt/games/SteamApps/compatdata/2/pfx");
  EXPECT_EQ(installed_apps("/mnt/games", tree.root()).size(), 2U);
  ASSERT_TRUE(compat_data("/mnt/games", 2, tree.root()));
  tree.file("/mnt/linked/steamapps/appmanifest_3.acf", R"("AppState" { })");
  tree.link("steamapps", "/mnt/linked/SteamApps");
  EXPECT_EQ(installed_apps("/mnt/linked", tree.root()).size(), 1U);
}

TEST(Steam, FindsALibraryThatIsSpeltInAnotherCase) {
  const PlantedTree tree;
  const SteamInstallation steam = {SteamFlavour::kNative, kSteam};
  tree.directory(std::string(kSteam) + "/steamapps");
  tree.directory("/mnt/Data Disk/SteamLibrary/steamapps");
  tree.file(std::string(kSteam) + "/steamapps/libraryfolders.vdf",
            R"("libraryfolders" { "1" { "path" "/mnt/data disk//steamlibrary/" }
               "2" { "path" "/MNT/Data Disk/SteamLibrary" } "3" { "path" "/mnt/Data Disk/other" } })");
  EXPECT_EQ(steam_libraries(steam, kHome, tree.root()),
            (std::vector<std::string>{kSteam, "/mnt/Data Disk/SteamLibrary"}));
}

TEST(Steam, GivesAFlatpaksLibrariesAsTheyAreOutside) {
  const PlantedTree tree;
  const std::string inner = "/home/u/.var/app/com.valvesoftware.Steam";
  const SteamInstallation steam = {SteamFlavour::kFlatpak, inner + "/.local/share/Steam"};
  tree.directory(steam.directory + "/steamapps");
  tree.directory(inner + "/games/steamapps");
  tree.directory("/home/u/shared/steamapps");
  tree.file(steam.directory + "/steamapps/libraryfolders.vdf",
            R"("libraryfolders" { "0" { "path" "/home/u/.local/share/Steam" } "1" { "path" "/home/u/games" }
               "2" { "path" "/home/u/shared" } })");
  EXPECT_EQ(steam_libraries(steam, kHome, tree.root()),
            (std::vector<std::string>{steam.directory, inner + "/games", "/home/u/shared"}));
}

TEST(Steam, ListsTheInstalledApps) {
  const PlantedTree tree;
  const std::string apps = std::string(kSteam) + "/steamapps/";
  tree.file(apps + "appmanifest_805550.acf",
            R"("AppState" { "appid" "805550" "name" "Assetto Corsa Competizione" "installdir" "ACC" })");
  tree.file(apps + "appmanifest_244210.acf", R"("AppState" { "name" "Assetto)");
  tree.file(apps + "appmanifest_.acf", "");
  tree.file(apps + "appmanifest_x.acf", R"("AppState" { })");
  tree.file(apps + "appmanifest_7.acf", "nothing");
  const auto all = installed_apps(kSteam, tree.root());
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].app_id, 244210U);
  EXPECT_EQ(all[0].name, "Assetto");
  EXPECT_EQ(all[0].directory, "");
  EXPECT_EQ(all[1].directory, apps + "common/ACC");
}

TEST(Steam, KnowsThePrefixAndItsProton) {
  const PlantedTree tree;
  const std::string data = std::string(kSteam) + "/steamapps/compatdata/244210";
  EXPECT_FALSE(compat_data(kSteam, 244210, tree.root()));
  tree.directory(data + "/pfx");
  const auto bare = compat_data(kSteam, 244210, tree.root());
  ASSERT_TRUE(bare);
  EXPECT_EQ(bare->prefix, data + "/pfx");
  EXPECT_EQ(bare->proton, "");
  tree.file(data + "/version", "9.0-203\n");
  tree.file(data + "/config_info",
            "9.0-203\n/mnt/g/Proton 9.0/files/share/fonts/\n/mnt/g/Proton 9.0/files/lib64/\n1700000000.0\n");
  const auto whole = compat_data(kSteam, 244210, tree.root());
  EXPECT_EQ(whole->prefix_version, "9.0-203");
  EXPECT_EQ(whole->proton, "/mnt/g/Proton 9.0");
}

TEST(Steam, ReadsNoProtonFromARuinedConfigInfo) {
  for (const char* text :
       {"", "\n", "\n\n\n", "9.0-203", "9.0-203\n/x", "relative/files/lib64/", "/files/lib/"})
    EXPECT_EQ(proton_from_config_info(text), "") << text;
  EXPECT_EQ(proton_from_config_info("5.0-1\r\n/p/dist/lib64/\r\n"), "/p");
}

}  // namespace
}  // namespace pitbridge
