// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/core/launch/bridge_kind.hpp"
#include "common/core/sim/sim.hpp"
#include "tests/e2e/process.hpp"

namespace pitbridge::bench {

/// What the harness reads with runs on one core, and everything that is measured on another: a reader that
/// spins must not take the time of the bridge, nor wake it from another core's idle state.
inline constexpr int kReaderCore = 1;
inline constexpr int kStageCore = 0;

/// Pins this process. Throws where there is no such core.
void pin_to(int core);

/// A sim as it is measured: its first title with these mappings.
struct SimCase {
  std::string name;                    ///< as `pitbridge list` names it
  std::string main_file;               ///< the mapping whose stamps are read
  std::vector<std::string> with = {};  ///< optional mappings that the game creates as well

  const Sim& sim() const { return *find_sim(name); }
  /// Everything that the game creates.
  std::vector<const Mapping*> mappings() const;
  const Mapping& main_mapping() const { return *sim().find_mapping(main_file); }
  /// Of the title's layout.
  std::size_t size_bytes(const Mapping& mapping) const;
  /// Of the section: rounded up to pages. The stamp is in its last 8 bytes.
  std::size_t section_bytes(const Mapping& mapping) const;
};

/// AC (4 files, 333 Hz), Automobilista 2 (60 Hz), rFactor 2 (13 files, 50 Hz), Le Mans Ultimate (100 Hz).
const std::vector<SimCase>& sim_cases();

/// A Wine and a directory on tmpfs for one run of the benchmark, and one Windows program that
/// keeps the session open, so that the wineserver stays. Everything ends and goes with it.
class Stage {
 public:
  Stage();
  Stage(const Stage&) = delete;
  ~Stage();

  pid_t wineserver_pid() const { return server_pid_; }
  /// A new, empty directory for the files of one measurement; removed with the stage.
  std::string new_directory();

  e2e::Process start_game(const SimCase& sim, const std::vector<std::string>& arguments);
  e2e::Process start_bridge(const SimCase& sim, const std::string& directory,
                            const std::vector<std::string>& arguments,
                            BridgeKind kind = BridgeKind::kWinelib);
  /// One reference copier for one file. `mode` is "copy" or "compare".
  e2e::Process start_copier(const Mapping& mapping, const std::string& directory, int period_us,
                            const std::string& mode);
  e2e::Process start_native_writer(const SimCase& sim, const std::string& directory,
                                   const std::vector<std::string>& arguments);

 private:
  e2e::Process start(std::vector<std::string> arguments, const std::string& directory = {});

  std::string shm_, work_, prefix_;
  int directories_ = 0;
  pid_t server_pid_ = 0;
  std::unique_ptr<e2e::Process> keeper_;
};

/// Asks with SIGTERM, and waits. Throws when it does not end.
void stop(e2e::Process& process);

/// e2e::eventually that throws `what`, and when the benchmark is asked to stop.
void wait_until(const std::string& what, const std::function<bool()>& condition, double seconds = 30);

/// Sleeps; throws when the benchmark is asked to stop.
void rest(double seconds);

/// Throws when a signal has asked the benchmark to stop; what unwinds then cleans up.
void check_interrupt();

}  // namespace pitbridge::bench
