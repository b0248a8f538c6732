// SPDX-License-Identifier: MIT
// `pitbridge %command%` in the model of Steam's launch chain: Proton starts the bridge, and nothing else
// changes.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "common/posix/system/small_file.hpp"
#include "tests/e2e/steam_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;

class Steam : public SteamRun {};

TEST_F(Steam, TheBridgeStartsBeforeTheGameAndLeavesWithIt) {
  Process chain = launch(pitbridge(command()), steam());
  ASSERT_TRUE(chain.says("ready")) << chain.output();
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_physics"); }));
  const auto bridge = find_process(reading().status->header.bridge_pid);
  ASSERT_TRUE(bridge);
  EXPECT_EQ(bridge->argv.front(), staged()) << "the copy in the home, which the container shares";
  const auto game = running_game();
  ASSERT_TRUE(game);
  EXPECT_LE(bridge->id.start_ticks, game->process.id.start_ticks);
  EXPECT_NE(reading().status->header.game_pid, 0U);
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output() << state_log();
  EXPECT_TRUE(is_clear());
  EXPECT_TRUE(has_gone("acbridge.exe.so"));
  EXPECT_NE(state_log().find("waiting for Assetto Corsa"), std::string::npos) << state_log();
  EXPECT_EQ(chain.output().find("pitbridge:"), std::string::npos) << chain.output();
}

/// Both halves of a twin in the container, and no trace of either when the game has gone.
TEST_F(Steam, TheTwinIsStartedByTheScriptWhereTheUserWantsIt) {
  auto variables = steam();
  variables["PITBRIDGE_TWIN"] = "always";
  Process chain = launch(pitbridge(command()), variables);
  ASSERT_TRUE(chain.says("ready")) << chain.output();
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  const auto native = find_process(reading().status->header.bridge_pid);
  ASSERT_TRUE(native);
  EXPECT_EQ(native->comm, "pitbridge-keepe");
  EXPECT_EQ(processes_named("acbridge.exe").size(), 1U);
  EXPECT_TRUE(processes_named("acbridge.exe.so").empty());
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output() << state_log();
  EXPECT_TRUE(eventually([&] { return is_clear(); })) << state_log();
  EXPECT_TRUE(has_gone("acbridge.exe") && has_gone("pitbridge-keepe")) << state_log();
  EXPECT_EQ(chain.output().find("pitbridge:"), std::string::npos) << chain.output();
}

/// The script may not start what it was asked to start.
TEST_F(Steam, AGameThatTheScriptLeavesWithoutABridgeIsJoined) {
  auto variables = steam();
  variables["MODEL_NO_SECOND_PROGRAM"] = "1";
  Process chain = launch(pitbridge(command()), variables);
  ASSERT_TRUE(chain.says("ready")) << chain.output();
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  EXPECT_NE(state_log().find(") serves acs.exe"), std::string::npos) << state_log();
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output() << state_log();
  EXPECT_TRUE(has_gone("acbridge.exe.so"));
  EXPECT_TRUE(has_gone("pb-attendant")) << state_log();
}

TEST_F(Steam, ABridgeOfTheScriptThatDiesIsReplaced) {
  Process chain = launch(pitbridge(command()), steam());
  ASSERT_TRUE(chain.says("ready")) << chain.output();
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  const pid_t first = reading().status->header.bridge_pid;
  ::kill(first, SIGKILL);
  ASSERT_TRUE(eventually([&] { return reading().status->header.bridge_pid != first; })) << state_log();
  ASSERT_TRUE(becomes_live()) << state_log();
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output() << state_log();
  EXPECT_TRUE(has_gone("acbridge.exe.so"));
  EXPECT_TRUE(has_gone("pb-attendant")) << state_log();
}

