// SPDX-License-Identifier: MIT
// What one look of a bridge consists of, each step alone, for maps of the sizes of AC, PC2 and LMU.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <random>

#include "common/core/decode/telemetry.hpp"
#include "common/core/mirror/consistency.hpp"
#include "common/core/mirror/values_page.hpp"
#include "common/core/model/scene.hpp"
#include "common/core/model/writer.hpp"
#include "common/core/shm/relaxed_copy.hpp"
#include "common/posix/shm/shm_file.hpp"

namespace pitbridge {
namespace {

using Bytes = std::vector<std::byte>;

Bytes random_bytes(std::size_t size) {
  std::mt19937 engine(1);
  Bytes out(size);
  for (std::byte& b : out) b = static_cast<std::byte>(engine() & 0xFFU);
  return out;
}

/// What a driving car changes: some words here and there.
Bytes with_some_changes(const Bytes& before) {
  Bytes now = before;
  for (std::size_t i = 100; i < now.size(); i += std::max<std::size_t>(now.size() / 20, 64))
    now[i] ^= std::byte{1};
  return now;
}

/// A section of the same process.
class MemoryView final : public View {
 public:
  explicit MemoryView(const Bytes& bytes) : bytes_(bytes) {}
  SectionId id() const override { return {}; }
  std::size_t size_bytes() const override { return bytes_.size(); }
  int descriptor() const override { return -1; }
  bool read(std::size_t offset_bytes, std::span<std::byte> out) const override {
    load_relaxed(out, bytes_.data() + offset_bytes);
    return true;
  }
  std::optional<bool> holds(std::size_t offset_bytes, std::span<const std::byte> known) const override {
    return equals_relaxed(bytes_.data() + offset_bytes, known);
  }
  void let_the_game_go_on() const override {}

 private:
  const Bytes& bytes_;
};

std::size_t size_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

void count_bytes(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * state.range(0));
}

void load(benchmark::State& state) {
  const Bytes from = random_bytes(size_of(state));
  Bytes to(from.size());
  for (auto _ : state) {
    load_relaxed(to, from.data());
    benchmark::DoNotOptimize(to.data());
  }
  count_bytes(state);
}

void copy_plainly(benchmark::State& state) {
  const Bytes from = random_bytes(size_of(state));
  Bytes to(from.size());
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::DoNotOptimize(to.data());
  }
  count_bytes(state);
}

void store(benchmark::State& state) {
  const Bytes from = random_bytes(size_of(state));
  Bytes to(from.size());
  for (auto _ : state) {
    store_relaxed(to.data(), from);
    benchmark::DoNotOptimize(to.data());
  }
  count_bytes(state);
}

void compare(benchmark::State& state) {
  const Bytes known = random_bytes(size_of(state));
  const Bytes shared = known;
  for (auto _ : state) benchmark::DoNotOptimize(equals_relaxed(shared.data(), known));
  count_bytes(state);
}

/// Each look finds an update, as a driving car makes it.
void follow_a_car(benchmark::State& state, Consistency rule) {
  Bytes sections[2];
  sections[0] = random_bytes(size_of(state));
  std::fill_n(sections[0].begin(), 8, std::byte{0});
  sections[1] = with_some_changes(sections[0]);
  const MemoryView views[] = {MemoryView(sections[0]), MemoryView(sections[1])};
  const Detector detector = {.rule = rule, .end_offset_bytes = 4};
  SectionCopy copy(sections[0].size());
  std::size_t turn = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(copy.update(views[turn ^= 1U], detector));
    benchmark::DoNotOptimize(copy.find_changes());
    copy.accept();
  }
  count_bytes(state);
}

void publish_a_state(benchmark::State& state) {
  std::string directory = "/dev/shm/pitbridge-micro-XXXXXX";
  if (::mkdtemp(directory.data()) == nullptr) return state.SkipWithError("no directory in /dev/shm");
  const Bytes before = random_bytes(size_of(state));
  const Bytes now = with_some_changes(before);
  const Detector detector = {.rule = Consistency::kCounter};
  auto file = ShmFile::open(directory, "map", before.size(), 0600);
  PublishPlan plan;
  for (auto _ : state) benchmark::DoNotOptimize((*file)->publish(plan.make(detector, before, now)));
  count_bytes(state);
  std::filesystem::remove_all(directory);
}

/// All that a title writes while its car is driven.
struct DrivenTitle {
  static constexpr std::size_t kSectionBytes = std::size_t{1} << 20U;

  DrivenTitle(const Sim& sim, const Title& driven) : title(&driven) {
    const model::Moment moment = {.car = model::lap_state_at(100), .clock_seconds = model::kSessionSeconds};
    for (const Layout& layout : title->layouts) {
      // A packet is told by its length; a section may be larger than what is known of it.
      Bytes& section = sections.emplace_back(sim.packets != nullptr ? layout.size_bytes : kSectionBytes);
      model::prepare_section({section, *title, layout.mapping}, moment.car);
      model::write_title(section, *title, layout.mapping, moment,
                         model::field_finder(section, *title, layout.mapping));
      snapshot.show(layout.mapping, section);
    }
  }

  const Title* title;
  std::vector<Bytes> sections;
  Snapshot snapshot;
};

/// What an update costs a bridge while somebody reads the values; without a reader nothing of it is done.
void values_of_an_update(benchmark::State& state, const Sim& sim, const Title& title) {
  std::string directory = "/dev/shm/pitbridge-micro-XXXXXX";
  if (::mkdtemp(directory.data()) == nullptr) return state.SkipWithError("no directory in /dev/shm");
  auto file = ShmFile::open(directory, "values", kValuesPageBytes, 0600);
  ValuesWriter writer(**file, 1);
  const DrivenTitle driven(sim, title);
  Decoder decoder;
  ActivityWatch watch;
  std::size_t cars = 0;
  for (auto _ : state) {
    const Telemetry telemetry = decoder.decode(title, driven.snapshot, watch, 0);
    writer.publish(telemetry, title.id, 1);
    cars = telemetry.cars.size();
  }
  state.counters["cars"] = static_cast<double>(cars);
  std::filesystem::remove_all(directory);
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  for (const int size : {4096, 24576, 327680}) benchmark->Arg(size);
}

BENCHMARK(copy_plainly)->Apply(sizes);
BENCHMARK(load)->Apply(sizes);
BENCHMARK(store)->Apply(sizes);
BENCHMARK(compare)->Apply(sizes);
BENCHMARK_CAPTURE(follow_a_car, by_sequence, Consistency::kSequence)->Apply(sizes);
BENCHMARK_CAPTURE(follow_a_car, at_rest, Consistency::kCounter)->Apply(sizes);
BENCHMARK(publish_a_state)->Apply(sizes);

}  // namespace
}  // namespace pitbridge

int main(int argc, char** argv) {
  for (const pitbridge::Sim* sim : pitbridge::all_sims())
    for (const pitbridge::Title& title : sim->titles)
      benchmark::RegisterBenchmark(("values_of_an_update/" + std::string(title.id)).c_str(),
                                   pitbridge::values_of_an_update, std::cref(*sim), std::cref(title))
          ->Unit(benchmark::kMicrosecond);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
