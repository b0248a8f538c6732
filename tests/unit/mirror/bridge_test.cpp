// SPDX-License-Identifier: MIT
// The whole life of a bridge (bridges/ARCHITECTURE.md), in a world without real time.
#include "common/core/mirror/bridge.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/core/settings/map_spec.hpp"
#include "common/core/sim/describe.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;
constexpr std::size_t kBytes = 64;

constexpr std::string_view kFast = "Local\\toy_fast";
constexpr std::string_view kSlow = "Local\\toy_slow";
constexpr std::string_view kLate = "Local\\toy_late";

constexpr Mapping kMappings[] = {
    {.name = kFast,
     .size_bytes = kBytes,
     .min_file_bytes = kBytes,
     .detector = {.rule = Consistency::kCounter, .offset_bytes = 0, .nominal_rate_hz = 60},
     .may_be_owned = true},
    {.name = kSlow, .size_bytes = kBytes, .min_file_bytes = kBytes, .detector = {.nominal_rate_hz = 4}},
    // Of no known size: its file is made when the game makes the mapping.
    {.name = kLate, .detector = {.nominal_rate_hz = 60}, .optional = true},
};

constexpr Title kTitles[] = {{.id = "toy_one",
                              .name = "Toy One",
                              .exe_names = {"toy.exe", "toy_vr.exe"},
                              .app_ids = {},
                              .layouts = {},
                              .channels = {},
                              .activity_rules = {}}};
constexpr Sim kSim = {
    .name = "toy", .description = "Toy Racing", .mappings = kMappings, .titles = kTitles, .start_rule = {}};

const std::vector<std::string> kFileNames = {"toy_fast", "toy_slow", "toy_late"};

constexpr std::string_view kVoice = "Voice";

class BridgeTest : public testing::Test {
 protected:
  explicit BridgeTest(const Sim& sim = kSim) : sim_(sim) { make_bridge({}); }

  void make_bridge(BridgeSettings settings) {
    status_.start("toy", "/prefix", 1, 1, file_names(sim_));
    bridge_ = std::make_unique<Bridge>(sim_, settings, source_, files_, clock_, log_, status_);
  }
  void start(BridgeSettings settings = {}) {
    make_bridge(settings);
    const auto started = bridge_->start();
    ASSERT_TRUE(started) << started.error().message;
  }

  // --- The game ---
  void launch_game(std::uint32_t pid = 10) {
    source_.game = Game{pid, "toy.exe"};
    source_.make(kFast, kBytes);
    source_.make(kSlow, kBytes);
  }
  /// The process ends, and its names with it: the bridge keeps no handle.
  void end_game() {
    source_.game.reset();
    source_.sections.clear();
  }
  void write(std::string_view name = kFast) {
    FakeSection& section = *source_.sections.at(std::string(name));
    const std::uint32_t n = get<std::uint32_t>(section.bytes, 0) + 1;
    put(section.bytes, 0, n);
    put(section.bytes, 32, n * 3);
  }

  // --- Time ---
  /// Lets time pass; while `writing`, the game writes at 60 Hz, but for a last moment in which the bridge may
  /// catch up. Ends early when the bridge has finished.
  void run(std::int64_t duration_ns, bool writing = false) {
    const std::int64_t end = clock_.now + duration_ns;
    const std::int64_t last_write = end - std::min(50 * kMs, duration_ns / 2);
    std::int64_t next_write = clock_.now;
    while (!bridge_->finished()) {
      const std::int64_t next = bridge_->step();
      if (bridge_->finished()) break;
      ASSERT_GT(next, clock_.now) << "the bridge would spin";
      if (next > end) break;
      clock_.now = next;
      for (; writing && next_write <= std::min(clock_.now, last_write); next_write += 16 * kMs) write();
    }
    if (!bridge_->finished()) clock_.now = end;
  }

  // --- What is seen from outside ---
  Status status() const { return *read_status(page_.bytes); }
  BridgeState shown_state() const { return static_cast<BridgeState>(status().header.state); }
  const StatusMapping& entry(const Status& s, std::string_view file) const { return *s.find(file); }
  bool shown_attached(std::string_view file) const {
    const Status s = status();
    return s.find(file)->attached != 0;
  }
  void expect_state(BridgeState state) const {
    EXPECT_EQ(state_name(bridge_->state()), state_name(state));
    EXPECT_EQ(state_name(shown_state()), state_name(state));
  }
  void expect_mirrored(std::string_view name, std::string_view file) const {
    const Bytes& section = source_.sections.at(std::string(name))->bytes;
    const Bytes& content = files_.at(file).content;
    ASSERT_GE(content.size(), section.size()) << file;
    EXPECT_TRUE(std::equal(section.begin(), section.end(), content.begin())) << file;
  }
  void expect_cleared() const {
    for (const auto& [name, file] : files_.files) EXPECT_TRUE(all_zero(file->content)) << name;
  }

  const Sim& sim_;
  PageMemory page_;
  MemorySink page_file_{page_.bytes};
  StatusWriter status_{page_file_, page_.bytes};
  FakeClock clock_;
  FakeLog log_;
  FakeSource source_{&clock_};
  FakeSinkFactory files_;
  std::unique_ptr<Bridge> bridge_;
};

// --- Starting --------------------------------------------------------------------------------------------

TEST_F(BridgeTest, FilesThatReadersExpectAreThereBeforeTheGame) {
  start();
  expect_state(BridgeState::kWaiting);
  EXPECT_EQ(files_.at("toy_fast").content.size(), kBytes);
  EXPECT_EQ(files_.at("toy_slow").content.size(), kBytes);
  EXPECT_FALSE(files_.files.contains("toy_late"));
  EXPECT_TRUE(log_.has("start the game")) << "a wait ends in the remedy";
  EXPECT_FALSE(bridge_->finished());
}

