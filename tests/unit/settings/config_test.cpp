// SPDX-License-Identifier: MIT
// Which value holds: option > environment > the user's file > /etc's > default, and within a file the app's
// table > the sim's > the top.
#include "common/core/settings/config.hpp"

#include <gtest/gtest.h>

#include "common/posix/settings/config_file.hpp"
#include "sim_names.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

Config config_of(const std::string& user, const std::string& system = "") {
  Config config;
  config.files.push_back(parse_config(user, "user.toml", kSimNames));
  config.files.push_back(parse_config(system, "system.toml", kSimNames));
  EXPECT_TRUE(config.faults().empty()) << config.faults().front().text();
  return config;
}

const ConfigTarget kAc = {.sim = "ac", .app_id = 244210};

std::string mode_of(const Config& config, const ConfigTarget& target = kAc,
                    const std::optional<SettingValue>& option = {}) {
  const auto resolved = resolve(setting("mode"), option, config, target);
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
  const ScopedEnvironment variable("PITBRIDGE_MODE", "777");
  const auto resolved = resolve(setting("mode"), {}, {}, {});
  ASSERT_FALSE(resolved);
  EXPECT_EQ(resolved.error().code, ExitCode::kUsage);
  EXPECT_NE(resolved.error().message.find("PITBRIDGE_MODE: \"777\""), std::string::npos);
  EXPECT_TRUE(resolve(setting("mode"), SettingValue("600"), {}, {})) << "an option covers it";
}

TEST(Environment, ShorthandsStandForAProfile) {
  const ScopedEnvironment profile("PITBRIDGE_PROFILE", nullptr);
  const ScopedEnvironment latency("PITBRIDGE_LOW_LATENCY", "0");
  const ScopedEnvironment power("PITBRIDGE_LOW_POWER", "1");
  const auto found = from_environment(setting("profile"));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(std::get<std::string>((*found)->value), "low-power");
  EXPECT_EQ((*found)->variable, "PITBRIDGE_LOW_POWER");
  {
    const ScopedEnvironment both("PITBRIDGE_LOW_LATENCY", "yes");
    EXPECT_FALSE(from_environment(setting("profile"))) << "nothing is guessed";
    const ScopedEnvironment whole("PITBRIDGE_PROFILE", "default");
    EXPECT_EQ(std::get<std::string>((*from_environment(setting("profile")))->value), "default");
  }
  const ScopedEnvironment odd("PITBRIDGE_LOW_POWER", "maybe");
  EXPECT_FALSE(from_environment(setting("profile")));
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
  const ConfigFile file = parse_config("log_file = " + toml_quoted("/a\"b\\c\n\x7F") + "\n", "t", kSimNames);
  ASSERT_EQ(file.entries.size(), 1U);
  EXPECT_EQ(std::get<std::string>(file.entries[0].value), "/a\"b\\c\n\x7F");
}

}  // namespace
}  // namespace pitbridge
