// SPDX-License-Identifier: MIT
#include "tests/bench/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <stdexcept>

#include "common/core/shm/relaxed_copy.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "tests/bench/statistics.hpp"
#include "tests/bench/usage.hpp"
#include "tests/e2e/process.hpp"

namespace pitbridge::bench {
namespace {

using e2e::Process;

/// After the first data: a pacer has learnt by then, and a starting process is done with its start.
constexpr double kSettleSeconds = 0.5;
/// A bridge that waits asks ever less often, and comes to its slowest after half a minute.
constexpr double kWaitingSettleSeconds = 35;
/// A state of "paused" comes after three seconds; then the looks are seldom after a while.
constexpr double kPausedSettleSeconds = 6;
constexpr int kIdleWindows = 5;
constexpr double kStoresSeconds = 1;
/// A comparison needs no millions of snapshots.
constexpr double kTornComparisonSeconds = 3;
constexpr int kFixedPeriodUs = 1000;
constexpr int kComparePeriodUs = 5000;

void progress(const std::string& text) {
  fmt::print(stderr, "bench: {}\n", text);
}

double seconds_since(std::int64_t start_ns) {
  MonotonicClock clock;
  return static_cast<double>(clock.now_ns() - start_ns) / 1e9;
}

/// The stamp of the main mapping in a file of the mirror, or in the section itself.
struct StampWord {
  MappedMemory memory;
  const std::byte* at() const { return memory.data() + memory.size_bytes() - sizeof(std::int64_t); }
  bool is_there() const {
    std::int64_t value = 0;
    if (memory.data() != nullptr) load_relaxed({reinterpret_cast<std::byte*>(&value), sizeof value}, at());
    return value != 0;
  }
};

/// The stamp once it has one.
StampWord wait_for_stamp(const std::string& path, const SimCase& sim) {
  StampWord stamp;
  wait_until("no data in " + path, [&] {
    if (stamp.memory.data() == nullptr)
      stamp.memory = map_shared(path, sim.section_bytes(sim.main_mapping()));
    return stamp.is_there();
  });
  return stamp;
}

/// One sim in one round: its game runs, the variants follow each other.
class SimRound {
 public:
  SimRound(Stage& stage, const SimCase& sim, const Settings& settings, bool first,
           std::map<std::string, Figures>& out)
      : stage_(stage),
        sim_(sim),
        settings_(settings),
        first_(first),
        out_(out),
        game_(stage.start_game(sim, game_arguments(true))) {}
  ~SimRound() { game_.signal(SIGTERM); }

  void run(const std::string& name) {
    name_ = name;
    if (name == variant::kGameAlone) return game_alone();
    if (name == variant::kDefault) return profile({});
    if (name == variant::kTwin) return profile({}, BridgeKind::kTwin);
    if (name == variant::kLowLatency) return profile({"--low-latency"});
    if (name == variant::kLowPower) return profile({"--low-power"});
    if (name == variant::kWaiting) return waiting_reader();
    if (name == variant::kZeroCopy) return zero_copy(false);
    if (name == variant::kZeroCopyFrozen) return zero_copy(true);
    if (name == variant::kBound) return bound();
    if (name == variant::kFixedCopy) return copiers(kFixedPeriodUs, "copy");
    if (name == variant::kCompareCopy) return copiers(kComparePeriodUs, "compare");
    native();
  }
  void end() {
    game_.tell("stop");
    wait_until("the fake game did not end", [&] { return !game_.running(); });
  }

 private:
  struct Snap {
    std::int64_t at_ns;
    Usage bridge, server;
  };

  std::vector<std::string> game_arguments(bool stamp) const {
    std::vector<std::string> all = {"--jitter", std::to_string(settings_.jitter_us)};
    if (stamp) all.push_back("--stamp");
    if (settings_.whole) all.push_back("--pattern");
    return all;
  }

  void add(const std::string& figure, double value) { out_[name_][figure].push_back(value); }
  void add_latencies(const std::string& kind, const std::vector<double>& us) {
    if (us.empty()) return;
    add(kind + "_p50_us", *percentile(us, 0.5));
    add(kind + "_p99_us", *percentile(us, 0.99));
    add(kind + "_max_us", *percentile(us, 1));
    add(kind + "_samples", static_cast<double>(us.size()));
  }

