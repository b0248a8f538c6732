// SPDX-License-Identifier: MIT
#include "common/core/settings/bridge_options.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "common/posix/settings/config_file.hpp"
#include "common/posix/settings/own_environment.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

constexpr const char* kEnvironment[] = {"PITBRIDGE_STAY",      "PITBRIDGE_LOW_LATENCY", "PITBRIDGE_LOW_POWER",
                                        "PITBRIDGE_LOG_LEVEL", "PITBRIDGE_LOG_FILE",    "PITBRIDGE_SHM_DIR",
                                        "PITBRIDGE_MODE",      "PITBRIDGE_PROFILE",     "PITBRIDGE_MAP"};

class BridgeOptionsTest : public testing::Test {
 protected:
  // Whoever runs the tests may have set any of them.
  BridgeOptionsTest() {
    for (const char* name : kEnvironment)
      clean_.push_back(std::make_unique<ScopedEnvironment>(name, nullptr));
  }

  static Expected<BridgeOptions> parse(const std::vector<const char*>& arguments) {
    return parse_bridge_options("toybridge", arguments, {.environment = own_environment()});
  }
  static BridgeOptions good(const std::vector<const char*>& arguments) {
    const auto options = parse(arguments);
    EXPECT_TRUE(options) << (options ? "" : options.error().message);
    return options.value_or(BridgeOptions());
  }

 private:
  std::vector<std::unique_ptr<ScopedEnvironment>> clean_;
};

using Options = BridgeOptionsTest;

TEST_F(Options, Defaults) {
  const BridgeOptions options = good({});
  EXPECT_EQ(options.action, BridgeAction::kRun);
  EXPECT_FALSE(options.stay);
  EXPECT_EQ(options.log_level, LogLevel::kInfo);
  EXPECT_EQ(options.log_file, "");
  EXPECT_EQ(options.shm_directory, "/dev/shm");
  EXPECT_EQ(options.file_mode, 0600U);
}

TEST_F(Options, LaunchedStaysAndTakesAnotherCommandWordForWord) {
  const BridgeOptions plain = good({"--launched"});
  EXPECT_TRUE(plain.launched);
  EXPECT_TRUE(plain.stay);
  EXPECT_FALSE(plain.chained);
  const BridgeOptions chained = good({"--launched", "--", "/x/other.exe", "--help", "--bogus"});
  EXPECT_EQ(chained.action, BridgeAction::kRun) << "options of the other command are not ours";
  EXPECT_TRUE(chained.chained);
  EXPECT_FALSE(good({}).launched);
  EXPECT_FALSE(parse({"other.exe"}).has_value()) << "a word that nobody asked for is a mistake";
}

TEST_F(Options, ATitleIsOfTheBridgesOfSims) {
  EXPECT_EQ(good({"--title", "acc"}).title, "acc");
  EXPECT_EQ(good({}).title, "");
  const char* const arguments[] = {"--title", "acc", "Map"};
  EXPECT_FALSE(parse_shmbridge_options(arguments)) << "it knows no game";
}

TEST_F(Options, Actions) {
  EXPECT_EQ(good({"--help"}).action, BridgeAction::kHelp);
  EXPECT_EQ(good({"-h"}).action, BridgeAction::kHelp);
  EXPECT_EQ(good({"--version"}).action, BridgeAction::kVersion);
  EXPECT_EQ(good({"-V"}).action, BridgeAction::kVersion);
  EXPECT_EQ(good({"--list"}).action, BridgeAction::kList);
  EXPECT_EQ(good({"--list", "--help"}).action, BridgeAction::kHelp) << "who asks for help gets it";
}

TEST_F(Options, EachOption) {
  const BridgeOptions options = good(
      {"--stay", "--log-level", "debug", "--log-file", "/tmp/log", "--shm-dir=/tmp/shm", "--mode", "640"});
  EXPECT_TRUE(options.stay);
  EXPECT_EQ(options.log_level, LogLevel::kDebug);
  EXPECT_EQ(options.log_file, "/tmp/log");
  EXPECT_EQ(options.shm_directory, "/tmp/shm");
  EXPECT_EQ(options.file_mode, 0640U);
}

TEST_F(Options, EachLogLevel) {
  EXPECT_EQ(good({"--log-level", "error"}).log_level, LogLevel::kError);
  EXPECT_EQ(good({"--log-level", "warning"}).log_level, LogLevel::kWarning);
  EXPECT_EQ(good({"--log-level", "info"}).log_level, LogLevel::kInfo);
  EXPECT_EQ(good({"--log-level", "debug"}).log_level, LogLevel::kDebug);
}

TEST_F(Options, ModesThatMakeSense) {
  EXPECT_EQ(good({"--mode", "600"}).file_mode, 0600U);
  EXPECT_EQ(good({"--mode", "0666"}).file_mode, 0666U);
  EXPECT_EQ(good({"--mode", "644"}).file_mode, 0644U);
}

