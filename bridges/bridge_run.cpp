// SPDX-License-Identifier: MIT
#include "bridges/bridge_run.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "bridges/place.hpp"
#include "bridges/session.hpp"
#include "build_info.hpp"
#include "common/core/mirror/bridge.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/launch/chained_command.hpp"
#include "common/posix/shm/abandoned.hpp"
#include "common/posix/shm/bridge_directory.hpp"
#include "common/posix/shm/janitor.hpp"
#include "common/posix/shm/reader_service.hpp"
#include "common/posix/shm/shm_file.hpp"
#include "common/posix/shm/status_file.hpp"
#include "common/posix/system/fault_guard.hpp"
#include "common/posix/system/fd_log.hpp"
#include "common/posix/system/impatient_write.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/stop_signals.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

constexpr int kLookForOthersEveryMs = 100;
constexpr int kLookForEndEveryMs = 500;

int report(Log& log, const Error& error) {
  log.write(LogLevel::kError, error.message);
  return static_cast<int>(error.code);
}

void report(Log& log, const std::vector<ConfigFault>& faults) {
  for (const ConfigFault& fault : faults)
    log.write(fault.warning ? LogLevel::kWarning : LogLevel::kError, fault.text());
}

int print(Log& log, const std::string& text) {
  if (std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0)
    return static_cast<int>(ExitCode::kOk);
  return report(log, {ExitCode::kFailure, "cannot write the output: " + system_message(errno)});
}

/// The user's own debug command runs in our place, and we are only there to be killed for it. As a system
/// process, because the session must wait for that command as long as it would without us.
int stand_in_for(const std::vector<std::string>& command, Log& log) {
  auto chained = ChainedCommand::start(command);
  if (!chained) return report(log, chained.error());
  const auto source = session_source();
  while (!source->others_run())
    if (chained->wait_ms(kLookForOthersEveryMs)) return chained->status();
  if (const auto left = source->stop_holding_session(); !left) report(log, left.error());
  // The Windows half of a twin may be killed in our place; the command must not outlive it.
  while (!chained->wait_ms(kLookForEndEveryMs) && !source->session_ends()) {
  }
  return chained->status();
}

}  // namespace

int run_program(const std::string& program, const Sim& sim, const Expected<BridgeOptions>& options,
                const std::vector<ConfigFault>& faults,
                Expected<void> (*work)(const Sim&, const BridgeOptions&, Log&)) {
  FdLog standard = FdLog::to_stderr(program, options ? options->log_level : LogLevel::kInfo);
  if (!options) {
    report(standard, faults);
    return report(standard, options.error());
  }
  switch (options->action) {
    case BridgeAction::kHelp:
      return print(standard, options->help);
    case BridgeAction::kVersion:
      return print(standard,
                   program + " " + kVersion + " (" + kCompiler + ", Wine " + session_version() + ")\n");
    case BridgeAction::kList:
      return print(standard, describe(sim));
    case BridgeAction::kRun:
      break;
  }
  if (options->launched && options->log_file.empty())
    standard = FdLog::to_state_directory(program, options->log_level);
  if (options->chained) {
    const BridgeCommandLine line = bridge_command_line(session_process());
    start_detached({line.program, "--launched"});
    return stand_in_for(line.chained, standard);
  }
  auto log = options->log_file.empty() ? Expected<FdLog>(std::move(standard))
                                       : FdLog::to_file(program, options->log_level, options->log_file);
  if (!log) return report(standard, log.error());
  report(*log, faults);
  keep_stderr_from_waiting();
  install_stop_signals();
  install_fault_guard();
  const auto done = work(sim, *options, *log);
  return done ? static_cast<int>(ExitCode::kOk) : report(*log, done.error());
}

namespace {

/// Mirrors until the bridge has finished. True when it has given the place to another one.
Expected<bool> hold_place(const Sim& sim, const BridgeOptions& options, const SimPlace& place,
                          const std::shared_ptr<ShmDirectory>& directory,
                          const std::shared_ptr<LockFile>& lock, Source& source, Log& log) {
  auto status = StatusFile::open(place, directory, lock);
  if (!status) return tl::unexpected<Error>(std::move(status.error()));
  MonotonicClock clock;
  StatusWriter status_writer(**status, (*status)->content());
  status_writer.start(sim.name, wine_prefix(), ::getpid(), static_cast<std::uint64_t>(clock.now_ns()),
                      file_names(sim));
  status_writer.set_title_by_user(options.title);

  ShmFileFactory files(directory, place.mode);
  const BridgeSettings settings = {.stay = options.stay,
                                   .own = options.own,
                                   .guest = options.launched,
                                   .expected_title = options.expected_title,
                                   .pacing = options.pacing,
                                   .max_total_bytes = std::uint64_t{options.max_mib} << 20U};
  Bridge bridge(sim, settings, source, files, clock, log, status_writer);
  ReaderService readers(bridge, log);
  const auto started = bridge.start();
  if (started) {
    readers.open(directory, sim.name);
    while (!bridge.finished() && stop_signal() == 0) {
      const std::int64_t next_ns = bridge.step();
      readers.serve(clock.now_ns());
      clock.sleep_until(next_ns);
    }
    if (stop_signal() != 0) log.write(LogLevel::kInfo, "asked to stop; the files are cleared");
  }
  bridge.stop();
  if (!started) return tl::unexpected<Error>(started.error());
  return bridge.gives_way() && stop_signal() == 0;
}

}  // namespace

Expected<void> run_bridge(const Sim& sim, const BridgeOptions& options, Log& log) {
  const SimPlace place = {options.shm_directory, std::string(sim.name), options.file_mode};
  auto directory = open_bridge_directory(place.directory);
  if (!directory) return tl::unexpected<Error>(std::move(directory.error()));
  // Whatever happens to this process from here on, no old bytes stay. Before the status page: the child would
  // inherit its map, and with that its lock.
  const auto names = all_file_names(sim);
  const Janitor janitor({{*directory, std::string(sim.name), names}});
  // Also the files that this bridge makes only when the game does.
  if (const auto pid = clean_up_after_killed_bridge(*directory, sim.name, names))
    log.write(LogLevel::kWarning, "bridge " + std::to_string(*pid) + " was killed; its files are cleared");
  auto entered = enter_place(sim, place, *directory);
  if (!entered) return tl::unexpected<Error>(std::move(entered.error()));
  const std::shared_ptr<LockFile> lock = std::move(*entered);
  set_timer_slack(options.pacing.timer_slack_ns);
  const auto source = session_source();
  for (bool has_place = lock->take_patiently();; has_place = false) {
    if (!has_place && !wait_for_place(sim, options, *directory, *lock, *source, log)) return {};
    const auto gave_way = hold_place(sim, options, place, *directory, lock, *source, log);
    if (!gave_way) return tl::unexpected<Error>(gave_way.error());
    if (!*gave_way) return {};
    lock->give_up();
  }
}

}  // namespace pitbridge