  Snap snap() const {
    MonotonicClock clock;
    return {clock.now_ns(), usage_of(bridge_pids_), usage_of(stage_.wineserver_pid())};
  }
  void add_usage(const Snap& before) {
    const Snap after = snap();
    const double seconds = static_cast<double>(after.at_ns - before.at_ns) / 1e9;
    const auto percent = [&](const Usage& usage) {
      return static_cast<double>(usage.cpu_ns) / 1e7 / seconds;
    };
    const Usage bridge = after.bridge - before.bridge;
    add("server_cpu_percent", percent(after.server - before.server));
    if (bridge_pids_.empty()) return;
    add("bridge_cpu_percent", percent(bridge));
    add("bridge_wake_ups_per_second", static_cast<double>(bridge.wake_ups) / seconds);
  }

  /// The common middle of the variants: a reader that spins, while the processes are watched.
  void spin(const std::byte* stamp, clockid_t clock) {
    const Snap before = snap();
    const auto late = spin_on_stamp(stamp, clock, settings_.seconds);
    add_usage(before);
    add_latencies("latency", late);
  }

  void game_alone() {
    bridge_pids_.clear();
    const Snap before = snap();
    rest(settings_.seconds);
    add_usage(before);
  }

  /// A bridge whose first data have come; `stamp` is in its mirror.
  struct Running {
    std::string directory;
    Process process;
    StampWord stamp;
  };
  Running start_bridge(const std::vector<std::string>& arguments, BridgeKind kind = BridgeKind::kWinelib) {
    const std::string directory = stage_.new_directory();
    MonotonicClock clock;
    const std::int64_t start = clock.now_ns();
    Process bridge = stage_.start_bridge(sim_, directory, arguments, kind);
    StampWord stamp = wait_for_stamp(directory + "/" + sim_.main_file, sim_);
    add("start_up_ms", seconds_since(start) * 1000);
    rest(kSettleSeconds);
    bridge_pids_ = with_children(bridge.pid());
    // The native half of a twin is nobody's child.
    if (kind != BridgeKind::kWinelib)
      if (const auto status = StatusView::open(directory, sim_.sim(), sim_.main_mapping()))
        for (const pid_t pid : with_children(status->bridge_pid())) bridge_pids_.push_back(pid);
    return {directory, std::move(bridge), std::move(stamp)};
  }

  void profile(const std::vector<std::string>& arguments, BridgeKind kind = BridgeKind::kWinelib) {
    Running bridge = start_bridge(arguments, kind);
    spin(bridge.stamp.at(), wine_clock());
    // Apart from the latencies, because this reader keeps other lines in its cache.
    if (first_) {
      const StoredFigures stored = measure_stores(bridge.directory, sim_, kStoresSeconds);
      add("stored_bytes_per_second", stored.bytes_per_second);
      add("publications_per_second", stored.updates_per_second);
    }
    stop(bridge.process);
  }

  void waiting_reader() {
    Running bridge = start_bridge({});
    const auto status = StatusView::open(bridge.directory, sim_.sim(), sim_.main_mapping());
    const Snap before = snap();
    const auto waited =
        wait_on_futex(bridge.directory, sim_, *status, bridge.stamp.at(), wine_clock(), settings_.seconds);
    if (waited) {
      add_usage(before);
      add_latencies("latency", waited->from_stamp_us);
      add_latencies("wake_up", waited->from_publication_us);
    }
    stop(bridge.process);
  }

  /// The game's own pages, by the bridge's descriptor.
  StampWord stamp_in_section(const Running& bridge) const {
    const auto status = StatusView::open(bridge.directory, sim_.sim(), sim_.main_mapping());
    return wait_for_stamp(fmt::format("/proc/{}/fd/{}", status->bridge_pid(), status->section_fd()), sim_);
  }

  void bound() {
    Running bridge = start_bridge({});
    const StampWord stamp = stamp_in_section(bridge);
    bridge.process.signal(SIGSTOP);
    const Snap before = snap();
    add_latencies("latency",
                  wake_up_and_copy(stamp.memory.data(), stamp.memory.size_bytes(), settings_.seconds));
    add_usage(before);
    bridge.process.signal(SIGCONT);
    stop(bridge.process);
  }

  void zero_copy(bool frozen) {
    Running bridge = start_bridge({});
    const StampWord stamp = stamp_in_section(bridge);
    if (frozen) bridge.process.signal(SIGSTOP);
    spin(stamp.at(), wine_clock());
    bridge.process.signal(SIGCONT);
    stop(bridge.process);
  }

