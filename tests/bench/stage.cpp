// SPDX-License-Identifier: MIT
#include "tests/bench/stage.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/stop_signals.hpp"
#include "tests/e2e/wine_environment.hpp"

namespace pitbridge::bench {
namespace {

namespace fs = std::filesystem;
using e2e::Process;

constexpr std::size_t kPageBytes = 4096;
constexpr double kStartSeconds = 60;

std::string new_directory_below(const std::string& parent) {
  std::string pattern = parent + "/pitbridge-bench-XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("bench: cannot make a directory below " + parent);
  return pattern;
}

}  // namespace

void pin_to(int core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0)
    throw std::runtime_error(fmt::format("bench: cannot run on core {}: the benchmark needs cores {} and {}",
                                         core, kStageCore, kReaderCore));
}

std::vector<const Mapping*> SimCase::mappings() const {
  std::vector<const Mapping*> all;
  for (const Mapping& mapping : sim().mappings) {
    const bool chosen = std::find(with.begin(), with.end(), mapping.file_name()) != with.end();
    if (sim().titles.front().find_layout(mapping.file_name()) != nullptr && (!mapping.optional || chosen))
      all.push_back(&mapping);
  }
  return all;
}

std::size_t SimCase::size_bytes(const Mapping& mapping) const {
  return sim().titles.front().find_layout(mapping.file_name())->size_bytes;
}

std::size_t SimCase::section_bytes(const Mapping& mapping) const {
  return (size_bytes(mapping) + kPageBytes - 1) / kPageBytes * kPageBytes;
}

const std::vector<SimCase>& sim_cases() {
  static const std::vector<SimCase> kCases = {
      {"ac", "acpmf_physics", {"acpmf_crewchief"}},
      {"pcars2", "$pcars2$"},
      {"rf2",
       "$rFactor2SMMP_Telemetry$",
       {"$rFactor2SMMP_Graphics$", "$rFactor2SMMP_Weather$", "$rFactor2SMMP_HWControl$",
        "$rFactor2SMMP_WeatherControl$", "$rFactor2SMMP_RulesControl$", "$rFactor2SMMP_PluginControl$"}},
      {"lmu", "LMU_Data"},
  };
  return kCases;
}

Stage::Stage()
    : shm_(new_directory_below("/dev/shm")),
      work_(new_directory_below(fs::temp_directory_path().string())),
      prefix_(work_ + "/prefix") {
  Process boot = start({"wineboot", "--init"});
  wait_until(
      "wineboot did not end", [&] { return !boot.running(); }, 2 * kStartSeconds);
  e2e::run_wineserver(prefix_, "-w");
  keeper_ = std::make_unique<Process>(start({"wine", "cmd.exe"}));
  wait_until(
      "cmd.exe did not start", [&] { return keeper_->output().find('>') != std::string::npos; },
      kStartSeconds);
  server_pid_ = e2e::wineserver_pid(prefix_);
}

Stage::~Stage() {
  keeper_.reset();
  e2e::run_wineserver(prefix_, "-k");
  std::error_code ignored;
  fs::remove_all(work_, ignored);
  fs::remove_all(shm_, ignored);
}

std::string Stage::new_directory() {
  const std::string directory = shm_ + "/" + std::to_string(directories_++);
  fs::create_directory(directory);
  return directory;
}

Process Stage::start(std::vector<std::string> arguments, const std::string& directory) {
  auto variables = e2e::wine_environment(prefix_);
  if (!directory.empty()) variables["PITBRIDGE_SHM_DIR"] = directory;
  return Process({.arguments = std::move(arguments), .environment = variables, .in_child = [] {
                    // The harness may be killed; what it has started must not outlive it.
                    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
                    pin_to(kStageCore);
                  }});
}

Process Stage::start_game(const SimCase& sim, const std::vector<std::string>& arguments) {
  const std::string exe = work_ + "/" + std::string(sim.sim().titles.front().exe_names.front());
  if (!fs::exists(exe)) fs::copy_file(e2e::built("tests/fake_game.exe"), exe);
  std::vector<std::string> all = {"wine", exe, "--sim", sim.name};
  for (const std::string& name : sim.with) all.insert(all.end(), {"--with", name});
  all.insert(all.end(), arguments.begin(), arguments.end());
  Process game = start(std::move(all));
  wait_until(
      "the fake game did not start", [&] { return game.output().find("ready") != std::string::npos; },
      kStartSeconds);
  return game;
}

Process Stage::start_bridge(const SimCase& sim, const std::string& directory,
                            const std::vector<std::string>& arguments, BridgeKind kind) {
  std::vector<std::string> all = {"wine", e2e::built("bin/" + bridge_file(sim.name + "bridge", kind))};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return start(std::move(all), directory);
}

Process Stage::start_copier(const Mapping& mapping, const std::string& directory, int period_us,
                            const std::string& mode) {
  return start({"wine", e2e::built("tests/reference_copier.exe.so"), std::string(mapping.name),
                directory + "/" + std::string(mapping.file_name()), std::to_string(period_us), mode});
}

Process Stage::start_native_writer(const SimCase& sim, const std::string& directory,
                                   const std::vector<std::string>& arguments) {
  std::vector<std::string> all = {e2e::built("tests/native_writer"), "--sim", sim.name, "--directory",
                                  directory};
  for (const std::string& name : sim.with) all.insert(all.end(), {"--with", name});
  all.insert(all.end(), arguments.begin(), arguments.end());
  return start(std::move(all));
}

void stop(Process& process) {
  process.signal(SIGTERM);
  if (!process.wait(e2e::Seconds(30)))
    throw std::runtime_error("bench: a process did not end:\n" + process.output());
}

void wait_until(const std::string& what, const std::function<bool()>& condition, double seconds) {
  const auto done = [&] { return stop_signal() != 0 || condition(); };
  if (!e2e::eventually(done, e2e::Seconds(seconds))) throw std::runtime_error("bench: " + what);
  check_interrupt();
}

void rest(double seconds) {
  MonotonicClock clock;
  const std::int64_t end = clock.now_ns() + static_cast<std::int64_t>(seconds * 1e9);
  while (clock.now_ns() < end) {
    clock.sleep_until(end);
    check_interrupt();
  }
}

void check_interrupt() {
  if (stop_signal() != 0) throw std::runtime_error("bench: asked to stop");
}

}  // namespace pitbridge::bench