TEST_F(BridgeTest, AFileThatCannotBeOpenedIsAnErrorOfTheStart) {
  files_.refused.insert("toy_slow");
  make_bridge({});
  const auto started = bridge_->start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ExitCode::kOutputRefused);
  EXPECT_NE(started.error().message.find("toy_slow"), std::string::npos);
  bridge_->stop();
  expect_state(BridgeState::kStopped);
}

TEST_F(BridgeTest, WhatAKilledBridgeLeftIsCleared) {
  files_.files["toy_fast"] = std::make_shared<FakeFile>();
  files_.files["toy_fast"]->content = Dice(1).bytes(kBytes * 2);
  start();
  expect_cleared();
}

// --- A whole life ----------------------------------------------------------------------------------------

TEST_F(BridgeTest, BridgeFirst) {
  start();
  run(5 * kSecond);
  expect_state(BridgeState::kWaiting);
  launch_game();
  run(500 * kMs, true);
  expect_state(BridgeState::kAttached);
  expect_mirrored(kFast, "toy_fast");
  EXPECT_EQ(status().header.game_pid, 10U);
  EXPECT_EQ(fixed_text(status().header.title), "toy_one");
}

TEST_F(BridgeTest, ANameThatItIsToldOfIsAskedForAtOnce) {
  source_.sees_names = true;
  start();
  run(5 * kSecond);
  launch_game();
  (void)bridge_->step();
  expect_state(BridgeState::kAttached);
  EXPECT_TRUE(shown_attached("toy_fast"));
  run(10 * kSecond, true);
  source_.make(kLate, kBytes);
  run(30 * kMs);
  EXPECT_TRUE(shown_attached("toy_late")) << "also of a game that has run for long: where no look is due";
}

TEST_F(BridgeTest, GameFirst) {
  launch_game();
  for (int i = 0; i < 100; ++i) write();
  write(kSlow);
  start();
  run(1);
  expect_state(BridgeState::kAttached);
  expect_mirrored(kFast, "toy_fast");
  expect_mirrored(kSlow, "toy_slow");
}

TEST_F(BridgeTest, KnowsBeforeTheGameHowMuchItWillShow) {
  start();
  EXPECT_EQ(bridge_->section_bytes(), 2 * kBytes) << "what may never come is not counted";
  launch_game();
  source_.make(kLate, 10 * kBytes);
  run(500 * kMs, true);
  EXPECT_EQ(bridge_->section_bytes(), 12 * kBytes);
}

TEST_F(BridgeTest, ASectionFarLargerThanTheGameNeedsIsRefusedOnceAndTheOthersGoOn) {
  start();
  launch_game();
  source_.make(kFast, kMappings[0].most_section_bytes() + 1);
  run(20 * kSecond);
  EXPECT_FALSE(shown_attached("toy_fast"));
  EXPECT_EQ(files_.at("toy_fast").content.size(), kBytes) << "the file has not grown";
  EXPECT_TRUE(shown_attached("toy_slow"));
  EXPECT_EQ(log_.count("it is not mirrored"), 1U);
  source_.make(kFast, kMappings[0].most_section_bytes());
  run(2 * kSecond, true);
  EXPECT_TRUE(shown_attached("toy_fast")) << "made anew, and within the bound";
}

TEST_F(BridgeTest, AllSectionsTogetherHaveABound) {
  constexpr std::size_t kMiB = std::size_t{1} << 20U;
  start({.max_total_bytes = kMiB});
  launch_game();
  source_.make(kLate, kMiB);
  run(2 * kSecond);
  EXPECT_TRUE(shown_attached("toy_fast"));
  EXPECT_FALSE(shown_attached("toy_late")) << "with the others it is over the bound";
  EXPECT_FALSE(files_.files.contains("toy_late"));
  EXPECT_TRUE(log_.has("over 1 MiB. Raise --max-mib"));
  source_.make(kLate, kMiB - 2 * kBytes);
  run(2 * kSecond);
  EXPECT_TRUE(shown_attached("toy_late"));
}

TEST(MostSectionBytes, LeavesRoomForAPatchAndKnowsNothingOfAUsersOwn) {
  EXPECT_EQ((Mapping{.name = "X", .size_bytes = 800}).most_section_bytes(), (std::size_t{1} << 20U) + 800);
  EXPECT_EQ((Mapping{.name = "X", .size_bytes = 800, .min_file_bytes = 1U << 20U}).most_section_bytes(),
            4U << 20U);
  EXPECT_EQ((Mapping{.name = "X"}).most_section_bytes(), 0U);
  EXPECT_EQ((Mapping{.name = "X", .size_bytes = 800, .by_user = true}).most_section_bytes(), 0U);
}

TEST_F(BridgeTest, FromWaitingToGone) {
  start();
  run(kSecond);
  expect_state(BridgeState::kWaiting);
  launch_game();
  run(kSecond, true);
  expect_state(BridgeState::kAttached);
  run(5 * kSecond);  // a menu, say
  expect_state(BridgeState::kPaused);
  EXPECT_TRUE(shown_attached("toy_fast"));
  run(kSecond, true);
  expect_state(BridgeState::kAttached);
  run(5 * kSecond);
  expect_state(BridgeState::kPaused);
  run(kSecond, true);
  end_game();
  run(kSecond);
  EXPECT_TRUE(bridge_->finished()) << "within 1 s";
  expect_state(BridgeState::kGone);
  expect_cleared();
  bridge_->stop();
  expect_state(BridgeState::kGone);
}

TEST_F(BridgeTest, AttachedBeginsSoonAfterTheMapping) {
  start();
  run(60 * kSecond);
  launch_game();
  const std::int64_t made = clock_.now;
  while (bridge_->state() != BridgeState::kAttached && clock_.now < made + kSecond) run(kMs);
  EXPECT_LE(clock_.now - made, 251 * kMs);
}

