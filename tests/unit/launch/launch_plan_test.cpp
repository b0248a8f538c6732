// SPDX-License-Identifier: MIT
#include "common/core/launch/launch_plan.hpp"

#include <gtest/gtest.h>

#include "common/core/settings/app_id.hpp"

namespace pitbridge {
namespace {

using Words = std::vector<std::string>;

constexpr const char* kStaged = "/home/u/.local/share/pitbridge/1/acbridge.exe.so";

const Words kProtonCommand = {"/s/ubuntu12_32/reaper",
                              "SteamLaunch",
                              "AppId=244210",
                              "--",
                              "/s/sniper/_v2-entry-point",
                              "--verb=waitforexitandrun",
                              "--",
                              "/s/Proton 9.0/proton",
                              "waitforexitandrun",
                              "/s/assettocorsa/AssettoCorsa.exe"};
const Environment kSteam = {{"SteamAppId", "244210"}, {"HOME", "/home/u"}};

class LaunchPlanTest : public testing::Test {
 protected:
  LaunchPlan plan(const Words& command, const Environment& environment = kSteam) {
    facts_.command = command;
    facts_.environment = environment;
    facts_.app_id = app_id_from(environment);
    return plan_launch(facts_);
  }
  static std::string variable(const LaunchPlan& plan, const std::string& name) {
    for (const Variable& variable : plan.variables)
      if (variable.name == name) return variable.value;
    return "(not set)";
  }