TEST_F(Steam, ItServesEachGameOfTheSession) {
  // As Assetto Corsa does: a launcher stays, and starts the game anew for every race.
  Process chain = launch(pitbridge(command({"AssettoCorsa.exe", {"--sim", "none"}})), steam());
  ASSERT_TRUE(chain.says("ready")) << chain.output();
  for (int race = 0; race < 2; ++race) {
    Process game = start_game();
    ASSERT_TRUE(becomes_live()) << race << state_log();
    game.tell("stop");
    EXPECT_EQ(game.wait(), 0);
    EXPECT_TRUE(eventually([&] { return is_clear(); })) << race;
  }
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output() << state_log();
  EXPECT_TRUE(has_gone("acbridge.exe.so"));
}

/// Games that never make a mapping: without care the bridge would be the last ordinary process, for which
/// Proton's helper waits for ever.
struct SilentGame {
  const char* name;
  GameSetup game;
  int status;
};

class SteamNeverWaits : public SteamRun, public ::testing::WithParamInterface<SilentGame> {};

TEST_P(SteamNeverWaits, ForABridgeWithoutAMapping) {
  for (const bool with_us : {false, true}) {
    const Words words = with_us ? pitbridge(command(GetParam().game)) : command(GetParam().game);
    Process chain = launch(words, steam());
    EXPECT_EQ(chain.wait(), GetParam().status) << with_us << chain.output() << state_log();
    EXPECT_TRUE(has_gone("acbridge.exe.so"));
  }
  EXPECT_NE(state_log().find("waiting for"), std::string::npos) << "the bridge was there";
}