TEST_F(BridgeTest, TheFirstNameIsProbedFourTimesASecondAndTheOthersEachSecond) {
  start();
  run(20 * kSecond);
  launch_game();
  run(20 * kSecond, true);
  run(20 * kSecond);
  for (const std::string_view name : {kFast, kSlow}) {
    const auto& asked = source_.asked_ns[std::string(name)];
    ASSERT_GT(asked.size(), 100U) << name;
    for (std::size_t i = 1; i < asked.size(); ++i)
      ASSERT_LE(asked[i] - asked[i - 1], (name == kFast ? 270 : 1020) * kMs) << name << " " << i;
    EXPECT_LT(asked.size(), 1500U) << "and not as a busy loop";
  }
}

// Each question is some calls of the wineserver, and a sim may have 13 mappings.
TEST_F(BridgeTest, OnceSettledFewNamesAreAskedFor) {
  start();
  launch_game();
  run(6 * kSecond, true);
  source_.asked_ns.clear();
  run(10 * kSecond, true);
  std::size_t questions = 0;
  for (const auto& [name, asked] : source_.asked_ns) questions += asked.size();
  const std::size_t others = source_.asked_ns.size() - 1;
  EXPECT_LE(questions, 10 * (5 + others) + 5) << "four times a second for one, and once for each";
}

// They are calls of the wineserver, during which nothing is looked at.
TEST_F(BridgeTest, NamesAreAskedForWhereNoUpdateIsDue) {
  start();
  launch_game();
  run(6 * kSecond, true);
  int asked_in_all = 0;
  for (int shift = 0; shift < 8; ++shift) {  // of the game's updates against the bridge's chores
    run(shift * kMs / 4);
    const std::int64_t first_write = clock_.now;
    source_.asked_ns.clear();
    run(10 * kSecond, true);
    for (const std::int64_t at : source_.asked_ns[std::string(kFast)]) {
      if (at < first_write + kSecond) continue;  // it has to learn
      ++asked_in_all;
      EXPECT_GE(16 * kMs - (at - first_write) % (16 * kMs), kMs) << at - first_write;
    }
  }
  EXPECT_GT(asked_in_all, 200);
}

TEST_F(BridgeTest, OnceTheFirstNameIsMadeAnewAllAreAskedFor) {
  start();
  launch_game();
  run(6 * kSecond, true);
  const std::int64_t made = clock_.now;
  source_.make(kFast, kBytes);
  source_.make(kSlow, kBytes)->bytes[5] = std::byte{42};
  while (files_.at("toy_slow").content[5] != std::byte{42} && clock_.now < made + kSecond) run(kMs, true);
  EXPECT_LE(clock_.now - made, 300 * kMs);
}

// A wake-up of the bridge costs more than a look.
TEST_F(BridgeTest, MappingsThatAreDueTogetherAreLookedAtTogether) {
  const auto steps_of_a_second = [&](bool with_another) {
    int steps = 0;
    const std::int64_t end = clock_.now + kSecond;
    for (std::int64_t next_write = clock_.now; clock_.now < end; ++steps) {
      clock_.now = bridge_->step();
      for (; next_write <= clock_.now; next_write += 16 * kMs) {
        write();
        if (with_another) write(kLate);
      }
    }
    return steps;
  };
  start();
  launch_game();
  source_.make(kLate, kBytes);
  run(2 * kSecond, true);
  (void)steps_of_a_second(false);
  const int alone = steps_of_a_second(false);
  for (int i = 0; i < 3; ++i) (void)steps_of_a_second(true);
  EXPECT_LT(steps_of_a_second(true), alone * 3 / 2);
}

TEST_F(BridgeTest, WakesUpNoMoreOftenThanItsProfileSays) {
  PacerProfile profile = kDefaultProfile;
  profile.wake_ups_per_second = 100;
  start({.pacing = profile});
  launch_game();
  run(2 * kSecond, true);
  int steps = 0;
  const std::int64_t end = clock_.now + 10 * kSecond;
  for (std::int64_t next_write = clock_.now; clock_.now < end; ++steps) {
    clock_.now = bridge_->step();
    for (; next_write <= clock_.now; next_write += 16 * kMs) write();
  }
  EXPECT_LE(steps, 10 * 100 + 20);
  EXPECT_GE(steps, 900) << "and it uses them";
  run(100 * kMs);
  expect_mirrored(kFast, "toy_fast");
}

TEST_F(BridgeTest, ASilentGameCostsFewSteps) {
  start();
  launch_game();
  run(30 * kSecond);
  int steps = 0;
  const std::int64_t end = clock_.now + 60 * kSecond;
  while (clock_.now < end) {
    clock_.now = bridge_->step();
    ++steps;
  }
  EXPECT_LT(steps, 60 * 40);
}

TEST_F(BridgeTest, APausedGameIsNotCalledGone) {
  start();
  launch_game();
  run(kSecond, true);
  run(3600 * kSecond);
  expect_state(BridgeState::kPaused);
  EXPECT_FALSE(bridge_->finished());
  expect_mirrored(kFast, "toy_fast");
}

TEST_F(BridgeTest, TheHeartBeatsEverySecond) {
  start();
  for (int i = 0; i < 30; ++i) {
    if (i == 10) launch_game();
    run(700 * kMs, i > 15);
    EXPECT_LE(clock_.now - static_cast<std::int64_t>(status().header.heartbeat_ns), kSecond) << i;
  }
}

TEST_F(BridgeTest, ALateMappingGetsItsFileWhenItAppears) {
  start();
  launch_game();
  run(2 * kSecond, true);
  auto late = source_.make(kLate, 5000);
  late->bytes[4999] = std::byte{7};
  run(kSecond, true);
  expect_mirrored(kLate, "toy_late");
  EXPECT_TRUE(shown_attached("toy_late"));
}

// --- Gone, and again -------------------------------------------------------------------------------------