  void copiers(int period_us, const std::string& mode) {
    const std::string directory = stage_.new_directory();
    MonotonicClock clock;
    const std::int64_t start = clock.now_ns();
    std::vector<Process> all;
    for (const Mapping* mapping : sim_.mappings())
      all.push_back(stage_.start_copier(*mapping, directory, period_us, mode));
    const StampWord stamp = wait_for_stamp(directory + "/" + sim_.main_file, sim_);
    add("start_up_ms", seconds_since(start) * 1000);
    for (const Mapping* mapping : sim_.mappings())
      wait_until("a copier made no file", [&] {
        return map_shared(directory + "/" + std::string(mapping->file_name()), 1).data() != nullptr;
      });
    rest(kSettleSeconds);
    bridge_pids_.clear();
    for (const Process& one : all) bridge_pids_.push_back(one.pid());
    spin(stamp.at(), wine_clock());
    double stored = 0;
    for (Process& one : all) {
      stop(one);
      double by_one = 0;
      if (std::sscanf(one.output().c_str(), "stored %lf", &by_one) != 1)
        throw std::runtime_error("bench: a copier failed:\n" + one.output());
      stored += by_one;
    }
    add("stored_bytes_per_second", stored);
  }

  void native() {
    game_.tell("pause");
    const std::string directory = stage_.new_directory();
    MonotonicClock clock;
    const std::int64_t start = clock.now_ns();
    Process writer = stage_.start_native_writer(sim_, directory, native_arguments());
    const StampWord stamp = wait_for_stamp(directory + "/" + sim_.main_file, sim_);
    add("start_up_ms", seconds_since(start) * 1000);
    rest(kSettleSeconds);
    bridge_pids_.clear();
    spin(stamp.at(), CLOCK_MONOTONIC_RAW);
    stop(writer);
    game_.tell("resume");
  }
  std::vector<std::string> native_arguments() const { return game_arguments(false); }

