// SPDX-License-Identifier: MIT
// The scripts of `pitbridge simulate`: what is refused with which words, and what comes of the events.
#include "bridges/simulate/script.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "bridges/simulate/timeline.hpp"
#include "common/core/model/track.hpp"

namespace pitbridge {
namespace {

using model::kLapSeconds;

Script parsed(std::string_view text) {
  const auto script = parse_script(text, "s");
  EXPECT_TRUE(script) << (script ? "" : script.error().message);
  return script.value_or(Script());
}
SimulatedState state_at(std::string_view text, double seconds) {
  return Timeline(parsed(text)).at(seconds);
}

TEST(Scripts, HoldEventsCommentsAndEmptyLines) {
  const Script script =
      parsed("# a drive\n\nat 10 pause  # coffee\r\n\tat 12.5   flag double yellow\nat 60 end");
  ASSERT_EQ(script.size(), 3U);
  EXPECT_EQ(script[0].verb, ScriptVerb::kPause);
  EXPECT_EQ(script[1].at_seconds, 12.5);
  EXPECT_EQ(script[1].flag, Flag::kDoubleYellow);
  EXPECT_EQ(script[2].verb, ScriptVerb::kEnd);
}

struct BadScript {
  const char* text;
  const char* says;
};

class BadScripts : public testing::TestWithParam<BadScript> {};

TEST_P(BadScripts, AreRefusedWithTheLineAndTheRemedy) {
  const auto script = parse_script(GetParam().text, "drive.txt");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().code, ExitCode::kUsage);
  EXPECT_NE(script.error().message.find(GetParam().says), std::string::npos) << script.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    All, BadScripts,
    testing::Values(BadScript{"at 1 pause\nat 2 puase",
                              "drive.txt:2: no event is called \"puase\"; did you mean \"pause\"?"},
                    BadScript{"at 1 flag yelow",
                              "drive.txt:1: no flag is called \"yelow\"; did you mean \"yellow\"?"},
                    BadScript{"at 1 flag", "no flag is called \"\""},
                    BadScript{"on 1 pause", "begins with \"at\" and the seconds, and not with \"on\""},
                    BadScript{"at soon pause", "and not \"soon\""},
                    BadScript{"at -1 pause", "and not \"-1\""}, BadScript{"at nan pause", "and not \"nan\""},
                    BadScript{"at 1", "stands what happens"},
                    BadScript{"at 1 rain much", "\"rain\" needs a number from 0 to 1, and not \"much\""},
                    BadScript{"at 1 damage 2", "from 0 to 1"}, BadScript{"at 1 damage nan", "from 0 to 1"},
                    BadScript{"at 1 pause now", "\"pause\" stands alone, without \"now\""},
                    BadScript{"at 9 pause\n\nat 8 resume", "drive.txt:3: 8 s is before 9 s"}));

TEST(Scripts, HaveABound) {
  std::string text;
  for (int i = 0; i < 10'001; ++i) text += "at 1 pause\n";
  EXPECT_NE(parse_script(text, "s").error().message.find("at most 10000 events"), std::string::npos);
}

TEST(Timelines, DriveOnWithoutAScript) {
  const SimulatedState state = state_at("", 100);
  EXPECT_EQ(state.activity, Activity::kLive);
  EXPECT_DOUBLE_EQ(state.drive.driven_seconds, 100);
  EXPECT_DOUBLE_EQ(state.racing_seconds, 100);
  EXPECT_DOUBLE_EQ(state.drive.fastest_lap_seconds, kLapSeconds);
}

TEST(Timelines, StandWhileTheGameIsPausedOrInAMenu) {
  constexpr std::string_view kScript = "at 10 pause\nat 20 resume\nat 30 menu\nat 45 live";
  EXPECT_EQ(state_at(kScript, 15).activity, Activity::kPaused);
  EXPECT_DOUBLE_EQ(state_at(kScript, 15).drive.driven_seconds, 10);
  EXPECT_DOUBLE_EQ(state_at(kScript, 25).drive.driven_seconds, 15);
  EXPECT_EQ(state_at(kScript, 40).activity, Activity::kMenu);
  EXPECT_DOUBLE_EQ(state_at(kScript, 50).drive.driven_seconds, 25);
  const auto clock = [&](double at) { return state_at(kScript, at).drive.session_seconds; };
  EXPECT_DOUBLE_EQ(clock(20) - clock(10), 0) << "a pause stops the session";
  EXPECT_DOUBLE_EQ(clock(45) - clock(30), 15) << "a menu does not";
}

TEST(Timelines, PitAndLoseTheTimeOnTheLap) {
  constexpr std::string_view kScript = "at 30 pit";
  const auto pit = [&](double at) { return state_at(kScript, at).drive.pit; };
  EXPECT_EQ(pit(29), PitState::kOnTrack);
  EXPECT_EQ(pit(31), PitState::kEntering);
  EXPECT_EQ(pit(35), PitState::kLane);
  EXPECT_EQ(pit(40), PitState::kBox);
  EXPECT_EQ(pit(47), PitState::kLane);
  EXPECT_EQ(pit(51), PitState::kLeaving);
  EXPECT_EQ(pit(53), PitState::kOnTrack);
  const model::LapState in_box = model::drive_state(state_at(kScript, 40).drive);
  EXPECT_EQ(in_box.number(Quantity::kSpeed), 0);
  EXPECT_EQ(in_box.number(Quantity::kGear), 0);
  EXPECT_EQ(in_box.number(Quantity::kPitLimiter), 1);
  const SimulatedState after = state_at(kScript, 60);
  EXPECT_EQ(after.drive.pit_stops, 1U);
  EXPECT_NEAR(model::drive_state(after.drive).number(Quantity::kLapTime), 60, 1e-6)
      << "the lap's clock goes on in the box";
  EXPECT_GT(model::drive_state(after.drive).number(Quantity::kFuel), 61) << "it was filled";
  const SimulatedState next_lap = state_at(kScript, 130);
  const double lost = 60 - after.drive.driven_seconds;
  EXPECT_NEAR(model::drive_state(next_lap.drive).number(Quantity::kLastLapTime), kLapSeconds + lost, 1e-6);
  EXPECT_NEAR(next_lap.drive.fastest_lap_seconds, kLapSeconds + lost, 1e-6);
}

TEST(Timelines, QuitStartAndEnd) {
  constexpr std::string_view kScript =
      "at 5 quit\nat 8 start\nat 10 flag blue\nat 11 rain 0.4\nat 12 end\nat 13 pause";
  EXPECT_FALSE(state_at(kScript, 6).game_runs);
  EXPECT_TRUE(state_at(kScript, 9).game_runs);
  EXPECT_EQ(state_at(kScript, 10.5).drive.flag, Flag::kBlue);
  EXPECT_EQ(state_at(kScript, 11.5).drive.rain, 0.4);
  EXPECT_FALSE(state_at(kScript, 11.9).has_ended);
  EXPECT_TRUE(state_at(kScript, 20).has_ended);
  EXPECT_EQ(state_at(kScript, 20).activity, Activity::kLive) << "nothing happens behind the end";
}

TEST(Timelines, StandStillAtAMoment) {
  const Timeline timeline({}, Activity::kLive, 131.7);
  EXPECT_DOUBLE_EQ(timeline.at(0).drive.driven_seconds, 131.7);
  EXPECT_DOUBLE_EQ(timeline.at(50).drive.driven_seconds, 131.7);
  EXPECT_DOUBLE_EQ(timeline.at(50).drive.session_seconds - timeline.at(0).drive.session_seconds, 50);
}

TEST(Races, HaveAScriptInOrderThatTheSeedMakes) {
  const Script race = race_script(1);
  EXPECT_TRUE(std::is_sorted(race.begin(), race.end(),
                             [](const auto& a, const auto& b) { return a.at_seconds < b.at_seconds; }));
  const auto has = [&](ScriptVerb verb) {
    return std::any_of(race.begin(), race.end(), [&](const ScriptEvent& e) { return e.verb == verb; });
  };
  EXPECT_TRUE(has(ScriptVerb::kPit));
  EXPECT_TRUE(has(ScriptVerb::kFlag));
  const auto times = [](std::uint64_t seed) {
    std::vector<double> all;
    for (const ScriptEvent& event : race_script(seed)) all.push_back(event.at_seconds);
    return all;
  };
  EXPECT_EQ(times(1), times(1));
  EXPECT_NE(times(1), times(2));
}

}  // namespace
}  // namespace pitbridge
