// SPDX-License-Identifier: MIT
// `pitbridge COMMAND...` without Proton: the command is what it would be without us, and a plain Wine is
// joined.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/posix/system/small_file.hpp"
#include "tests/e2e/launch_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// Long enough for Wine to start, and for a wineserver to go.
constexpr Seconds kWine(30);

class Run : public LaunchRun {
 protected:
  /// A program that writes down what it was started as, into `home()/NAME.*`, and then does `then`. Has an
  /// exe among its arguments when it is started by `stub_command`, so that it passes for a game.
  std::string stub(const std::string& then) const {
    const std::string path = home() + "/stub";
    std::ofstream(path) << "#!/bin/sh\n"
                           "echo $$ > \"$HOME/pid\"\n"
                           "cat /proc/$$/environ > \"$HOME/environ\"\n"
                           "cat /proc/$$/cmdline > \"$HOME/cmdline\"\n"
                           "ls /proc/self/fd > \"$HOME/fds\"\n"
                           "grep -e SigBlk -e SigIgn /proc/self/status > \"$HOME/signals\"\n"
                        << then << "\n";
    fs::permissions(path, fs::perms::owner_all);
    return path;
  }
  Words stub_command(const std::string& then) const {
    return {stub(then), "--flag", "", "a b", "--", "'\"\\", "\xc3\xa9", "/g/acs.exe"};
  }
  std::string noted(const std::string& what) const {
    return small_file(home() + "/" + what).value_or("(none)");
  }

  void expect_starts_with_one_line(const Variables& environment, const std::string& line_part,
                                   const Words& words = {}) {
    Process command =
        launch(words.empty() ? pitbridge(stub_command("echo started; exit 5")) : words, environment);
    EXPECT_EQ(command.wait(), 5) << command.output();
    EXPECT_TRUE(command.says("started")) << command.output();
    const std::string output = command.output();
    EXPECT_NE(output.find(line_part), std::string::npos) << output;
    EXPECT_NE(output.find("the game starts without a bridge"), std::string::npos) << output;
    EXPECT_EQ(output.find("pitbridge:"), output.rfind("pitbridge:")) << "one line only: " << output;
    EXPECT_TRUE(processes_named("pb-attendant").empty());
  }
};

TEST_F(Run, TheCommandIsWhatItWouldBeWithoutUs) {
  const Words command = stub_command("exit 42");
  std::map<std::string, std::string> before;
  for (const bool with_us : {false, true}) {
    Process run = launch(with_us ? pitbridge(command) : command, desktop());
    EXPECT_EQ(run.wait(), 42) << run.output();
    EXPECT_EQ(run.output(), "") << "nothing is said when all is well";
    EXPECT_EQ(noted("pid"), std::to_string(run.pid()) + "\n") << "it is the very process that was started";
    std::map<std::string, std::string> now;
    for (const char* what : {"environ", "cmdline", "signals", "fds"}) now[what] = noted(what);
    EXPECT_NE(now["cmdline"].find("\xc3\xa9"), std::string::npos);
    if (with_us) {
      EXPECT_EQ(now, before);
    }
    before = now;
  }
}

TEST_F(Run, SignalsReachTheCommandAndItsEndIsTold) {
  Process trap = launch(pitbridge(stub_command("trap 'echo caught; exit 7' TERM; echo waiting\n"
                                               "while :; do sleep 0.05; done")),
                        desktop());
  ASSERT_TRUE(trap.says("waiting")) << trap.output();
  trap.signal(SIGTERM);
  EXPECT_EQ(trap.wait(), 7) << trap.output();
  EXPECT_TRUE(trap.says("caught"));
  Process killed = launch(pitbridge(stub_command("kill -KILL $$")), desktop());
  EXPECT_EQ(killed.wait(), 128 + SIGKILL);
}

TEST_F(Run, ACommandThatCannotBeRunGivesTheStatusOfEnv) {
  Process missing = launch(pitbridge({"/nowhere/game", "acs.exe"}), desktop());
  EXPECT_EQ(missing.wait(), 127);
  EXPECT_TRUE(missing.says("cannot run \"/nowhere/game\": No such file")) << missing.output();
  Process refused = launch(pitbridge({home() + "/", "acs.exe"}), desktop());
  EXPECT_EQ(refused.wait(), 126) << refused.output();
  for (const Words& words :
       {Words{}, Words{"run"}, Words{"run", "--"}, Words{"raed", "ac"}, Words{"run", "--bogus"}}) {
    Process usage = launch(pitbridge(words), desktop());
    EXPECT_EQ(usage.wait(), 2) << usage.output();
    EXPECT_TRUE(usage.says("pitbridge")) << "with a word on it";
  }
}