TEST_F(Options, TheEnvironmentStandsInForEachOption) {
  const ScopedEnvironment stay("PITBRIDGE_STAY", "1");
  const ScopedEnvironment level("PITBRIDGE_LOG_LEVEL", "warning");
  const ScopedEnvironment file("PITBRIDGE_LOG_FILE", "/tmp/from_env");
  const ScopedEnvironment directory("PITBRIDGE_SHM_DIR", "/tmp/shm_env");
  const ScopedEnvironment mode("PITBRIDGE_MODE", "660");
  const BridgeOptions options = good({});
  EXPECT_TRUE(options.stay);
  EXPECT_EQ(options.log_level, LogLevel::kWarning);
  EXPECT_EQ(options.log_file, "/tmp/from_env");
  EXPECT_EQ(options.shm_directory, "/tmp/shm_env");
  EXPECT_EQ(options.file_mode, 0660U);
}

TEST_F(Options, AnOptionPrevailsOverTheEnvironment) {
  const ScopedEnvironment level("PITBRIDGE_LOG_LEVEL", "warning");
  const ScopedEnvironment directory("PITBRIDGE_SHM_DIR", "/tmp/shm_env");
  const ScopedEnvironment mode("PITBRIDGE_MODE", "660");
  const BridgeOptions options = good({"--log-level", "debug", "--shm-dir", "/tmp/x", "--mode", "644"});
  EXPECT_EQ(options.log_level, LogLevel::kDebug);
  EXPECT_EQ(options.shm_directory, "/tmp/x");
  EXPECT_EQ(options.file_mode, 0644U);
}

TEST_F(Options, AFalseFlagInTheEnvironmentIsNoFlag) {
  for (const char* no : {"0", "false", ""}) {
    const ScopedEnvironment stay("PITBRIDGE_STAY", no);
    EXPECT_FALSE(good({}).stay) << no;
  }
}

TEST_F(Options, EmptyVariablesAreUnset) {
  std::vector<std::unique_ptr<ScopedEnvironment>> empty;
  for (const char* name : kEnvironment) empty.push_back(std::make_unique<ScopedEnvironment>(name, ""));
  const BridgeOptions options = good({});
  EXPECT_EQ(options.shm_directory, "/dev/shm");
  EXPECT_EQ(options.log_level, LogLevel::kInfo);
  EXPECT_EQ(options.file_mode, 0600U);
}

TEST_F(Options, AnEmptyDirectoryIsTheDefault) {
  EXPECT_EQ(good({"--shm-dir", ""}).shm_directory, "/dev/shm");
}

void expect_usage(const Expected<BridgeOptions>& options, std::string_view named) {
  ASSERT_FALSE(options) << named;
  EXPECT_EQ(options.error().code, ExitCode::kUsage) << named;
  EXPECT_NE(options.error().message.find(named), std::string::npos) << options.error().message;
  EXPECT_NE(options.error().message.find("--help"), std::string::npos) << options.error().message;
}

TEST_F(Options, ABadValueNamesTheOption) {
  expect_usage(parse({"--log-level", "loud"}), "--log-level");
  expect_usage(parse({"--log-level"}), "--log-level");
  expect_usage(parse({"--shm-dir"}), "--shm-dir");
  for (const char* mode : {"", "8", "400", "200", "700", "1600", "0777", "06600", "rw", "-1", "0x180", "600 ",
                           "77777777777777777777"})
    expect_usage(parse({"--mode", mode}), "--mode");
}

TEST_F(Options, ABadVariableIsRefusedAndNamed) {
  {
    const ScopedEnvironment level("PITBRIDGE_LOG_LEVEL", "loud");
    expect_usage(parse({}), "PITBRIDGE_LOG_LEVEL");
  }
  const ScopedEnvironment mode("PITBRIDGE_MODE", "777");
  expect_usage(parse({}), "PITBRIDGE_MODE");
}

TEST_F(Options, WhatIsUnknownIsNamed) {
  expect_usage(parse({"--no-such-option"}), "--no-such-option");
  expect_usage(parse({"surplus"}), "surplus");
}

TEST_F(Options, HelpMentionsEverything) {
  const std::string help = good({"--help"}).help;
  for (const std::string_view word :
       {"toybridge", "--help", "--version", "--list", "--stay", "--log-level", "--log-file", "--shm-dir",
        "--mode", "/dev/shm", "Exit status", "600", "info"})
    EXPECT_NE(help.find(word), std::string::npos) << word;
  for (const Setting& setting : kSettings) {
    if (setting.option.empty()) continue;
    EXPECT_NE(help.find(setting.option), std::string::npos) << setting.option;
    EXPECT_NE(help.find(setting.variable), std::string::npos) << setting.variable;
  }
  for (const Shorthand& shorthand : kShorthands)
    EXPECT_NE(help.find(shorthand.variable), std::string::npos) << shorthand.variable;
}

