// SPDX-License-Identifier: MIT
#include "bridges/place.hpp"

#include <fmt/format.h>

#include "common/core/mirror/challenger.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/shm/abandoned.hpp"
#include "common/posix/shm/status_file.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/stop_signals.hpp"

namespace pitbridge {
namespace {

/// A holder puts a lock file that somebody removed back within a second.
constexpr std::int64_t kAfterRepairNs = 2'000'000'000;

/// Only where no holder lives: it would not be cleared by a bridge that has the lock.
bool take_if_free(const Sim& sim, const std::shared_ptr<ShmDirectory>& directory, LockFile& lock, Log& log) {
  if (lock.holder()) return false;
  const auto names = all_file_names(sim);
  if (const auto pid = clean_up_after_killed_bridge(directory, sim.name, names))
    log.write(LogLevel::kWarning, fmt::format("bridge {} was killed; its files are cleared", *pid));
  return lock.take_patiently();
}

}  // namespace

Expected<std::unique_ptr<LockFile>> enter_place(const Sim& sim, const SimPlace& place,
                                                const std::shared_ptr<ShmDirectory>& directory) {
  auto lock = LockFile::open(directory, place.sim);
  if (!lock) return lock;
  const std::string prefix = wine_prefix();
  const bool entered = (*lock)->enter(prefix);
  const auto holder = (*lock)->holder();
  if (entered && (!holder || !sim.titles.empty())) return lock;
  if (entered || (holder && holder->prefix == prefix))
    return tl::unexpected<Error>(another_runs(*directory, place.sim, holder));
  return fail(
      ExitCode::kAlreadyRunning,
      fmt::format(
          "another {}bridge of prefix {} runs already, and {}; end that one, or give this one "
          "a directory of its own with --shm-dir",
          place.sim, prefix,
          holder ? fmt::format("waits because pid {} of prefix {} has the files", holder->pid, holder->prefix)
                 : "has not written its pid yet"));
}

bool wait_for_place(const Sim& sim, const BridgeOptions& options,
                    const std::shared_ptr<ShmDirectory>& directory, LockFile& lock, Source& source,
                    Log& log) {
  MonotonicClock clock;
  Challenger challenger(sim, options.stay, options.launched, std::uint64_t{options.max_mib} << 20U, source,
                        log);
  std::int64_t may_take_ns = 0;
  bool was_told = false;
  for (;;) {
    if (stop_signal() != 0) {
      log.write(LogLevel::kInfo, "asked to stop");
      return false;
    }
    challenger.look();
    if (challenger.must_leave()) return false;
    const std::int64_t now = clock.now_ns();
    if (const auto repaired = lock.check(); !repaired || *repaired) may_take_ns = now + kAfterRepairNs;
    if (now >= may_take_ns && take_if_free(sim, directory, lock, log)) return true;
    if (const auto holder = lock.holder(); holder && !was_told) {
      was_told = true;
      log.write(
          LogLevel::kInfo,
          fmt::format("{} (pid {}, prefix {}) has the files in {}, which show one game; waiting until a "
                      "game writes here and none there, or that one leaves",
                      bridge_program(sim), holder->pid, holder->prefix, directory->path()));
    }
    if (challenger.has_data()) {
      (void)lock.ask();  // as long as another challenger asks, it comes first
    } else {
      lock.withdraw();
    }
    clock.sleep_until(now + Challenger::kLookEveryNs);
  }
}

}  // namespace pitbridge
