// SPDX-License-Identifier: MIT
// The states of the game's process and of the Wine session (bridges/ARCHITECTURE.md), each way between them.
#include "common/core/mirror/game_watch.hpp"

#include <gtest/gtest.h>

#include <ostream>

#include "tests/unit/support/fakes.hpp"

namespace pitbridge {

// GoogleTest prints what differs.
void PrintTo(GamePresence presence, std::ostream* out) {
  constexpr const char* kNames[] = {"unknown", "runs", "handover"};
  *out << kNames[static_cast<std::size_t>(presence)];
}
void PrintTo(SessionHold session, std::ostream* out) {
  constexpr const char* kNames[] = {"held", "released", "refused", "ended"};
  *out << kNames[static_cast<std::size_t>(session)];
}
void PrintTo(GameWatch::News news, std::ostream* out) {
  constexpr const char* kNames[] = {"none", "replaced", "gone"};
  *out << kNames[static_cast<std::size_t>(news)];
}

namespace {

using News = GameWatch::News;

constexpr std::int64_t kMs = 1'000'000;
constexpr std::size_t kBytes = 64;
constexpr std::string_view kCar = "Local\\toy_car";
constexpr std::string_view kVoice = "Voice";

constexpr Mapping kMappings[] = {{.name = kCar, .size_bytes = kBytes, .min_file_bytes = kBytes},
                                 {.name = kVoice, .size_bytes = kBytes, .by_user = true}};
constexpr Title kTitles[] = {{.id = "toy_one",
                              .name = "Toy One",
                              .exe_names = {"toy.exe"},
                              .app_ids = {},
                              .layouts = {},
                              .channels = {},
                              .activity_rules = {}}};
constexpr Sim kSim = {.name = "toy", .description = "Toy", .mappings = kMappings, .titles = kTitles};
constexpr Sim kWithoutTitles = {.name = "shm", .description = "Any", .mappings = kMappings, .titles = {}};

const Error kNotSupported = {ExitCode::kFailure, "NtSetInformationProcess: not supported by this Wine"};

class GameWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    status_.start("toy", "/prefix", 1, 1, std::vector<std::string>{"toy_car", "Voice"});
    for (std::size_t i = 0; i < std::size(kMappings); ++i)
      mirrors_.emplace_back(kMappings[i], i, status_, kDefaultProfile);
    make_watch();
  }
  void make_watch(const Sim& sim = kSim, bool guest = false) {
    watch_.emplace(sim, mirrors_, guest, source_, Voice(log_, status_), status_);
  }

  // --- The game, and the mirrors of its mappings ---
  void make_mapping(std::size_t index = 0) {
    const std::string_view name = kMappings[index].name;
    source_.make(name, kBytes);
    ASSERT_TRUE(mirrors_[index].open_files(files_, kBytes));
    ASSERT_TRUE(mirrors_[index].attach(std::move(*source_.open(name)), now_));
  }
  void close_mapping() {
    source_.sections.clear();
    (void)mirrors_[0].detach();
  }
  void write(int times = 1, std::size_t index = 0) {
    for (int i = 0; i < times; ++i) {
      std::byte& first = source_.sections.find(kMappings[index].name)->second->bytes[0];
      first = static_cast<std::byte>(static_cast<int>(first) + 1);
      ASSERT_EQ(mirrors_[index].look(now_), Mirror::Look::kChanged);
    }
  }
  void launch_game(std::uint32_t pid = 10) {
    source_.game = Game{pid, "toy.exe"};
    make_mapping();
    watch_->search_when_due(now_);
    ASSERT_EQ(watch_->presence(), GamePresence::kRuns);
  }
  /// Its process ends while some other program holds its names.
  void begin_handover() {
    launch_game();
    (void)mirrors_[0].look(now_);  // what it holds already is no news
    source_.game.reset();
    ASSERT_EQ(look(), News::kNone);
    ASSERT_EQ(watch_->presence(), GamePresence::kHandover);
  }

  bool may_attach(bool follows, std::size_t index = 0) {
    auto view = *source_.open(kMappings[index].name);
    return watch_->may_attach(kMappings[index], view, follows, now_);
  }

  News look() { return watch_->look(now_); }
  News look_after(std::int64_t passed_ns) {
    now_ += passed_ns;
    return look();
  }
  Status status() const { return *read_status(page_.bytes); }

  std::int64_t now_ = 1'000'000 * kMs;
  PageMemory page_;
  MemorySink page_file_{page_.bytes};
  StatusWriter status_{page_file_, page_.bytes};
  FakeLog log_;
  FakeSource source_;
  FakeSinkFactory files_;
  std::vector<Mirror> mirrors_;
  std::optional<GameWatch> watch_;
};