TEST_F(BridgeTest, StayingItServesTheNextGame) {
  start({.stay = true});
  for (std::uint32_t pid = 10; pid < 15; ++pid) {
    launch_game(pid);
    run(2 * kSecond, true);
    expect_state(BridgeState::kAttached);
    expect_mirrored(kFast, "toy_fast");
    EXPECT_EQ(status().header.game_pid, pid);
    end_game();
    run(kSecond);
    expect_state(BridgeState::kWaiting);
    expect_cleared();
    EXPECT_EQ(status().header.game_pid, 0U);
    EXPECT_FALSE(bridge_->finished());
    run(3 * kSecond);
  }
  EXPECT_EQ(log_.count("the game has gone"), 5U);
}

TEST_F(BridgeTest, AGameRestartedBetweenTwoProbesIsFollowed) {
  start();
  launch_game(10);
  run(kSecond, true);
  end_game();
  launch_game(11);
  run(kSecond, true);
  expect_state(BridgeState::kAttached);
  expect_mirrored(kFast, "toy_fast");
  EXPECT_EQ(status().header.game_pid, 11U);
  EXPECT_FALSE(bridge_->finished());
}

TEST_F(BridgeTest, FilesAreClearedWithinASecondOfTheEnd) {
  start();
  launch_game();
  run(kSecond, true);
  const std::int64_t ended = clock_.now;
  end_game();
  run(10 * kSecond);
  EXPECT_TRUE(bridge_->finished());
  EXPECT_LE(clock_.now - ended, kSecond);
  expect_cleared();
}

TEST_F(BridgeTest, AMappingClosedByALivingGameIsCleared) {
  start();
  launch_game();
  run(kSecond, true);
  source_.sections.clear();
  run(kSecond);
  expect_state(BridgeState::kWaiting);
  expect_cleared();
  EXPECT_FALSE(bridge_->finished());
  EXPECT_EQ(status().header.game_pid, 10U);
  source_.make(kFast, kBytes);
  run(kSecond, true);
  expect_state(BridgeState::kAttached);
  expect_mirrored(kFast, "toy_fast");
}

TEST_F(BridgeTest, OneMappingVanishesWhileTheOthersStay) {
  start();
  launch_game();
  write(kSlow);
  run(kSecond, true);
  source_.sections.erase(std::string(kSlow));
  run(kSecond, true);
  expect_state(BridgeState::kAttached);
  EXPECT_TRUE(all_zero(files_.at("toy_slow").content));
  EXPECT_FALSE(shown_attached("toy_slow"));
  EXPECT_TRUE(shown_attached("toy_fast"));
  expect_mirrored(kFast, "toy_fast");
  EXPECT_TRUE(log_.has("toy_slow was closed"));
}

TEST_F(BridgeTest, AMappingMadeAnewIsFollowed) {
  start();
  launch_game();
  run(kSecond, true);
  source_.make(kFast, kBytes);
  run(kSecond, true);
  expect_mirrored(kFast, "toy_fast");
  EXPECT_TRUE(log_.has("toy_fast was made anew"));
  EXPECT_FALSE(bridge_->finished());
}

// --- Games that are no known process, and sections that are no game's ------------------------------------

TEST_F(BridgeTest, AToolThatWritesNowAndThenIsMirroredAndNotCalledLive) {
  start();
  source_.make(kFast, kBytes);  // by a reader that creates what it does not find
  run(kSecond);
  write();
  run(2 * kSecond);
  EXPECT_TRUE(shown_attached("toy_fast"));
  EXPECT_EQ(status().header.game_pid, 0U);
  EXPECT_EQ(fixed_text(status().header.title), "");
  EXPECT_EQ(source_.leave_calls, 0);
  source_.sections.clear();
  run(2 * kSecond);
  expect_state(BridgeState::kWaiting);
  EXPECT_FALSE(bridge_->finished()) << "that was no game";
}

TEST_F(BridgeTest, AnUnknownProgramThatWroteLikeAGameWasOne) {
  start();
  source_.make(kFast, kBytes);
  run(3 * kSecond, true);
  source_.sections.clear();
  run(2 * kSecond);
  EXPECT_TRUE(bridge_->finished());
  expect_cleared();
}

TEST_F(BridgeTest, AGameThatAppearsAfterItsMappingIsFound) {
  start();
  source_.make(kFast, kBytes);
  run(5 * kSecond);
  source_.game = Game{20, "TOY_VR.EXE"};
  run(1500 * kMs);
  EXPECT_EQ(status().header.game_pid, 20U);
  EXPECT_EQ(fixed_text(status().header.title), "toy_one");
}

TEST_F(BridgeTest, AnUnknownExeHasNoTitle) {
  source_.make(kFast, kBytes);
  source_.game = Game{20, "mod.exe"};
  start();
  run(kSecond);
  EXPECT_EQ(status().header.game_pid, 20U);
  EXPECT_EQ(fixed_text(status().header.title), "");
}

TEST_F(BridgeTest, ProcessesAreSearchedSeldom) {
  start();
  run(10 * kSecond);
  EXPECT_EQ(source_.find_calls, 0) << "a search costs milliseconds, and there is no mapping";
  source_.make(kFast, kBytes);
  run(10 * kSecond, true);
  EXPECT_GE(source_.find_calls, 5);
  EXPECT_LE(source_.find_calls, 11);
}

TEST_F(BridgeTest, WhatAnEarlierGameWroteMakesNoGameOfALaterTool) {
  start({.stay = true});
  launch_game();
  run(3 * kSecond, true);
  end_game();
  run(2 * kSecond);
  source_.make(kFast, kBytes);
  run(kSecond);
  write();
  run(kSecond);
  EXPECT_TRUE(shown_attached("toy_fast"));
  source_.sections.clear();
  run(2 * kSecond);
  expect_state(BridgeState::kWaiting);
  EXPECT_EQ(log_.count("the game has gone"), 1U);
}