  LaunchFacts facts_ = {.command = {},
                        .environment = {},
                        .app_id = {},
                        .home = "/home/u",
                        .sim = "",
                        .is_enabled = {},
                        .stage_directory = "/home/u/.local/share/pitbridge/1",
                        .state_directory = "/home/u/.local/state/pitbridge",
                        .shm_directory_of = [this](const Sim&) { return shm_directory_; }};
  std::string shm_directory_ = "/dev/shm";
};

TEST_F(LaunchPlanTest, ProtonsScriptIsGivenTheBridge) {
  const LaunchPlan plan = this->plan(kProtonCommand);
  EXPECT_EQ(plan.way, LaunchWay::kProton);
  ASSERT_NE(plan.game.sim, nullptr);
  EXPECT_EQ(plan.game.sim->name, "ac");
  ASSERT_NE(plan.game.title, nullptr);
  EXPECT_EQ(plan.game.title->id, "assetto_corsa");
  EXPECT_EQ(plan.app_id, 244210U);
  EXPECT_EQ(plan.staged_bridge, kStaged);
  EXPECT_EQ(plan.variables,
            std::vector<Variable>({{"PROTON_REMOTE_DEBUG_CMD", std::string(kStaged) + " --launched"}}))
      << "and nothing else in the game's environment changes";
}

TEST_F(LaunchPlanTest, WithoutProtonsScriptItIsJoined) {
  for (const Words& command : {Words{"wine", "/g/acs.exe"}, Words{"umu-run", "/g/ACS.EXE", "-x"},
                               Words{"/p/proton", "runinprefix", "acs.exe"},
                               Words{"wine", "C:\\games\\acs.exe"}, Words{"/g/acs.exe", "proton"}}) {
    const LaunchPlan plan = this->plan(command, {});
    EXPECT_EQ(plan.way, LaunchWay::kJoin) << command.front();
    EXPECT_EQ(plan.game.sim->name, "ac");
    EXPECT_TRUE(plan.variables.empty());
  }
}

/// umu-run starts Proton's script itself; but with UMU-Proton 9 and GE 9 that script returns at once, and
/// kills what PROTON_REMOTE_DEBUG_CMD has started while the game goes on
/// (RunUmu.ABridgeOfTheScriptWouldBeKilled).
TEST_F(LaunchPlanTest, AGameOfUmuIsJoinedAndKnownByUmusNumber) {
  const LaunchPlan plan =
      this->plan({"umu-run", "/g/AssettoCorsa.exe"}, {{"GAMEID", "umu-244210"}, {"PROTONPATH", "GE-Proton"}});
  EXPECT_EQ(plan.way, LaunchWay::kJoin);
  ASSERT_NE(plan.game.title, nullptr) << plan.remark;
  EXPECT_EQ(plan.game.title->id, "assetto_corsa");
  EXPECT_EQ(plan.app_id, 244210U);
  EXPECT_EQ(variable(plan, "PROTON_REMOTE_DEBUG_CMD"), "(not set)");
}

TEST_F(LaunchPlanTest, TheAppIdGoesBeforeTheExe) {
  EXPECT_EQ(plan({"wine", "Launcher.exe"}, {{"STEAM_COMPAT_APP_ID", "211500"}}).game.sim->name, "r3e");
  EXPECT_EQ(plan({"wine", "acs.exe"}, {{"SteamAppId", "211500"}}).game.sim->name, "r3e");
  EXPECT_EQ(
      plan({"wine", "acs.exe"}, {{"SteamAppId", "0"}, {"SteamGameId", "99999999999999"}}).game.sim->name,
      "ac");
  EXPECT_EQ(plan({"wine", "first.exe", "AMS2AVX.exe", "tail"}, {}).game.sim->name, "pcars2")
      << "the last exe counts";
}

TEST_F(LaunchPlanTest, OfSeveralExesTheKnownOneCountsWhereverItStands) {
  const auto exe_of = [&](const Words& command) { return plan(command, {}).exe_name; };
  EXPECT_EQ(exe_of({"wine", "C:\\g\\acs.exe", "--x", "foo.exe"}), "acs.exe");
  EXPECT_EQ(exe_of({"wine", "Content Manager.exe", "ACS.EXE", "foo.exe"}), "ACS.EXE")
      << "before its launcher";
  EXPECT_EQ(exe_of({"wine", "first.exe", "last.exe", "tail"}), "last.exe");
}

TEST_F(LaunchPlanTest, ALauncherBelongsToItsSim) {
  for (const auto& [exe, title] :
       std::vector<std::pair<std::string, std::string>>{{"AssettoCorsa.exe", "assetto_corsa"},
                                                        {"Content Manager.exe", "assetto_corsa"},
                                                        {"acc.exe", "assetto_corsa_competizione"},
                                                        {"iRacingUI.exe", "iracing"},
                                                        {"iRacingLauncher64.exe", "iracing"}}) {
    const LaunchPlan plan = this->plan({"wine", "/g/" + exe, "--later", "x.exe"}, {});
    EXPECT_EQ(plan.way, LaunchWay::kJoin) << exe;
    ASSERT_NE(plan.game.title, nullptr) << exe;
    EXPECT_EQ(plan.game.title->id, title);
    EXPECT_FALSE(title_of_exe_name(exe)) << "it is no game: nothing is called live by it";
  }
}

TEST_F(LaunchPlanTest, ASimMayBeNamedByATitleAnExeOrANumber) {
  for (const char* word : {"acc", "ACC.exe", "805550", "assetto_corsa_competizione"}) {
    facts_.sim = word;
    const LaunchPlan plan = this->plan({"wine", "unknown.exe"}, {});
    ASSERT_NE(plan.game.title, nullptr) << word << plan.remark;
    EXPECT_EQ(plan.game.title->id, "assetto_corsa_competizione") << word;
  }
}

TEST_F(LaunchPlanTest, TheUserDecidesFirst) {
  facts_.sim = "lmu";
  EXPECT_EQ(plan({"wine", "acs.exe"}, {{"SteamAppId", "7"}}).game.sim->name, "lmu");
  facts_.sim = "nonsense";
  const LaunchPlan bad = plan({"wine", "acs.exe"});
  EXPECT_EQ(bad.way, LaunchWay::kNothing);
  EXPECT_NE(bad.remark.find("\"nonsense\""), std::string::npos);
}

TEST_F(LaunchPlanTest, AnUnknownGameJustRunsAndSaysTheRemedy) {
  const LaunchPlan plan =
      this->plan({"/p/proton", "waitforexitandrun", "/g/Other.exe"}, {{"SteamAppId", "10"}});
  EXPECT_EQ(plan.way, LaunchWay::kNothing);
  EXPECT_TRUE(plan.variables.empty());
  EXPECT_NE(plan.remark.find("[app.10] sim ="), std::string::npos) << plan.remark;
  EXPECT_NE(plan.remark.find("Other.exe"), std::string::npos);
}

TEST_F(LaunchPlanTest, ZeroSwitchesItOffWithoutAWord) {
  Environment off = kSteam;
  off["PITBRIDGE"] = "0";
  const LaunchPlan plan = this->plan(kProtonCommand, off);
  EXPECT_EQ(plan.way, LaunchWay::kNothing);
  EXPECT_FALSE(plan.wanted);
  off["PITBRIDGE"] = "1";
  EXPECT_EQ(this->plan(kProtonCommand, off).way, LaunchWay::kProton);
}

TEST_F(LaunchPlanTest, TheConfigurationSwitchesASimOff) {
  facts_.is_enabled = [](const Sim& sim) { return sim.name != "ac"; };
  EXPECT_EQ(plan(kProtonCommand).way, LaunchWay::kNothing);
  EXPECT_FALSE(plan(kProtonCommand).wanted);
  EXPECT_EQ(plan({"wine", "AMS2AVX.exe"}, {}).way, LaunchWay::kJoin);
}

TEST_F(LaunchPlanTest, TheUsersOwnDebugCommandIsChained) {
  const auto chained = [&](const std::string& command) {
    Environment environment = kSteam;
    environment["PROTON_REMOTE_DEBUG_CMD"] = command;
    return variable(plan(kProtonCommand, environment), "PROTON_REMOTE_DEBUG_CMD");
  };
  const std::string ours = std::string(kStaged) + " --launched";
  EXPECT_EQ(chained("/x/rpc.exe --steam"), ours + " -- /x/rpc.exe --steam");
  EXPECT_EQ(chained("  '/x y/rpc.exe' \"a b\""), ours + " -- '/x y/rpc.exe' \"a b\"");
  EXPECT_EQ(chained("msvsmon/a.exe /x"), ours + " -- '/s/Proton 9.0/'msvsmon/a.exe /x");
  EXPECT_EQ(chained("'my dir/a.exe'"), ours + " -- '/s/Proton 9.0/''my dir/a.exe'");
  EXPECT_EQ(chained("  "), ours);
  EXPECT_EQ(chained(""), ours);
  EXPECT_EQ(chained(ours), "(not set)") << "a second pitbridge in the chain adds nothing";
}

// As they stand in the scripts of those versions.
constexpr const char* kScript7 =
    "import shlex\n"
    "        if \"PROTON_REMOTE_DEBUG_CMD\" in self.env:\n"
    "            self.remote_debug_cmd = shlex.split(self.env.get(\"PROTON_REMOTE_DEBUG_CMD\"))\n";
constexpr const char* kScript636 =
    "        if \"PROTON_REMOTE_DEBUG_CMD\" in self.env:\n"
    "            self.remote_debug_cmd = self.env.get(\"PROTON_REMOTE_DEBUG_CMD\").split(\" \")\n";
constexpr const char* kScript513 = "        self.run_proc([self.wine_bin] + sys.argv[2:])\n";

TEST_F(LaunchPlanTest, TheScriptsRuleIsSeenInItsText) {
  EXPECT_EQ(debug_command_rule(kScript7), DebugCommandRule::kShell);
  EXPECT_EQ(debug_command_rule(kScript636), DebugCommandRule::kBlanks);
  EXPECT_EQ(debug_command_rule(kScript513), DebugCommandRule::kNone);
  EXPECT_EQ(debug_command_rule(""), DebugCommandRule::kShell) << "it could not be read";
}

TEST_F(LaunchPlanTest, AScriptThatSplitsAtBlanksGetsNoQuotes) {
  facts_.proton_script = kScript636;
  Environment environment = kSteam;
  environment["PROTON_REMOTE_DEBUG_CMD"] = " \"x y\" -z";
  EXPECT_EQ(variable(plan(kProtonCommand, environment), "PROTON_REMOTE_DEBUG_CMD"),
            std::string(kStaged) + " --launched -- \"x y\" -z")
      << "the user wrote it for this script";
  facts_.stage_directory = "/home/a b/pitbridge/1";
  const LaunchPlan joined = plan(kProtonCommand, environment);
  EXPECT_EQ(joined.way, LaunchWay::kJoin);
  EXPECT_EQ(variable(joined, "PROTON_REMOTE_DEBUG_CMD"), "(not set)") << "the user's own stays as it is";
  EXPECT_NE(joined.remark.find("splits PROTON_REMOTE_DEBUG_CMD at blanks"), std::string::npos);
  facts_.proton_script = kScript7;
  EXPECT_EQ(variable(plan(kProtonCommand), "PROTON_REMOTE_DEBUG_CMD"),
            "'/home/a b/pitbridge/1/acbridge.exe.so' --launched");
}

TEST_F(LaunchPlanTest, AScriptThatDoesNotKnowTheVariableIsJoined) {
  facts_.proton_script = kScript513;
  const LaunchPlan plan = this->plan(kProtonCommand);
  EXPECT_EQ(plan.way, LaunchWay::kJoin);
  EXPECT_TRUE(plan.variables.empty());
  EXPECT_NE(plan.remark.find("does not know PROTON_REMOTE_DEBUG_CMD"), std::string::npos) << plan.remark;
}

TEST_F(LaunchPlanTest, AContainerWithoutTheHomeIsAskedForWhatTheBridgeNeeds) {
  facts_.config_files = {"/home/u/.config/pitbridge/config.toml", "/etc/pitbridge/config.toml", "/dev/null"};
  for (const auto& [name, value] :
       Environment{{"PRESSURE_VESSEL_SHARE_HOME", "0"}, {"PRESSURE_VESSEL_HOME", "/games/home"}}) {
    Environment environment = kSteam;
    environment[name] = value;
    for (const char* script : {kScript7, kScript513}) {
      facts_.proton_script = script;
      const LaunchPlan plan = this->plan(kProtonCommand, environment);
      EXPECT_EQ(variable(plan, "PRESSURE_VESSEL_FILESYSTEMS_RO"),
                "/home/u/.local/share/pitbridge/1:/home/u/.config/pitbridge/config.toml")
          << name;
      EXPECT_EQ(variable(plan, "PRESSURE_VESSEL_FILESYSTEMS_RW"), "/home/u/.local/state/pitbridge") << name;
    }
  }
  Environment shared = kSteam;
  shared["PRESSURE_VESSEL_SHARE_HOME"] = "1";
  EXPECT_EQ(variable(plan(kProtonCommand, shared), "PRESSURE_VESSEL_FILESYSTEMS_RO"), "(not set)");
}

TEST_F(LaunchPlanTest, TheContainerIsAskedForWhatItDoesNotShare) {
  facts_.stage_directory = "/data/pb/1";
  shm_directory_ = "/run/shm";
  Environment environment = kSteam;
  environment["PRESSURE_VESSEL_FILESYSTEMS_RW"] = "/mine";
  const LaunchPlan plan = this->plan(kProtonCommand, environment);
  EXPECT_EQ(variable(plan, "PRESSURE_VESSEL_FILESYSTEMS_RO"), "/data/pb/1");
  EXPECT_EQ(variable(plan, "PRESSURE_VESSEL_FILESYSTEMS_RW"), "/mine:/run/shm");
  EXPECT_EQ(variable(plan, "PITBRIDGE_SHM_DIR"), "/run/shm");
  EXPECT_EQ(variable(this->plan({"/s/proton", "run", "acs.exe"}), "PRESSURE_VESSEL_FILESYSTEMS_RO"),
            "(not set)")
      << "no container, nothing to ask for";
  facts_.stage_directory = "/home/user2/pb";
  EXPECT_EQ(variable(this->plan(kProtonCommand), "PRESSURE_VESSEL_FILESYSTEMS_RO"), "/home/user2/pb")
      << "/home/u is another home";
}

}  // namespace
}  // namespace pitbridge