  Stage& stage_;
  const SimCase& sim_;
  const Settings& settings_;
  bool first_;
  std::map<std::string, Figures>& out_;
  Process game_;
  std::string name_;
  std::vector<pid_t> bridge_pids_;
};

/// CPU of several bridges at once, in a few windows that make the spread.
void watch_idle(const std::vector<const SimCase*>& cases, const std::vector<Process>& bridges,
                const Settings& settings, const std::string& name, Results& out) {
  std::vector<std::vector<pid_t>> pids;
  for (const Process& bridge : bridges) pids.push_back(with_children(bridge.pid()));
  const double seconds = settings.idle_seconds / kIdleWindows;
  MonotonicClock clock;
  for (int window = 0; window < kIdleWindows; ++window) {
    std::vector<Usage> before;
    for (const auto& of_bridge : pids) before.push_back(usage_of(of_bridge));
    const std::int64_t start = clock.now_ns();
    rest(seconds);
    const double passed = seconds_since(start);
    for (std::size_t i = 0; i < cases.size(); ++i) {
      const Usage used = usage_of(pids[i]) - before[i];
      Figures& figures = out[cases[i]->name][name];
      figures["bridge_cpu_percent"].push_back(static_cast<double>(used.cpu_ns) / 1e7 / passed);
      figures["bridge_wake_ups_per_second"].push_back(static_cast<double>(used.wake_ups) / passed);
    }
  }
}

TornFigures torn_of_bridge(Stage& stage, const SimCase& sim, const Settings& settings, bool zero_copy,
                           BridgeKind kind = BridgeKind::kWinelib) {
  const Mapping& mapping = sim.main_mapping();
  const std::string directory = stage.new_directory();
  Process bridge = stage.start_bridge(sim, directory, {}, kind);
  const std::string file = directory + "/" + sim.main_file;
  const StampWord stamp = wait_for_stamp(file, sim);
  const auto status = StatusView::open(directory, sim.sim(), mapping);
  const MappedMemory memory =
      map_shared(zero_copy ? fmt::format("/proc/{}/fd/{}", status->bridge_pid(), status->section_fd()) : file,
                 sim.section_bytes(mapping));
  const TornFigures torn =
      count_torn(memory.data(), sim.size_bytes(mapping), mapping.detector, zero_copy ? nullptr : &*status,
                 settings.torn_snapshots, zero_copy ? kTornComparisonSeconds : settings.torn_seconds,
                 zero_copy ? kTornComparisonSeconds : settings.torn_longest_seconds);
  stop(bridge);
  return torn;
}

TornFigures torn_of_copier(Stage& stage, const SimCase& sim, const Settings& settings, int period_us,
                           const std::string& mode) {
  const Mapping& mapping = sim.main_mapping();
  const std::string directory = stage.new_directory();
  Process copier = stage.start_copier(mapping, directory, period_us, mode);
  const StampWord stamp = wait_for_stamp(directory + "/" + sim.main_file, sim);
  const TornFigures torn =
      count_torn(stamp.memory.data(), sim.size_bytes(mapping), mapping.detector, nullptr,
                 settings.torn_snapshots, kTornComparisonSeconds, kTornComparisonSeconds);
  stop(copier);
  return torn;
}

}  // namespace

const std::vector<std::string>& variants() {
  static const std::vector<std::string> kAll = {
      variant::kGameAlone, variant::kFixedCopy,      variant::kCompareCopy, variant::kDefault,
      variant::kTwin,      variant::kLowLatency,     variant::kLowPower,    variant::kWaiting,
      variant::kZeroCopy,  variant::kZeroCopyFrozen, variant::kBound,       variant::kNative};
  return kAll;
}

clockid_t wine_clock() {
  static const clockid_t kClock = [] {
    Process version({.arguments = {"wine", "--version"}});
    int major = 0;
    if (!version.wait(e2e::Seconds(30))) throw std::runtime_error("bench: wine --version did not end");
    // Debian's script may speak of other things first.
    const std::string text = version.output();
    const auto at = text.find("wine-");
    if (at == std::string::npos || std::sscanf(text.c_str() + at, "wine-%d", &major) != 1)
      throw std::runtime_error("bench: wine --version said no version:\n" + text);
    return major > 10 ? CLOCK_BOOTTIME : CLOCK_MONOTONIC_RAW;
  }();
  return kClock;
}

std::vector<const SimCase*> chosen_cases(const Settings& settings) {
  std::vector<const SimCase*> chosen;
  for (const SimCase& sim : sim_cases())
    if (settings.sims.empty() ||
        std::find(settings.sims.begin(), settings.sims.end(), sim.name) != settings.sims.end())
      chosen.push_back(&sim);
  return chosen;
}

void run_rounds(Stage& stage, const Settings& settings, Results& results) {
  for (int round = 0; round < settings.rounds; ++round) {
    for (const SimCase* sim : chosen_cases(settings)) {
      progress(fmt::format("round {} of {}: {}", round + 1, settings.rounds, sim->name));
      SimRound one(stage, *sim, settings, round == 0, results[sim->name]);
      for (std::size_t i = 0; i < variants().size(); ++i)
        one.run(variants()[(i + static_cast<std::size_t>(round)) % variants().size()]);
      one.end();
    }
  }
}

void run_idle(Stage& stage, const Settings& settings, Results& results) {
  const auto cases = chosen_cases(settings);
  std::vector<Process> bridges, games;
  for (const SimCase* sim : cases) bridges.push_back(stage.start_bridge(*sim, stage.new_directory(), {}));
  progress(fmt::format("no game: {:.0f} s until the bridges look seldom", kWaitingSettleSeconds));
  rest(kWaitingSettleSeconds);
  watch_idle(cases, bridges, settings, "no game", results);
  for (Process& bridge : bridges) stop(bridge);
  bridges.clear();

  progress("paused games");
  std::vector<StatusView> pages;
  for (const SimCase* sim : cases) {
    const std::string directory = stage.new_directory();
    games.push_back(stage.start_game(*sim, {"--stamp"}));
    bridges.push_back(stage.start_bridge(*sim, directory, {}));
    (void)wait_for_stamp(directory + "/" + sim->main_file, *sim);
    pages.push_back(*StatusView::open(directory, sim->sim(), sim->main_mapping()));
  }
  rest(kSettleSeconds);
  for (Process& game : games) game.tell("pause");
  for (const StatusView& page : pages)
    wait_until("a bridge did not notice the pause", [&] { return page.state() == BridgeState::kPaused; });
  rest(kPausedSettleSeconds);
  watch_idle(cases, bridges, settings, "paused game", results);
  for (Process& bridge : bridges) stop(bridge);
  for (Process& game : games) {
    game.tell("stop");
    wait_until("a fake game did not end", [&] { return !game.running(); });
  }
}

void run_torn(Stage& stage, const Settings& settings, TornResults& results) {
  for (const SimCase* sim : chosen_cases(settings)) {
    progress(fmt::format("torn snapshots: {}, {:.0f} to {:.0f} s", sim->name, settings.torn_seconds,
                         settings.torn_longest_seconds));
    Process game = stage.start_game(*sim, {"--stamp", "--pattern"});
    auto& of_sim = results[sim->name];
    of_sim[variant::kDefault] = torn_of_bridge(stage, *sim, settings, false);
    of_sim[variant::kTwin] = torn_of_bridge(stage, *sim, settings, false, BridgeKind::kTwin);
    of_sim[variant::kZeroCopy] = torn_of_bridge(stage, *sim, settings, true);
    of_sim[variant::kFixedCopy] = torn_of_copier(stage, *sim, settings, kFixedPeriodUs, "copy");
    of_sim[variant::kCompareCopy] = torn_of_copier(stage, *sim, settings, kComparePeriodUs, "compare");
    game.tell("stop");
    wait_until("the fake game did not end", [&] { return !game.running(); });
  }
}

}  // namespace pitbridge::bench