// --- The game's process ----------------------------------------------------------------------------------

TEST_F(GameWatchTest, InTheBeginningNothingIsKnownAndALookSearchesForNothing) {
  EXPECT_EQ(look(), News::kNone);
  EXPECT_EQ(watch_->presence(), GamePresence::kUnknown);
  EXPECT_EQ(watch_->game().pid, 0U);
  EXPECT_FALSE(watch_->has_seen_game());
  EXPECT_EQ(source_.find_calls, 0);
}

TEST_F(GameWatchTest, AProcessThatIsFoundRunsAndIsShown) {
  launch_game();
  EXPECT_EQ(look(), News::kNone);
  EXPECT_TRUE(watch_->has_seen_game());
  EXPECT_EQ(watch_->game().exe_name, "toy.exe");
  EXPECT_EQ(status().header.game_pid, 10U);
  EXPECT_EQ(fixed_text(status().header.title), "toy_one");
  EXPECT_TRUE(log_.has("the game is toy.exe (pid 10)"));
}

TEST_F(GameWatchTest, ItSearchesOnceASecondUntilAProcessIsFound) {
  watch_->search_when_due(now_);
  now_ += 999 * kMs;
  watch_->search_when_due(now_);
  EXPECT_EQ(source_.find_calls, 1);
  watch_->search_soon(now_);
  watch_->search_when_due(now_);
  EXPECT_EQ(source_.find_calls, 2);
  source_.game = Game{10, "toy.exe"};
  now_ += 1000 * kMs;
  watch_->search_when_due(now_);
  EXPECT_EQ(watch_->presence(), GamePresence::kRuns);
  now_ += 1000 * kMs;
  watch_->search_when_due(now_);
  EXPECT_EQ(source_.find_calls, 3);
}

TEST_F(GameWatchTest, AProcessThatEndsWithItsNamesIsGone) {
  launch_game();
  source_.game.reset();
  source_.sections.clear();
  EXPECT_EQ(look(), News::kGone);
  EXPECT_EQ(watch_->presence(), GamePresence::kUnknown);
  EXPECT_EQ(status().header.game_pid, 0U);
  EXPECT_EQ(fixed_text(status().header.title), "");
  EXPECT_TRUE(log_.has("toy.exe (pid 10) has ended"));
}

TEST_F(GameWatchTest, AnotherProcessThatRunsAlreadyReplacesIt) {
  launch_game(10);
  source_.game = Game{11, "toy.exe"};
  EXPECT_EQ(look(), News::kReplaced);
  EXPECT_EQ(watch_->presence(), GamePresence::kRuns);
  EXPECT_EQ(status().header.game_pid, 11U);
}

TEST_F(GameWatchTest, WhenTheNamesLiveOnTheMirrorsAreLookedAtAtOnce) {
  launch_game();
  EXPECT_EQ(mirrors_[0].look(now_), Mirror::Look::kUnchanged);
  EXPECT_GT(mirrors_[0].next_look_ns(), now_);
  source_.game.reset();
  EXPECT_EQ(look(), News::kNone);
  EXPECT_EQ(watch_->presence(), GamePresence::kHandover);
  EXPECT_EQ(status().header.game_pid, 0U);
  EXPECT_LE(mirrors_[0].next_look_ns(), now_);
}

TEST_F(GameWatchTest, AHandoverThatNobodyWritesInEndsAfterHalfASecond) {
  begin_handover();
  now_ += 100 * kMs;
  write();  // is still the game's own, seen late
  EXPECT_EQ(look_after(399 * kMs), News::kNone);
  EXPECT_EQ(watch_->presence(), GamePresence::kHandover);
  EXPECT_EQ(look_after(kMs), News::kGone);
  EXPECT_EQ(watch_->presence(), GamePresence::kUnknown);
  EXPECT_FALSE(log_.has("goes on writing"));
}

TEST_F(GameWatchTest, AWriterOfNoTitleIsFollowedAfterAHandover) {
  begin_handover();
  now_ += 101 * kMs;
  write();
  EXPECT_EQ(look_after(399 * kMs), News::kNone);
  EXPECT_EQ(watch_->presence(), GamePresence::kUnknown);
  EXPECT_TRUE(log_.has("another process goes on writing"));
  EXPECT_EQ(look_after(5000 * kMs), News::kNone);
}

