// SPDX-License-Identifier: MIT
#include "tests/bench/readers.hpp"

#include <fcntl.h>
#include <immintrin.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <random>
#include <thread>

#include "common/core/mirror/changed_runs.hpp"
#include "common/core/mirror/consistency.hpp"
#include "common/core/shm/relaxed_copy.hpp"
#include "common/posix/shm/readers_file.hpp"
#include "common/posix/shm/status_file.hpp"
#include "common/posix/system/fd.hpp"
#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge::bench {
namespace {

/// Looking at the clock costs more than looking at the word.
constexpr int kSpinsPerClock = 256;
constexpr std::int64_t kNsPerTick = 100;

template <typename T>
T load(const std::byte* shared, std::memory_order order = std::memory_order_relaxed) {
  auto& object = *reinterpret_cast<T*>(const_cast<std::byte*>(shared));
  return std::atomic_ref<T>(object).load(order);
}

std::int64_t now_ns(clockid_t clock) {
  timespec now = {};
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

std::int64_t deadline_in(double seconds) {
  return now_ns(CLOCK_MONOTONIC) + static_cast<std::int64_t>(seconds * 1e9);
}

double late_us(std::int64_t stamp, clockid_t clock) {
  return static_cast<double>(now_ns(clock) - stamp * kNsPerTick) / 1000;
}

/// A sim's own word of wholeness, as a reader of the sim's documentation uses it. The readings before and
/// after a copy are accepted together or not.
class RuleReader {
 public:
  RuleReader(const std::byte* section, const Detector& detector) : section_(section), detector_(detector) {}

  std::uint64_t before() const {
    return word(detector_.rule == Consistency::kVersionPair ? detector_.end_offset_bytes
                                                            : detector_.offset_bytes);
  }
  std::uint64_t after() const { return word(detector_.offset_bytes); }
  bool accepts(std::uint64_t before, std::uint64_t after) const {
    return before == after && (detector_.rule != Consistency::kSequence || before % 2 == 0);
  }

 private:
  std::uint64_t word(std::uint32_t offset) const {
    return detector_.width_bytes == 8 ? load<std::uint64_t>(section_ + offset)
                                      : load<std::uint32_t>(section_ + offset);
  }

  const std::byte* section_;
  const Detector& detector_;
};

/// The 8-byte words that hold the number of the update: all but those of the detector.
std::vector<Run> pattern_runs(std::size_t size_bytes, const Detector& detector) {
  std::vector<Run> runs;
  const auto holds = [&](std::size_t at, std::uint32_t word) {
    return at + 8 > word && at < word + detector.width_bytes;
  };
  for (std::size_t at = 0; at + 8 <= size_bytes; at += 8) {
    if (holds(at, detector.offset_bytes)) continue;
    if (detector.rule == Consistency::kVersionPair && holds(at, detector.end_offset_bytes)) continue;
    if (!runs.empty() && runs.back().offset_bytes + runs.back().size_bytes == at) {
      runs.back().size_bytes += 8;
    } else {
      runs.push_back({at, 8});
    }
  }
  return runs;
}

struct Pattern {
  std::uint64_t first;
  bool torn;
};

/// Loads every word once, as a copy does, and compares instead of storing: a large map is looked at more
/// often. Two words at a time, of which each is whole (x86 gives no less for aligned loads).
Pattern read_pattern(const std::byte* section, const std::vector<Run>& runs) {
  const auto first = load<std::uint64_t>(section + runs.front().offset_bytes);
  const __m128i both = _mm_set1_epi64x(static_cast<long long>(first));
  __m128i differing = _mm_setzero_si128();
  std::uint64_t rest = 0;
  for (const Run& run : runs) {
    const std::byte* at = section + run.offset_bytes;
    const std::byte* end = at + run.size_bytes;
    if (reinterpret_cast<std::uintptr_t>(at) % sizeof both != 0) {
      rest |= load<std::uint64_t>(at) ^ first;
      at += sizeof first;
    }
    for (; at + sizeof both <= end; at += sizeof both)
      differing =
          _mm_or_si128(differing, _mm_xor_si128(_mm_load_si128(reinterpret_cast<const __m128i*>(at)), both));
    if (at < end) rest |= load<std::uint64_t>(at) ^ first;
  }
  const bool same = _mm_movemask_epi8(_mm_cmpeq_epi32(differing, _mm_setzero_si128())) == 0xFFFF;
  return {first, !same || rest != 0};
}

std::size_t index_of(const Sim& sim, const Mapping& mapping) {
  return static_cast<std::size_t>(&mapping - sim.mappings.data());
}

/// One mapping as `measure_stores` follows it.
struct Followed {
  const Mapping* mapping;
  MappedMemory file;
  StatusView status;
  std::vector<std::byte> before, now;
  PublishPlan plan;
  std::uint64_t first_updates = 0, seen_updates = 0;
  std::uint64_t states = 0, bytes = 0;

  /// Copies a whole state to `now`; false when none was to be had.
  bool snapshot() {
    const std::uint32_t sequence = status.sequence();
    std::atomic_thread_fence(std::memory_order_acquire);
    load_relaxed(now, file.data());
    std::atomic_thread_fence(std::memory_order_acquire);
    return sequence % 2 == 0 && status.sequence() == sequence;
  }
  void follow() {
    const std::uint64_t updates = status.updates();
    if (updates == seen_updates || !snapshot()) return;
    for (const Store& store : plan.make(mapping->detector, before, now)) bytes += store.bytes.size();
    before.swap(now);
    seen_updates = updates;
    ++states;
  }
  /// As if no state had been missed.
  double all_bytes() const {
    if (states == 0) return 0;
    return static_cast<double>(bytes) * static_cast<double>(seen_updates - first_updates) /
           static_cast<double>(states);
  }
};

}  // namespace

MappedMemory map_shared(const std::string& path, std::size_t size_bytes, bool writable) {
  const UniqueFd fd(::open(path.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC));
  struct stat status = {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || static_cast<std::size_t>(status.st_size) < size_bytes)
    return {};
  void* at =
      ::mmap(nullptr, size_bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ, MAP_SHARED, fd.get(), 0);
  if (at == MAP_FAILED) return {};
  return {static_cast<std::byte*>(at), size_bytes};
}

std::optional<StatusView> StatusView::open(const std::string& directory, const Sim& sim,
                                           const Mapping& mapping) {
  MappedMemory page = map_shared(directory + "/" + status_file_name(sim.name), kStatusPageBytes);
  if (page.data() == nullptr) return std::nullopt;
  return StatusView(std::move(page), sizeof(StatusHeader) + index_of(sim, mapping) * sizeof(StatusMapping));
}

BridgeState StatusView::state() const {
  return static_cast<BridgeState>(load<std::uint32_t>(page_.data() + offsetof(StatusHeader, state)));
}
std::int32_t StatusView::bridge_pid() const {
  return load<std::int32_t>(page_.data() + offsetof(StatusHeader, bridge_pid));
}
const std::byte* StatusView::futex_word() const {
  return page_.data() + offsetof(StatusHeader, futex_word);
}
std::uint32_t StatusView::futex_value() const {
  return load<std::uint32_t>(futex_word(), std::memory_order_acquire);
}
bool StatusView::attached() const {
  return load<std::uint32_t>(page_.data() + record_ + offsetof(StatusMapping, attached)) == 1;
}
std::uint32_t StatusView::sequence() const {
  return load<std::uint32_t>(page_.data() + record_ + offsetof(StatusMapping, sequence));
}
std::uint64_t StatusView::updates() const {
  return load<std::uint64_t>(page_.data() + record_ + offsetof(StatusMapping, updates));
}
std::int64_t StatusView::last_change_ns() const {
  return load<std::int64_t>(page_.data() + record_ + offsetof(StatusMapping, last_change_ns));
}
std::int32_t StatusView::section_fd() const {
  return load<std::int32_t>(page_.data() + record_ + offsetof(StatusMapping, section_fd));
}

std::vector<double> spin_on_stamp(const std::byte* stamp, clockid_t clock, double seconds) {
  std::vector<double> late;
  late.reserve(static_cast<std::size_t>(seconds * 1000) + 1);
  const std::int64_t end = deadline_in(seconds);
  auto last = load<std::int64_t>(stamp);
  while (now_ns(CLOCK_MONOTONIC) < end) {
    for (int i = 0; i < kSpinsPerClock; ++i) {
      const auto seen = load<std::int64_t>(stamp);
      if (seen == last) {
        _mm_pause();
        continue;
      }
      if (seen != 0) late.push_back(late_us(seen, clock));
      last = seen;
    }
  }
  return late;
}

std::vector<double> wake_up_and_copy(const std::byte* section, std::size_t size_bytes, double seconds) {
  std::vector<double> late;
  std::jthread sleeper([&] {
    pin_to(kStageCore);
    set_timer_slack(1);
    MonotonicClock clock;
    std::vector<std::byte> copy(size_bytes);
    std::minstd_rand dice;
    // As often as a bridge looks, and at no moment that something else keeps to.
    std::uniform_int_distribution<std::int64_t> pause_ns(500'000, 3'000'000);
    for (const std::int64_t end = deadline_in(seconds); clock.now_ns() < end;) {
      const std::int64_t due = clock.now_ns() + pause_ns(dice);
      clock.sleep_until(due);
      load_relaxed(copy, section);
      late.push_back(static_cast<double>(clock.now_ns() - due) / 1000);
    }
  });
  sleeper.join();
  return late;
}

std::optional<WaitFigures> wait_on_futex(const std::string& directory, const SimCase& sim,
                                         const StatusView& status, const std::byte* stamp, clockid_t clock,
                                         double seconds) {
  const MappedMemory readers =
      map_shared(directory + "/" + readers_file_name(sim.name), sizeof(std::uint32_t), true);
  if (readers.data() == nullptr) return std::nullopt;
  std::atomic_ref<std::uint32_t> waits(*reinterpret_cast<std::uint32_t*>(readers.data()));
  constexpr timespec kTimeout = {.tv_sec = 0, .tv_nsec = 100'000'000};

  WaitFigures figures;
  const std::int64_t end = deadline_in(seconds);
  std::uint64_t seen = status.updates();
  while (now_ns(CLOCK_MONOTONIC) < end) {
    const std::uint32_t value = status.futex_value();
    if (const std::uint64_t updates = status.updates(); updates != seen) {
      seen = updates;  // it came while nobody waited
      continue;
    }
    waits.fetch_add(1);
    const bool woken =
        ::syscall(SYS_futex, status.futex_word(), FUTEX_WAIT, value, &kTimeout, nullptr, 0) == 0;
    const std::int64_t now = now_ns(CLOCK_MONOTONIC);
    if (!woken || status.updates() == seen) continue;  // another mapping's news
    figures.from_stamp_us.push_back(late_us(load<std::int64_t>(stamp), clock));
    figures.from_publication_us.push_back(static_cast<double>(now - status.last_change_ns()) / 1000);
    seen = status.updates();
  }
  return figures;
}

TornFigures count_torn(const std::byte* section, std::size_t size_bytes, const Detector& detector,
                       const StatusView* status, std::uint64_t wanted, double least_seconds,
                       double longest_seconds) {
  const RuleReader rule(section, detector);
  const std::vector<Run> runs = pattern_runs(size_bytes, detector);
  TornFigures figures;
  std::uint64_t last = 0;
  const std::int64_t least = deadline_in(least_seconds);
  const std::int64_t longest = deadline_in(longest_seconds);
  const auto done = [&] {
    const std::int64_t now = now_ns(CLOCK_MONOTONIC);
    const bool enough = figures.by_rule >= wanted && (status == nullptr || figures.by_status >= wanted);
    return now >= (enough ? least : longest);
  };
  while (!done()) {
    check_interrupt();
    for (int i = 0; i < kSpinsPerClock; ++i) {
      const std::uint32_t sequence = status != nullptr ? status->sequence() : 0;
      const std::uint64_t before = rule.before();
      std::atomic_thread_fence(std::memory_order_acquire);
      const Pattern pattern = read_pattern(section, runs);
      std::atomic_thread_fence(std::memory_order_acquire);
      const std::uint64_t after = rule.after();
      ++figures.snapshots;
      figures.torn += pattern.torn ? 1 : 0;
      figures.updates += pattern.first != last ? 1 : 0;
      last = pattern.first;
      if (rule.accepts(before, after)) {
        ++figures.by_rule;
        figures.torn_by_rule += pattern.torn ? 1 : 0;
      }
      if (status != nullptr && sequence % 2 == 0 && status->sequence() == sequence) {
        ++figures.by_status;
        figures.torn_by_status += pattern.torn ? 1 : 0;
      }
    }
  }
  return figures;
}

StoredFigures measure_stores(const std::string& directory, const SimCase& sim, double seconds) {
  std::vector<Followed> all;
  for (const Mapping* mapping : sim.mappings()) {
    auto status = StatusView::open(directory, sim.sim(), *mapping);
    MappedMemory file =
        map_shared(directory + "/" + std::string(mapping->file_name()), sim.section_bytes(*mapping));
    if (!status || file.data() == nullptr) continue;
    const std::vector<std::byte> zeros(sim.section_bytes(*mapping));
    all.push_back({mapping, std::move(file), std::move(*status), zeros, zeros, {}});
    Followed& one = all.back();
    while (!one.snapshot()) check_interrupt();
    one.before = one.now;
    one.first_updates = one.seen_updates = one.status.updates();
  }
  const std::int64_t end = deadline_in(seconds);
  while (now_ns(CLOCK_MONOTONIC) < end)
    for (Followed& one : all) one.follow();
  StoredFigures figures;
  for (const Followed& one : all) {
    figures.bytes_per_second += one.all_bytes() / seconds;
    figures.updates_per_second += static_cast<double>(one.seen_updates - one.first_updates) / seconds;
  }
  return figures;
}

}  // namespace pitbridge::bench
