// SPDX-License-Identifier: MIT
// The native side meets a real Wine: a game is found by its process, its session is right, and a bridge that
// is started with nothing but that joins it. And `pitbridge status` tells what the bridge does.
#include <sys/wait.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "common/posix/launch/bridge_start.hpp"
#include "common/posix/session/wine_process.hpp"
#include "common/posix/session/wine_session.hpp"
#include "common/posix/system/small_file.hpp"
#include "tests/e2e/wine_run.hpp"

namespace pitbridge::e2e {
namespace {

using Json = nlohmann::json;

/// Others may run games on this machine at the same time.
std::optional<RunningGame> game_with_pid(pid_t pid) {
  for (const RunningGame& game : running_games())
    if (game.process.id.pid == pid) return game;
  return std::nullopt;
}

/// A bridge that the code under test has started; ended, where the test left it running.
class OwnBridge {
 public:
  explicit OwnBridge(StartedBridge started) : started_(std::move(started)) {}
  OwnBridge(const OwnBridge&) = delete;
  OwnBridge& operator=(const OwnBridge&) = delete;
  ~OwnBridge() {
    if (!reaped_) (void)started_.watch.send_signal(SIGKILL), (void)wait();
  }
  const StartedBridge& operator*() const { return started_; }
  int wait() {
    int status = -1;
    reaped_ = ::waitpid(started_.id.pid, &status, 0) == started_.id.pid;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  StartedBridge started_;
  bool reaped_ = false;
};

class Session : public WineRun {
 protected:
  /// The session of the game, which must be found.
  WineSession session_of_game(const Process& game) {
    const auto found = game_with_pid(game.pid());
    EXPECT_TRUE(found) << "the game was not found among the processes";
    if (!found) return {};
    EXPECT_EQ(found->known.title->id, "assetto_corsa");
    const auto session = wine_session_of(found->process.id);
    EXPECT_TRUE(session) << session.error().message;
    return session ? *session : WineSession{};
  }
  Expected<StartedBridge> start_in(const WineSession& session) const {
    return pitbridge::start_bridge({.loader = session.loader.path,
                                    .bridge = built("bin/acbridge.exe.so"),
                                    .environment = environment_block(environment_for_bridge(session)),
                                    .output_path = shm_path("bridge.log")});
  }
  std::string log() const { return small_file(shm_path("bridge.log")).value_or("no log"); }
};

TEST_F(Session, OfARealGameIsFoundAndJoined) {
  Process game = start_game();
  const WineSession session = session_of_game(game);
  EXPECT_EQ(session.prefix.path, prefix());
  EXPECT_EQ(session.prefix.source, "WINEPREFIX");
  EXPECT_EQ(session.join_obstacle, "");
  EXPECT_TRUE(session.shares_mounts);
  EXPECT_TRUE(session.shares_pids);
  EXPECT_EQ(session.sandbox, Sandbox::kNone);
  EXPECT_TRUE(session.server_listens);
  EXPECT_TRUE(is_socket(session.server_directory + "/socket")) << session.server_directory;
  Process version({.arguments = {session.loader.path, "--version"}});
  EXPECT_EQ(version.wait(), 0) << session.loader.path << version.output();
  EXPECT_TRUE(version.says("wine-")) << version.output();

  auto started = start_in(session);
  ASSERT_TRUE(started) << started.error().message;
  OwnBridge bridge(std::move(*started));
  ASSERT_TRUE(becomes_live()) << log();
  EXPECT_EQ(reading().status->header.bridge_pid, (*bridge).id.pid) << "Wine keeps the pid";
  EXPECT_NE(reading().status->header.game_pid, 0U) << "the game is a process of the same session";

  std::set<pid_t> bridges;
  for (const RunningBridge& running : running_bridges())
    if (running.sim == find_sim("ac")) bridges.insert(running.process.id.pid);
  EXPECT_TRUE(bridges.contains((*bridge).id.pid)) << "a bridge knows its own kind";
  const auto joined = wine_session_of((*bridge).id);
  ASSERT_TRUE(joined) << joined.error().message;
  EXPECT_EQ(joined->server_directory, session.server_directory);
  EXPECT_EQ(joined->loader.path, session.loader.path);

  game.tell("stop");
  EXPECT_EQ(game.wait(), 0);
  EXPECT_TRUE((*bridge).watch.wait_ms(10'000)) << log();
  EXPECT_EQ(bridge.wait(), 0) << log();
  EXPECT_TRUE(is_clear());
  EXPECT_FALSE(game_with_pid(game.pid()));
}

TEST_F(Session, GivesABridgeNothingButWhatItNeeds) {
  Process game = start_game();
  const WineSession session = session_of_game(game);
  auto started = start_in(session);
  ASSERT_TRUE(started) << started.error().message;
  OwnBridge bridge(std::move(*started));
  ASSERT_TRUE(becomes_live()) << log();
  Environment wanted;
  for (const BridgeVariable& variable : environment_for_bridge(session)) {
    EXPECT_FALSE(variable.reason.empty()) << variable.name;
    wanted.emplace(variable.name, variable.value);
  }
  auto has = environment_of((*bridge).id);
  ASSERT_TRUE(has);
  has->erase("WINELOADERNOEXEC");  // Wine's own, for itself
  EXPECT_EQ(*has, wanted);
  EXPECT_EQ(wanted.at("PITBRIDGE_SHM_DIR"), shm_path());
  EXPECT_FALSE(wanted.contains("WINEDLLOVERRIDES"));
}

TEST_F(Session, TheGameIsNotMistakenForWhatStartedIt) {
  Process game = start_game();
  Process shell({.arguments = {"bash", "-c", "read line", "proton", "waitforexitandrun", "Z:\\acs.exe"}});
  Process start({.arguments = {"wine", "start.exe", "/wait", "/unix", "/bin/cat", "acs.exe"},
                 .environment = environment()});
  const auto runs_start = [&] {
    const auto info = find_process(start.pid());
    return info && !info->argv.empty() && base_name(info->argv.front()) == "start.exe";
  };
  ASSERT_TRUE(eventually(runs_start));
  EXPECT_TRUE(game_with_pid(game.pid()));
  EXPECT_FALSE(game_with_pid(shell.pid()));
  EXPECT_FALSE(game_with_pid(start.pid()));
}

TEST_F(Session, ALoaderThatCannotRunIsAnError) {
  const auto started = pitbridge::start_bridge({.loader = shm_path("no-such-wine"), .bridge = "x.exe.so"});
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("no-such-wine: execve: No such file"), std::string::npos)
      << started.error().message;
}

class StatusCommand : public WineRun {};

TEST_F(StatusCommand, TellsWhatARealBridgeDoes) {
  Process none = run_pitbridge({"status"});
  EXPECT_EQ(none.wait(), 1);
  EXPECT_TRUE(none.says("no bridge is alive in " + shm_path()));

  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  Process asked = run_pitbridge({"status", "--json", "--interval", "1000"});
  ASSERT_EQ(asked.wait(), 0) << asked.output();
  const Json all = Json::parse(asked.output());
  ASSERT_EQ(all.size(), 1U) << all;
  const Json& ac = all.front();
  EXPECT_EQ(ac["sim"], "ac");
  EXPECT_EQ(ac["title"], "assetto_corsa");
  EXPECT_EQ(ac["state"], "attached");
  EXPECT_EQ(ac["bridge_alive"], true);
  EXPECT_EQ(ac["bridge_pid"], bridge.pid());
  EXPECT_NE(ac["game_pid"], 0);
  EXPECT_EQ(ac["prefix"], prefix().substr(0, sizeof(StatusHeader::prefix)));
  bool has_physics = false;
  for (const Json& mapping : ac["mappings"]) {
    if (mapping["file"] != "acpmf_physics") continue;
    has_physics = true;
    EXPECT_EQ(mapping["attached"], true);
    EXPECT_GT(mapping["size_bytes"], 0);
    EXPECT_GT(mapping["updates"], 0);
    EXPECT_GT(mapping["rate_hz"], 1.0);
    EXPECT_TRUE(mapping["age_s"].is_number()) << mapping;
    for (const char* count : {"retries", "torn", "repairs"}) EXPECT_TRUE(mapping[count].is_number_unsigned());
  }
  EXPECT_TRUE(has_physics) << ac;

  Process told = run_pitbridge({"status"});
  EXPECT_EQ(told.wait(), 0) << told.output();
  EXPECT_TRUE(told.says("ac: attached, bridge pid " + std::to_string(bridge.pid()) + " alive, Assetto Corsa"))
      << told.output();
  EXPECT_TRUE(told.says("acpmf_graphics")) << told.output();

  bridge.signal(SIGTERM);
  ASSERT_EQ(bridge.wait(), 0);
  Process after = run_pitbridge({"status", "--json"});
  EXPECT_EQ(after.wait(), 1) << after.output();
  const Json gone = Json::parse(after.output().substr(0, after.output().rfind(']') + 1));
  EXPECT_EQ(gone.front()["bridge_alive"], false);
  EXPECT_EQ(gone.front()["state"], "stopped");
}

TEST_F(StatusCommand, TellsOfABridgeThatHangsUntilItGoesOn) {
  Process game = start_game();
  Process bridge = start_bridge();
  ASSERT_TRUE(becomes_live()) << bridge.output();
  bridge.signal(SIGSTOP);
  const auto state_is = [&](const std::vector<std::string>& command, const char* state) {
    Process asked = run_pitbridge(command);
    (void)asked.wait();
    const Json said = Json::parse(asked.output(), nullptr, false);
    if (said.is_discarded()) return false;
    const Json& entry = said.is_array() ? said.front() : said;
    return entry["state"] == state && (entry["sim"] == "ac") &&
           (std::string(state) != "hangs" ||
            entry.value("remedy", "").starts_with("kill -CONT " + std::to_string(bridge.pid())));
  };
  EXPECT_TRUE(eventually([&] { return state_is({"status", "--json"}, "hangs"); }));
  EXPECT_TRUE(state_is({"read", "ac", "--once", "--json"}, "hangs"));
  bridge.signal(SIGCONT);
  EXPECT_TRUE(eventually([&] { return state_is({"status", "--json"}, "attached"); }));
  EXPECT_TRUE(eventually([&] { return state_is({"read", "ac", "--once", "--json"}, "attached"); }));
}

}  // namespace
}  // namespace pitbridge::e2e
