// SPDX-License-Identifier: MIT
// Which value holds: option > environment > the user's file > /etc's > default, and within a file the app's
// table > the sim's > the top.
#include "common/core/settings/user_settings.hpp"

#include <gtest/gtest.h>

#include "common/core/settings/sim_names.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/settings/config_file.hpp"
#include "common/posix/settings/own_environment.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

Config config_of(const std::string& user, const std::string& system = "") {
  Config config;
  config.files.push_back(parse_config(user, "user.toml", sim_names()));
  config.files.push_back(parse_config(system, "system.toml", sim_names()));
  EXPECT_TRUE(config.faults().empty()) << config.faults().front().text();
  return config;
}

const ConfigTarget kAc = {.sim = "ac", .app_id = 244210};

std::string mode_of(const Config& config, const ConfigTarget& target = kAc,
                    const std::optional<SettingValue>& option = {}) {
  UserSettings user = {.environment = own_environment(), .config = config};
  if (option) user.options[&setting("mode")] = *option;
  const auto resolved = user.find(setting("mode"), target);
  EXPECT_TRUE(resolved);
  return resolved ? resolved->text() + " " + resolved->origin(setting("mode")) : "";
}

TEST(Precedence, EachLayerCoversThoseBelow) {
  const ScopedEnvironment unset("PITBRIDGE_MODE", nullptr);
  EXPECT_EQ(mode_of(config_of("", "")), "600 default");
  EXPECT_EQ(mode_of(config_of("", "mode = \"640\"")), "640 system.toml:1");
  const Config both = config_of("\nmode = \"644\"", "mode = \"640\"");
  EXPECT_EQ(mode_of(both), "644 user.toml:2");
  const ScopedEnvironment variable("PITBRIDGE_MODE", "660");
  EXPECT_EQ(mode_of(both), "660 PITBRIDGE_MODE");
  EXPECT_EQ(mode_of(both, kAc, "666"), "666 --mode");
  const ScopedEnvironment empty("PITBRIDGE_MODE", "");
  EXPECT_EQ(mode_of(both), "644 user.toml:2") << "an empty variable is unset";
}

TEST(Precedence, WithinAFileTheParticularGoesFirst) {
  const ScopedEnvironment unset("PITBRIDGE_MODE", nullptr);
  const Config config = config_of(
      "mode = \"640\"\n[sim.ac]\nmode = \"644\"\n[app.244210]\nmode = \"660\"\n[shmbridge]\nmode = "
      "\"664\"\n");
  EXPECT_EQ(mode_of(config, {}), "640 user.toml:1");
  EXPECT_EQ(mode_of(config, {.sim = "ac", .app_id = {}}), "644 user.toml:3 [sim.ac]");
  EXPECT_EQ(mode_of(config, {.sim = "ac", .app_id = 805550}), "644 user.toml:3 [sim.ac]");
  EXPECT_EQ(mode_of(config, kAc), "660 user.toml:5 [app.244210]");
  EXPECT_EQ(mode_of(config, {.sim = "rf2", .app_id = {}}), "640 user.toml:1");
  EXPECT_EQ(mode_of(config, {.sim = {}, .app_id = {}, .shmbridge = true}), "664 user.toml:7 [shmbridge]");
}

TEST(Precedence, TheUsersFileGoesFirstAlsoWhereItIsLessParticular) {
  const ScopedEnvironment unset("PITBRIDGE_MODE", nullptr);
  EXPECT_EQ(mode_of(config_of("mode = \"644\"", "[app.244210]\nmode = \"640\"")), "644 user.toml:1");
  EXPECT_EQ(mode_of(config_of("stay = true", "[app.244210]\nmode = \"640\"")),
            "640 system.toml:2 [app.244210]");
}

TEST(Precedence, AVariableThatIsWrongIsNamed) {
  UserSettings user = {.environment = {{"PITBRIDGE_MODE", "777"}}};
  const auto resolved = user.find(setting("mode"));
  ASSERT_FALSE(resolved);
  EXPECT_EQ(resolved.error().code, ExitCode::kUsage);
  EXPECT_NE(resolved.error().message.find("PITBRIDGE_MODE: \"777\""), std::string::npos);
  EXPECT_EQ(user.find_or_configured(setting("mode")).text(), "600");
  user.options[&setting("mode")] = SettingValue("640");
  EXPECT_EQ(user.find(setting("mode"))->text(), "640") << "an option covers it";
}