TEST_F(GameWatchTest, WhatASectionHoldsWhenItIsAttachedIsNoReasonToFollow) {
  begin_handover();
  now_ += 200 * kMs;
  (void)mirrors_[0].detach();
  make_mapping();
  write();
  EXPECT_EQ(look_after(400 * kMs), News::kGone);
}

TEST_F(GameWatchTest, AUsersMappingIsNoReasonToFollow) {
  begin_handover();
  make_mapping(1);
  now_ += 200 * kMs;
  write(20, 1);
  EXPECT_EQ(look_after(300 * kMs), News::kGone);
}

TEST_F(GameWatchTest, AProcessThatIsFoundEndsTheHandover) {
  begin_handover();
  source_.game = Game{11, "toy.exe"};
  EXPECT_EQ(look_after(100 * kMs), News::kNone);
  EXPECT_EQ(watch_->presence(), GamePresence::kRuns);
  EXPECT_EQ(look_after(1000 * kMs), News::kNone);
  EXPECT_EQ(watch_->game().pid, 11U);
}

TEST_F(GameWatchTest, AProcessThatAProbeFindsDuringAHandoverIsToldOnce) {
  begin_handover();
  source_.game = Game{11, "toy.exe"};
  watch_->search_soon(now_);
  watch_->search_when_due(now_);
  EXPECT_EQ(look_after(100 * kMs), News::kNone);
  EXPECT_EQ(look_after(1000 * kMs), News::kNone);
  EXPECT_EQ(log_.count("the game is toy.exe (pid 11)"), 1U);
}

// --- Mappings that are closed ----------------------------------------------------------------------------

TEST_F(GameWatchTest, ALivingGameMayCloseItsMappings) {
  launch_game();
  close_mapping();
  EXPECT_EQ(watch_->mappings_closed(true, now_), News::kNone);
  EXPECT_EQ(watch_->presence(), GamePresence::kRuns);
}

TEST_F(GameWatchTest, MappingsThatCloseBeforeTheEndIsSeenTellOfTheEnd) {
  launch_game(10);
  close_mapping();
  source_.game = Game{11, "toy.exe"};
  EXPECT_EQ(watch_->mappings_closed(true, now_), News::kReplaced);
  source_.game.reset();
  EXPECT_EQ(watch_->mappings_closed(true, now_), News::kGone);
}

TEST_F(GameWatchTest, WhoWroteLikeAGameHasGoneAndAToolHasNot) {
  make_mapping();
  write(9);
  EXPECT_FALSE(watch_->has_seen_game());
  write();
  EXPECT_TRUE(watch_->has_seen_game());
  close_mapping();
  EXPECT_EQ(watch_->mappings_closed(false, now_), News::kNone);
  EXPECT_EQ(watch_->mappings_closed(true, now_), News::kGone);
}

TEST_F(GameWatchTest, AUsersMappingTellsOfAGameOnlyWhereThereIsNoTitle) {
  make_mapping(1);
  write(20, 1);
  EXPECT_FALSE(watch_->tells_of_game(mirrors_[1]));
  EXPECT_FALSE(watch_->any_attached());
  EXPECT_FALSE(watch_->has_seen_game());
  make_watch(kWithoutTitles);
  EXPECT_TRUE(watch_->tells_of_game(mirrors_[1]));
  EXPECT_TRUE(watch_->any_attached());
  EXPECT_TRUE(watch_->has_seen_game());
}

// --- Sections that a game leaves behind ------------------------------------------------------------------

TEST_F(GameWatchTest, ASectionThatIsLeftBehindWaitsForANewGame) {
  launch_game(10);
  const auto old = source_.sections.begin()->second;
  source_.game.reset();
  watch_->leave_behind(kMappings[0], mirrors_[0].detach(), now_);
  watch_->forget_game();
  EXPECT_EQ(watch_->presence(), GamePresence::kUnknown);
  EXPECT_EQ(status().header.game_pid, 0U);

  now_ += 1000 * kMs;
  EXPECT_FALSE(may_attach(false));
  source_.game = Game{11, "toy.exe"};
  EXPECT_FALSE(may_attach(false)) << "it has searched just now";
  now_ += 1000 * kMs;
  EXPECT_TRUE(may_attach(false));
  EXPECT_EQ(watch_->game().pid, 11U);
  EXPECT_EQ(watch_->quiet_sections(), 0U);
  source_.game.reset();
  now_ += 5000 * kMs;
  EXPECT_TRUE(may_attach(false)) << "it is the new game's from then on";
}

