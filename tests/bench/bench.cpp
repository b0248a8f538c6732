// SPDX-License-Identifier: MIT
// `make bench`: pitbridge beside what other bridges do and beside the floor, in one run. See the README.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <fstream>

#include "common/posix/system/stop_signals.hpp"
#include "tests/bench/report.hpp"

namespace pitbridge::bench {
namespace {

std::vector<std::string> sim_names() {
  std::vector<std::string> names;
  for (const SimCase& sim : sim_cases()) names.push_back(sim.name);
  return names;
}

void save(const Report& report, const std::string& path) {
  std::ofstream file(path);
  file << to_json(report).dump(2) << '\n';
  if (!file.flush()) throw std::runtime_error("bench: cannot write " + path);
}

/// What a part has measured is printed and saved when the part is done, and also when it was cut short.
void measure(const Settings& settings, const std::string& json_path) {
  Report report;
  report.machine = describe_machine();
  report.settings = settings;
  fmt::print("{}", heading(report));
  std::fflush(stdout);
  if (settings.packet_seconds > 0) {
    pin_to(kReaderCore);
    run_packets(settings.packet_seconds, report.packets);
    fmt::print("{}", table_of_packets(report.packets));
    std::fflush(stdout);
  }
  if (settings.only_packets) return save(report, json_path);
  Stage stage;
  pin_to(kReaderCore);
  const auto part = [&](const auto& run_part, auto& results, const auto& table_of) {
    std::exception_ptr cut_short;
    try {
      run_part(stage, settings, results);
    } catch (...) {
      cut_short = std::current_exception();
    }
    fmt::print("{}", table_of(report));
    std::fflush(stdout);
    save(report, json_path);
    if (!cut_short) return;
    fmt::print("{}\nCut short. The figures until then: {}\n", table_of_targets(report), json_path);
    std::rethrow_exception(cut_short);
  };
  part(run_rounds, report.rounds, tables_of_rounds);
  if (settings.idle) part(run_idle, report.idle, table_of_idle);
  if (settings.torn_seconds > 0) part(run_torn, report.torn, table_of_torn);
  fmt::print("{}\nAll figures: {}\n", table_of_targets(report), json_path);
}

int run(int argc, char** argv) {
  Settings settings;
  std::string json_path = "bench.json";
  bool no_idle = false;
  CLI::App app("Measures the bridges on the fake game: latency, CPU, wake-ups, torn snapshots");
  app.add_option("--rounds", settings.rounds, "Rounds of all variants of all sims; 0: leave this part out")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--seconds", settings.seconds, "Length of each measurement")->check(CLI::PositiveNumber);
  app.add_option("--sims", settings.sims, "Only these")->delimiter(',')->check(CLI::IsMember(sim_names()));
  app.add_option("--jitter", settings.jitter_us, "How late an update of the game may be, in microseconds");
  app.add_flag("--whole", settings.whole, "Every byte of every mapping changes with each update");
  app.add_flag("--no-idle", no_idle, "Leave out the part without a game and with a paused one");
  app.add_option("--idle-seconds", settings.idle_seconds, "Length of that part's measurements");
  app.add_option("--torn-snapshots", settings.torn_snapshots, "Snapshots of each sim in the torn part");
  app.add_option("--torn-seconds", settings.torn_seconds,
                 "At least so long for each sim; 0: leave this part out");
  app.add_option("--torn-longest", settings.torn_longest_seconds, "At most so long for each sim");
  app.add_option("--packet-seconds", settings.packet_seconds,
                 "Length of each measurement of packets; 0: leave this part out");
  app.add_flag("--only-packets", settings.only_packets, "Leave out all that needs Wine");
  app.add_option("--json", json_path, "Where the figures go");
  CLI11_PARSE(app, argc, argv);
  settings.idle = !no_idle;

  install_stop_signals();
  try {
    measure(settings, json_path);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace pitbridge::bench

int main(int argc, char** argv) {
  return pitbridge::bench::run(argc, argv);
}
