// SPDX-License-Identifier: MIT
// The floor of `make bench`: the fake game's drive written by a native program into plain files, with the
// same pace, jitter and stamps, and no Wine or bridge between it and the reader. Runs until SIGTERM.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>
#include <ctime>
#include <deque>

#include "common/core/model/scene.hpp"
#include "common/core/model/schedule.hpp"
#include "common/posix/shm/shm_file.hpp"
#include "common/posix/system/fd.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/stop_signals.hpp"

namespace pitbridge::model {
namespace {

constexpr std::size_t kPageBytes = 4096;

struct Options {
  std::string sim, directory;
  std::vector<std::string> with;
  double jitter_us = 0;
  bool pattern = false;
};

/// One file, written as the fake game writes its section.
struct Output {
  const Mapping* mapping;
  std::size_t size_bytes;
  MappedMemory memory;
  UpdateSchedule schedule;
  std::uint64_t updates = 0;

  std::span<std::byte> section() const { return {memory.data(), size_bytes}; }
};

MappedMemory map_new(const std::string& path, std::size_t size_bytes) {
  const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(size_bytes)) != 0) return {};
  void* at = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (at == MAP_FAILED) return {};
  return {static_cast<std::byte*>(at), size_bytes};
}

/// As QueryPerformanceCounter under Wine: CLOCK_MONOTONIC_RAW in 100 ns.
std::int64_t ticks_now() {
  timespec now = {};
  ::clock_gettime(CLOCK_MONOTONIC_RAW, &now);
  return (now.tv_sec * 1'000'000'000LL + now.tv_nsec) / 100;
}

void update(Output& output, const Title& title, const Options& options, double lap_seconds) {
  const std::span<std::byte> section = output.section();
  const Detector& detector = output.mapping->detector;
  const std::string_view name = output.mapping->file_name();
  ++output.updates;
  begin_update(section, detector);
  if (options.pattern) {
    write_pattern(section, detector, output.updates);
  } else {
    const Moment moment = {.car = lap_state_at(lap_seconds), .clock_seconds = kSessionSeconds + lap_seconds};
    if (output.updates == 1) prepare_section({section, title, name}, moment.car);
    write_title(section, title, name, moment, field_finder(section, title, name));
  }
  const std::int64_t ticks = ticks_now();
  std::memcpy(output.memory.data() + output.memory.size_bytes() - sizeof ticks, &ticks, sizeof ticks);
  end_update(section, detector);
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app("Writes a sim's files natively, as the fake game writes its mappings");
  app.add_option("--sim", options.sim)->required();
  app.add_option("--directory", options.directory)->required();
  app.add_option("--with", options.with);
  app.add_option("--jitter", options.jitter_us);
  app.add_flag("--pattern", options.pattern);
  CLI11_PARSE(app, argc, argv);

  const Sim* sim = find_sim(options.sim);
  if (sim == nullptr) return 2;
  const Title& title = sim->titles.front();
  std::deque<Output> outputs;
  MonotonicClock clock;
  const auto now_seconds = [&] { return static_cast<double>(clock.now_ns()) / 1e9; };
  for (const Mapping& mapping : sim->mappings) {
    const Layout* layout = title.find_layout(mapping.file_name());
    const bool chosen =
        std::find(options.with.begin(), options.with.end(), mapping.file_name()) != options.with.end();
    if (layout == nullptr || (mapping.optional && !chosen)) continue;
    const std::size_t rounded = (layout->size_bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
    outputs.push_back({&mapping, layout->size_bytes,
                       map_new(options.directory + "/" + std::string(mapping.file_name()), rounded),
                       UpdateSchedule(mapping.detector.nominal_rate_hz, options.jitter_us / 1e6)});
    if (outputs.back().memory.data() == nullptr) return 1;
    outputs.back().schedule.start(now_seconds());
  }

  install_stop_signals();
  const double start = now_seconds();
  while (stop_signal() == 0) {
    const double now = now_seconds();
    double next = now + 0.05;
    for (Output& output : outputs) {
      if (now >= output.schedule.due_seconds()) {
        output.schedule.advance(now);
        update(output, title, options, now - start);
      }
      next = std::min(next, output.schedule.due_seconds());
    }
    clock.sleep_until(static_cast<std::int64_t>(next * 1e9));
  }
  return 0;
}

}  // namespace
}  // namespace pitbridge::model

int main(int argc, char** argv) {
  return pitbridge::model::run(argc, argv);
}
