// SPDX-License-Identifier: MIT
// `make bench-stream`: the streams of pitshm beside sockets, pipes, message queues, a mirror that is polled,
// and one public peer, in one run. See the README.
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>

#include "tests/bench/statistics.hpp"
#include "tests/bench/stream/stream_report.hpp"

namespace pitbridge::bench {
namespace {

constexpr std::size_t kKiB = 1024, kMiB = kKiB * kKiB;

struct StreamSettings {
  int rounds = 3;
  double seconds = 0.2;
  double soak_seconds = 60;
  std::vector<std::size_t> sizes = {64, 256, kKiB, 4 * kKiB, 16 * kKiB, 64 * kKiB, 256 * kKiB, kMiB};
  std::vector<std::size_t> consumers = {1, 4, 16};
  std::size_t ring_bytes = 4 * kMiB;  ///< what a producer has that is told nothing else
  std::size_t socket_bytes = 0;
  bool has_busy = true;
  std::string peer, json_path = "stream.json";
};

/// Removed at the end, with the sockets in it.
class OwnDirectory {
 public:
  OwnDirectory() : path_(std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp") {
    path_ += "/pitbridge_bench.XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("stream_bench: cannot make " + path_);
  }
  OwnDirectory(const OwnDirectory&) = delete;
  OwnDirectory& operator=(const OwnDirectory&) = delete;
  ~OwnDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string describe_this_machine() {
  utsname system = {};
  ::uname(&system);
  std::string model = "?";
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name")) model = line.substr(line.find(": ") + 2);
  double load = 0;
  std::ifstream("/proc/loadavg") >> load;
  return fmt::format("{}, {} cores, Linux {}, load before {:.2f}", model, ::sysconf(_SC_NPROCESSORS_ONLN),
                     system.release, load);
}

/// Everything where the machine is idle and one consumer reads; elsewhere each fourth size and the largest.
bool is_wanted(const StreamSettings& settings, const Cell& cell) {
  if (cell.consumers == 1 && !cell.is_busy) return true;
  const auto at =
      std::find(settings.sizes.begin(), settings.sizes.end(), cell.size_bytes) - settings.sizes.begin();
  return at % 4 == 1 || cell.size_bytes == settings.sizes.back();
}

void measure_cell(const StreamSettings& settings, const Cell& cell, const ChannelKind& kind,
                  const Tools& tools, StreamReport& report) {
  constexpr double kFastHz = 1000, kSlowHz = 100;
  const double rate_hz = cell.size_bytes <= 64 * kKiB ? kFastHz : kSlowHz;
  const auto latency = measure_latency(cell, tools, rate_hz, settings.seconds);
  if (!latency) return;
  Figures& figures = report.cells[cell];
  figures.p50_us.push_back(percentile(latency->us, 0.5).value_or(0));
  figures.p99_us.push_back(percentile(latency->us, 0.99).value_or(0));
  if (!kind.loses_frames) figures.lost += latency->lost;
  if (kind.only_wakes) return;
  const auto throughput = measure_throughput(cell, tools, settings.seconds);
  figures.mb_per_second.push_back(throughput->frames_hz * static_cast<double>(cell.size_bytes) / 1e6);
  if (!kind.loses_frames) figures.lost += throughput->lost;
}

void measure_round(const StreamSettings& settings, const Tools& tools, int round, std::size_t consumers,
                   bool is_busy, StreamReport& report) {
  const std::vector<ChannelKind>& kinds = channel_kinds();
  for (const std::size_t size : settings.sizes) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      const ChannelKind& kind = kinds[(i + static_cast<std::size_t>(round)) % kinds.size()];
      const Cell cell{kind.name, size, consumers, is_busy};
      if (is_wanted(settings, cell)) measure_cell(settings, cell, kind, tools, report);
    }
  }
}

void measure_soaks(const StreamSettings& settings, const Tools& tools, StreamReport& report) {
  constexpr double kRateHz = 1000;
  constexpr std::size_t kFrameBytes = 64 * kKiB;
  for (const std::size_t consumers : {std::size_t{1}, std::size_t{4}}) {
    const Cell cell{kStream, kFrameBytes, consumers, false};
    report.soaks.push_back({kRateHz, settings.soak_seconds, kFrameBytes, consumers, tools.ring_bytes,
                            *measure_latency(cell, tools, kRateHz, settings.soak_seconds)});
  }
}

void measure_streams(const StreamSettings& settings) {
  const OwnDirectory directory;
  const Tools tools{directory.path(), settings.peer, settings.ring_bytes, settings.socket_bytes};
  StreamReport report;
  report.machine = describe_this_machine();
  report.rounds = settings.rounds;
  report.seconds = settings.seconds;
  const auto show = [](const std::string& text) {
    fmt::print("{}", text);
    std::fflush(stdout);
  };
  report.memcpy_hz = measure_memcpy(settings.seconds);
  show(stream_heading(report));
  for (const std::size_t consumers : settings.consumers) {
    for (const bool is_busy : {false, true}) {
      if (is_busy && !settings.has_busy) continue;
      for (int round = 0; round < settings.rounds; ++round)
        measure_round(settings, tools, round, consumers, is_busy, report);
      show(stream_tables(report, consumers, is_busy));
    }
  }
  if (settings.soak_seconds > 0) measure_soaks(settings, tools, report);
  show(soak_table(report));
  show(stream_targets(report));
  std::ofstream file(settings.json_path);
  file << to_json(report).dump(2) << '\n';
  if (!file.flush()) throw std::runtime_error("stream_bench: cannot write " + settings.json_path);
  fmt::print("\nAll figures: {}\n", settings.json_path);
}

}  // namespace
}  // namespace pitbridge::bench

int main(int argc, char** argv) {
  using namespace pitbridge::bench;
  StreamSettings settings;
  bool no_busy = false;
  CLI::App app("Measures streams beside other ways to hand frames to other processes");
  app.add_option("--rounds", settings.rounds, "Rounds of all ways")->check(CLI::PositiveNumber);
  app.add_option("--seconds", settings.seconds, "Length of each measurement")->check(CLI::PositiveNumber);
  app.add_option("--soak-seconds", settings.soak_seconds,
                 "Length of each part that counts what is lost; 0: leave it out")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--sizes", settings.sizes, "Bytes of a frame, rising")
      ->delimiter(',')
      ->check(CLI::Range(64, 1 << 20));
  app.add_option("--consumers", settings.consumers, "How many")->delimiter(',')->check(CLI::Range(1, 32));
  app.add_option("--ring-bytes", settings.ring_bytes, "Of streams and of the peer");
  app.add_option("--socket-bytes", settings.socket_bytes, "SO_SNDBUF; 0: as the system gives it");
  app.add_flag("--no-busy", no_busy, "Leave out the busy machine");
  app.add_option("--peer", settings.peer, "The library of the public peer (tests/bench/stream/peer)");
  app.add_option("--json", settings.json_path, "Where the figures go");
  CLI11_PARSE(app, argc, argv);
  settings.has_busy = !no_busy;
  ::signal(SIGPIPE, SIG_IGN);
  try {
    measure_streams(settings);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
  return 0;
}
