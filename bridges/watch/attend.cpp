// SPDX-License-Identifier: MIT
// For a launched command: a supervisor for the games of that command.
#include "bridges/watch/attend.hpp"

#include <algorithm>

#include "bridges/watch/supervisor.hpp"
#include "common/posix/launch/child_work.hpp"
#include "common/posix/session/processes.hpp"
#include "common/posix/system/fd_log.hpp"

namespace pitbridge {
namespace {

/// While a game may come, or has no bridge yet: it takes seconds to start, but its first lap must not be
/// missed.
constexpr std::int64_t kSoonNs = 250'000'000;
constexpr std::int64_t kLookEveryNs = WatchPlan::kSecondNs;

bool something_is_to_come(const Supervisor& supervisor) {
  const auto waits = [&](const WatchedGame& game) {
    return game.refusal.empty() && !supervisor.bridge_of(game);
  };
  const auto& games = supervisor.games();
  return games.empty() || std::any_of(games.begin(), games.end(), waits);
}

void accompany(const LaunchedCommand& command, const ExitWatch& command_end, const UserSettings& user,
               Log& log) {
  Supervisor supervisor({.command = command}, user, log);
  for (;;) {
    // Before the look: a game that the command has left behind started before its end.
    const bool command_ended = command_end.has_ended();
    supervisor.look();
    if (command_ended && supervisor.games().empty()) break;
    const std::int64_t timeout_ns = something_is_to_come(supervisor) ? kSoonNs : kLookEveryNs;
    // One that has ended could always be read.
    const int fd = command_end.fd();
    supervisor.wait(std::span(&fd, command_ended ? 0 : 1), timeout_ns);
  }
  supervisor.end_bridges();
}

void attend_command(const Attendance& task) {
  const auto command = find_process(task.command);
  if (!command) return;
  const auto watch = watch_exit(command->id);
  auto file = FdLog::to_file("pitbridge run", LogLevel::kInfo, task.log_file);
  FdLog log = file ? std::move(*file) : FdLog::to_stderr("pitbridge run", LogLevel::kInfo);
  if (!watch) {
    log.write(LogLevel::kError, watch.error().message);
  } else if (*watch) {
    accompany(
        {.id = command->id, .sim = task.sim, .exe_name = task.exe_name, .patience_ns = task.patience_ns},
        **watch, task.user, log);
  }
}

}  // namespace

bool leave_attendant(const Attendance& attendance) {
  return detach_process("pb-attendant", [&] { attend_command(attendance); });
}

}  // namespace pitbridge
