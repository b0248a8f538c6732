// SPDX-License-Identifier: MIT
// The native program of `make demo`: maps the mirrored files of Assetto Corsa as any dashboard would, shows
// the car live, and measures how late each update arrives. Ends when the game has gone.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <vector>

#include "common/core/decode/telemetry.hpp"
#include "common/core/shm/relaxed_copy.hpp"
#include "common/posix/system/fd.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kShowEveryNs = 100 * kMs;
constexpr std::int64_t kPollEveryNs = 50'000;
constexpr std::int64_t kPatienceNs = 30'000 * kMs;
constexpr std::size_t kFileBytes = 4096;

/// A read-only view of one mirrored file.
struct MirroredFile {
  std::string name;
  const std::byte* bytes = nullptr;
};

const std::byte* map_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status = {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || static_cast<std::size_t>(status.st_size) < kFileBytes)
    return nullptr;
  void* at = ::mmap(nullptr, kFileBytes, PROT_READ, MAP_SHARED, fd.get(), 0);
  return at == MAP_FAILED ? nullptr : static_cast<const std::byte*>(at);
}

/// Wine's performance counter (100 ns) runs by CLOCK_MONOTONIC_RAW up to Wine 10 and by CLOCK_BOOTTIME later:
/// the one that is just ahead of the stamp is meant.
std::int64_t latency_ns(std::int64_t stamp_ticks) {
  for (const clockid_t clock : {CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME}) {
    timespec now = {};
    ::clock_gettime(clock, &now);
    const std::int64_t late = now.tv_sec * 1'000'000'000LL + now.tv_nsec - stamp_ticks * 100;
    if (late >= 0 && late < 1000 * kMs) return late;
  }
  return -1;
}

template <typename T>
T peek(const std::byte* shared) {
  T value;
  load_relaxed({reinterpret_cast<std::byte*>(&value), sizeof value}, shared);
  return value;
}

int run() {
  const std::string directory = environment_or("PITBRIDGE_SHM_DIR", kDefaultShmDirectory);
  const Title& title = find_sim("ac")->titles.front();
  std::vector<MirroredFile> files = {{"acpmf_physics"}, {"acpmf_graphics"}, {"acpmf_static"}};
  MonotonicClock clock;
  const std::int64_t start = clock.now_ns();
  for (MirroredFile& file : files) {
    while ((file.bytes = map_file(directory + "/" + file.name)) == nullptr) {
      if (clock.now_ns() - start > kPatienceNs) {
        fmt::print(stderr, "demo: {}/{} did not appear\n", directory, file.name);
        return 1;
      }
      clock.sleep_until(clock.now_ns() + 10 * kMs);
    }
  }

  const std::byte* physics = files.front().bytes;
  std::vector<std::int64_t> latencies;
  std::int32_t last_packet = peek<std::int32_t>(physics);
  std::int64_t next_show = 0;
  bool was_live = false;
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  for (;;) {
    const std::int64_t now = clock.now_ns();
    const auto packet = peek<std::int32_t>(physics);
    if (packet != last_packet) {
      last_packet = packet;
      const std::int64_t late = latency_ns(peek<std::int64_t>(physics + kFileBytes - 8));
      if (packet != 0 && late >= 0) latencies.push_back(late);
    }
    if (now >= next_show) {
      next_show = now + (terminal ? kShowEveryNs : 10 * kShowEveryNs);
      Snapshot snapshot;
      for (const MirroredFile& file : files) {
        std::vector<std::byte> copy(kFileBytes);
        load_relaxed(copy, file.bytes);
        snapshot.set(file.name, std::move(copy));
      }
      const Telemetry t = decode(title, snapshot);
      if (t.activity == Activity::kLive) {
        was_live = true;
        fmt::print("{}  {:>5.0f} rpm   gear {:.0f}   {:>5.1f} km/h   lap {:>6.3f} s   {} at {}{}",
                   terminal ? "\r" : "", *t.number(Quantity::kRpm), *t.number(Quantity::kGear),
                   *t.number(Quantity::kSpeed), *t.number(Quantity::kLapTime), *t.text(Quantity::kCar),
                   *t.text(Quantity::kTrack), terminal ? "" : "\n");
        (void)std::fflush(stdout);
      } else if (was_live) {
        break;
      } else if (now - start > kPatienceNs) {
        fmt::print(stderr, "demo: no car was driven within 30 s\n");
        return 1;
      }
    }
    clock.sleep_until(now + kPollEveryNs);
  }
  std::sort(latencies.begin(), latencies.end());
  if (latencies.empty()) return 1;
  const auto at = [&](double part) {
    return static_cast<double>(
               latencies[static_cast<std::size_t>(part * static_cast<double>(latencies.size() - 1))]) /
           1000;
  };
  fmt::print(
      "{}A native reader saw {} updates of acpmf_physics; from the game's stamp to the reader it took "
      "{:.0f} us in the median, {:.0f} us at the 99th percentile.\n",
      terminal ? "\n" : "", latencies.size(), at(0.5), at(0.99));
  return 0;
}

}  // namespace
}  // namespace pitbridge

int main() {
  return pitbridge::run();
}
