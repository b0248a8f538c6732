// SPDX-License-Identifier: MIT
#include "common/posix/settings/config_file.hpp"

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "common/core/settings/sim_names.hpp"
#include "common/posix/system/paths.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

ConfigFile parse(const std::string& text) {
  return parse_config(text, "config.toml", sim_names());
}

/// One line for each key, as `table.key = value @line`.
std::vector<std::string> entries_of(const ConfigFile& file) {
  std::vector<std::string> lines;
  for (const ConfigEntry& entry : file.entries) {
    const std::string table = entry.table_name();
    lines.push_back((table.empty() ? "" : table + ".") + std::string(entry.setting->key) + " = " +
                    toml_text(entry.value) + " @" + std::to_string(entry.line));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string faults_of(const ConfigFile& file) {
  std::string text;
  for (const ConfigFault& fault : file.faults) text += fault.text() + "\n";
  return text;
}

using Lines = std::vector<std::string>;

TEST(ConfigFile, GivesTheKeysOfEachTable) {
  const ConfigFile file = parse(
      "# mine\n"
      "mode = \"640\"\n"
      "[sim.ac]\n"
      "profile = \"low-latency\"\n"
      "extra_maps = [\"Toy:10\", 'Local\\Other::toys/other']\n"
      "[app.244210]\n"
      "sim = \"ac\"\n"
      "enabled = false\n"
      "[shmbridge]\n"
      "maps = [\"Toy\"]\n"
      "stay = true\n");
  EXPECT_EQ(faults_of(file), "");
  EXPECT_EQ(entries_of(file),
            (Lines{"app.244210.enabled = false @8", "app.244210.sim = \"ac\" @7", "mode = \"640\" @2",
                   "shmbridge.maps = [\"Toy\"] @10", "shmbridge.stay = true @11",
                   "sim.ac.extra_maps = [\"Toy:10\", \"Local\\\\Other::toys/other\"] @5",
                   "sim.ac.profile = \"low-latency\" @4"}));
}

TEST(ConfigFile, MayBeEmpty) {
  for (const char* text : {"", "\n", "[shmbridge]\n", "[sim.ac]\n[app.1]\n", "[sim]\n"}) {
    EXPECT_EQ(faults_of(parse(text)), "") << text;
    EXPECT_TRUE(parse(text).entries.empty()) << text;
  }
}

TEST(ConfigFile, TakesEachKeyInEachOfItsTables) {
  for (const Setting& setting : kSettings) {
    const std::string line = std::string(setting.key) + " = " + toml_text(default_value(setting)) + "\n";
    if (setting.may_stand_in(ConfigTable::kTop)) {
      EXPECT_EQ(parse(line).entries.size(), 1U) << line;
    }
    for (const ConfigTableInfo& info : kConfigTables) {
      const ConfigFile file = parse(std::string(info.example) + "\n" + line);
      EXPECT_EQ(file.entries.size(), setting.may_stand_in(info.table) ? 1U : 0U) << info.example << line;
      EXPECT_EQ(file.faults.size(), setting.may_stand_in(info.table) ? 0U : 1U) << faults_of(file);
    }
  }
}

TEST(ConfigFile, HoldsAnyLetterAsAnEscape) {
  EXPECT_EQ(entries_of(parse("[shmbridge]\nmaps = [\"\\u00E9\"]\n")),
            Lines{"shmbridge.maps = [\"\u00E9\"] @2"});
}

TEST(ConfigFile, AFaultLeavesTheRest) {
  const ConfigFile file = parse(
      "mode = \"777\"\n"
      "profile = \"low-power\"\n"
      "prfile = 1\n"
      "[sim.ac]\n"
      "extra_maps = [\"Good:1\", \"Bad:0\", 3, \"Better\"]\n"
      "[sim.acc]\n"
      "stay = true\n"
      "[nosuch]\n"
      "stay = true\n");
  EXPECT_EQ(entries_of(file),
            (Lines{"profile = \"low-power\" @2", "sim.ac.extra_maps = [\"Good:1\", \"Better\"] @5"}));
  ASSERT_EQ(file.faults.size(), 6U) << faults_of(file);
  const std::size_t lines[] = {1, 3, 5, 5, 6, 8};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(file.faults[i].line, lines[i]) << file.faults[i].text();
    EXPECT_FALSE(file.faults[i].warning);
  }
}

TEST(ConfigFile, TakesATitleAnExeOrAnAppIdForTheSimOfAnApp) {
  const ConfigFile file = parse(
      "[app.1]\nsim = \"acc\"\n[app.2]\nsim = \"Euro Truck Simulator 2\"\n[app.3]\nsim = \"244210\"\n"
      "[app.4]\nsim = 805550\n[app.5]\nsim = \"AMS2AVX.exe\"\n[app.6]\nsim = \"\"\n[app.7]\nsim = \"AC\"\n");
  EXPECT_EQ(faults_of(file), "");
  EXPECT_EQ(entries_of(file),
            (Lines{"app.1.sim = \"ac\" @2", "app.2.sim = \"scs\" @4", "app.3.sim = \"ac\" @6",
                   "app.4.sim = \"ac\" @8", "app.5.sim = \"pcars2\" @10", "app.6.sim = \"\" @12",
                   "app.7.sim = \"ac\" @14"}));
}

TEST(ConfigFile, ABridgeLeavesToPitbridgeWhatItCannotKnow) {
  std::vector<std::string_view> more(sim_names().begin(), sim_names().end());
  more.push_back("another");
  const ConfigFile file = parse_config("[app.1]\nsim = \"a title of another\"\n", "config.toml", more);
  EXPECT_EQ(faults_of(file), "");
}

struct Fault {
  const char* text;
  const char* message;
};
class FaultyConfig : public testing::TestWithParam<Fault> {};

TEST_P(FaultyConfig, IsToldWithItsPlace) {
  const ConfigFile file = parse(GetParam().text);
  ASSERT_EQ(file.faults.size(), 1U) << faults_of(file);
  const std::string message = file.faults[0].text();
  EXPECT_TRUE(message.starts_with("config.toml:")) << message;
  EXPECT_NE(message.find(GetParam().message), std::string::npos) << message;
  EXPECT_TRUE(file.entries.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Faults, FaultyConfig,
    testing::Values(
        Fault{"\n[shmbrige]\nmaps = []\n", ":2: unknown key \"shmbrige\"; did you mean \"shmbridge\""},
        Fault{"[shmbridge]\nmap = []\n", ":2: unknown key \"map\"; did you mean \"maps\""},
        Fault{"\nprofil = \"default\"\n", ":2: unknown key \"profil\"; did you mean \"profile\""},
        Fault{"[sim.ac]\n\nlog_leve = \"info\"\n",
              ":3: unknown key \"log_leve\"; did you mean \"log_level\""},
        Fault{"[sim.ac.mode]\na = 1\n", ":1: mode must be a text"},
        Fault{"[sim.ac.more]\na = 1\n", ":1: unknown key \"more\""},
        Fault{"[sim.acx]\nstay = true\n", ":1: no sim is called \"acx\"; did you mean \"ac\""},
        Fault{"sim = \"ac\"\n", ":1: sim must be a table, as in [sim.ac]"},
        Fault{"[sim]\nstay = true\n", ":2: \"stay\" must stand in a table with a name, as in [sim.ac]"},
        Fault{"[app.ac]\nstay = true\n", ":1: \"ac\" is no Steam app id"},
        Fault{"[app.0]\n", "no Steam app id"}, Fault{"[app.-1]\n", "no Steam app id"},
        Fault{"[app.4294967296]\n", "no Steam app id"},
        Fault{"[app.1]\nsim = \"acx\"\n",
              ":2: sim: no sim is called \"acx\", and no title, exe or app id; did you mean \"ac\"?"},
        Fault{"[app.1]\nsim = \"asetto corsa\"\n", "did you mean \"assetto corsa\"?"},
        Fault{"[app.1]\nsim = true\n", ":2: sim must be a text between quotes, or a Steam app id"},
        Fault{"[sim.ac]\nsim = \"ac\"\n", ":2: sim has no meaning here; its place is [app.244210]"},
        Fault{"extra_maps = []\n", "its place is [sim.ac], [app.244210]"},
        Fault{"stay = 1\n", ":1: stay must be true or false"},
        Fault{"stay = \"true\"\n", ":1: stay must be true or false"},
        Fault{"mode = 640\n", ":1: mode must be a text, as in \"640\""},
        Fault{"mode = \"777\"\n", ":1: mode \"777\" must be an octal mode"},
        Fault{"profile = \"low-latncy\"\n", "did you mean \"low-latency\""},
        Fault{"log_level = \"warn\"\n", "did you mean \"warning\""},
        Fault{"shm_dir = \"~/shm\"\n", ":1: shm_dir \"~/shm\" must be an absolute path"},
        Fault{"log_file = \"a\\u0000b\"\n", "holds a zero"}, Fault{"shmbridge = 1\n", "must be a table"},
        Fault{"a.b.c.d.e = 1\n", "unknown key \"a\""},
        Fault{"[shmbridge]\nmaps = \"Toy\"\n", ":2: maps must be a list"}, Fault{"[shmbridge\n", ":1: "},
        Fault{"\nmaps = [", ":2: "}, Fault{"stay = true\nstay = true\n", ":2: "},
        Fault{"\n[shmbr\u0432]\n", ":2: a letter beyond ASCII"}, Fault{"\n# \x9b\n", ":2: no UTF-8"},
        Fault{"a = \"\\\u00E9\"\n", ":1: a backslash"},
        Fault{"a = \"\"\"x\"\"\"\"\n\n\u00E9 = 1\n", ":3: a letter beyond ASCII"},
        // toml++ 3.3.0 ended the program at these; found by fuzzing.
        Fault{"[=mh [\"A:1\",\002\004\"]\n", "malformed"}, Fault{"[=]\n", "malformed"}));

TEST(ConfigFile, IsTomlInAnyLanguage) {
  const ConfigFile file = parse(
      "\xEF\xBB\xBF# Zür die Brücke 、「こんにちは」 \xE2\x80\xA8 🏎\r\n"
      "shm_dir = \"/dev/shm/Spiele für Käthe 東京\"  # — так\r\n"
      "log_file = '/tmp/C:\\\"é\".log'\r\n"
      "\r\n"
      "[shmbridge]\r\n"
      "maps = ['''\r\nÜ:5''', \"\"\"\\\r\n  ö:6\"\"\"]\r\n");
  EXPECT_EQ(faults_of(file), "");
  EXPECT_EQ(entries_of(file), (Lines{"log_file = \"/tmp/C:\\\\\\\"é\\\".log\" @3",
                                     "shm_dir = \"/dev/shm/Spiele für Käthe 東京\" @2",
                                     "shmbridge.maps = [\"Ü:5\", \"ö:6\"] @6"}));
}

/// What a program, or somebody who means ill, may have made.
TEST(ConfigFile, IsBoundedInDepthAndNumber) {
  const auto repeated = [](const std::string& part, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += part;
    return text;
  };
  const std::pair<std::string, const char*> kCases[] = {
      {"mode = \"640\"\n" + repeated("a.", 20'000) + "a = 1\n", ":2: a key of too many parts"},
      {"[" + repeated("a.", 20'000) + "a]\n", ":1: a key of too many parts"},
      {"[" + repeated("'a'.", 20'000) + "a]\n", ":1: a key of too many parts"},
      {"a = " + repeated("[", 20'000) + "\n", ":1: brackets within brackets"},
      {"a = " + repeated("{a=", 20'000) + "\n", ":1: brackets within brackets"},
      {"a = " + repeated("{a.a=", 20'000) + "\n", ":1: brackets within brackets"},
  };
  for (const auto& [text, message] : kCases) {
    const ConfigFile file = parse(text);
    EXPECT_FALSE(file.is_understood);
    EXPECT_NE(faults_of(file).find(message), std::string::npos) << faults_of(file);
  }
  EXPECT_EQ(faults_of(parse("[shmbridge]\n# a.b.c\nmaps = [" + repeated("'a.b.c.d.e:1',", 50) + "]\n")), "")
      << "only keys have parts";

  std::string many = "mode = \"640\"\n";
  for (int i = 1; i <= 10'000; ++i) many += "[app." + std::to_string(i) + "]\nstay = true\n";
  const ConfigFile file = parse(many);
  EXPECT_LE(file.entries.size(), kMaxConfigKeys);
  EXPECT_EQ(file.faults.size(), 1U);
  EXPECT_NE(faults_of(file).find("more than 1000 keys and tables"), std::string::npos) << faults_of(file);
  EXPECT_EQ(entries_of(file).back(), "mode = \"640\" @1") << "the first ones hold";
}

TEST(Config, OfARunningProgramKeepsWhatAFileSaidWhileItCannotBeUnderstood) {
  const Config before = {{parse("mode = \"640\"\n")}};
  const Config broken = keeping_last_good({{parse("mode = \"6")}}, before);
  EXPECT_EQ(entries_of(broken.files[0]), Lines{"mode = \"640\" @1"});
  EXPECT_NE(faults_of(broken.files[0]).find("what it said before holds on"), std::string::npos);
  const Config still = keeping_last_good({{parse("mode = \"6")}}, broken);
  EXPECT_EQ(entries_of(still.files[0]), Lines{"mode = \"640\" @1"}) << "also the second time";
  EXPECT_EQ(entries_of(keeping_last_good({{parse("stay = true\n")}}, broken).files[0]),
            Lines{"stay = true @1"});
  EXPECT_EQ(entries_of(keeping_last_good({{parse("mode = \"999\"\n")}}, before).files[0]), Lines{})
      << "a wrong value costs that value, and is no reason to go back";
  Config none;
  none.files.push_back({.path = "config.toml", .entries = {}, .faults = {}});
  EXPECT_EQ(entries_of(keeping_last_good(none, before).files[0]), Lines{})
      << "a file that was taken away says nothing";
}

/// A file of this test's own.
class ConfigFileOnDisk : public testing::Test {
 protected:
  ConfigFile read() const { return read_config_file(path_, sim_names()); }
  void write(std::string_view text, mode_t mode = 0600) const {
    write_file(path_, text);
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
  }

  const TempDirectory directory_;
  const std::string path_ = directory_ / "config.toml";
};

TEST_F(ConfigFileOnDisk, NeedNotExist) {
  EXPECT_FALSE(read().exists);
  EXPECT_EQ(faults_of(read()), "");
  EXPECT_EQ(faults_of(read_config_file(path_ + "/below", sim_names())), "");
}

TEST_F(ConfigFileOnDisk, IsRead) {
  write("stay = true\n");
  EXPECT_TRUE(read().exists);
  EXPECT_EQ(entries_of(read()), Lines{"stay = true @1"});
}

TEST_F(ConfigFileOnDisk, ThatCannotBeReadIsAWarning) {
  ASSERT_EQ(::mkdir(path_.c_str(), 0700), 0);  // root may read any file, but no directory
  const ConfigFile file = read();
  ASSERT_EQ(file.faults.size(), 1U);
  EXPECT_TRUE(file.faults[0].warning);
  EXPECT_NE(faults_of(file).find(path_ + ": cannot be read"), std::string::npos) << faults_of(file);
  EXPECT_NE(faults_of(file).find("Is a directory"), std::string::npos) << faults_of(file);
}

TEST_F(ConfigFileOnDisk, WithoutAnEndIsLeftOut) {
  EXPECT_EQ(read_config_file("/dev/zero", sim_names()).faults.size(), 1U);
  EXPECT_EQ(faults_of(read_config_file("/dev/null", sim_names())), "") << "the way to say: no file";
}

TEST_F(ConfigFileOnDisk, AFifoHoldsNobodyUp) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  EXPECT_TRUE(read().entries.empty());
}

TEST_F(ConfigFileOnDisk, ThatOthersMayWriteNamesNoFiles) {
  write("log_file = \"/tmp/x\"\nprofile = \"low-power\"\n[sim.ac]\nextra_maps = [\"A\"]\n", 0666);
  const ConfigFile file = read();
  EXPECT_EQ(entries_of(file), Lines{"profile = \"low-power\" @2"});
  ASSERT_EQ(file.faults.size(), 3U) << faults_of(file);
  EXPECT_TRUE(file.faults[0].warning);
  EXPECT_NE(faults_of(file).find("chmod go-w"), std::string::npos) << faults_of(file);
  write("log_file = \"/tmp/x\"\n", 0644);
  EXPECT_EQ(faults_of(read()), "") << "to read is no harm";
}

TEST_F(ConfigFileOnDisk, OfAnotherUserNamesNoFiles) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  write("shm_dir = \"/tmp\"\nmode = \"644\"\n");
  ASSERT_EQ(::chown(path_.c_str(), 12345, 0), 0);
  EXPECT_EQ(entries_of(read()), Lines{"mode = \"644\" @2"});
  EXPECT_NE(faults_of(read()).find("belongs to user 12345"), std::string::npos) << faults_of(read());
}

TEST_F(ConfigFileOnDisk, OfAStrangeGroupNamesNoFiles) {
  write("shm_dir = \"/tmp\"\n", 0660);
  if (::chown(path_.c_str(), static_cast<uid_t>(-1), 12345) != 0) GTEST_SKIP() << "only root may";
  EXPECT_TRUE(read().entries.empty());
  ASSERT_EQ(::chown(path_.c_str(), static_cast<uid_t>(-1), ::getegid()), 0);
  write("shm_dir = \"/tmp\"\n", 0660);
  EXPECT_EQ(faults_of(read()), "") << "a group of the user alone";
}

TEST(ConfigPaths, AreTheUsersAndTheSystems) {
  const std::string system = "/etc/pitbridge/config.toml";
  Environment environment = {{"HOME", "/home/me"}};
  EXPECT_EQ(config_paths(environment), (Lines{"/home/me/.config/pitbridge/config.toml", system}));
  environment["XDG_CONFIG_HOME"] = "/xdg";
  EXPECT_EQ(config_paths(environment), (Lines{"/xdg/pitbridge/config.toml", system}));
  environment["XDG_CONFIG_HOME"] = "xdg";
  EXPECT_EQ(config_paths(environment), (Lines{"/home/me/.config/pitbridge/config.toml", system}))
      << "the standard says: to be ignored";
  environment["PITBRIDGE_CONFIG_FILE"] = "/my/own.toml";
  EXPECT_EQ(config_paths(environment), Lines{"/my/own.toml"});
  const passwd* user = ::getpwuid(::geteuid());
  ASSERT_NE(user, nullptr);
  EXPECT_EQ(config_paths({}).front(), std::string(user->pw_dir) + "/.config/pitbridge/config.toml")
      << "as simd starts a bridge";
}

TEST(ConfigPaths, AMissingFileThatIsNamedIsAFault) {
  const auto faults = read_config(sim_names(), {{"PITBRIDGE_CONFIG_FILE", "/no/such/config.toml"}}).faults();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_FALSE(faults[0].warning);
  EXPECT_NE(faults[0].text().find("PITBRIDGE_CONFIG_FILE"), std::string::npos);
}

TEST(SimNames, AreThoseOfTheSims) {
  Lines names;
  for (const Sim* sim : all_sims()) names.emplace_back(sim->name);
  EXPECT_EQ(names, Lines(sim_names().begin(), sim_names().end()));
}

TEST(SteamAppId, IsFoundInTheEnvironmentOrThePrefix) {
  Environment of_bridge = {{"WINEPREFIX", "/games/prefix"}};
  EXPECT_EQ(app_id_of_bridge(of_bridge), std::nullopt);
  EXPECT_EQ(app_id_of_bridge({}), std::nullopt);
  for (const char* path : {"/s/steamapps/compatdata/805550/pfx", "/s/steamapps/compatdata/805550"}) {
    of_bridge["WINEPREFIX"] = path;
    EXPECT_EQ(app_id_of_bridge(of_bridge), 805550U) << path;
  }
  of_bridge["WINEPREFIX"] = "/s/steamapps/compatdata/x1/pfx";
  EXPECT_EQ(app_id_of_bridge(of_bridge), std::nullopt);
  of_bridge["STEAM_COMPAT_APP_ID"] = "211500";
  EXPECT_EQ(app_id_of_bridge(of_bridge), 211500U);
  of_bridge["SteamAppId"] = "244210";
  EXPECT_EQ(app_id_of_bridge(of_bridge), 244210U);
  of_bridge["SteamAppId"] = "0";
  EXPECT_EQ(app_id_of_bridge(of_bridge), 211500U);
}

TEST(ConfigPaths, ARelativePathCountsAsUnset) {
  const auto usual = config_paths({{"HOME", home_directory("")}});
  EXPECT_EQ(config_paths({{"HOME", "somewhere"}}), usual);
  EXPECT_EQ(config_paths({{"HOME", home_directory("")}, {"XDG_CONFIG_HOME", "./config"}}), usual);
}

}  // namespace
}  // namespace pitbridge