TEST_F(BridgeOptionsTest, ProfilesSetThePacing) {
  EXPECT_EQ(parse({})->pacing.step_ns, kDefaultProfile.step_ns);
  EXPECT_EQ(parse({"--low-latency"})->pacing.step_ns, kLowLatencyProfile.step_ns);
  EXPECT_EQ(parse({"--low-power"})->pacing.step_ns, kLowPowerProfile.step_ns);
  EXPECT_EQ(parse({"--profile", "low-power"})->pacing.step_ns, kLowPowerProfile.step_ns);
  for (const auto& both :
       {parse({"--low-power", "--low-latency"}), parse({"--profile", "default", "--low-power"})}) {
    ASSERT_FALSE(both);
    EXPECT_EQ(both.error().code, ExitCode::kUsage);
  }
  const ScopedEnvironment power("PITBRIDGE_LOW_POWER", "1");
  EXPECT_EQ(parse({})->pacing.step_ns, kLowPowerProfile.step_ns);
  EXPECT_EQ(parse({"--low-latency"})->pacing.step_ns, kLowLatencyProfile.step_ns);
}

UserSettings settings_with(const Config& config) {
  return {.environment = own_environment(), .config = config};
}

Config config_of(const std::string& text) {
  Config config;
  config.files.push_back(parse_config(text, "config.toml", {}));
  EXPECT_TRUE(config.faults().empty()) << config.faults().front().text();
  return config;
}

TEST_F(BridgeOptionsTest, WhatNobodySaidIsTheConfigurations) {
  const Config config = config_of(
      "stay = true\nlog_level = \"debug\"\nlog_file = \"/tmp/log\"\nshm_dir = \"/tmp/shm\"\nmode = \"644\"\n"
      "profile = \"low-power\"\n[sim.ac]\nextra_maps = [\"Toy:10\"]\nprofile = \"low-latency\"\n");
  const ConfigTarget ac = {.sim = "ac", .app_id = {}};
  const auto options = parse_bridge_options("toybridge", {}, settings_with(config), ac);
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->stay);
  EXPECT_EQ(options->log_level, LogLevel::kDebug);
  EXPECT_EQ(options->log_file, "/tmp/log");
  EXPECT_EQ(options->shm_directory, "/tmp/shm");
  EXPECT_EQ(options->file_mode, 0644U);
  EXPECT_EQ(options->pacing.step_ns, kLowLatencyProfile.step_ns);
  EXPECT_EQ(options->maps, (std::vector<MapSpec>{{"Toy", 10, "Toy"}}));

  const ScopedEnvironment off("PITBRIDGE_STAY", "0");
  const ScopedEnvironment level("PITBRIDGE_LOG_LEVEL", "error");
  constexpr const char* kArguments[] = {"--log-level", "warning", "--profile", "default"};
  const auto covered = parse_bridge_options("toybridge", kArguments, settings_with(config), ac);
  ASSERT_TRUE(covered);
  EXPECT_FALSE(covered->stay) << "a variable can switch off";
  EXPECT_EQ(covered->log_level, LogLevel::kWarning);
  EXPECT_EQ(covered->pacing.step_ns, kDefaultProfile.step_ns);
  const ScopedEnvironment on("PITBRIDGE_STAY", "1");
  constexpr const char* kNoStay[] = {"--stay=false"};
  EXPECT_FALSE(parse_bridge_options("toybridge", kNoStay, settings_with(config), ac)->stay)
      << "and so can an option";
}

TEST_F(BridgeOptionsTest, ShmbridgeSharesOnlyWhatHasASize) {
  const auto parsed = [](const std::vector<const char*>& arguments) {
    return parse_shmbridge_options(arguments, {});
  };
  EXPECT_TRUE(parsed({"--both", "Tool:4096"})->both);
  EXPECT_FALSE(parsed({"Tool:4096"})->both);
  const auto without = parsed({"--both", "Tool:4096", "Other"});
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, ExitCode::kUsage);
  EXPECT_NE(without.error().message.find("Other:4096"), std::string::npos) << without.error().message;
  EXPECT_FALSE(parsed({"--both", "--to-wine", "Tool:4096"}));
}

TEST_F(BridgeOptionsTest, ShmbridgeTakesItsMapsFromTheNearestPlace) {
  const Config config = config_of("mode = \"640\"\n[shmbridge]\nmaps = [\"C:1\"]\nstay = true\n");
  const auto names = [&](const std::vector<const char*>& arguments) {
    const auto options = parse_shmbridge_options(arguments, settings_with(config));
    EXPECT_TRUE(options) << (options ? "" : options.error().message);
    std::string all;
    for (const MapSpec& map : options ? options->maps : std::vector<MapSpec>())
      all += map_spec_text(map) + " ";
    return all;
  };
  EXPECT_EQ(names({}), "C:1 ");
  EXPECT_TRUE(parse_shmbridge_options({}, settings_with(config))->stay);
  EXPECT_EQ(parse_shmbridge_options({}, settings_with(config))->file_mode, 0640U);
  const ScopedEnvironment variable("PITBRIDGE_MAP", "A:1,B");
  EXPECT_EQ(names({}), "A:1 B ");
  EXPECT_EQ(names({"D", "--preset", "mumble"}), "MumbleLink:5460 D ");
}

}  // namespace
}  // namespace pitbridge
