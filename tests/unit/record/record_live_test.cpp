// SPDX-License-Identifier: MIT
// From a live bridge into a file, and from there to a bridge that shows the same: each sim, without Wine.
#include <gtest/gtest.h>

#include <map>

#include "bridges/record/player.hpp"
#include "bridges/record/recorder.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/reader/pitbridge.hpp"
#include "tests/unit/support/fakes.hpp"
#include "tests/unit/support/model_drive.hpp"
#include "tests/unit/support/temp_directory.hpp"
#include "tests/unit/support/toy_bridge.hpp"

namespace pitbridge::record {
namespace {

constexpr std::chrono::milliseconds kNow{0};
constexpr std::int64_t kMs = 1'000'000;

/// What a reader has seen of each mapping, state after state.
class Seen {
 public:
  Seen(const Sim& sim, const std::string& directory)
      : names_(file_names(sim)),
        reader_(std::move(*reader::Reader::open(std::string(sim.name), directory))) {}

  void look() {
    for (const std::string& name : names_) {
      const auto snapshot = reader_.snapshot(name);
      if (!snapshot) continue;
      auto& states = states_[name];
      if (states.empty() || states.back() != snapshot->bytes) states.push_back(snapshot->bytes);
    }
  }
  const std::map<std::string, std::vector<Bytes>>& states() const { return states_; }

 private:
  std::vector<std::string> names_;
  reader::Reader reader_;
  std::map<std::string, std::vector<Bytes>> states_;
};

class RecordLive : public testing::Test {
 protected:
  std::unique_ptr<RecordingWriter> writer() { return std::move(*RecordingWriter::create(path_, true)); }
  std::unique_ptr<RecordingReader> reader() { return std::move(*RecordingReader::open(path_)); }
  /// The bridge lets it in; from then on it misses nothing.
  static void attach(Recorder& recorder, RecordingWriter& file, ModelDrive& drive) {
    ASSERT_TRUE(soon([&] {
      drive.show();
      return recorder.step(file, kNow) && recorder.is_attached();
    }));
  }
  static std::uint64_t lost_in(const RecordingReader& reader) {
    std::uint64_t lost = 0;
    for (const Chunk& chunk : reader.chunks()) lost += chunk.header.lost;
    return lost;
  }