TEST_F(Run, AnUnknownGameJustRuns) {
  const std::string other = stub("echo started; exit 5");
  expect_starts_with_one_line(desktop(), "not a sim that it knows (app id none, exe Other.exe)",
                              pitbridge({other, "/g/Other.exe"}));
  Variables environment = desktop();
  environment["SteamAppId"] = "12345";
  expect_starts_with_one_line(environment, "[app.12345] sim = \"SIM\"", pitbridge({other, "native-game"}));
}

TEST_F(Run, ZeroSwitchesItOffSilently) {
  Variables environment = desktop();
  environment["PITBRIDGE"] = "0";
  Process run = launch(pitbridge(stub_command("exit 3")), environment);
  EXPECT_EQ(run.wait(), 3);
  EXPECT_EQ(run.output(), "");
  EXPECT_FALSE(fs::exists(staged()));
}

// --- Whatever is wrong with us, the game starts ---

TEST_F(Run, StartsWithoutBridges) {
  Variables environment = desktop();
  environment["PITBRIDGE_BRIDGE_DIR"] = home();
  expect_starts_with_one_line(environment, "there is no acbridge.exe.so in " + home());
}

TEST_F(Run, StartsWhereNothingCanBeStaged) {
  Variables environment = desktop();
  environment["XDG_DATA_HOME"] = "/proc/nowhere";
  expect_starts_with_one_line(environment, "cannot make the directory /proc/nowhere");
}

TEST_F(Run, StartsWithAFullDisk) {
  const std::string disk = home() + "/disk";
  fs::create_directory(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0)
    GTEST_SKIP() << "mount is not allowed here";
  Variables environment = desktop();
  environment["XDG_DATA_HOME"] = disk;
  expect_starts_with_one_line(environment, "No space left on device");
  EXPECT_TRUE(fs::is_empty(disk + "/pitbridge/" + fs::path(staged()).parent_path().filename().string()))
      << "half a bridge must not stay";
  ::umount2(disk.c_str(), MNT_DETACH);
}