TEST_F(BridgeTest, TheEndIsToldOnceAlsoWhenTheNamesLiveOnForAMoment) {
  start({.stay = true});
  launch_game();
  run(2 * kSecond, true);
  source_.game.reset();
  run(150 * kMs);
  source_.sections.clear();
  run(3 * kSecond);
  expect_state(BridgeState::kWaiting);
  EXPECT_EQ(log_.count("the game has gone"), 1U);
}

TEST_F(BridgeTest, ASectionThatOutlivesItsGameIsNotAttachedAgain) {
  start({.stay = true});
  launch_game(10);
  run(2 * kSecond, true);
  source_.game.reset();  // a reader of the prefix holds the names
  run(2 * kSecond);
  expect_state(BridgeState::kWaiting);
  expect_cleared();
  run(60 * kSecond);
  expect_state(BridgeState::kWaiting);
  EXPECT_FALSE(shown_attached("toy_fast"));
  expect_cleared();
  // The next game opens the section that is still there.
  source_.game = Game{11, "toy.exe"};
  run(3 * kSecond, true);
  expect_state(BridgeState::kAttached);
  EXPECT_EQ(status().header.game_pid, 11U);
  EXPECT_TRUE(shown_attached("toy_slow"));
  expect_mirrored(kFast, "toy_fast");
}

TEST_F(BridgeTest, AfterAStaleSectionANewOneIsTakenAtOnce) {
  start({.stay = true});
  launch_game(10);
  run(2 * kSecond, true);
  source_.game.reset();
  run(5 * kSecond);
  expect_state(BridgeState::kWaiting);
  source_.make(kFast, kBytes);
  run(kSecond, true);
  expect_state(BridgeState::kAttached);
  expect_mirrored(kFast, "toy_fast");
  EXPECT_FALSE(shown_attached("toy_slow")) << "that one is still old";
}

TEST_F(BridgeTest, ByDefaultAStaleSectionDoesNotHoldItUp) {
  start();
  launch_game(10);
  run(2 * kSecond, true);
  source_.game.reset();
  const std::int64_t ended = clock_.now;
  run(10 * kSecond);
  EXPECT_TRUE(bridge_->finished());
  EXPECT_LE(clock_.now - ended, kSecond);
  expect_cleared();
}

// --- Absent mappings --------------------------------------------------------------------------------------

TEST_F(BridgeTest, OnceSettledAnAbsentMappingIsAskedForOnceASecondAndStillFound) {
  start();
  launch_game();
  run(6 * kSecond, true);
  auto& asked = source_.asked_ns[std::string(kLate)];
  asked.clear();
  run(10 * kSecond, true);
  EXPECT_GE(asked.size(), 9U);
  EXPECT_LE(asked.size(), 11U);
  source_.make(kLate, kBytes);
  run(1500 * kMs, true);
  EXPECT_TRUE(shown_attached("toy_late"));
}

// --- Handover --------------------------------------------------------------------------------------------

TEST_F(BridgeTest, TheLastWriteOfAGameIsNotTakenForAnotherWritersWhenItIsSeenLate) {
  for (int i = 0; i < 10; ++i) {
    start();
    launch_game();
    run(kSecond, true);
    run(10 * kSecond + i * 25 * kMs);  // silent for long, so looks are seldom
    write();
    source_.game.reset();  // the names live on: a reader holds them
    run(2 * kSecond);
    EXPECT_TRUE(bridge_->finished()) << i;
    bridge_->stop();
  }
  EXPECT_FALSE(log_.has("goes on writing"));
}

TEST_F(BridgeTest, AKnownProcessThatTakesOverIsFollowed) {
  start();
  launch_game(10);
  run(2 * kSecond, true);
  source_.game = Game{11, "toy_vr.exe"};
  run(2 * kSecond, true);
  expect_state(BridgeState::kAttached);
  EXPECT_EQ(status().header.game_pid, 11U);
  EXPECT_TRUE(log_.has("the game is toy_vr.exe (pid 11)"));
  expect_mirrored(kFast, "toy_fast");
  EXPECT_EQ(files_.at("toy_fast").clears, 1) << "only at the start";
}

TEST_F(BridgeTest, AnUnknownProcessThatGoesOnWritingIsFollowed) {
  start();
  launch_game(10);
  run(2 * kSecond, true);
  source_.game.reset();
  run(5 * kSecond, true);
  expect_state(BridgeState::kAttached);
  EXPECT_EQ(status().header.game_pid, 0U);
  EXPECT_TRUE(log_.has("another process goes on writing"));
  EXPECT_FALSE(bridge_->finished());
  expect_mirrored(kFast, "toy_fast");
  source_.sections.clear();
  run(kSecond);
  EXPECT_TRUE(bridge_->finished());
}

TEST_F(BridgeTest, AKnownProcessThatTakesOverALittleLaterIsFollowed) {
  start();
  launch_game(10);
  run(2350 * kMs, true);
  source_.game.reset();
  run(150 * kMs);
  source_.game = Game{11, "toy.exe"};  // loads, and does not write yet
  run(1500 * kMs);
  EXPECT_FALSE(bridge_->finished());
  expect_state(BridgeState::kAttached);
  EXPECT_EQ(status().header.game_pid, 11U);
}

TEST_F(BridgeTest, ANewGameIsNotTakenForTheOldOnesEnd) {
  start({.stay = true});
  launch_game(10);
  run(2 * kSecond, true);
  source_.game.reset();  // the names live on for a moment
  run(150 * kMs);
  source_.sections.clear();
  run(260 * kMs);
  EXPECT_EQ(log_.count("the game has gone"), 1U);
  launch_game(11);  // loads, and does not write yet
  run(3 * kSecond);
  EXPECT_EQ(log_.count("the game has gone"), 1U) << "the new one runs";
  EXPECT_EQ(log_.count("attached to Local\\toy_fast"), 2U);
}

// --- Faults ----------------------------------------------------------------------------------------------

