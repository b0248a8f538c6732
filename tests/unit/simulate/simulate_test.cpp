// SPDX-License-Identifier: MIT
// What readers find of a simulated game: the files, the status, the values and the live page of any bridge.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "bridges/host/host_bridge.hpp"
#include "bridges/simulate/simulator.hpp"
#include "common/core/model/track.hpp"
#include "common/posix/shm/live_file.hpp"
#include "common/posix/shm/mirror_reader.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/reader/pitbridge.hpp"
#include "tests/unit/support/fakes.hpp"
#include "tests/unit/support/model_truth.hpp"
#include "tests/unit/support/run_program.hpp"
#include "tests/unit/support/toy_bridge.hpp"

namespace pitbridge {
namespace {

constexpr double kMoment = 131.7;  // in the second lap
constexpr std::uint32_t kPid = 4711;

/// A simulated game and its bridge, in this process.
class Stage {
 public:
  Stage(const Sim& sim, const Title& title, Timeline timeline, const SimulatorOptions& options = {})
      : sections_(sim), simulator_(sections_, title, std::move(timeline), options, kPid) {
    user_.options[&setting("shm_dir")] = directory_.path();
    auto bridge = LoneHostBridge::open(sections_, user_, std::string(title.id), "simulate", clock_, log_);
    if (bridge) bridge_.emplace(std::move(*bridge));
    EXPECT_TRUE(bridge_) << (bridge_ ? "" : bridge.error().message);
  }