TEST_F(Run, StartsWithAReadOnlyHome) {
  if (::mount("tmpfs", (home() + "/.").c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "mount is not allowed here";
  const Words command = pitbridge({"/bin/sh", "-c", "echo started; exit 5", "acs.exe"});
  ::mount("none", home().c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr);
  expect_starts_with_one_line(desktop(), "Read-only file system", command);
  ::umount2(home().c_str(), MNT_DETACH);
}

TEST_F(Run, StartsWhereTheFilesCannotBeWritten) {
  Variables environment = desktop();
  environment["PITBRIDGE_SHM_DIR"] = "/nowhere/shm";
  expect_starts_with_one_line(environment, "/nowhere/shm cannot be written: No such file or directory");
  if (::mount("tmpfs", shm_path().c_str(), "tmpfs", MS_RDONLY, nullptr) != 0)
    GTEST_SKIP() << "mount is not allowed here";
  expect_starts_with_one_line(desktop(), shm_path() + " cannot be written: Read-only file system");
  ::umount2(shm_path().c_str(), MNT_DETACH);
}

TEST_F(Run, ARelativeHomeIsNoHome) {
  Variables variables = desktop();
  variables["HOME"] = "home";
  Process asked({.arguments = {built("bin/pitbridge"), "run", "--dry-run", "--json", "--",
                               "/s/_v2-entry-point", "/s/proton", "run", "acs.exe"},
                 .environment = variables,
                 .working_directory = directory()});
  EXPECT_EQ(asked.wait(), 0) << asked.output();
  const Json plan = Json::parse(asked.output());
  EXPECT_EQ(plan["bridge"].get<std::string>().front(), '/') << plan;
  EXPECT_EQ(asked.output().find("\"home/"), std::string::npos) << "no path of the plan is relative: " << plan;
}

TEST_F(Run, StartsWithAMistakeInOurOptions) {
  expect_starts_with_one_line(
      desktop(), "--bogus",
      Words{built("bin/pitbridge"), "run", "--bogus", "--"} + stub_command("echo started; exit 5"));
  expect_starts_with_one_line(
      desktop(), "no sim is called \"nonsense\"",
      Words{built("bin/pitbridge"), "run", "--sim", "nonsense", "--"} + stub_command("echo started; exit 5"));
}

/// The user's configuration file.
class RunConfigured : public Run {
 protected:
  Variables configured(const std::string& text) const {
    std::ofstream(home() + "/config.toml") << text;
    Variables variables = desktop_with_prefix();
    variables["PITBRIDGE_CONFIG_FILE"] = home() + "/config.toml";
    return variables;
  }
};

TEST_F(RunConfigured, ABrokenFileIsOneLineAndStopsNeitherGameNorBridge) {
  Process game = launch(pitbridge(wine_game()), configured("staay = true\n[sim.ac\n"));
  ASSERT_TRUE(game.says("ready", kWine)) << game.output();
  EXPECT_TRUE(becomes_live()) << game.output() << state_log();
  const std::string output = game.output();
  EXPECT_NE(output.find("config.toml:"), std::string::npos) << output;
  EXPECT_EQ(output.find("pitbridge:"), output.rfind("pitbridge:")) << output;
  game.tell("stop");
  EXPECT_EQ(game.wait(), 0);
  EXPECT_TRUE(has_gone("pb-attendant")) << state_log();
}

TEST_F(RunConfigured, ASimCanBeSwitchedOff) {
  Process run = launch(pitbridge(stub_command("sleep 1; exit 3")), configured("[sim.ac]\nenabled = false\n"));
  EXPECT_FALSE(eventually([&] { return !processes_named("pb-attendant").empty(); }, Seconds(0.5)));
  EXPECT_EQ(run.wait(), 3);
  EXPECT_EQ(run.output(), "") << "the user knows";
}

TEST_F(RunConfigured, AnUnknownAppIdCanBeGivenASimAndADirectory) {
  Variables variables = configured("shm_dir = \"" + home() + "/files\"\n[app.4242]\nsim = \"ac\"\n");
  fs::create_directory(home() + "/files");
  variables["SteamAppId"] = "4242";
  variables["PITBRIDGE_SHM_DIR"] = "";
  Process run =
      launch(Words{built("bin/pitbridge"), "run", "--dry-run", "--json", "--", "/s/proton", "run", "x.exe"},
             variables);
  EXPECT_EQ(run.wait(), 0) << run.output();
  const Json plan = Json::parse(run.output());
  EXPECT_EQ(plan["sim"], "ac");
  EXPECT_EQ(plan["variables"]["PITBRIDGE_SHM_DIR"], home() + "/files");
}

TEST_F(RunConfigured, WhatTheFileSaysOfAnAppHoldsForABridgeThatJoins) {
  Variables variables = configured("[app.244210]\nlog_level = \"debug\"\n");
  variables["SteamAppId"] = "244210";
  Process game = launch(pitbridge(wine_game()), variables);
  ASSERT_TRUE(becomes_live()) << game.output() << state_log();
  EXPECT_NE(state_log().find("debug"), std::string::npos) << state_log();
}

/// umu-run with the script of UMU-Proton 9: it gives Proton the app's number, starts the debug command and
/// the game by `start /unix`, which returns at once, and kills the debug command.
class RunUmu : public RunConfigured {
 protected:
  Words umu_run() const {
    const std::string path = home() + "/umu-run";
    std::ofstream(path) << "#!/bin/sh\n"
                           "export SteamAppId=\"${GAMEID#umu-}\" UMU_ID=\"$GAMEID\"\n"
                           "[ -z \"$PROTON_REMOTE_DEBUG_CMD\" ] || eval \"wine $PROTON_REMOTE_DEBUG_CMD &\"\n"
                           "debugger=$!\n"
                           "wine start /unix \"$@\" >/dev/null 2>&1 </dev/null\n"
                           "[ -z \"$debugger\" ] || { sleep 1; kill -9 \"$debugger\"; }\n";
    fs::permissions(path, fs::perms::owner_all);
    return {path, wine_game()[1]};
  }
  Variables umu(const std::string& config) const {
    Variables variables = configured(config);
    variables["GAMEID"] = "umu-244210";
    variables["UMU_ID"] = "";
    return variables;
  }
};

TEST_F(RunUmu, IsJoinedAndHeedsTheConfigurationOfItsApp) {
  Process command = launch(pitbridge(umu_run()), umu("[app.244210]\nlog_level = \"debug\"\n"));
  EXPECT_EQ(command.wait(kWine), 0) << command.output();
  ASSERT_TRUE(becomes_live()) << "the game goes on: " << command.output() << state_log();
  EXPECT_NE(state_log().find("debug"), std::string::npos) << state_log();
}

/// Why Proton's way is not for umu-run.
TEST_F(RunUmu, ABridgeOfTheScriptWouldBeKilled) {
  Variables variables = umu("");
  variables["PROTON_REMOTE_DEBUG_CMD"] = built("bin/acbridge.exe.so") + " --launched";
  Process command = launch(umu_run(), variables);
  EXPECT_EQ(command.wait(kWine), 0) << command.output();
  EXPECT_TRUE(running_game()) << "the game goes on";
  EXPECT_TRUE(has_gone("acbridge.exe.so"));
}

TEST_F(Run, StartsWhereNobodyReadsWhatItSays) {
  // A pipe without a reader, no streams at all, and no room to fork.
  const auto started = [&](const std::function<void()>& in_child) {
    fs::remove(home() + "/pid");
    Process run({.arguments = pitbridge({stub("exit 5"), "/g/Other.exe"}),
                 .environment = desktop(),
                 .in_child = in_child});
    EXPECT_EQ(run.wait(), 5);
    EXPECT_EQ(noted("pid"), std::to_string(run.pid()) + "\n");
  };
  started([] {
    int ends[2] = {};
    (void)!::pipe(ends);
    ::close(ends[0]);
    ::dup2(ends[1], STDERR_FILENO);
  });
  started([] { ::close_range(0, 2, 0); });
  started([] { ::signal(SIGCHLD, SIG_IGN); });
}

TEST_F(Run, StartsWhereAReaderNeverReads) {
  Process run(
      {.arguments = pitbridge({stub("exit 5"), "/g/Other.exe"}), .environment = desktop(), .in_child = [] {
         int ends[2] = {};
         (void)!::pipe(ends);
         ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
         char filler[4096] = {};
         while (::write(ends[1], filler, sizeof filler) > 0) {
         }
         ::fcntl(ends[1], F_SETFL, 0);
         ::dup2(ends[1], STDERR_FILENO);
       }});
  EXPECT_EQ(run.wait(kWine), 5);
}

// --- The bridge joins ---

TEST_F(Run, APlainWineIsJoinedAndNothingStays) {
  Process game = launch(pitbridge(wine_game()), desktop_with_prefix());
  ASSERT_TRUE(game.says("ready", kWine)) << game.output();
  ASSERT_TRUE(becomes_live()) << state_log();
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_physics"); }));
  const auto running = running_game();
  ASSERT_TRUE(running);
  EXPECT_EQ(running->process.id.pid, game.pid()) << "the game is the very process that was started";
  game.tell("stop");
  EXPECT_EQ(game.wait(), 0);
  EXPECT_TRUE(eventually([&] { return is_clear(); }));
  EXPECT_TRUE(has_gone("acbridge.exe.so")) << state_log();
  EXPECT_TRUE(has_gone("pb-attendant")) << state_log();
  EXPECT_EQ(game.output().find("pitbridge:"), std::string::npos) << game.output();
}

TEST_F(Run, TheGamesEnvironmentIsUntouchedWhenItIsJoined) {
  Environment environments[2];
  for (const bool with_us : {false, true}) {
    Process game = launch(with_us ? pitbridge(wine_game()) : wine_game(), desktop_with_prefix());
    ASSERT_TRUE(game.says("ready", kWine)) << game.output();
    const auto running = running_game();
    ASSERT_TRUE(running);
    environments[with_us ? 1 : 0] = environment_of(running->process.id).value_or(Environment{});
    game.tell("crash");
    EXPECT_EQ(game.wait(), 3) << "and its exit status";
  }
  EXPECT_GT(environments[0].size(), 5U);
  EXPECT_EQ(environments[0], environments[1]);
}

TEST_F(Run, ALauncherThatSetsThePrefixItselfIsFollowed) {
  // As Lutris and Heroic do: a native program that starts Wine with a prefix of its own choice.
  const std::string script =
      "WINEPREFIX='" + prefix() + "' wine '" + wine_game()[1] + "'; echo launcher ends";
  Process launcher = launch(pitbridge({"/bin/sh", "-c", script, "acs.exe"}), desktop());
  ASSERT_TRUE(becomes_live()) << launcher.output() << state_log();
  launcher.tell("stop");
  EXPECT_TRUE(launcher.says("launcher ends"));
  EXPECT_EQ(launcher.wait(), 0);
  EXPECT_TRUE(has_gone("acbridge.exe.so")) << state_log();
  EXPECT_TRUE(has_gone("pb-attendant")) << state_log();
}

TEST_F(Run, ALauncherThatLeavesTheGameBehindIsFollowed) {
  const std::string script = "setsid wine '" + wine_game()[1] +
                             "' --seconds 5 >/dev/null 2>&1 </dev/null & "
                             "while [ ! -e '" +
                             shm_path("acpmf_physics") + "' ]; do sleep 0.05; done";
  Process launcher = launch(pitbridge({"/bin/sh", "-c", script, "acs.exe"}), desktop_with_prefix());
  EXPECT_EQ(launcher.wait(kWine), 0) << state_log();
  EXPECT_TRUE(becomes_live()) << "the game lives on " << state_log();
  EXPECT_TRUE(has_gone("pb-attendant")) << state_log();
  EXPECT_TRUE(is_clear());
  EXPECT_TRUE(has_gone("acbridge.exe.so")) << state_log();
}

TEST_F(Run, AnExeThatTheTablesDoNotKnowIsJoinedByItsName) {
  GameSetup renamed;
  renamed.exe_name = "MyModded.exe";
  Process game = launch(Words{built("bin/pitbridge"), "run", "--sim", "ac", "--"} + wine_game(renamed),
                        desktop_with_prefix());
  // Its exe does not tell which game's values they are, but the bytes are there.
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_static") && !is_clear(); }, kWine)) << state_log();
  game.tell("stop");
  EXPECT_EQ(game.wait(), 0);
  EXPECT_TRUE(has_gone("acbridge.exe.so")) << state_log();
  EXPECT_TRUE(has_gone("pb-attendant")) << state_log();
}

TEST_F(Run, ABridgeThatDiesIsStartedAgain) {
  Process game = launch(pitbridge(wine_game()), desktop_with_prefix());
  ASSERT_TRUE(becomes_live()) << state_log();
  const pid_t first = reading().status->header.bridge_pid;
  ::kill(first, SIGKILL);
  ASSERT_TRUE(eventually(
      [&] {
        const auto status = reading().status;
        return status && status->header.bridge_pid != first;
      },
      kWine))
      << state_log();
  EXPECT_TRUE(becomes_live()) << state_log();
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_physics"); })) << state_log();
  game.tell("stop");
  EXPECT_EQ(game.wait(), 0);
  EXPECT_TRUE(has_gone("acbridge.exe.so")) << state_log();
  EXPECT_TRUE(has_gone("pb-attendant")) << state_log();
}

TEST_F(Run, ACommandWithoutAGameLeavesNobodyBehind) {
  Process command = launch(pitbridge(stub_command("sleep 1; exit 0")), desktop());
  EXPECT_TRUE(eventually([&] { return processes_named("pb-attendant").size() == 1; }))
      << "the test must see it";
  EXPECT_EQ(command.wait(), 0);
  EXPECT_TRUE(has_gone("pb-attendant")) << state_log();
}

TEST_F(Run, AGameThatRanBeforeIsNotTaken) {
  Process old_game = start_game();
  Process command = launch(pitbridge(stub_command("sleep 2; exit 0")), desktop());
  EXPECT_EQ(command.wait(), 0);
  EXPECT_TRUE(has_gone("pb-attendant"));
  EXPECT_FALSE(reading().status) << "no bridge was started for it";
}

/// Started by somebody else while the command runs, with a prefix of its own.
TEST_F(Run, AGameInAnotherPrefixIsNotTaken) {
  const std::string other = directory() + "/other";
  PrefixTemplate::copy_to(other);
  Process command = launch(pitbridge(stub_command("sleep 8; exit 0")), desktop_with_prefix());
  ASSERT_TRUE(eventually([&] { return !processes_named("pb-attendant").empty(); }));
  Variables variables = desktop();
  variables["WINEPREFIX"] = other;
  Process others_game = launch(wine_game(), variables);
  ASSERT_TRUE(others_game.says("ready", kWine)) << others_game.output();
  EXPECT_EQ(command.wait(), 0);
  EXPECT_TRUE(has_gone("pb-attendant")) << "it is not the command's game: " << state_log();
  EXPECT_TRUE(others_game.running());
  EXPECT_FALSE(reading().status) << "no bridge was started for it";
  others_game.tell("stop");
  EXPECT_EQ(others_game.wait(), 0);
  Process server({.arguments = {wineserver(), "-k"}, .environment = variables});
  (void)server.wait();
}

TEST_F(Run, ABridgeThatRunsAlreadyIsLeftAlone) {
  // Without it the session, and the bridge with it, would end soon after the game.
  Process holder({.arguments = {"wine", "cmd.exe"}, .environment = environment()});
  Process first = start_bridge({.arguments = {"--stay"}});
  ASSERT_TRUE(becomes(BridgeState::kWaiting)) << first.output();
  Process game = launch(pitbridge(wine_game()), desktop_with_prefix());
  ASSERT_TRUE(becomes_live()) << first.output();
  EXPECT_TRUE(
      eventually([&] { return state_log().find("somebody else has started") != std::string::npos; }, kWine))
      << state_log();
  EXPECT_EQ(reading().status->header.bridge_pid, first.pid());
  game.tell("stop");
  EXPECT_EQ(game.wait(), 0);
  EXPECT_TRUE(has_gone("pb-attendant")) << state_log();
  EXPECT_TRUE(first.running());
}

// --- Dry run ---

TEST_F(Run, ADryRunTellsAndDoesNothing) {
  Variables environment = desktop();
  environment["SteamAppId"] = "244210";
  const Words command = {"/s/reaper",     "SteamLaunch",       "--",
                         "/s/P 9/proton", "waitforexitandrun", "/g/AssettoCorsa.exe"};
  Process run =
      launch(Words{built("bin/pitbridge"), "run", "--dry-run", "--json", "--"} + command, environment);
  EXPECT_EQ(run.wait(), 0) << run.output();
  const Json plan = Json::parse(run.output());
  EXPECT_EQ(plan["sim"], "ac");
  EXPECT_EQ(plan["title"], "assetto_corsa");
  EXPECT_EQ(plan["app_id"], 244210);
  EXPECT_EQ(plan["exe"], "AssettoCorsa.exe");
  EXPECT_EQ(plan["way"], "proton");
  EXPECT_EQ(plan["bridge"], staged());
  EXPECT_EQ(plan["obstacle"], "");
  EXPECT_EQ(plan["command"], Json(command));
  EXPECT_EQ(plan["variables"], Json({{"PROTON_REMOTE_DEBUG_CMD", staged() + " --launched"}}));
  Process text = launch(Words{built("bin/pitbridge"), "run", "--dry-run", "--"} + command, environment);
  EXPECT_EQ(text.wait(), 0);
  for (const char* part : {"sim       ac", "title     Assetto Corsa", "app id    244210",
                           "PROTON_REMOTE_DEBUG_CMD=", "'/s/P 9/proton'"})
    EXPECT_NE(text.output().find(part), std::string::npos) << part << "\n" << text.output();
  EXPECT_FALSE(fs::exists(home() + "/.local")) << "nothing is staged";
  environment["PITBRIDGE_BRIDGE_DIR"] = home();
  Process obstacle = launch(Words{built("bin/pitbridge"), "run", "--dry-run", "--"} + command, environment);
  EXPECT_EQ(obstacle.wait(), 0);
  EXPECT_TRUE(obstacle.says("obstacle  there is no acbridge.exe.so")) << obstacle.output();
}

}  // namespace
}  // namespace pitbridge::e2e