TEST_F(BridgeTest, AViewThatFaultsIsOpenedAgain) {
  start();
  launch_game();
  run(kSecond, true);
  source_.sections.at(std::string(kFast))->faulty = true;
  run(100 * kMs);
  EXPECT_TRUE(all_zero(files_.at("toy_fast").content));
  EXPECT_TRUE(shown_attached("toy_slow"));
  EXPECT_TRUE(log_.has("pages of the section went away"));
  source_.sections.at(std::string(kFast))->faulty = false;
  run(kSecond, true);
  expect_mirrored(kFast, "toy_fast");
  EXPECT_FALSE(bridge_->finished());
}

TEST_F(BridgeTest, AViewThatGoesOnFaultingDoesNotSpin) {
  start();
  launch_game();
  for (const auto& [name, section] : source_.sections) section->faulty = true;
  int steps = 0;
  const std::int64_t end = clock_.now + 10 * kSecond;
  while (clock_.now < end && steps < 10'000) {
    clock_.now = bridge_->step();
    ++steps;
  }
  EXPECT_LT(steps, 10 * 100);
}

TEST_F(BridgeTest, AFaultBeforeTheEndOfAnUnknownGameIsNotMissed) {
  start();
  source_.make(kFast, kBytes);
  run(3 * kSecond, true);
  source_.sections.at(std::string(kFast))->faulty = true;
  // The section is cut and the look meets it; then the name goes before it can be opened again.
  for (int i = 0; i < 100 && shown_attached("toy_fast"); ++i) {
    write();
    clock_.now = bridge_->step();
  }
  source_.sections.clear();
  run(5 * kSecond);
  EXPECT_TRUE(bridge_->finished());
  EXPECT_EQ(state_name(bridge_->state()), "gone");
}

TEST_F(BridgeTest, ASectionThatCannotBeOpenedIsToldOnceAndTriedOn) {
  start();
  launch_game();
  source_.unopenable.insert(std::string(kSlow));
  run(10 * kSecond, true);
  EXPECT_EQ(log_.count("access denied"), 1U);
  expect_mirrored(kFast, "toy_fast");
  source_.unopenable.clear();
  write(kSlow);
  run(kSecond, true);
  expect_mirrored(kSlow, "toy_slow");
}

TEST_F(BridgeTest, AFileWithoutRoomLeavesTheOthersWorking) {
  start();
  files_.files["toy_slow"]->fail_grow = true;
  launch_game();
  source_.make(kSlow, kBytes * 2);
  run(10 * kSecond, true);
  expect_state(BridgeState::kAttached);
  expect_mirrored(kFast, "toy_fast");
  EXPECT_FALSE(shown_attached("toy_slow"));
  EXPECT_EQ(log_.count("toy_slow: no room"), 1U);
  files_.files["toy_slow"]->fail_grow = false;
  write(kSlow);
  run(kSecond, true);
  expect_mirrored(kSlow, "toy_slow");
}

TEST_F(BridgeTest, ALateFileThatIsRefusedLeavesTheOthersWorking) {
  files_.refused.insert("toy_late");
  start();
  launch_game();
  source_.make(kLate, kBytes);
  run(5 * kSecond, true);
  expect_mirrored(kFast, "toy_fast");
  EXPECT_EQ(log_.count("toy_late: is a symbolic link"), 1U);
  files_.refused.clear();
  write(kLate);
  run(kSecond, true);
  expect_mirrored(kLate, "toy_late");
}

TEST_F(BridgeTest, AHurtFileIsRepairedAtOnceAndPublishedAgain) {
  start();
  launch_game();
  run(kSecond, true);
  files_.files["toy_fast"]->cut = true;
  run(40 * kMs, true);  // an update or two: far less than the next housekeeping
  EXPECT_FALSE(files_.at("toy_fast").cut);
  expect_mirrored(kFast, "toy_fast");
  EXPECT_TRUE(log_.has("made whole again"));
  const Status s = status();
  EXPECT_EQ(entry(s, "toy_fast").repairs, 1U);
}

TEST_F(BridgeTest, AFileOfASilentGameIsRepairedWithinASecond) {
  start();
  launch_game();
  run(kSecond, true);
  run(10 * kSecond);
  files_.files["toy_fast"]->cut = true;
  run(kSecond);
  EXPECT_FALSE(files_.at("toy_fast").cut);
  expect_mirrored(kFast, "toy_fast");
}

TEST_F(BridgeTest, AFileIsRepairedWhileWaitingToo) {
  start();
  run(kSecond);
  files_.files["toy_fast"]->cut = true;
  run(kSecond);
  EXPECT_FALSE(files_.at("toy_fast").cut);
}

TEST_F(BridgeTest, AFileThatCannotBeRepairedIsToldOnce) {
  start();
  launch_game();
  files_.files["toy_slow"]->fail_check = true;
  run(20 * kSecond, true);
  EXPECT_EQ(log_.count("is a directory now"), 1U);
  expect_mirrored(kFast, "toy_fast");
}

TEST_F(BridgeTest, NothingIsLoggedWhileAllIsWell) {
  start();
  launch_game();
  run(kSecond, true);
  const std::size_t lines = log_.lines.size();
  run(60 * kSecond, true);
  EXPECT_EQ(log_.lines.size(), lines);
}

// --- The session -----------------------------------------------------------------------------------------

TEST_F(BridgeTest, TheEndOfTheSessionFinishesIt) {
  for (const bool with_game : {false, true}) {
    for (const bool stay : {false, true}) {
      source_.session_over = false;
      end_game();
      start({.stay = stay});
      if (with_game) launch_game();
      run(kSecond, with_game);
      EXPECT_FALSE(bridge_->finished());
      source_.session_over = true;
      const std::int64_t ended = clock_.now;
      run(10 * kSecond);
      EXPECT_TRUE(bridge_->finished()) << with_game << stay;
      EXPECT_LE(clock_.now - ended, 200 * kMs);
      bridge_->stop();
      expect_state(BridgeState::kGone);
      expect_cleared();
    }
  }
}