TEST(Environment, ShorthandsStandForAProfile) {
  const auto in = [](const Environment& environment) {
    return from_environment(setting("profile"), environment);
  };
  const auto found = in({{"PITBRIDGE_LOW_LATENCY", "0"}, {"PITBRIDGE_LOW_POWER", "1"}});
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(std::get<std::string>((*found)->value), "low-power");
  EXPECT_EQ((*found)->variable, "PITBRIDGE_LOW_POWER");
  Environment both = {{"PITBRIDGE_LOW_LATENCY", "yes"}, {"PITBRIDGE_LOW_POWER", "1"}};
  EXPECT_FALSE(in(both)) << "nothing is guessed";
  both["PITBRIDGE_PROFILE"] = "default";
  EXPECT_EQ(std::get<std::string>((*in(both))->value), "default");
  EXPECT_FALSE(in({{"PITBRIDGE_LOW_POWER", "maybe"}}));
}

TEST(ShmDirectories, OfAnAppAreFoundWithoutItsNumber) {
  UserSettings user;
  user.config = config_of(
      "shm_dir = \"/top\"\n[sim.ac]\nshm_dir = \"/ac\"\n[app.805550]\nshm_dir = \"/acc\"\n"
      "[app.42]\nsim = \"ac\"\nshm_dir = \"/mod\"\n[app.211500]\nshm_dir = \"/r3e\"\n");
  const auto all = [&](const char* sim) { return shm_directories_of(user, sim); };
  EXPECT_EQ(all("ac"), (std::vector<std::string>{"/ac", "/acc", "/mod"}));
  EXPECT_EQ(all("r3e"), (std::vector<std::string>{"/top", "/r3e"}));
  EXPECT_EQ(all("rf2"), std::vector<std::string>{"/top"});
  EXPECT_EQ(shm_directory_of(user, {.sim = "ac", .app_id = 805550}), "/acc");
  user.environment = {{"PITBRIDGE_SHM_DIR", "/variable"}};
  EXPECT_EQ(all("ac"), std::vector<std::string>{"/variable"}) << "it covers every table of the files";
}

TEST(FileNames, AreThoseOfTheTablesAndOfTheSettings) {
  const Sim& sim = *find_sim("ac");
  UserSettings user;
  EXPECT_EQ(file_names_of(user, sim), all_file_names(sim));
  user.config = config_of(
      "[sim.ac]\nextra_maps = [\"One:100\", \"Other::acpmf_static\"]\n"
      "[app.805550]\nextra_maps = [\"One:100\", \"Two::toys/two\"]\n"
      "[app.211500]\nextra_maps = [\"OfRaceRoom\"]\n");
  std::vector<std::string> wanted = all_file_names(sim);
  wanted.insert(wanted.end(), {"One", "toys/two"});
  EXPECT_EQ(file_names_of(user, sim), wanted);
}

TEST(SimOfApp, IsTheFilesElseTheTitles) {
  const Config config = config_of("[app.42]\nsim = \"rf2\"\n[app.805550]\nsim = \"r3e\"\n");
  EXPECT_EQ(sim_of_app(42, config), "rf2");
  EXPECT_EQ(sim_of_app(805550, config), "r3e");
  EXPECT_EQ(sim_of_app(244210, config), "ac");
  EXPECT_EQ(sim_of_app(43, config), "");
}

TEST(Settings, AreSoundAndOfOneName) {
  for (const Setting& one : kSettings) {
    EXPECT_FALSE(text_fault(one, one.default_value)) << one.key << "'s own default";
    EXPECT_NE(one.tables, 0) << one.key;
    EXPECT_FALSE(one.help.empty()) << one.key;
    EXPECT_EQ(find_setting(one.key), &one) << one.key << " stands twice";
    EXPECT_EQ(one.type == SettingType::kChoice, !one.choices.empty()) << one.key;
  }
  for (const Shorthand& shorthand : kShorthands) {
    ASSERT_NE(find_setting(shorthand.key), nullptr);
    EXPECT_FALSE(text_fault(*find_setting(shorthand.key), shorthand.value));
  }
}

TEST(Settings, AsTomlAreUnderstoodAgain) {
  EXPECT_EQ(toml_quoted("a\"b\\c\n"), R"("a\"b\\c\u000A")");
  const ConfigFile file =
      parse_config("log_file = " + toml_quoted("/a\"b\\c\n\x7F") + "\n", "t", sim_names());
  ASSERT_EQ(file.entries.size(), 1U);
  EXPECT_EQ(std::get<std::string>(file.entries[0].value), "/a\"b\\c\n\x7F");
}

}  // namespace
}  // namespace pitbridge