  TempDirectory live_, played_;
  std::string path_ = played_ / "drive.pbrec";
  FakeLog log_;
  MonotonicClock clock_;
};

class RecordLiveOfSim : public RecordLive, public testing::WithParamInterface<const Sim*> {};

TEST_P(RecordLiveOfSim, WhatIsPlayedIsWhatWasRecorded) {
  const Sim& sim = *GetParam();
  Seen before(sim, live_.path()), after(sim, played_.path());
  {
    ModelDrive drive(sim, live_.path());
    auto recorder = Recorder::open(sim, live_.path());
    ASSERT_TRUE(recorder) << recorder.error().message;
    const auto file = writer();
    attach(*recorder, *file, drive);
    for (int i = 0; i < 25; ++i) {
      drive.drive(i * 0.37);
      ASSERT_TRUE(recorder->step(*file, kNow));
      before.look();
    }
    ASSERT_TRUE(file->finish());
    EXPECT_EQ(file->totals().lost, 0U);
  }
  ASSERT_FALSE(before.states().empty());
  const auto recording = reader();
  EXPECT_EQ(recording->header().sim, sim.name);
  MadeSections sections(sim);
  UserSettings user;
  user.options[&setting("shm_dir")] = played_.path();
  auto bridge = LoneHostBridge::open(sections, user, "", "replay of drive.pbrec", clock_, log_);
  ASSERT_TRUE(bridge) << bridge.error().message;
  Player player(*recording, sections);
  player.go_to(0);
  while (player.next_ns()) {
    player.show_next();
    (*bridge)->step();
    after.look();
  }
  for (const auto& [name, states] : before.states()) {
    ASSERT_EQ(after.states().count(name), 1U) << name;
    EXPECT_EQ(after.states().at(name), states) << name;
  }
  const auto page = read_status_of(played_.path(), sim.name);
  ASSERT_TRUE(page);
  EXPECT_EQ(fixed_text(page->header.title), sim.titles.front().id);
  EXPECT_EQ(fixed_text(page->header.prefix), "replay of drive.pbrec");
  player.close();
  (*bridge)->step();
  EXPECT_NE(reader::Reader::open(std::string(sim.name), played_.path())->liveness(), reader::Result::kOk);
}

INSTANTIATE_TEST_SUITE_P(Sims, RecordLiveOfSim, testing::ValuesIn(all_sims().begin(), all_sims().end()),
                         [](const auto& param) { return std::string(param.param->name); });

TEST_F(RecordLive, FramesWaitUntilTheyAreRead) {
  const Sim& sim = *find_sim("ac");
  ModelDrive drive(sim, live_.path());
  auto recorder = Recorder::open(sim, live_.path());
  const auto file = writer();
  attach(*recorder, *file, drive);
  for (int i = 1; i <= 50; ++i) drive.drive(i);
  ASSERT_TRUE(recorder->step(*file, kNow));
  EXPECT_EQ(file->totals().lost, 0U);
  ASSERT_TRUE(file->finish());
  EXPECT_GE(file->totals().frames, 100U) << "of two mappings that change";
}

TEST_F(RecordLive, FramesThatWereOverwrittenAreCounted) {
  const Sim& sim = *find_sim("ac");
  ModelDrive drive(sim, live_.path());
  auto recorder = Recorder::open(sim, live_.path());
  const auto file = writer();
  attach(*recorder, *file, drive);
  const Mapping& mapping = *drive.mappings().front();
  constexpr int kFrames = 3000;
  for (int i = 1; i <= kFrames; ++i) {
    drive.write(mapping, i * 0.01);
    drive.show();
  }
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(recorder->step(*file, kNow));
  EXPECT_GT(file->totals().lost, 100U);
  EXPECT_EQ(file->totals().lost + file->totals().frames, static_cast<std::uint64_t>(kFrames));
  ASSERT_TRUE(file->finish());
  EXPECT_EQ(lost_in(*reader()), file->totals().lost);
}

TEST_F(RecordLive, ABridgeThatWasRestartedHasLostNothing) {
  const Sim& sim = *find_sim("ac");
  auto recorder = Recorder::open(sim, live_.path());
  const auto file = writer();
  for (int run = 0; run < 2; ++run) {
    ModelDrive drive(sim, live_.path());
    // What the second has shown before it is seen was never to be had.
    for (int i = 0; i < 20 * run; ++i) drive.drive(i);
    attach(*recorder, *file, drive);
    for (int i = 0; i < 5; ++i) {
      drive.drive(i + 100 * run);
      ASSERT_TRUE(recorder->step(*file, kNow));
    }
  }
  EXPECT_EQ(file->totals().lost, 0U);
}

TEST_F(RecordLive, AnUpdateThatIsToldIsShownAlsoWhereTheSimsOwnCounterStands) {
  const Sim& sim = *find_sim("ac");
  MadeSections sections(sim);
  UserSettings user;
  user.options[&setting("shm_dir")] = live_.path();
  auto bridge = LoneHostBridge::open(sections, user, "", "a test", clock_, log_);
  ASSERT_TRUE(bridge);
  sections.set_game(Game{.pid = 1, .exe_name = "acs.exe"});
  auto reader = std::move(*reader::Reader::open("ac", live_.path()));
  const std::string name(sim.mappings.front().file_name());
  const auto section = sections.section(name, 4096);
  for (std::uint32_t i = 1; i < 5; ++i) {
    put(section, 800, i);
    sections.updated(name);
    (*bridge)->step();
    const auto shown = reader.snapshot(name);
    ASSERT_TRUE(shown);
    EXPECT_EQ(get<std::uint32_t>(shown->bytes, 800), i) << "and not up to 100 ms later";
  }
}

TEST_F(RecordLive, TheEndOfTheGameIsPlayedToo) {
  const Sim& sim = *find_sim("ac");
  {
    ModelDrive drive(sim, live_.path());
    auto recorder = Recorder::open(sim, live_.path());
    const auto file = writer();
    attach(*recorder, *file, drive);
    drive.drive(1);
    ASSERT_TRUE(recorder->step(*file, kNow));
    EXPECT_TRUE(recorder->is_live());
    drive.leave();
    ASSERT_TRUE(soon([&] {
      drive.show();
      return recorder->step(*file, kNow) && !recorder->is_live();
    }));
    drive.start();
    drive.drive(2);
    ASSERT_TRUE(recorder->step(*file, kNow));
    ASSERT_TRUE(file->finish());
  }
  const auto recording = reader();
  MadeSections sections(sim);
  Player player(*recording, sections);
  player.go_to(0);
  std::vector<bool> games;
  while (player.next_ns()) {
    player.show_next();
    const bool is_before_the_first = games.empty() && !sections.game();
    if (!is_before_the_first && (games.empty() || games.back() != sections.game().has_value()))
      games.push_back(sections.game().has_value());
  }
  EXPECT_EQ(games, (std::vector<bool>{true, false, true}));
}

TEST_F(RecordLive, FromAnyMomentItShowsWhatWasThere) {
  const Sim& sim = *find_sim("ac");
  const auto file = writer();
  ASSERT_TRUE(file->start({.sim = "ac", .mappings = {"acpmf_physics"}}));
  Bytes bytes(2048);
  for (std::uint32_t i = 0; i < 40; ++i) {
    put(bytes, 4 * (i % 100), i + 1);
    ASSERT_TRUE(file->frame(0, bytes, 0, std::int64_t{i} * 100 * kMs));
  }
  ASSERT_TRUE(file->finish());
  const auto recording = reader();
  for (const std::uint32_t from : {1U, 9U, 10U, 11U, 25U, 39U}) {
    MadeSections sections(sim);
    Player player(*recording, sections);
    player.go_to(std::int64_t{from} * 100 * kMs);
    const auto section = sections.section("acpmf_physics", bytes.size());
    EXPECT_EQ(get<std::uint32_t>(section, 4 * (from - 1)), from) << "the one before";
    EXPECT_EQ(get<std::uint32_t>(section, 4 * from), 0U) << from;
    EXPECT_EQ(player.next_ns(), std::int64_t{from} * 100 * kMs);
  }
}

TEST(RecordSchedule, BeingLateDoesNotAddUp) {
  Schedule schedule(2);
  schedule.start(1000 * kMs, 5000 * kMs);
  EXPECT_EQ(schedule.due_ns(1000 * kMs, 5000 * kMs), 5000 * kMs);
  EXPECT_EQ(schedule.due_ns(1100 * kMs, 5040 * kMs), 5050 * kMs) << "twice as fast";
  EXPECT_EQ(schedule.due_ns(1200 * kMs, 5120 * kMs), 5100 * kMs) << "late";
  EXPECT_EQ(schedule.due_ns(1300 * kMs, 5130 * kMs), 5150 * kMs) << "and in time again";
}

TEST(RecordSchedule, APauseOfTheMachineIsNotMadeUpFor) {
  Schedule schedule(1);
  schedule.start(0, 0);
  EXPECT_EQ(schedule.due_ns(100 * kMs, 9000 * kMs), 9000 * kMs);
  EXPECT_EQ(schedule.due_ns(200 * kMs, 9010 * kMs), 9100 * kMs);
}

}  // namespace
}  // namespace pitbridge::record