INSTANTIATE_TEST_SUITE_P(
    Steam, SteamNeverWaits,
    ::testing::Values(SilentGame{"Silent", {"acs.exe", {"--sim", "none", "--seconds", "2"}}, 0},
                      SilentGame{"GoneAtOnce", {"acs.exe", {"--help"}}, 0},
                      SilentGame{"Failing", {"acs.exe", {"--sim", "nonsense"}}, 2}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(Steam, AGameThatCannotBeStartedEndsAsWithoutUs) {
  Words words = command();
  std::error_code ignored;
  fs::remove(words.back(), ignored);
  for (const bool with_us : {false, true}) {
    Process chain = launch(with_us ? pitbridge(words) : words, steam());
    EXPECT_EQ(chain.wait(), 1) << with_us << chain.output();
  }
}

TEST_F(Steam, TheExitStatusIsTheGames) {
  for (const bool with_us : {false, true}) {
    Process chain = launch(with_us ? pitbridge(command()) : command(), steam());
    ASSERT_TRUE(chain.says("ready")) << chain.output();
    chain.tell("crash");
    EXPECT_EQ(chain.wait(), 3) << with_us << chain.output();
    EXPECT_TRUE(eventually([&] { return is_clear() || !with_us; })) << "nothing stale after a crash";
  }
}

TEST_F(Steam, InsideTheGameOnlyOneVariableDiffers) {
  Environment environments[2];
  Words arguments[2];
  for (const int with_us : {0, 1}) {
    Process chain = launch(with_us == 1 ? pitbridge(command()) : command(), steam());
    ASSERT_TRUE(chain.says("ready")) << chain.output();
    const auto game = running_game();
    ASSERT_TRUE(game);
    environments[with_us] = environment_of(game->process.id).value_or(Environment{});
    arguments[with_us] = game->process.argv;
    chain.tell("stop");
    EXPECT_EQ(chain.wait(), 0);
  }
  EXPECT_EQ(arguments[0], arguments[1]);
  EXPECT_EQ(value_or_empty(environments[1], "PROTON_REMOTE_DEBUG_CMD"), staged() + " --launched");
  for (Environment& environment : environments) {
    environment.erase("PROTON_REMOTE_DEBUG_CMD");
    environment.erase("WINESERVERSOCKET");  // Wine's own: a descriptor's number
    EXPECT_GT(environment.size(), 10U);
  }
  EXPECT_EQ(environments[0], environments[1]);
}

/// Scripts of other versions, as far as the variable is concerned.
class SteamOldProton : public SteamRun {
 protected:
  void put(const std::string& from, const std::string& to) const {
    const std::string script = proton_directory() + "/proton";
    std::string text = small_file(script).value_or("");
    ASSERT_NE(text.find(from), std::string::npos) << text;
    while (text.find(from) != std::string::npos) text.replace(text.find(from), from.size(), to);
    std::ofstream(script, std::ios::trunc) << text;
  }
  /// The variable is empty in the tests' environment. Wine 10 opens a window for an empty command, and waits.
  void split_at_blanks() const {
    put("shlex.split(env.get(\"PROTON_REMOTE_DEBUG_CMD\", \"\"))",
        "[word for word in env.get(\"PROTON_REMOTE_DEBUG_CMD\", \"\").split(\" \") if word]");
  }
  void expect_a_bridge_of(const std::string& parent) { expect_a_bridge_of(parent, steam()); }
  void expect_a_bridge_of(const std::string& parent, const Variables& environment) {
    Process chain = launch(pitbridge(command()), environment);
    ASSERT_TRUE(chain.says("ready")) << chain.output();
    ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
    EXPECT_EQ(state_log().find(") serves acs.exe") != std::string::npos, parent == "attendant")
        << state_log();
    chain.tell("stop");
    EXPECT_EQ(chain.wait(), 0) << chain.output() << state_log();
    EXPECT_TRUE(has_gone("acbridge.exe.so"));
  }
};

TEST_F(SteamOldProton, ThatSplitsAtBlanksStartsTheBridge) {
  split_at_blanks();
  expect_a_bridge_of("script");
}

TEST_F(SteamOldProton, ThatSplitsAtBlanksIsJoinedWhereThePathHasOne) {
  split_at_blanks();
  Variables environment = steam();
  environment["XDG_DATA_HOME"] = home() + "/my data";
  // Not only because the attendant looks after a bridge that the script could not start.
  Process plan = launch(pitbridge(Words{"run", "--dry-run", "--"} + command()), environment);
  EXPECT_TRUE(plan.says("splits PROTON_REMOTE_DEBUG_CMD at blanks")) << plan.output();
  expect_a_bridge_of("attendant", environment);
}

TEST_F(SteamOldProton, ThatDoesNotKnowTheVariableIsJoined) {
  put("PROTON_REMOTE_DEBUG_CMD", "NOT_YET_INVENTED");
  expect_a_bridge_of("attendant");
}

/// As with umu: the script starts the game by start /unix, has its end at once and kills the bridge.
TEST_F(Steam, AScriptThatDoesNotWaitForTheGameLeavesItABridgeAllTheSame) {
  Variables environment = steam();
  environment["UMU_ID"] = "umu-244210";
  Process chain = launch(pitbridge(command({"acs.exe", {"--seconds", "60"}})), environment);
  ASSERT_TRUE(eventually([&] { return state_log().find(") serves acs.exe") != std::string::npos; }))
      << "the attendant's own: " << chain.output() << state_log();
  EXPECT_TRUE(becomes_live()) << state_log();
  EXPECT_EQ(processes_named("acbridge.exe.so").size(), 1U);
  const auto game = running_game();
  ASSERT_TRUE(game);
  ::kill(game->process.id.pid, SIGKILL);
  EXPECT_TRUE(chain.wait().has_value()) << "nobody holds Steam up: " << chain.output() << state_log();
  EXPECT_TRUE(has_gone("acbridge.exe.so") && has_gone("pb-attendant"));
}

/// Wine's mark of its own programs, without which the script's steam.exe=b refuses one.
TEST_F(Steam, TheModelTakesOnlyASteamExeThatIsMarked) {
  const std::string helper = prefix() + "/drive_c/windows/system32/steam.exe";
  std::string bytes = small_file(helper).value_or("");
  const auto mark = bytes.find("Wine builtin DLL");
  ASSERT_LT(mark, 0x100U) << "steam.exe is built without the mark";
  bytes.replace(mark, 4, "none");
  std::ofstream(helper, std::ios::binary | std::ios::trunc) << bytes;
  Process chain = launch(command(), steam());
  EXPECT_NE(chain.wait(), 0) << chain.output();
  EXPECT_FALSE(running_game());
}

/// A container that does not share the home (PRESSURE_VESSEL_SHARE_HOME=0).
TEST_F(Steam, AContainerWithoutTheHomeGetsTheBridgeItsLogAndTheConfiguration) {
  if (!no_container().empty()) GTEST_SKIP() << no_container();
  fs::create_directories(home() + "/.config/pitbridge");
  std::ofstream(home() + "/.config/pitbridge/config.toml") << "[app.244210]\nlog_level = \"debug\"\n";
  auto variables = steam();
  variables["PITBRIDGE_CONFIG_FILE"] = "";
  variables["PRESSURE_VESSEL_SHARE_HOME"] = "0";
  Process chain = launch(pitbridge(command()), variables);
  ASSERT_TRUE(chain.says("ready")) << chain.output();
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  EXPECT_NE(state_log().find("debug"), std::string::npos) << state_log();
  EXPECT_EQ(state_log().find(") serves acs.exe"), std::string::npos) << "the script has started it";
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output() << state_log();
}

/// A command of the user's for Proton's debug variable: makes a file by which the test knows that it ran.
class SteamDebugCommand : public SteamRun {
 protected:
  void SetUp() override {
    SteamRun::SetUp();
    fs::create_directories(traces());
    (void)place_game({.exe_name = "their tool.exe"}, proton_directory() + "/my tools");
  }
  std::string traces() const { return home() + "/traces"; }
  std::string arguments(const std::string& more) const {
    return " --sim none --map 'Their Own:4096' --backing '" + traces() + "' " + more;
  }
  bool has_run() const { return fs::exists(traces() + "/Their Own"); }
  void expect_both(const std::string& command_text, const Variables& more = {}) {
    Variables environment = steam();
    environment.insert(more.begin(), more.end());
    environment["PROTON_REMOTE_DEBUG_CMD"] = command_text;
    Process chain = launch(pitbridge(command()), environment);
    ASSERT_TRUE(chain.says("ready")) << chain.output();
    EXPECT_TRUE(becomes_live()) << chain.output() << state_log();
    EXPECT_TRUE(eventually([&] { return has_run(); })) << chain.output() << state_log();
    EXPECT_EQ(state_log().find(") serves acs.exe"), std::string::npos) << "no attendant had to";
    // Both read the same standard input, so the game is only told when it is alone; and again, because a read
    // of the tool that has gone may have taken the word.
    EXPECT_TRUE(has_gone("their tool.exe"));
    EXPECT_TRUE(eventually([&] {
      if (running_game()) chain.tell("stop");
      return !running_game();
    }));
    EXPECT_EQ(chain.wait(), 0) << chain.output();
    EXPECT_TRUE(has_gone("acbridge.exe.so") && has_gone("pitbridge-keepe"));
  }
};

TEST_F(SteamDebugCommand, OfTheUsersRunsBesideOurs) {
  expect_both("'" + proton_directory() + "/my tools/their tool.exe'" + arguments("--seconds 1"));
}

TEST_F(SteamDebugCommand, OfTheUsersRunsBesideATwin) {
  expect_both("'" + proton_directory() + "/my tools/their tool.exe'" + arguments("--seconds 1"),
              {{"PITBRIDGE_TWIN", "always"}});
}

TEST_F(SteamDebugCommand, MayBeRelativeToProton) {
  expect_both("'my tools/their tool.exe'" + arguments("--seconds 1"));
}

TEST_F(SteamDebugCommand, HoldsTheSessionUpAsWithoutUs) {
  for (const bool with_us : {false, true}) {
    Variables environment = steam();
    environment["PROTON_REMOTE_DEBUG_CMD"] = "'my tools/their tool.exe'" + arguments("");
    const Words words = command({"acs.exe", {"--seconds", "3"}});
    Process chain = launch(with_us ? pitbridge(words) : words, environment);
    ASSERT_TRUE(eventually([&] { return processes_named("their tool.exe").size() == 1; })) << chain.output();
    const ProcessInfo theirs = processes_named("their tool.exe").front();
    ASSERT_TRUE(eventually([&] { return running_game().has_value(); }));
    EXPECT_TRUE(eventually([&] { return !running_game(); }));
    // Longer than the wineserver would take to go.
    EXPECT_FALSE(chain.wait(Seconds(5)).has_value()) << with_us;
    EXPECT_TRUE(is_alive(theirs.id)) << with_us;
    ::kill(theirs.id.pid, SIGKILL);
    EXPECT_EQ(chain.wait(), 0) << chain.output() << state_log();
    EXPECT_TRUE(has_gone("acbridge.exe.so"));
  }
}

TEST_F(SteamDebugCommand, IsKilledWithTheProcessThatProtonKills) {
  Variables environment = steam();
  environment["PROTON_REMOTE_DEBUG_CMD"] = "'my tools/their tool.exe'" + arguments("");
  Process chain = launch(pitbridge(command({"acs.exe", {"--seconds", "60"}})), environment);
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  ASSERT_TRUE(eventually([&] { return processes_named("their tool.exe").size() == 1; })) << chain.output();
  const ProcessInfo theirs = processes_named("their tool.exe").front();
  const auto in_hand = find_process(theirs.parent);
  ASSERT_TRUE(in_hand);
  const auto script = find_process(in_hand->parent);
  ASSERT_TRUE(script);
  EXPECT_TRUE(std::any_of(script->argv.begin(), script->argv.end(), [](const std::string& word) {
    return word.ends_with("/proton");
  })) << script->comm;
  const std::int32_t bridge = reading().status->header.bridge_pid;
  EXPECT_NE(bridge, in_hand->id.pid) << "what Proton kills is not the bridge";
  ::kill(in_hand->id.pid, SIGKILL);
  EXPECT_TRUE(has_gone("their tool.exe"));
  EXPECT_TRUE(becomes_live()) << "the bridge goes on";
  EXPECT_EQ(reading().status->header.bridge_pid, bridge);
  ::kill(running_game()->process.id.pid, SIGKILL);
  EXPECT_TRUE(chain.wait().has_value()) << chain.output() << state_log();
}

TEST_F(SteamDebugCommand, ThatIsASystemProcessItselfHoldsNothingUp) {
  // As rpc-bridge does it; ours of another sim does the same.
  Variables environment = steam();
  environment["PROTON_REMOTE_DEBUG_CMD"] = "'" + traces() + "/pcars2bridge.exe.so' --launched";
  fs::copy_file(built("bin/pcars2bridge.exe.so"), traces() + "/pcars2bridge.exe.so");
  Process chain = launch(pitbridge(command()), environment);
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  EXPECT_TRUE(becomes(BridgeState::kWaiting, "pcars2")) << state_log("pcars2bridge");
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output();
  EXPECT_TRUE(has_gone("acbridge.exe.so"));
  EXPECT_TRUE(has_gone("pcars2bridge.ex"));
}

TEST_F(SteamDebugCommand, ThatCannotBeStartedDoesNoHarm) {
  Variables environment = steam();
  environment["PROTON_REMOTE_DEBUG_CMD"] = "/nowhere/at all.exe";
  Process chain = launch(pitbridge(command()), environment);
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output();
}

TEST_F(Steam, OtherWrappersMayStandBeforeAndBehind) {
  const auto wrapper = [&](const char* name, const char* variable) {
    const std::string path = home() + "/" + name;
    std::ofstream(path) << "#!/bin/sh\nexport " << variable << "=1\nexec \"$@\"\n";
    fs::permissions(path, fs::perms::owner_all);
    return path;
  };
  const Words others = {wrapper("gamemoderun", "MODEL_GAMEMODE"), wrapper("mangohud", "MODEL_MANGOHUD")};
  for (const Words& words : {others + pitbridge(command()), pitbridge(others + command()),
                             Words{others[0]} + pitbridge(Words{others[1]} + command())}) {
    Process chain = launch(words, steam());
    ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
    const auto game = running_game();
    ASSERT_TRUE(game);
    const auto environment = environment_of(game->process.id);
    ASSERT_TRUE(environment);
    EXPECT_EQ(value_or_empty(*environment, "MODEL_GAMEMODE"), "1");
    EXPECT_EQ(value_or_empty(*environment, "MODEL_MANGOHUD"), "1");
    chain.tell("stop");
    EXPECT_EQ(chain.wait(), 0) << chain.output();
  }
}

TEST_F(Steam, TwoPitbridgesInOneChainAreOneBridge) {
  Process chain = launch(pitbridge(pitbridge(command())), steam());
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  EXPECT_EQ(processes_named("acbridge.exe.so").size(), 1U);
  EXPECT_EQ(state_log().find("runs already"), std::string::npos) << state_log();
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output();
}

TEST_F(Steam, TheVerbRunWorksTheSameAndRuninprefixIsJoined) {
  for (const char* verb : {"run", "runinprefix"}) {
    Words words = command_without_container();
    words[5] = verb;
    Process chain = launch(pitbridge(words), steam());
    ASSERT_TRUE(becomes_live()) << verb << chain.output() << state_log();
    chain.tell("stop");
    EXPECT_EQ(chain.wait(), 0) << verb << chain.output();
    EXPECT_TRUE(has_gone("acbridge.exe.so")) << verb << state_log();
    EXPECT_TRUE(has_gone("pb-attendant")) << verb << state_log();
  }
}

TEST_F(Steam, AKilledBridgeLeavesClearFilesAndTheGameGoesOn) {
  Process chain = launch(pitbridge(command()), steam());
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  ::kill(reading().status->header.bridge_pid, SIGKILL);
  EXPECT_TRUE(eventually([&] { return is_clear(); }));
  EXPECT_TRUE(chain.running());
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output();
}

class SteamContainer : public SteamRun {
 protected:
  void SetUp() override {
    if (!no_container().empty()) GTEST_SKIP() << no_container();
    SteamRun::SetUp();
  }
};

TEST_F(SteamContainer, HidesTheInstallationAndTheStagedCopyServes) {
  Process chain = launch(pitbridge(command()), steam());
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  const std::string inside = "/proc/" + std::to_string(reading().status->header.bridge_pid) + "/root";
  EXPECT_FALSE(fs::exists(inside + built("bin/acbridge.exe.so"))) << "the model must hide it";
  EXPECT_FALSE(fs::exists(inside + "/usr/local"));
  EXPECT_TRUE(fs::exists(inside + staged()));
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output();
}

TEST_F(SteamContainer, IsAskedForADirectoryThatItDoesNotShare) {
  std::string elsewhere = "/var/lib/pitbridge-XXXXXX";
  if (::mkdtemp(elsewhere.data()) == nullptr) GTEST_SKIP() << "only root can make a directory in /var/lib";
  Variables environment = steam();
  environment["XDG_DATA_HOME"] = elsewhere + "/data";
  environment["PRESSURE_VESSEL_FILESYSTEMS_RO"] = "/var/lib/nowhere";
  fs::create_directories(elsewhere + "/shm");
  environment.erase("PITBRIDGE_SHM_DIR");
  Process chain =
      launch(Words{built("bin/pitbridge"), "--shm-dir", elsewhere + "/shm"} + command(), environment);
  EXPECT_TRUE(eventually([&] { return read_mirror(elsewhere + "/shm", *find_sim("ac")).title != nullptr; }))
      << chain.output() << state_log();
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output();
  fs::remove_all(elsewhere);
}

TEST_F(SteamContainer, WithADevShmOfItsOwnPublishesThere) {
  // As Flatpak's Steam with per-app-dev-shm: on the host it is a directory below $XDG_RUNTIME_DIR/.flatpak.
  Variables environment = steam();
  const std::string dev_shm = home() + "/dev-shm";
  fs::create_directories(dev_shm);
  environment["MODEL_DEV_SHM"] = dev_shm;
  environment["PITBRIDGE_SHM_DIR"] = "";
  Process chain = launch(pitbridge(command()), environment);
  EXPECT_TRUE(eventually([&] { return read_mirror(dev_shm, *find_sim("ac")).title != nullptr; }))
      << chain.output() << state_log();
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output();
}

/// What simd does once it sees the game (common/posix/session/README.md): all that it needs stands in the
/// game's environment.
class SteamSimd : public SteamRun {
 protected:
  /// The launch options that README.md gives: SIMD_BRIDGE_EXE=... %command%
  Process launch_with_simd_bridge() {
    Variables environment = steam();
    fs::copy_file(built("bin/acbridge.exe.so"), home() + "/acbridge.exe.so");
    environment["SIMD_BRIDGE_EXE"] = home() + "/acbridge.exe.so";
    return launch(command(), environment);
  }
  /// simd's own start of a bridge: the first tool path, exactly two variables, streams that are read-only.
  /// The shm directory is the test's addition: simd's bridge writes into /dev/shm.
  std::optional<Process> start_as_simd_does() {
    const auto game = running_game();
    if (!game) return std::nullopt;
    const Environment seen = environment_of(game->process.id).value_or(Environment{});
    const std::string tools = value_or_empty(seen, "STEAM_COMPAT_TOOL_PATHS");
    const std::string wine = tools.substr(0, tools.find(':')) + "/files/bin/wine";
    const std::string data = value_or_empty(seen, "STEAM_COMPAT_DATA_PATH");
    const std::string bridge = value_or_empty(seen, "SIMD_BRIDGE_EXE");
    EXPECT_TRUE(fs::exists(wine)) << wine;
    EXPECT_FALSE(data.empty());
    return std::optional<Process>(std::in_place,
                                  Process::Setup{.arguments = {wine, bridge},
                                                 .environment = {{"WINEPREFIX", data + "/pfx"},
                                                                 {"WINEFSYNC", "1"},
                                                                 {"PITBRIDGE_LOG_FILE", home() + "/simd.log"},
                                                                 {"PITBRIDGE_SHM_DIR", shm_path()}},
                                                 .clear_environment = true,
                                                 .working_directory = "/",
                                                 .in_child = [] {
                                                   ::setsid();
                                                   ::umask(0);
                                                   const int null = ::open("/dev/null", O_RDONLY);
                                                   for (int fd = 0; fd < 3; ++fd) ::dup2(null, fd);
                                                 }});
  }
};

TEST_F(SteamSimd, FindsWhatItNeedsInTheGameAndItsBridgeNeverHoldsSteamUp) {
  Process chain = launch_with_simd_bridge();
  ASSERT_TRUE(chain.says("ready")) << chain.output();
  auto bridge = start_as_simd_does();
  ASSERT_TRUE(bridge);
  ASSERT_TRUE(becomes_live()) << chain.output();
  EXPECT_EQ(reading().status->header.bridge_pid, bridge->pid()) << "the pid that simd will signal";
  auto second = start_as_simd_does();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->wait(), 3) << "a restarted simd starts another, which must leave";
  // simd is gone, and tells nobody: the bridge sees by itself that the game ends, and Steam does not wait for
  // it.
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output();
  EXPECT_EQ(bridge->wait(), 0);
  EXPECT_TRUE(is_clear());
}

TEST_F(SteamSimd, StopsItByOneSignalWhileTheGameGoesOn) {
  Process chain = launch_with_simd_bridge();
  ASSERT_TRUE(chain.says("ready")) << chain.output();
  auto bridge = start_as_simd_does();
  ASSERT_TRUE(bridge);
  ASSERT_TRUE(becomes_live()) << chain.output();
  bridge->signal(SIGTERM);
  EXPECT_EQ(bridge->wait(), 0);
  EXPECT_TRUE(is_clear());
  EXPECT_TRUE(chain.running());
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output();
}

TEST_F(SteamSimd, AndOurWrapperTogetherAreOneBridge) {
  Variables environment = steam();
  fs::copy_file(built("bin/acbridge.exe.so"), home() + "/acbridge.exe.so");
  environment["SIMD_BRIDGE_EXE"] = home() + "/acbridge.exe.so";
  Process chain = launch(pitbridge(command()), environment);
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  auto theirs = start_as_simd_does();
  ASSERT_TRUE(theirs);
  EXPECT_EQ(theirs->wait(), 3) << small_file(home() + "/simd.log").value_or("no log");
  EXPECT_TRUE(becomes_live());
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output();
}

}  // namespace
}  // namespace pitbridge::e2e