TEST_F(BridgeTest, TheSessionIsLeftOpenOnlyWithAGameAndOnce) {
  start({.stay = true});
  run(5 * kSecond);
  source_.make(kLate, kBytes);
  run(5 * kSecond);
  EXPECT_EQ(source_.leave_calls, 0) << "no game yet";
  for (std::uint32_t pid = 10; pid < 13; ++pid) {
    launch_game(pid);
    run(3 * kSecond, true);
    EXPECT_EQ(source_.leave_calls, 1);
    end_game();
    run(3 * kSecond);
  }
  EXPECT_EQ(source_.leave_calls, 1);
}

TEST_F(BridgeTest, ASessionThatCannotBeLeftOpenIsAWarningOnly) {
  source_.leave_error = Error{ExitCode::kFailure, "NtSetInformationProcess: not supported by this Wine"};
  start();
  launch_game();
  run(5 * kSecond, true);
  EXPECT_EQ(log_.count("not supported by this Wine"), 1U);
  EXPECT_EQ(source_.leave_calls, 1);
  expect_state(BridgeState::kAttached);
  expect_mirrored(kFast, "toy_fast");
}

TEST_F(BridgeTest, AGuestLeavesTheSessionOpenAsSoonAsAnythingRunsInIt) {
  start({.stay = true, .guest = true});
  run(5 * kSecond);
  EXPECT_EQ(source_.leave_calls, 0) << "alone it would take the server down";
  source_.others = true;
  run(kSecond);
  EXPECT_EQ(source_.leave_calls, 1) << "the game may never make its mapping";
  launch_game();
  run(5 * kSecond, true);
  EXPECT_EQ(source_.leave_calls, 1);
  expect_mirrored(kFast, "toy_fast");
}

TEST_F(BridgeTest, OtherProgramsAreNoReasonForWhoIsNoGuest) {
  start({.stay = true});
  source_.others = true;
  run(5 * kSecond);
  EXPECT_EQ(source_.leave_calls, 0);
}

TEST_F(BridgeTest, AGuestThatWouldHoldTheSessionUpGoes) {
  source_.leave_error = Error{ExitCode::kFailure, "NtSetInformationProcess: not supported by this Wine"};
  start({.stay = true, .guest = true});
  run(kSecond);
  EXPECT_FALSE(bridge_->finished());
  source_.others = true;
  run(kSecond);
  EXPECT_TRUE(bridge_->finished());
  EXPECT_EQ(log_.count("not supported by this Wine"), 1U);
}

// --- Stopping --------------------------------------------------------------------------------------------

TEST_F(BridgeTest, StoppingClearsEveryFileInPlace) {
  start();
  launch_game();
  write(kSlow);
  run(kSecond, true);
  expect_mirrored(kFast, "toy_fast");
  bridge_->stop();
  expect_state(BridgeState::kStopped);
  expect_cleared();
  EXPECT_EQ(status().header.game_pid, 0U);
  EXPECT_EQ(fixed_text(status().header.title), "");
  for (const std::string& name : kFileNames) EXPECT_FALSE(shown_attached(name)) << name;
  EXPECT_EQ(files_.at("toy_fast").content.size(), kBytes) << "never shrunk";
}

TEST_F(BridgeTest, StoppingWhileWaiting) {
  start();
  run(kSecond);
  bridge_->stop();
  expect_state(BridgeState::kStopped);
  expect_cleared();
}

TEST_F(BridgeTest, StoppingTwiceOrBeforeTheStartIsHarmless) {
  bridge_->stop();
  expect_state(BridgeState::kStopped);
  start();
  bridge_->stop();
  bridge_->stop();
  expect_state(BridgeState::kStopped);
}

TEST_F(BridgeTest, ARestartedBridgeServesTheRunningGame) {
  start();
  launch_game();
  run(kSecond, true);
  const Status before = status();
  bridge_->stop();
  start();
  run(kSecond, true);
  expect_state(BridgeState::kAttached);
  expect_mirrored(kFast, "toy_fast");
  EXPECT_GT(entry(status(), "toy_fast").sequence, entry(before, "toy_fast").sequence);
}

// --- Another bridge asks for the place -------------------------------------------------------------------

TEST_F(BridgeTest, WithoutAGameItGivesWayAfterAWhile) {
  start();
  page_file_.asking = "pid 55, prefix /other";
  run(2500 * kMs);
  EXPECT_FALSE(bridge_->finished()) << "its game may just be starting";
  run(kSecond);
  EXPECT_TRUE(bridge_->finished());
  EXPECT_TRUE(bridge_->gives_way());
  EXPECT_TRUE(log_.has("the place goes to the bridge that has data (pid 55, prefix /other)"));
  bridge_->stop();
  expect_state(BridgeState::kGone);
  expect_cleared();
}

TEST_F(BridgeTest, AGameThatHasNeverWrittenKeepsNothing) {
  launch_game();
  write();
  start();  // it hangs, or is something that only bears the name
  run(10 * kSecond);
  EXPECT_TRUE(shown_attached("toy_fast"));
  page_file_.asking = "pid 55, prefix /other";
  run(kSecond);
  EXPECT_TRUE(bridge_->gives_way());
  bridge_->stop();
  expect_cleared();
}

TEST_F(BridgeTest, AGameThatHasWrittenKeepsThePlaceAndBothAreNamedOnce) {
  start();
  launch_game();
  run(kSecond, true);
  page_file_.asking = "pid 55, prefix /other";
  run(20 * kSecond);  // in a menu
  EXPECT_FALSE(bridge_->gives_way());
  expect_state(BridgeState::kPaused);
  EXPECT_EQ(log_.count("a second game of Toy Racing has data (pid 55, prefix /other); the files show the "
                       "first, toy.exe (pid 10)"),
            1U);
  EXPECT_NE(fixed_text(status().header.message).find("a second game"), std::string::npos);
}

