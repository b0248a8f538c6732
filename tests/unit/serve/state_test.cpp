// SPDX-License-Identifier: MIT
#include "bridges/serve/state.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/serve/serve_run.hpp"

namespace pitbridge::serve {
namespace {

using nlohmann::json;

Moment moment_of_a_drive() {
  Moment moment;
  moment.sim = find_sim("lmu");
  moment.title = &moment.sim->titles.front();
  moment.result = reader::Result::kOk;
  moment.updated_ns = 5;
  Telemetry& telemetry = moment.telemetry;
  telemetry.activity = Activity::kLive;
  telemetry.reasons.fill(AbsentReason::kNotGiven);
  telemetry.values[static_cast<std::size_t>(Quantity::kSpeed)] = 200.5;
  telemetry.values[static_cast<std::size_t>(Quantity::kDriver)] = std::string("\"<b>\n\xFF");
  telemetry.values[static_cast<std::size_t>(Quantity::kFlag)] = static_cast<double>(Flag::kBlue);
  telemetry.values[static_cast<std::size_t>(Quantity::kTyreWear)] = std::vector<double>{0, 0.1, 0.2, 0.3};
  telemetry.cars.resize(2);
  telemetry.cars[1].is_player = true;
  return moment;
}

TEST(ServeState, TheWholeNamesEachValueOrWhyThereIsNone) {
  const json whole = json::parse(whole_text(state_of(moment_of_a_drive())));
  EXPECT_EQ(whole["sim"], "lmu");
  EXPECT_EQ(whole["title"], "le_mans_ultimate");
  EXPECT_EQ(whole["result"], "ok");
  EXPECT_EQ(whole["activity"], "live");
  EXPECT_EQ(whole["version"], nullptr);
  EXPECT_EQ(whole["updated_ns"], 5);
  EXPECT_EQ(whole["values"]["speed"], 200.5);
  EXPECT_EQ(whole["values"]["flag"], "blue");
  EXPECT_EQ(whole["values"]["tyre_wear"], json({0.0, 0.1, 0.2, 0.3}));
  EXPECT_EQ(whole["values"]["driver"], "\"<b>\n\xEF\xBF\xBD");
  EXPECT_EQ(whole["absent"]["rpm"], "not_given");
  EXPECT_EQ(whole["values"].size() + whole["absent"].size(), kQuantities.size());
  EXPECT_EQ(whole["cars"].size(), 2U);
}

TEST(ServeState, WithoutAGameTheReasonIsSaid) {
  Moment moment;
  const json whole = json::parse(whole_text(state_of(moment)));
  EXPECT_EQ(whole["sim"], nullptr);
  EXPECT_EQ(whole["result"], "no_game");
  EXPECT_EQ(whole["activity"], nullptr) << "and no word that was left over";
  EXPECT_NE(whole["message"].get<std::string>().find("start the game"), std::string::npos);
  EXPECT_EQ(whole["absent"].size(), kQuantities.size());
}

TEST(ServeState, ADifferenceHoldsWhatHasChangedAndNothingElse) {
  Moment moment = moment_of_a_drive();
  const State before = state_of(moment);
  moment.updated_ns = 6;
  EXPECT_TRUE(state_of(moment).says_the_same_as(before)) << "the time alone is no news";
  moment.telemetry.values[static_cast<std::size_t>(Quantity::kSpeed)] = 201.0;
  moment.telemetry.values[static_cast<std::size_t>(Quantity::kFlag)] = std::nullopt;
  moment.telemetry.reasons[static_cast<std::size_t>(Quantity::kFlag)] = AbsentReason::kNotYet;
  moment.telemetry.reasons[static_cast<std::size_t>(Quantity::kRpm)] = AbsentReason::kImplausible;
  const State now = state_of(moment);
  EXPECT_FALSE(now.says_the_same_as(before));
  const json change = json::parse(change_text(before, now));
  EXPECT_EQ(change, json::parse(R"({"updated_ns":6,"values":{"speed":201.0},
                                    "absent":{"flag":"not_yet","rpm":"implausible"}})"));
  json merged = json::parse(whole_text(before));
  merge(merged, change);
  EXPECT_EQ(merged, json::parse(whole_text(now)));
}

TEST(ServeState, CarsAreSentAllOrNotAtAll) {
  Moment moment = moment_of_a_drive();
  const State before = state_of(moment);
  moment.telemetry.cars.resize(1);
  EXPECT_EQ(json::parse(change_text(before, state_of(moment)))["cars"].size(), 1U);
  EXPECT_TRUE(state_of(moment, &before.cars).says_the_same_as(before)) << "those of before are kept";
}

}  // namespace
}  // namespace pitbridge::serve
