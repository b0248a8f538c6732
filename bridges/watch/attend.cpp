// SPDX-License-Identifier: MIT
// For a launched command without Proton's script: waits for the game's process, and starts the bridge in its
// session.
#include "bridges/watch/attend.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <initializer_list>
#include <optional>

#include "common/posix/launch/bridge_start.hpp"
#include "common/posix/launch/child_work.hpp"
#include "common/posix/session/wine_process.hpp"
#include "common/posix/session/wine_session.hpp"
#include "common/posix/system/fd_log.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge {
namespace {

/// A look at all processes takes about a millisecond, and a game takes seconds to start.
constexpr int kLookEveryMs = 250;
/// So long a session may be incomplete: Wine is still loading, or its server does not listen yet.
constexpr int kSessionLooks = 40;
/// A bridge clears its files within one second.
constexpr int kFarewellMs = 5000;

class Attendant {
 public:
  Attendant(const Attendance& task, const ProcessId& command, ExitWatch watch, FdLog* log)
      : task_(task), command_(command), command_watch_(std::move(watch)), log_(log) {}

  void run() {
    for (;;) {
      const auto game = find_game();
      if (!game && command_watch_.has_ended()) return;
      if (!game || game->id == refused_) {
        wait_without_bridge(game);
      } else if (auto bridge = join(*game)) {
        accompany(*game, *bridge);
      }
    }
  }

 private:
  /// A process of the game that the command has started: not one that was there before.
  std::optional<ProcessInfo> find_game() const {
    for (const ProcessInfo& process : own_processes())
      if (process.id.start_ticks >= command_.start_ticks && is_game(process)) return process;
    return std::nullopt;
  }

  bool is_game(const ProcessInfo& process) const {
    if (const auto known = game_of(process)) return known->known.sim == task_.sim;
    // The exe of the command line: a launcher, or a game that the tables do not know.
    if (task_.exe_name.empty() || process.argv.empty() || base_name(process.argv.front()) != task_.exe_name)
      return false;
    const auto exe = exe_of(process.id);
    return exe && is_wine_loader(*exe);
  }

  void wait_without_bridge(const std::optional<ProcessInfo>& game) const {
    if (!command_watch_.has_ended()) {
      (void)command_watch_.wait_ms(kLookEveryMs);
    } else if (game) {
      if (const auto watch = watch_exit(game->id); watch && *watch) (void)(*watch)->wait_ms(-1);
    }
  }

  std::optional<StartedBridge> join(const ProcessInfo& game) {
    std::string obstacle;
    for (int look = 0; look < kSessionLooks && is_alive(game.id); ++look) {
      const auto session = wine_session_of(game.id);
      obstacle = session ? session->join_obstacle : session.error().message;
      if (obstacle.empty()) return start(*session);
      (void)::poll(nullptr, 0, kLookEveryMs);
    }
    refuse(game.id, obstacle);
    return std::nullopt;
  }

  std::optional<StartedBridge> start(const WineSession& session) {
    BridgeStart start = {.loader = session.loader.path, .bridge = task_.bridge, .arguments = {"--launched"}};
    auto variables = environment_for_bridge(session);
    std::erase_if(variables, [](const BridgeVariable& v) { return v.name == "PITBRIDGE_SHM_DIR"; });
    variables.push_back({"PITBRIDGE_SHM_DIR", task_.shm_directory, "where the user wants the files"});
    start.environment = environment_block(variables);
    if (log_ != nullptr) start.output_path = task_.log_file;
    auto started = start_bridge(start);
    if (started) return std::move(*started);
    refuse(session.game, started.error().message);
    return std::nullopt;
  }

  /// Until the bridge has gone, or nothing is left that it could serve.
  void accompany(const ProcessInfo& served, StartedBridge& bridge) {
    while (!bridge.watch.has_ended()) {
      const bool command_ended = command_watch_.has_ended();
      const auto game = command_ended ? find_game() : std::nullopt;
      if (command_ended && !game) {
        (void)bridge.watch.send_signal(SIGTERM);
        (void)bridge.watch.wait_ms(kFarewellMs);
        break;
      }
      const auto game_watch = game ? watch_exit(game->id) : Expected<std::optional<ExitWatch>>(std::nullopt);
      if (game && game_watch && *game_watch) {
        wait_for_one_of({bridge.watch.fd(), (*game_watch)->fd()});
      } else if (!command_ended) {
        wait_for_one_of({bridge.watch.fd(), command_watch_.fd()});
      }
    }
    int status = 0;
    if (::waitpid(bridge.id.pid, &status, WNOHANG) != bridge.id.pid || status == 0) return;
    refuse(served.id, fmt::format("the bridge ended with {}",
                                  WIFEXITED(status) ? fmt::format("status {}", WEXITSTATUS(status))
                                                    : fmt::format("signal {}", WTERMSIG(status))));
  }

  static void wait_for_one_of(std::initializer_list<int> fds) {
    pollfd list[2] = {};
    nfds_t count = 0;
    for (const int fd : fds) list[count++] = {fd, POLLIN, 0};
    (void)::poll(list, count, -1);
  }

  /// No further try with this game: what went wrong once would go wrong again.
  void refuse(const ProcessId& game, const std::string& why) {
    refused_ = game;
    if (log_ != nullptr)
      log_->write(LogLevel::kError,
                  fmt::format("no bridge for the game (pid {}): {}; see pitbridge status", game.pid, why));
  }

  const Attendance& task_;
  ProcessId command_;
  ExitWatch command_watch_;
  FdLog* log_;
  ProcessId refused_;
};

void attend(const Attendance& task) {
  const auto command = find_process(task.command);
  if (!command) return;
  auto watch = watch_exit(command->id);
  auto log = FdLog::to_file("pitbridge run", LogLevel::kInfo, task.log_file);
  if (!watch) {
    if (log) log->write(LogLevel::kError, watch.error().message);
    return;
  }
  if (*watch) Attendant(task, command->id, std::move(**watch), log ? &*log : nullptr).run();
}

}  // namespace

bool leave_attendant(const Attendance& attendance) {
  return detach_process("pb-attendant", [&] { attend(attendance); });
}

}  // namespace pitbridge