TEST_F(BridgeTest, AfterItsGameItGivesWayInsteadOfStaying) {
  start({.stay = true});
  launch_game();
  run(2 * kSecond, true);
  page_file_.asking = "pid 55, prefix /other";
  run(2 * kSecond, true);
  end_game();
  run(2 * kSecond);
  EXPECT_FALSE(bridge_->gives_way()) << "the next one may follow at once";
  run(3 * kSecond);
  EXPECT_TRUE(bridge_->gives_way());
}

TEST_F(BridgeTest, NobodyAsksNobodyGivesWay) {
  start();
  run(60 * kSecond);
  EXPECT_FALSE(bridge_->finished());
}

TEST_F(BridgeTest, OneThatOwnsMappingsGivesNoWay) {
  start({.own = true});
  page_file_.asking = "pid 55, prefix /other";
  run(20 * kSecond);
  EXPECT_FALSE(bridge_->gives_way()) << "a game may take its files as memory at any time";
}

/// With a mapping that the user named, and that a program beside the game writes.
class BridgeWithUsersMapping : public BridgeTest {
 protected:
  BridgeWithUsersMapping() : BridgeTest(extended().sim()) {}
  static const ExtendedSim& extended() {
    static const ExtendedSim sim(kSim, {{std::string(kVoice), kBytes, std::string(kVoice)}});
    return sim;
  }
  /// For so long the other program writes, and the game does not.
  void talk(std::int64_t duration_ns) {
    for (const std::int64_t end = clock_.now + duration_ns; clock_.now < end && !bridge_->finished();) {
      write(kVoice);
      run(20 * kMs);
    }
  }
};

TEST_F(BridgeWithUsersMapping, ItIsMirroredAndTellsOfNoGame) {
  start();
  source_.make(kVoice, kBytes);
  talk(2 * kSecond);
  expect_mirrored(kVoice, kVoice);
  EXPECT_EQ(bridge_->state(), BridgeState::kWaiting);
  EXPECT_EQ(source_.leave_calls, 0) << "no game runs";
  source_.sections.clear();
  run(2 * kSecond);
  EXPECT_FALSE(bridge_->finished()) << "no game has gone";

  launch_game();
  source_.make(kVoice, kBytes);
  run(kSecond, true);
  EXPECT_EQ(bridge_->state(), BridgeState::kAttached);
  talk(4 * kSecond);
  EXPECT_EQ(bridge_->state(), BridgeState::kPaused) << "the game writes nothing";
  expect_mirrored(kVoice, kVoice);
}

TEST_F(BridgeWithUsersMapping, ItDoesNotKeepTheBridgeAfterTheGame) {
  start();
  launch_game();
  source_.make(kVoice, kBytes);
  run(kSecond, true);
  const auto voice = source_.sections.at(std::string(kVoice));
  end_game();
  source_.sections[std::string(kVoice)] = voice;
  talk(2 * kSecond);
  EXPECT_TRUE(bridge_->finished());
  EXPECT_EQ(bridge_->state(), BridgeState::kGone);
}

/// --own: the bridge makes the mapping, and the file is the section's memory.
class OwnedTest : public BridgeTest {
 protected:
  void start_owning() {
    start({.own = true});
    ASSERT_TRUE(source_.owned.contains(kFast));
  }
  /// The game takes the section that is there: the source shows it from now on.
  void launch_game_in_place() {
    source_.game = Game{10, "toy.exe"};
    source_.make(kFast, kBytes)->id = files_.at("toy_fast").id;
  }
  std::size_t stores() const { return files_.at("toy_fast").stores.size(); }
  int clears() const { return files_.at("toy_fast").clears; }
};

TEST_F(OwnedTest, OnlyMappingsThatMayBeOwnedAreMade) {
  start_owning();
  EXPECT_EQ(source_.owned.size(), 1U);
  EXPECT_EQ(source_.owned.find(kFast)->second, "/fake/toy_fast");
}

TEST_F(OwnedTest, NeverByDefault) {
  start();
  EXPECT_TRUE(source_.owned.empty());
}

TEST_F(OwnedTest, NothingIsStoredIntoTheGamesMemory) {
  start_owning();
  run(kSecond);
  launch_game_in_place();
  run(kSecond, true);
  expect_state(BridgeState::kAttached);
  EXPECT_EQ(stores(), 0U);
  EXPECT_GT(entry(status(), "toy_fast").updates, 10U) << "updates are counted all the same";
}

TEST_F(OwnedTest, ATakenNameIsMirroredAndSaid) {
  launch_game();
  start({.own = true});
  EXPECT_TRUE(log_.has("mirroring it instead"));
  run(kSecond, true);
  expect_mirrored(kFast, "toy_fast");
}

TEST_F(OwnedTest, AGameThatHasGoneLeavesAClearFile) {
  start_owning();
  launch_game_in_place();
  run(kSecond, true);
  const int before = clears();
  end_game();
  run(2 * kSecond);
  EXPECT_TRUE(bridge_->finished());
  EXPECT_GT(clears(), before);
}

TEST_F(OwnedTest, WhoIsToldToLeaveLeavesALivingGamesMemoryAlone) {
  start_owning();
  launch_game_in_place();
  run(kSecond, true);
  const int before = clears();
  bridge_->stop();
  EXPECT_EQ(clears(), before);
  EXPECT_EQ(stores(), 0U);
  EXPECT_TRUE(log_.has("goes on being the game's own memory"));
  EXPECT_FALSE(shown_attached("toy_fast"));
}

TEST_F(OwnedTest, TheNextBridgeDoesNotClearALivingGamesMemory) {
  start_owning();
  launch_game_in_place();
  run(kSecond, true);
  bridge_->stop();
  const int before = clears();
  start();
  run(kSecond, true);
  EXPECT_EQ(clears(), before);
  EXPECT_EQ(stores(), 0U);
  EXPECT_TRUE(shown_attached("toy_fast"));
}

}  // namespace
}  // namespace pitbridge
