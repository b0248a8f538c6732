// SPDX-License-Identifier: MIT
// `pitbridge watch` under a real Wine: games get their bridges without any launch option.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "common/posix/session/wine_process.hpp"
#include "common/posix/system/small_file.hpp"
#include "tests/e2e/steam_run.hpp"

namespace pitbridge::e2e {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

class Watch : public WineRun {
 protected:
  void TearDown() override {
    if (fs::exists(second_prefix())) (void)wineserver(second_prefix(), "-k");
    WineRun::TearDown();
  }

  std::string path(const std::string& name) const { return fs::path(shm_path()).parent_path() / name; }
  std::string second_prefix() const { return path("second"); }
  std::string config_path() const { return path("config.toml"); }
  std::string bridge_log() const {
    return small_file(path("state/pitbridge/acbridge.log")).value_or("there is no log");
  }

  std::map<std::string, std::string> watch_environment() const {
    auto variables = environment();
    variables["XDG_RUNTIME_DIR"] = path("run");
    variables["XDG_STATE_HOME"] = path("state");
    variables["PITBRIDGE_CONFIG_FILE"] = fs::exists(config_path()) ? config_path() : "/dev/null";
    return variables;
  }
  /// Others run games on this machine, too: ours are those of our prefixes.
  Process watch(const Words& more = {}, const std::map<std::string, std::string>& variables = {}) {
    Words words = {built("bin/pitbridge"), "watch", "--prefix", prefix(), "--prefix", second_prefix()};
    words.insert(words.end(), more.begin(), more.end());
    auto all = watch_environment();
    for (const auto& [name, value] : variables) all[name] = value;
    return Process({.arguments = words, .environment = all});
  }
  Process running_watch(const std::map<std::string, std::string>& variables = {}) {
    Process process = watch({}, variables);
    EXPECT_TRUE(process.says("watching for games")) << process.output();
    return process;
  }
  Process game_in(const std::string& game_prefix, const GameSetup& setup, const std::string& shm = {},
                  const std::map<std::string, std::string>& more = {}) {
    const std::string exe = path(setup.exe_name);
    if (!fs::exists(exe)) fs::copy_file(built("tests/" + setup.program), exe);
    auto variables = environment();
    variables["WINEPREFIX"] = game_prefix;
    if (!shm.empty()) variables["PITBRIDGE_SHM_DIR"] = shm;
    for (const auto& [name, value] : more) variables[name] = value;
    Words words = {"wine", exe};
    words.insert(words.end(), setup.arguments.begin(), setup.arguments.end());
    Process game({.arguments = words, .environment = variables});
    EXPECT_TRUE(game.says("ready")) << game.output();
    return game;
  }
  std::optional<int> wineserver(const std::string& of_prefix, const std::string& option) const {
    auto variables = environment();
    variables["WINEPREFIX"] = of_prefix;
    Process server({.arguments = {e2e::wineserver(), option}, .environment = variables});
    return server.wait();
  }
  pid_t bridge_pid(const std::string& sim = "ac") const {
    const MirrorReading now = reading(sim);
    return now.status && now.bridge_runs ? now.status->header.bridge_pid : 0;
  }
  bool shows_prefix(const std::string& wanted) const {
    const MirrorReading now = reading();
    return now.status && now.bridge_runs &&
           fixed_text(now.status->header.prefix) == wanted.substr(0, sizeof(StatusHeader::prefix) - 1);
  }
  /// A bridge lives, and it is another than `before`.
  bool gets_another_bridge(pid_t before) const {
    return eventually([&] { return bridge_pid() != 0 && bridge_pid() != before; });
  }
  /// Bridges of this run, by their prefix.
  std::size_t count_bridges() const {
    std::size_t count = 0;
    for (const RunningBridge& bridge : running_bridges()) {
      const auto variables = environment_of(bridge.process.id);
      count += variables && value_or_empty(*variables, "WINEPREFIX") == prefix() ? 1 : 0;
    }
    return count;
  }
  static pid_t janitor_of(pid_t bridge) {
    std::ifstream children("/proc/" + std::to_string(bridge) + "/task/" + std::to_string(bridge) +
                           "/children");
    pid_t janitor = 0;
    children >> janitor;
    return janitor;
  }
};

TEST_F(Watch, AGameThatStartsLaterGetsABridgeThatLeavesWithIt) {
  Process watcher = running_watch();
  Process game = start_game();
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_physics"); })) << "between two updates";
  const pid_t bridge = bridge_pid();
  const auto process = find_process(bridge);
  ASSERT_TRUE(process);
  EXPECT_EQ(process->parent, watcher.pid());
  EXPECT_TRUE(watcher.says("acbridge (pid " + std::to_string(bridge) + ") serves acs.exe (pid " +
                           std::to_string(game.pid()) + ", prefix " + prefix() + ")"))
      << watcher.output();
  EXPECT_NE(bridge_log().find("attached to"), std::string::npos) << bridge_log();

  game.tell("stop");
  EXPECT_EQ(game.wait(), 0);
  EXPECT_TRUE(eventually([&] { return is_clear(); })) << bridge_log();
  EXPECT_EQ(wineserver(prefix(), "-w"), 0) << "the session ends though a bridge was there";
  EXPECT_TRUE(eventually([&] { return !is_alive(process->id); })) << watcher.output();
  EXPECT_TRUE(watcher.says("has left")) << watcher.output();
  EXPECT_EQ(watcher.output().find("starting it again"), std::string::npos) << watcher.output();
  EXPECT_TRUE(watcher.running());

  Process again = start_game();
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
}

TEST_F(Watch, AGameThatRunsAlreadyGetsABridge) {
  Process game = start_game();
  Process watcher = running_watch();
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  EXPECT_EQ(count_bridges(), 1U);
}

TEST_F(Watch, TwoSimsInTwoPrefixesAreServedAtOnce) {
  PrefixTemplate::copy_to(second_prefix());
  Process watcher = running_watch();
  Process first = start_game();
  Process second = game_in(second_prefix(), setup_of(*find_sim("r3e"), find_sim("r3e")->titles.front()));
  ASSERT_TRUE(becomes_live("ac")) << watcher.output() << bridge_log();
  ASSERT_TRUE(becomes_live("r3e")) << watcher.output();
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_physics"); })) << "between two updates";
  EXPECT_EQ(fixed_text(reading("r3e").status->header.prefix),
            second_prefix().substr(0, sizeof(StatusHeader::prefix) - 1));
  first.tell("stop");
  EXPECT_TRUE(eventually([&] { return is_clear("ac"); })) << watcher.output();
  EXPECT_TRUE(becomes_live("r3e")) << "the other one goes on";
}

TEST_F(Watch, TwoGamesOfOneSimTakeTurns) {
  PrefixTemplate::copy_to(second_prefix());
  Process watcher = running_watch();
  Process first = start_game();
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  const pid_t before = bridge_pid();
  Process second = game_in(second_prefix(), {});
  ASSERT_TRUE(watcher.says("acs.exe (pid " + std::to_string(second.pid()) + ", prefix " + second_prefix() +
                           "): acbridge (pid " + std::to_string(before) + ") of prefix"))
      << watcher.output();
  EXPECT_TRUE(eventually([&] { return bridge_log().find("a second game of") != std::string::npos; }))
      << bridge_log();
  EXPECT_EQ(bridge_pid(), before);
  first.tell("stop");
  EXPECT_EQ(first.wait(), 0);
  ASSERT_TRUE(gets_another_bridge(before)) << watcher.output() << bridge_log();
  EXPECT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  EXPECT_TRUE(shows_prefix(second_prefix()));
  EXPECT_EQ(watcher.output().find("warning"), std::string::npos) << watcher.output();
}

/// A do-nothing program, which wakes a dashboard up, has come first and stays.
TEST_F(Watch, AStandInKeepsNoGameFromItsFiles) {
  PrefixTemplate::copy_to(second_prefix());
  Process watcher = running_watch();
  Process stand_in = game_in(second_prefix(), {"acs.exe", {"--sim", "none"}});
  ASSERT_TRUE(eventually([&] { return bridge_pid() != 0; })) << watcher.output();
  pid_t bridge = 0;
  for (int round = 0; round < 2; ++round) {
    Process game = start_game();
    ASSERT_TRUE(eventually([&] { return shows_prefix(prefix()) && telemetry().activity == Activity::kLive; }))
        << watcher.output() << bridge_log();
    EXPECT_NE(bridge_pid(), bridge);
    bridge = bridge_pid();
    EXPECT_EQ(count_bridges(), 1U);
    game.tell("stop");
    EXPECT_EQ(game.wait(), 0);
    EXPECT_TRUE(eventually([&] { return is_clear() && shows_prefix(second_prefix()); }))
        << watcher.output() << bridge_log();
    EXPECT_EQ(wineserver(prefix(), "-w"), 0) << "the session ends though a bridge was there";
  }
  EXPECT_TRUE(stand_in.running());
}

/// The session of a bridge that waits ends as it would without it.
TEST_F(Watch, ABridgeThatWaitsKeepsNoSessionOpen) {
  PrefixTemplate::copy_to(second_prefix());
  Process watcher = running_watch();
  Process game = start_game();
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  const pid_t bridge = bridge_pid();
  Process stand_in = game_in(second_prefix(), {"acs.exe", {"--sim", "none"}});
  ASSERT_TRUE(eventually([&] { return bridge_log().find("has the files in") != std::string::npos; }))
      << watcher.output() << bridge_log();
  stand_in.tell("stop");
  EXPECT_EQ(stand_in.wait(), 0);
  EXPECT_EQ(wineserver(second_prefix(), "-w"), 0) << bridge_log();
  EXPECT_EQ(bridge_pid(), bridge);
  EXPECT_TRUE(becomes_live()) << bridge_log();
}

TEST_F(Watch, AKilledBridgeIsReplaced) {
  Process watcher = running_watch();
  Process game = start_game();
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  const pid_t first = bridge_pid();
  const pid_t janitor = janitor_of(first);
  ASSERT_GT(janitor, 0);
  // With its janitor, as by a memory cgroup: now only the watcher can clear the files.
  ::kill(first, SIGSTOP);
  ::kill(janitor, SIGKILL);
  ::kill(first, SIGKILL);
  EXPECT_TRUE(watcher.says("its files in " + shm_path() + " are cleared")) << watcher.output();
  EXPECT_TRUE(watcher.says("acbridge (pid " + std::to_string(first) +
                           ") was killed by signal 9; starting it again in 1 s"))
      << watcher.output();
  ASSERT_TRUE(gets_another_bridge(first)) << watcher.output();
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  const pid_t second = bridge_pid();
  ::kill(second, SIGKILL);
  EXPECT_TRUE(watcher.says("acbridge (pid " + std::to_string(second) +
                           ") was killed by signal 9; starting it again in 2 s"))
      << watcher.output();
  EXPECT_TRUE(eventually([&] { return is_clear(); }))
      << "meanwhile nobody takes old bytes for a running game";
  ASSERT_TRUE(gets_another_bridge(second)) << watcher.output();
  EXPECT_TRUE(becomes_live()) << watcher.output() << bridge_log();
}

class WatchStops : public Watch, public ::testing::WithParamInterface<int> {};

TEST_P(WatchStops, AndEndsTheBridgesThatItHasStarted) {
  Process watcher = running_watch();
  Process game = start_game();
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  const auto bridge = find_process(bridge_pid());
  ASSERT_TRUE(bridge);
  watcher.signal(GetParam());
  EXPECT_EQ(watcher.wait(), 0) << watcher.output();
  EXPECT_FALSE(is_alive(bridge->id)) << "before the watcher itself";
  EXPECT_TRUE(is_clear());
  EXPECT_TRUE(game.running());
  EXPECT_EQ(watcher.output().find("killed"), std::string::npos) << watcher.output();
}

INSTANTIATE_TEST_SUITE_P(BySignal, WatchStops, ::testing::Values(SIGTERM, SIGINT));

/// Without a pause, so that one comes in each step of its end.
TEST_F(Watch, AThousandSignalsEndItOnceAndWell) {
  Process watcher = running_watch();
  Process game = start_game();
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  EXPECT_TRUE(eventually([&] {
    for (int i = 0; i < 1'000'000 && watcher.running(); ++i) watcher.signal(SIGTERM);
    return !watcher.running();
  }));
  EXPECT_EQ(watcher.wait(), 0) << watcher.output();
  EXPECT_TRUE(is_clear());
}

TEST_F(Watch, WithoutProcItSaysSo) {
  Process blind(
      {.arguments = {"bwrap", "--unshare-user", "--ro-bind", "/", "/", "--dev-bind", "/dev", "/dev", "--bind",
                     directory(), directory(), "--tmpfs", "/proc", built("bin/pitbridge"), "watch"},
       .environment = watch_environment()});
  const auto status = blind.wait();
  if (blind.says("bwrap:", Seconds(0)) || status == 127) GTEST_SKIP() << blind.output();
  EXPECT_EQ(status, 1) << blind.output();
  EXPECT_TRUE(blind.says("mount /proc")) << blind.output();
}

TEST_F(Watch, TheNextWatcherTakesUpTheBridgesOfAKilledOne) {
  Process game = start_game();
  pid_t bridge = 0;
  {
    Process watcher = running_watch();
    ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
    bridge = bridge_pid();
    watcher.signal(SIGKILL);
    EXPECT_EQ(watcher.wait(), 128 + SIGKILL);
  }
  EXPECT_TRUE(becomes_live()) << "the bridge lives on";
  Process next = running_watch();
  EXPECT_TRUE(next.says("is served by acbridge (pid " + std::to_string(bridge) + ")")) << next.output();
  EXPECT_EQ(bridge_pid(), bridge);
  EXPECT_EQ(count_bridges(), 1U);
  ::kill(bridge, SIGKILL);
  ASSERT_TRUE(gets_another_bridge(bridge)) << next.output();
  EXPECT_TRUE(becomes_live()) << next.output() << bridge_log();
}

TEST_F(Watch, ABridgeOfOthersIsLeftAlone) {
  Process game = start_game();
  Process others = start_bridge();  // as simd does it
  ASSERT_TRUE(becomes_live()) << others.output();
  Process watcher = running_watch();
  EXPECT_TRUE(watcher.says("is served by acbridge (pid " + std::to_string(others.pid()) + ")"))
      << watcher.output();
  EXPECT_EQ(count_bridges(), 1U);
  watcher.signal(SIGTERM);
  EXPECT_EQ(watcher.wait(), 0);
  EXPECT_TRUE(others.running()) << "what it has not started it does not end";
  EXPECT_EQ(bridge_pid(), others.pid());
}

TEST_F(Watch, ASimThatIsNotEnabledWaitsForTheConfiguration) {
  std::ofstream(config_path()) << "[sim.ac]\nenabled = false\n";
  Process watcher = running_watch();
  Process game = start_game();
  ASSERT_TRUE(watcher.says("no bridge for acs.exe (pid " + std::to_string(game.pid()) + ", prefix " +
                           prefix() + "): enabled = false in " + config_path() + ":2 [sim.ac]"))
      << watcher.output();
  EXPECT_EQ(bridge_pid(), 0);
  std::ofstream(config_path()) << "[sim.ac]\nenabled = true\n";
  watcher.signal(SIGHUP);
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  EXPECT_TRUE(watcher.says("read the configuration again"));
}

TEST_F(Watch, AConfigurationThatIsBrokenMeanwhileHoldsOnAsItWas) {
  std::ofstream(config_path()) << "[sim.ac]\nenabled = false\n";
  Process watcher = running_watch();
  Process game = start_game();
  const std::string refusal = "enabled = false in " + config_path() + ":2 [sim.ac]";
  ASSERT_TRUE(watcher.says(refusal)) << watcher.output();
  std::ofstream(config_path()) << "[sim.ac]\nenabled = tr";
  watcher.signal(SIGHUP);
  ASSERT_TRUE(watcher.says("what it said before holds on")) << watcher.output();
  // The games get another chance, and the same answer.
  EXPECT_TRUE(eventually([&] {
    const std::string text = watcher.output();
    return text.find(refusal, text.find(refusal) + 1) != std::string::npos;
  })) << watcher.output();
  EXPECT_EQ(bridge_pid(), 0);
}

TEST_F(Watch, AnAppThatOnlyTheConfigurationKnowsGetsABridge) {
  std::ofstream(config_path()) << "[app.4242]\nsim = \"ac\"\n";
  Process watcher = running_watch();
  auto variables = environment();
  variables["SteamAppId"] = "4242";
  const std::string exe = path("Unheard.exe");
  fs::copy_file(built("tests/fake_game.exe"), exe);
  Process game({.arguments = {"wine", exe}, .environment = variables});
  ASSERT_TRUE(game.says("ready")) << game.output();
  EXPECT_TRUE(watcher.says("serves Unheard.exe (pid " + std::to_string(game.pid()))) << watcher.output();
  // Which of the sim's titles it is nobody can tell, but its bytes are there.
  EXPECT_TRUE(becomes(BridgeState::kAttached, "ac")) << watcher.output() << bridge_log();
  EXPECT_TRUE(eventually([&] { return reading().status->find("acpmf_physics")->updates > 10; }))
      << bridge_log();
  EXPECT_EQ(count_bridges(), 1U);
}

TEST_F(Watch, AGameThatMakesNoMappingIsNotHeldUp) {
  Process watcher = running_watch();
  Process game = game_in(prefix(), {"acs.exe", {"--sim", "none"}});
  ASSERT_TRUE(eventually([&] { return bridge_pid() != 0; })) << watcher.output();
  game.tell("stop");
  EXPECT_EQ(game.wait(), 0);
  EXPECT_EQ(wineserver(prefix(), "-w"), 0) << watcher.output();
  EXPECT_TRUE(eventually([&] { return count_bridges() == 0; })) << watcher.output();
}

TEST_F(Watch, OnlyOneRuns) {
  Process first = running_watch();
  Process second = watch();
  EXPECT_EQ(second.wait(), 3);
  EXPECT_TRUE(second.says("another pitbridge watch of this user runs already")) << second.output();
}

TEST_F(Watch, OnceStartsWhatIsMissingAndLeaves) {
  Process none = watch({"--once"});
  EXPECT_EQ(none.wait(), 0) << none.output();
  Process game = start_game();
  Process once = watch({"--once"});
  EXPECT_EQ(once.wait(), 0) << once.output();
  ASSERT_TRUE(becomes_live()) << once.output() << bridge_log();
  game.tell("stop");
  EXPECT_TRUE(eventually([&] { return is_clear() && bridge_pid() == 0; })) << "it leaves by itself";
}

TEST_F(Watch, ADryRunTellsAndStartsNothing) {
  Process game = start_game();
  Process asked = watch({"--dry-run", "--json"});
  ASSERT_EQ(asked.wait(), 0) << asked.output();
  const Json all = Json::parse(asked.output());
  ASSERT_EQ(all.size(), 1U) << all;
  EXPECT_EQ(all[0]["sim"], "ac");
  EXPECT_EQ(all[0]["pid"], game.pid());
  EXPECT_EQ(all[0]["prefix"], prefix());
  EXPECT_EQ(all[0]["sandbox"], "none");
  EXPECT_EQ(all[0]["verdict"], "starts a bridge");
  EXPECT_EQ(all[0]["bridge"], built("bin/acbridge.exe.so"));
  EXPECT_EQ(all[0]["environment"]["WINEPREFIX"], prefix());
  EXPECT_EQ(all[0]["environment"]["PITBRIDGE_SHM_DIR"], shm_path());
  Process text = watch({"--dry-run"});
  ASSERT_EQ(text.wait(), 0);
  EXPECT_TRUE(text.says("acs.exe (pid " + std::to_string(game.pid()) + "): Assetto Corsa")) << text.output();
  EXPECT_TRUE(text.says("WINEPREFIX=" + prefix() + "  # the game's prefix")) << text.output();
  EXPECT_EQ(count_bridges(), 0U);
  Process wrong = watch({"--json"});
  EXPECT_EQ(wrong.wait(), 2) << wrong.output();
}

TEST_F(Watch, StatusShowsTheWatcher) {
  Process watcher = running_watch();
  Process game = start_game();
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  Process status({.arguments = {built("bin/pitbridge"), "status"}, .environment = watch_environment()});
  EXPECT_EQ(status.wait(), 0);
  EXPECT_TRUE(status.says("watch: pid " + std::to_string(watcher.pid()))) << status.output();
  EXPECT_TRUE(status.says("acs.exe pid " + std::to_string(game.pid()) + ", prefix " + prefix() +
                          ": bridge pid " + std::to_string(bridge_pid())))
      << status.output();
}

TEST_F(Watch, TheServiceManagerIsTold) {
  const int manager = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const UniqueFd owner(manager);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  const std::string name = path("notify");
  std::memcpy(address.sun_path, name.c_str(), name.size());
  ASSERT_EQ(::bind(manager, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  std::string heard;
  const auto hears = [&](const std::string& text) {
    return eventually([&] {
      char buffer[512];
      const ssize_t n = ::recv(manager, buffer, sizeof buffer, 0);
      if (n > 0) heard.append(buffer, static_cast<std::size_t>(n)).append("\n");
      return heard.find(text) != std::string::npos;
    });
  };
  Process watcher = running_watch({{"NOTIFY_SOCKET", name}, {"WATCHDOG_USEC", "4000000"}});
  EXPECT_TRUE(hears("READY=1")) << heard;
  Process game = start_game();
  EXPECT_TRUE(hears("STATUS=1 game, 1 with a bridge")) << heard << watcher.output();
  heard.clear();
  EXPECT_TRUE(hears("WATCHDOG=1")) << heard;
  watcher.signal(SIGTERM);
  EXPECT_TRUE(hears("STOPPING=1")) << heard;
  EXPECT_EQ(watcher.wait(), 0);
}

/// The watcher outside of the model's container, and no launch option in the game's command.
class WatchSteam : public SteamRun {};

TEST_F(WatchSteam, AGameInSteamsContainerGetsABridgeFromOutside) {
  auto variables = desktop();
  variables["XDG_RUNTIME_DIR"] = home() + "/run";
  Process watcher(
      {.arguments = {built("bin/pitbridge"), "watch", "--prefix", prefix()}, .environment = variables});
  ASSERT_TRUE(watcher.says("watching for games")) << watcher.output();
  Process chain = launch(command(), steam());
  ASSERT_TRUE(chain.says("ready")) << chain.output();
  ASSERT_TRUE(becomes_live()) << watcher.output() << chain.output() << state_log();
  EXPECT_TRUE(eventually([&] { return is_mirrored("acpmf_physics"); })) << "between two updates";
  const auto bridge = find_process(reading().status->header.bridge_pid);
  ASSERT_TRUE(bridge);
  EXPECT_EQ(bridge->parent, watcher.pid()) << watcher.output();
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << "Steam's Running ends with the game: " << chain.output() << state_log();
  EXPECT_TRUE(eventually([&] { return is_clear(); }));
  EXPECT_TRUE(eventually([&] { return !is_alive(bridge->id); })) << watcher.output();
  EXPECT_EQ(watcher.output().find("warning"), std::string::npos) << watcher.output();
}

TEST_F(WatchSteam, ABridgeOfTheLaunchOptionsIsNotDoubled) {
  auto variables = desktop();
  variables["XDG_RUNTIME_DIR"] = home() + "/run";
  Process watcher(
      {.arguments = {built("bin/pitbridge"), "watch", "--prefix", prefix()}, .environment = variables});
  ASSERT_TRUE(watcher.says("watching for games")) << watcher.output();
  Process chain = launch(pitbridge(command()), steam());
  ASSERT_TRUE(chain.says("ready")) << chain.output();
  ASSERT_TRUE(becomes_live()) << chain.output() << state_log();
  EXPECT_TRUE(watcher.says("is served by acbridge")) << watcher.output();
  EXPECT_EQ(watcher.output().find(") serves "), std::string::npos) << watcher.output();
  chain.tell("stop");
  EXPECT_EQ(chain.wait(), 0) << chain.output() << state_log();
}

/// What a Flatpak's Steam leaves out here: a link in the runtime directory to its /dev/shm.
TEST_F(Watch, FilesOfASandboxAreFound) {
  Process game = start_game();
  Process inside = start_bridge();
  ASSERT_TRUE(becomes_live()) << inside.output();
  const std::string app = path("run/.flatpak/com.valvesoftware.Steam");
  fs::create_directories(app);
  fs::create_symlink(shm_path(), app + "/dev-shm");
  auto variables = watch_environment();
  variables["PITBRIDGE_SHM_DIR"] = "";
  Process status({.arguments = {built("bin/pitbridge"), "status"}, .environment = variables});
  EXPECT_EQ(status.wait(), 0);
  EXPECT_TRUE(status.says("files: " + app + "/dev-shm, of a sandbox")) << status.output();
  EXPECT_TRUE(status.says("ac: attached")) << status.output();
  Process read({.arguments = {built("bin/pitbridge"), "read", "ac", "--once"}, .environment = variables});
  EXPECT_EQ(read.wait(), 0) << read.output();
  EXPECT_TRUE(read.says("reading " + app + "/dev-shm, of a sandbox")) << read.output();
  EXPECT_TRUE(read.says("live")) << read.output();
}

/// The program that serves the game, as the status page names it.
std::string server_of(const MirrorReading& reading) {
  const auto pid = reading.status ? reading.status->header.bridge_pid : 0;
  return file_name_of(link_target("/proc/" + std::to_string(pid) + "/exe").value_or(""));
}

TEST_F(Watch, ATwinServesWhereTheUserWantsIt) {
  Process watcher = running_watch();
  Process game = game_in(prefix(), {}, {}, {{"PITBRIDGE_TWIN", "always"}});
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  EXPECT_TRUE(watcher.says("(the twin: the setting twin says so)")) << watcher.output();
  EXPECT_EQ(server_of(reading()), "pitbridge-keeper");
  game.tell("stop");
  EXPECT_TRUE(watcher.says("has left: its game has gone")) << watcher.output();
  EXPECT_TRUE(eventually([&] { return is_clear(); }));
}

TEST_F(Watch, ATwinServesWhereWineDoesNotLoadTheBridge) {
  const std::string bridges = path("bridges");
  fs::create_directories(bridges);
  // What Wine says of a bridge that it cannot load, whyever.
  std::ofstream(bridges + "/acbridge.exe.so") << "no program";
  for (const char* name : {"acbridge.exe", "pitbridge-keeper"})
    fs::copy_file(built(std::string("bin/") + name), bridges + "/" + name);
  Process watcher = running_watch({{"PITBRIDGE_BRIDGE_DIR", bridges}});
  Process game = game_in(prefix(), {});
  EXPECT_TRUE(watcher.says("before it could do anything; trying its twin")) << watcher.output();
  ASSERT_TRUE(becomes_live()) << watcher.output() << bridge_log();
  EXPECT_TRUE(watcher.says("(the twin: the bridge of Winelib did not start)")) << watcher.output();
  EXPECT_EQ(server_of(reading()), "pitbridge-keeper");
  watcher.signal(SIGTERM);
  EXPECT_EQ(watcher.wait(), 0) << watcher.output();
  EXPECT_TRUE(eventually([&] { return is_clear(); }));
}

}  // namespace
}  // namespace pitbridge::e2e
