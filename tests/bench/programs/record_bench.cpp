// SPDX-License-Identifier: MIT
// What it costs to record a sim and how exact a replay is: a model of the car on a host bridge in one
// process, `pitbridge record` and `pitbridge replay` as they are shipped in others. No Wine.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>

#include "bridges/record/cursor.hpp"
#include "bridges/record/packing.hpp"
#include "common/core/model/schedule.hpp"
#include "common/posix/system/paths.hpp"
#include "common/reader/pitbridge.hpp"
#include "tests/bench/statistics.hpp"
#include "tests/unit/support/model_drive.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

/// Runs `body` in another process; ended by `end`.
template <typename Body>
pid_t start(Body body) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    body();
    ::_exit(0);
  }
  return pid;
}

void end(pid_t pid) {
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

void drive(const Sim& sim, const std::string& directory, double factor) {
  set_timer_slack(1);
  ModelDrive game(sim, directory);
  MonotonicClock clock;
  struct Due {
    const Mapping* mapping;
    model::UpdateSchedule schedule;
  };
  std::vector<Due> all;
  const auto now = [&] { return static_cast<double>(clock.now_ns()) / 1e9; };
  for (const Mapping* mapping : game.mappings())
    if (!mapping->optional) all.push_back({mapping, {factor * mapping->detector.nominal_rate_hz, 200e-6}});
  for (Due& due : all) due.schedule.start(now());
  const double begin = now();
  while (true) {
    bool any = false;
    double next = now() + 0.05;
    for (Due& due : all) {
      if (now() >= due.schedule.due_seconds()) {
        due.schedule.advance(now());
        game.write(*due.mapping, now() - begin);
        any = true;
      }
      next = std::min(next, due.schedule.due_seconds());
    }
    if (any || game.bridge()->is_due(clock.now_ns())) game.show();
    clock.sleep_until(std::min(static_cast<std::int64_t>(next * 1e9), game.bridge()->next_ns()));
  }
}

pid_t start_tool(const std::vector<std::string>& words, const std::string& directory) {
  return start([&] {
    ::setenv("PITBRIDGE_SHM_DIR", directory.c_str(), 1);
    std::vector<char*> arguments;
    const std::string program = environment_or("PITBRIDGE_BUILD_DIR", "build") + "/bin/pitbridge-record";
    arguments.push_back(const_cast<char*>(program.c_str()));
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    if (std::getenv("LOUD") == nullptr) (void)std::freopen("/dev/null", "w", stderr);
    ::execv(program.c_str(), arguments.data());
  });
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

struct Sizes {
  std::uint64_t raw = 0, packed_raw = 0, frames = 0, lost = 0;
  std::vector<std::int64_t> times;  ///< of the busiest mapping
  std::string busiest;
};

/// As who writes each frame as it is, and packs that by `zstd -3`.
Sizes measure(record::RecordingReader& reader) {
  Sizes sizes;
  record::Packer packer;
  record::Cursor cursor(reader);
  std::vector<std::vector<std::byte>> sections(reader.header().mappings.size());
  std::vector<std::vector<std::int64_t>> times(sections.size());
  for (; const record::Record* record = cursor.peek(); cursor.pop()) {
    if (record->kind == record::RecordKind::kLost) sizes.lost += record->lost;
    if (!record->has_bytes()) continue;
    auto& section = sections[record->mapping];
    section.resize(record->size_bytes);
    record::show_in(*record, section);
    if (!record->is_frame()) continue;
    packer.add(section);
    sizes.raw += section.size();
    ++sizes.frames;
    times[record->mapping].push_back(record->time_ns);
  }
  sizes.packed_raw = packer.finish().size();
  const auto most = std::ranges::max_element(times, {}, [](const auto& t) { return t.size(); });
  sizes.times = *most;
  sizes.busiest = reader.header().mappings[static_cast<std::size_t>(most - times.begin())];
  return sizes;
}

/// How late each frame of the busiest mapping is shown, beside the one that is shown earliest.
std::vector<double> lateness_us(const Sim& sim, const std::string& path, const std::string& directory,
                                const Sizes& sizes) {
  auto reader = std::move(*reader::Reader::open(std::string(sim.name), directory));
  const pid_t player = start_tool({"replay", path}, directory);
  std::vector<std::int64_t> shown;
  std::uint64_t updates = 0;
  while (::waitpid(player, nullptr, WNOHANG) == 0) {
    (void)reader.wait(std::chrono::milliseconds(100));
    reader::StatusPage page;
    if (reader.status(page) != reader::Result::kOk) continue;
    const auto* mapping = pitbridge_find_mapping(&page, sizes.busiest.c_str());
    if (mapping == nullptr || mapping->updates == updates) continue;
    updates = mapping->updates;
    // By its number, so that one which this reader missed is left out.
    shown.resize(updates, -1);
    shown.back() = static_cast<std::int64_t>(mapping->last_change_ns);
  }
  std::vector<double> late;
  for (std::size_t i = 0; i < std::min(shown.size(), sizes.times.size()); ++i)
    if (shown[i] >= 0) late.push_back(static_cast<double>(shown[i] - sizes.times[i]) / 1e3);
  if (late.empty()) return late;
  const double least = *std::ranges::min_element(late);
  for (double& value : late) value -= least;
  return late;
}

void run_sim(const Sim& sim, double seconds, double factor) {
  const TempDirectory live, played;
  const std::string path =
      environment_or("TMPDIR", "/tmp") + "/pitbridge_record_bench_" + std::to_string(::getpid());
  const pid_t game = start([&] { drive(sim, live.path(), factor); });
  MonotonicClock clock;
  clock.sleep_until(clock.now_ns() + 1'000'000'000);
  const pid_t recorder = start_tool(
      {"record", std::string(sim.name), path, "--force", "--for", std::to_string(seconds)}, live.path());
  rusage usage = {};
  ::wait4(recorder, nullptr, 0, &usage);
  end(game);
  auto reader = record::RecordingReader::open(path);
  if (!reader) {
    std::printf("%s: %s\n", std::string(sim.name).c_str(), reader.error().message.c_str());
    return;
  }
  const double length = static_cast<double>((*reader)->length_ns()) / 1e9;
  const Sizes sizes = measure(**reader);
  const auto late = lateness_us(sim, path, played.path(), sizes);
  const auto mb_a_minute = [&](std::uint64_t bytes) {
    return static_cast<double>(bytes) / 1e6 / length * 60;
  };
  std::printf(
      "%-7s %6.1f s %8.1f frames/s %3llu lost  %5.2f %% of a core  %8.2f MB/min  raw %8.1f  zstd -3 of raw "
      "%8.2f  "
      "1/%.1f of raw",
      std::string(sim.name).c_str(), length, static_cast<double>(sizes.frames) / length,
      static_cast<unsigned long long>(sizes.lost),
      100 * (seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime)) / length,
      mb_a_minute((*reader)->file_bytes()), mb_a_minute(sizes.raw), mb_a_minute(sizes.packed_raw),
      static_cast<double>(sizes.raw) / static_cast<double>((*reader)->file_bytes()));
  const auto at = [&](double part) { return bench::percentile(late, part).value_or(0); };
  std::printf("  replay late by p50 %.0f p99 %.0f max %.0f us (%zu frames)\n", at(0.5), at(0.99), at(1),
              late.size());
  std::fflush(stdout);
  ::unlink(path.c_str());
}

}  // namespace
}  // namespace pitbridge

int main(int argc, char** argv) {
  CLI::App app("Measures pitbridge record and replay");
  double seconds = 10, factor = 1;
  std::vector<std::string> names = {"ac", "lmu"};
  app.add_option("--seconds", seconds, "Length of each drive");
  app.add_option("--factor", factor, "Times the rate of the sim");
  app.add_option("sims", names, "Sims to record");
  CLI11_PARSE(app, argc, argv);
  for (const std::string& name : names)
    if (const pitbridge::Sim* sim = pitbridge::find_sim(name)) pitbridge::run_sim(*sim, seconds, factor);
  return 0;
}