  void work() {
    simulator_.step(clock_.now_ns() + skipped_ns_);
    if ((*bridge_)->is_due(clock_.now_ns())) (*bridge_)->step();
    clock_.sleep_until(std::min(simulator_.next_ns() - skipped_ns_, (*bridge_)->next_ns()));
  }
  /// Of the script's time, which nobody waits for.
  void skip(std::int64_t seconds) { skipped_ns_ += seconds * 1'000'000'000; }
  template <typename Condition>
  bool works_until(Condition condition) {
    return soon([&] {
      work();
      return condition();
    });
  }
  void end() { bridge_.reset(); }

  const std::string& directory() const { return directory_.path(); }
  const UserSettings& user() const { return user_; }
  Simulator& simulator() { return simulator_; }
  MadeSections& sections() { return sections_; }

 private:
  TempDirectory directory_;
  UserSettings user_;
  FakeLog log_;
  MonotonicClock clock_;
  MadeSections sections_;
  Simulator simulator_;
  std::optional<LoneHostBridge> bridge_;
  std::int64_t skipped_ns_ = 0;
};

class EverySimulatedTitle : public testing::TestWithParam<model::Case> {
 protected:
  const Sim& sim() const { return *GetParam().sim; }
  const Title& title() const { return *GetParam().title; }
};

/// The page's value as core has it.
std::optional<Value> value_of(const reader::Values& values, const QuantityInfo& info) {
  const std::string name(info.name);
  if (info.text) {
    const std::string_view text = values.text(name.c_str());
    return text.empty() ? std::nullopt : std::optional<Value>(std::string(text));
  }
  if (info.count == 1) {
    const auto number = values.number(name.c_str());
    return number ? std::optional<Value>(*number) : std::nullopt;
  }
  std::vector<double> all;
  for (std::uint32_t i = 0; i < info.count; ++i) {
    const auto number = values.number(name.c_str(), i);
    if (!number) return std::nullopt;
    all.push_back(*number);
  }
  return all;
}

TEST_P(EverySimulatedTitle, IsReadAsTheModelDrivesIt) {
  Stage stage(sim(), title(), Timeline({}, Activity::kLive, kMoment));
  auto reader = reader::Reader::open(std::string(sim().name), stage.directory());
  ASSERT_TRUE(reader);
  std::optional<reader::Values> values;
  ASSERT_TRUE(stage.works_until([&] {
    if (auto now = reader->values()) values.emplace(*now);
    return values && values->activity() == reader::Activity::kLive;
  }));
  EXPECT_EQ(values->title(), title().id);
  EXPECT_TRUE(stage.works_until([&] { return live_sim(stage.directory()) == sim().name; }))
      << "the live page";
  const MirrorReading reading = read_mirror(stage.directory(), sim());
  EXPECT_EQ(reading.title, &title());
  EXPECT_EQ(reading.status->header.game_pid, kPid);

  model::Drive drive = model::free_drive(kMoment);
  drive.session_seconds = model::kSessionSeconds;  // goes on meanwhile
  const model::Moment moment = model::moment_of(title(), drive, {.cars = 8}, Activity::kLive, kMoment);
  const auto runs_on = [](Quantity quantity) {
    return quantity == Quantity::kSessionTime || quantity == Quantity::kSessionTimeLeft ||
           quantity == Quantity::kTimeOfDay;
  };
  for (const QuantityInfo& info : kQuantities) {
    if (!title().gives(info.quantity) || !moment.car.knows(info) || runs_on(info.quantity)) continue;
    const std::string fault = model::fault_of(title(), info, value_of(*values, info), moment.car);
    EXPECT_EQ(fault.empty(), !model::is_exception(sim(), info.quantity)) << info.name << ": " << fault;
  }
  EXPECT_EQ(values->cars().size(), title().cars != nullptr ? 8U : 0U);
}

TEST_P(EverySimulatedTitle, IsPausedByItsScript) {
  const bool can_be_paused = std::ranges::any_of(title().activity_rules, [](const ActivityRule& rule) {
    return rule.activity == Activity::kPaused || rule.changes_within_ms != 0;
  });
  if (!can_be_paused) return;
  const auto script = parse_script("at 1000 pause", "s");
  ASSERT_TRUE(script);
  Stage stage(sim(), title(), Timeline(*script));
  auto reader = reader::Reader::open(std::string(sim().name), stage.directory());
  ASSERT_TRUE(reader);
  const auto does = [&](reader::Activity activity) {
    return stage.works_until([&] {
      const auto values = reader->values();
      return values && values->activity() == activity;
    });
  };
  EXPECT_TRUE(does(reader::Activity::kLive));
  stage.skip(1000);
  EXPECT_TRUE(does(reader::Activity::kPaused));
}

TEST_P(EverySimulatedTitle, HasTheSameBytesForTheSameSeed) {
  using Bytes = std::map<std::string, std::string>;
  const auto bytes_after = [&](std::uint64_t seed) {
    MadeSections sections(sim());
    Simulator simulator(sections, title(), Timeline(race_script(seed)), {.seed = seed, .races = true}, kPid);
    Bytes bytes;
    std::int64_t now_ns = 1'000'000'000;
    for (int i = 0; i < 400; ++i, now_ns += 500'000'000) simulator.step(now_ns);
    for (const Layout& layout : title().layouts) {
      const auto section = sections.section(layout.mapping, layout.size_bytes);
      bytes[std::string(layout.mapping)].assign(reinterpret_cast<const char*>(section.data()),
                                                section.size());
    }
    return bytes;
  };
  const Bytes first = bytes_after(5);
  EXPECT_EQ(first, bytes_after(5));
  // Another race shows where the sim tells of the others, or of a stop.
  EXPECT_TRUE(!title().gives(Quantity::kGapAhead) || first != bytes_after(6));
}

INSTANTIATE_TEST_SUITE_P(Sims, EverySimulatedTitle, testing::ValuesIn(model::all_cases()),
                         [](const auto& test) {
                           return std::string(test.param.sim->name) + "_" + std::string(test.param.title->id);
                         });

const Sim& ac() {
  return *find_sim("ac");
}

TEST(Simulated, FlagsAndStopsAreShown) {
  const auto script = parse_script("at 0 flag yellow\nat 0.2 pit\nat 0.3 damage 0.5", "s");
  ASSERT_TRUE(script);
  Stage stage(ac(), ac().titles.front(), Timeline(*script));
  auto reader = reader::Reader::open("ac", stage.directory());
  ASSERT_TRUE(reader);
  EXPECT_TRUE(stage.works_until([&] {
    const auto values = reader->values();
    return values && values->word("flag") == PITBRIDGE_FLAG_YELLOW &&
           values->word("pit_state") == PITBRIDGE_PIT_STATE_LANE;
  })) << "entering the pits is being in the lane, for a sim without that word";
}

TEST(Simulated, AGameThatQuitsIsClearedAndComesAgain) {
  const auto script = parse_script("at 1000 quit\nat 2000 start", "s");
  ASSERT_TRUE(script);
  Stage stage(ac(), ac().titles.front(), Timeline(*script));
  const auto has_data = [&] {
    return read_mirror(stage.directory(), ac()).snapshot.has_data("acpmf_physics");
  };
  EXPECT_TRUE(stage.works_until(has_data));
  stage.skip(1000);
  EXPECT_TRUE(stage.works_until([&] { return !has_data(); }));
  stage.skip(1000);
  EXPECT_TRUE(stage.works_until(has_data));
}

TEST(Simulated, TheEndClearsTheFiles) {
  Stage stage(ac(), ac().titles.front(), Timeline({}));
  const auto has_data = [&] {
    return read_mirror(stage.directory(), ac()).snapshot.has_data("acpmf_physics");
  };
  ASSERT_TRUE(stage.works_until(has_data));
  stage.end();
  EXPECT_FALSE(has_data());
}

TEST(Simulated, ASecondOneIsRefused) {
  const Stage first(ac(), ac().titles.front(), Timeline({}));
  const Outcome second =
      run_pitbridge({"simulate", "acc", "--seconds", "1"}, {"PITBRIDGE_SHM_DIR=" + first.directory()});
  EXPECT_EQ(second.status, 3) << second.output;
  EXPECT_NE(second.output.find("pid " + std::to_string(::getpid())), std::string::npos) << second.output;
}

class SimulateProgram : public testing::Test {
 protected:
  Outcome simulate(std::vector<std::string> words) {
    words.insert(words.begin(), "simulate");
    return run_pitbridge(words, {"PITBRIDGE_SHM_DIR=" + directory_.path()});
  }
  std::string planted(const std::string& text) {
    const std::string path = directory_ / "script";
    std::ofstream(path) << text;
    return path;
  }
  TempDirectory directory_;
};

TEST_F(SimulateProgram, EndsCleanAtTheEndOfItsScript) {
  const Outcome done = simulate({"acc", "--script", planted("at 0.3 end")});
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_NE(done.output.find("simulating Assetto Corsa Competizione"), std::string::npos) << done.output;
  EXPECT_NE(done.output.find("the drive is over"), std::string::npos) << done.output;
  EXPECT_TRUE(all_zero(bytes_of(content_of(directory_ / "acpmf_physics"))));
  EXPECT_FALSE(content_of(directory_ / "acpmf_physics").empty());
}

TEST_F(SimulateProgram, EndsCleanWhenItIsAskedTo) {
  const std::string program = (build_dir() / "bin" / "pitbridge").string();
  const std::string script =
      quoted(program) + " simulate ac & pid=$!; until " + quoted(program) +
      " read ac --once 2>/dev/null | grep -q live; do sleep 0.02; done; kill -INT $pid; wait $pid";
  const Outcome done = run({"sh", "-c", script},
                           {"PITBRIDGE_CONFIG_FILE=/dev/null", "PITBRIDGE_SHM_DIR=" + directory_.path()});
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_NE(done.output.find("asked to stop"), std::string::npos) << done.output;
  EXPECT_TRUE(all_zero(bytes_of(content_of(directory_ / "acpmf_physics"))));
}

TEST_F(SimulateProgram, RefusesBadWords) {
  const auto refused = [&](const std::vector<std::string>& words, const std::string& says) {
    const Outcome done = simulate(words);
    EXPECT_EQ(done.status, 2) << done.output;
    EXPECT_NE(done.output.find(says), std::string::npos) << done.output;
  };
  refused({"acq"}, "did you mean");
  refused({"ac", "--title", "iracing"}, "is no title of Assetto Corsa");
  refused({"ac", "--script", "/nonexistent"}, "cannot read the script /nonexistent: No such file");
  refused({"ac", "--script", planted("at 1 puase")},
          ":1: no event is called \"puase\"; did you mean \"pause\"?");
  refused({"ac", "--cars", "2"}, "--cars");
  refused({"ac", "--activity", "asleep"}, "--activity");
}

}  // namespace
}  // namespace pitbridge