TEST_F(GameWatchTest, ASectionThatIsLeftBehindIsNotBroughtBackByAnotherOne) {
  launch_game(10);
  source_.game.reset();
  watch_->leave_behind(kMappings[0], mirrors_[0].detach(), now_);
  watch_->forget_game();
  now_ += 1000 * kMs;
  EXPECT_FALSE(may_attach(true));
  source_.sections.begin()->second->bytes[5] = std::byte{1};
  EXPECT_TRUE(may_attach(false)) << "somebody writes it again";
}

TEST_F(GameWatchTest, ASectionThatNobodyWritesIsKeptApartAndToldOnce) {
  source_.make(kCar, kBytes);
  EXPECT_FALSE(may_attach(false));
  EXPECT_EQ(source_.find_calls, 1) << "a new section is a reason to search at once";
  for (int i = 0; i < 10; ++i, now_ += 300 * kMs) EXPECT_FALSE(may_attach(false));
  EXPECT_LE(source_.find_calls, 4) << "and then once a second";
  EXPECT_EQ(log_.count("is held by a program that is no game"), 1U);
  source_.make(kCar, kBytes);
  EXPECT_FALSE(may_attach(false)) << "another section, and nobody writes it either";
  EXPECT_TRUE(may_attach(true)) << "another mapping is written, and this one belongs to it";
}

TEST_F(GameWatchTest, AUsersMappingAndASimWithoutTitlesAreNotKeptApart) {
  source_.make(kVoice, kBytes);
  EXPECT_TRUE(may_attach(false, 1));
  make_watch(kWithoutTitles);
  source_.make(kCar, kBytes);
  EXPECT_TRUE(may_attach(false));
}

// --- The session -----------------------------------------------------------------------------------------

TEST_F(GameWatchTest, TheSessionIsHeldUntilAGameRunsAndReleasedOnce) {
  source_.others = true;
  EXPECT_EQ(look(), News::kNone);
  EXPECT_EQ(watch_->session(), SessionHold::kHeld) << "other programs matter to a guest only";
  launch_game();
  EXPECT_EQ(watch_->session(), SessionHold::kReleased);
  watch_->stop_holding_session();
  EXPECT_EQ(source_.leave_calls, 1);
  EXPECT_FALSE(watch_->must_leave());
}

TEST_F(GameWatchTest, AGuestReleasesItForAnyProgram) {
  make_watch(kSim, true);
  EXPECT_EQ(look(), News::kNone);
  EXPECT_EQ(watch_->session(), SessionHold::kHeld);
  source_.others = true;
  EXPECT_EQ(look(), News::kNone);
  EXPECT_EQ(watch_->session(), SessionHold::kReleased);
  EXPECT_FALSE(watch_->must_leave());
}

TEST_F(GameWatchTest, WhereWineRefusesOnlyAGuestMustLeave) {
  source_.leave_error = kNotSupported;
  for (const bool guest : {false, true}) {
    make_watch(kSim, guest);
    EXPECT_FALSE(watch_->must_leave());
    watch_->stop_holding_session();
    watch_->stop_holding_session();
    EXPECT_EQ(watch_->session(), SessionHold::kRefused);
    EXPECT_EQ(watch_->must_leave(), guest);
  }
  EXPECT_EQ(log_.count("not supported by this Wine"), 2U) << "once by each";
}

TEST_F(GameWatchTest, TheEndOfTheSessionIsTheEndOfTheGame) {
  launch_game();
  source_.session_over = true;
  EXPECT_EQ(look(), News::kGone);
  EXPECT_EQ(watch_->session(), SessionHold::kEnded);
  EXPECT_TRUE(watch_->must_leave());
  EXPECT_TRUE(log_.has("the last program of the Wine session has ended"));
}

// --- The voice -------------------------------------------------------------------------------------------

TEST_F(GameWatchTest, AComplaintIsMadeOnceUntilItChangesOrIsSettled) {
  Voice voice(log_, status_);
  Complaint complaint;
  complaint.make(voice, "no room");
  complaint.make(voice, "no room");
  EXPECT_EQ(log_.count("no room"), 1U);
  EXPECT_EQ(log_.lines.back().first, LogLevel::kWarning);
  EXPECT_EQ(fixed_text(status().header.message), "no room");
  complaint.make(voice, "no access");
  complaint.make(voice, "no room");
  EXPECT_EQ(log_.count("no room"), 2U);
  complaint.settle();
  complaint.make(voice, "no room");
  EXPECT_EQ(log_.count("no room"), 3U);
  voice.note("state: attached");
  EXPECT_EQ(log_.lines.back().first, LogLevel::kDebug);
  EXPECT_EQ(fixed_text(status().header.message), "no room") << "a note is for the log alone";
}

}  // namespace
}  // namespace pitbridge
