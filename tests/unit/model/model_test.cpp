// SPDX-License-Identifier: MIT
// What the model of a game writes into the memory or the packets of every title, decoded again: the same
// values. A new file of sims/ is tested by this without an edit.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>

#include "common/core/decode/telemetry.hpp"
#include "common/core/decode/title.hpp"
#include "common/core/model/drive.hpp"
#include "common/core/model/field_marks.hpp"
#include "common/core/model/game.hpp"
#include "common/core/model/track.hpp"
#include "tests/unit/support/model_truth.hpp"

namespace pitbridge::model {
namespace {

constexpr double kMoment = 131.7;  // in the second lap
constexpr std::uint32_t kCars = 9;

/// The bytes that a game has written.
class Memory {
 public:
  Memory(const Sim& sim, const Title& title) : title_(title), game_(sim, title, 0, 7) {}

  void write(double seconds, const Moment& moment) {
    if (!is_started_) game_.start(seconds);
    is_started_ = true;
    game_.update_due(
        seconds, moment,
        [&](std::string_view mapping, std::size_t size) -> std::span<std::byte> {
          auto& bytes = bytes_[std::string(mapping)];
          bytes.resize(size);
          return bytes;
        },
        [](std::string_view) {});
  }
  Telemetry decoded() const {
    Snapshot snapshot;
    for (const auto& [mapping, bytes] : bytes_) snapshot.show(mapping, bytes);
    EXPECT_TRUE(title_.recognises == nullptr || title_.recognises(snapshot)) << title_.id;
    return decode(title_, snapshot);
  }
  const std::map<std::string, std::vector<std::byte>>& bytes() const { return bytes_; }

 private:
  const Title& title_;
  ModelGame game_;
  bool is_started_ = false;
  std::map<std::string, std::vector<std::byte>> bytes_;
};

Moment moment_at(const Title& title, double seconds) {
  return moment_of(title, free_drive(seconds), {.cars = kCars}, Activity::kLive, seconds);
}

class EveryTitle : public testing::TestWithParam<Case> {
 protected:
  const Sim& sim() const { return *GetParam().sim; }
  const Title& title() const { return *GetParam().title; }
};

TEST_P(EveryTitle, TellsWhatTheModelKnows) {
  Memory memory(sim(), title());
  const Moment moment = moment_at(title(), kMoment);
  memory.write(kMoment, moment);
  const Telemetry got = memory.decoded();
  for (const QuantityInfo& info : kQuantities) {
    if (!title().gives(info.quantity) || !moment.car.knows(info)) continue;
    const std::string fault = fault_of(title(), info, got[info.quantity], moment.car);
    // An exception that is none any more is to be struck out.
    EXPECT_EQ(fault.empty(), !is_exception(sim(), info.quantity)) << info.name << ": " << fault;
  }
}

TEST_P(EveryTitle, TellsTheFewValuesOfAGameWithoutACircuit) {
  Memory memory(sim(), title());
  const Moment moment = {lap_state_at(kMoment), Activity::kLive, kSessionSeconds};
  memory.write(kMoment, moment);
  const Telemetry got = memory.decoded();
  for (const Channel& channel : title().channels) {
    // Without a circuit it writes fields as they are, and works nothing back that is computed.
    const QuantityInfo& info = quantity_info(channel.quantity);
    if (channel.compute != nullptr || !moment.car.knows(info) || is_exception(sim(), info.quantity)) continue;
    if (title().find_text != nullptr && channel.field.empty() && channel.fields.empty()) continue;
    EXPECT_EQ(fault_of(title(), info, got[info.quantity], moment.car), "") << info.name;
  }
}

TEST_P(EveryTitle, TellsOfTheField) {
  if (title().cars == nullptr) return;
  Memory memory(sim(), title());
  const Moment moment = moment_at(title(), kMoment);
  memory.write(kMoment, moment);
  const Telemetry got = memory.decoded();
  ASSERT_EQ(got.cars.size(), kCars);
  for (std::size_t i = 0; i < got.cars.size(); ++i) {
    EXPECT_EQ(got.cars[i].is_player, moment.field[i].is_player) << i;
    for (const Quantity quantity : kCarQuantities) {
      const auto& value = got.cars[i][quantity];
      const QuantityInfo& info = quantity_info(quantity);
      if (!value) continue;
      if (info.text) {
        EXPECT_EQ(std::get<std::string>(*value), moment.field[i].text(quantity)) << info.name;
        continue;
      }
      for (int e = 0; e < info.count; ++e) {
        const double number = info.count == 1
                                  ? std::get<double>(*value)
                                  : std::get<std::vector<double>>(*value)[static_cast<std::size_t>(e)];
        const double wanted = moment.field[i].number(quantity, e);
        if (!std::isfinite(wanted)) continue;
        EXPECT_NEAR(number, wanted, 0.003 * std::max(1.0, std::abs(wanted))) << info.name << " of " << i;
      }
    }
  }
}

/// What Assetto Corsa tells of a moment.
Telemetry told_of(const Drive& drive) {
  const Sim& sim = *find_sim("ac");
  Memory memory(sim, sim.titles.front());
  memory.write(1, moment_of(sim.titles.front(), drive, {.cars = kCars}, Activity::kLive, 1));
  return memory.decoded();
}

TEST(Words, ThatASimDoesNotHaveAreToldByTheNearest) {
  Drive drive = free_drive(kMoment);
  const auto pit = [&](PitState state) {
    drive.pit = state;
    return static_cast<PitState>(told_of(drive).number(Quantity::kPitState).value_or(-1));
  };
  EXPECT_EQ(pit(PitState::kOnTrack), PitState::kOnTrack);
  EXPECT_EQ(pit(PitState::kEntering), PitState::kLane);
  EXPECT_EQ(pit(PitState::kBox), PitState::kBox);
  EXPECT_EQ(pit(PitState::kLeaving), PitState::kLane);
  const auto flag = [&](Flag shown) {
    drive.flag = shown;
    return static_cast<Flag>(told_of(drive).number(Quantity::kFlag).value_or(-1));
  };
  EXPECT_EQ(flag(Flag::kYellow), Flag::kYellow);
  EXPECT_EQ(flag(Flag::kMeatball), Flag::kNone);
}

TEST(Circuit, IsClosedAndTheCarFollowsItsHeading) {
  const TrackPoint first = track_at(0);
  const TrackPoint last = track_at(kLapSeconds - 1e-9);
  EXPECT_NEAR(last.x, first.x, 1e-3);
  EXPECT_NEAR(last.y, first.y, 1e-3);
  EXPECT_NEAR(last.z, first.z, 1e-3);
  EXPECT_NEAR(last.distance_m, track_length_m(), 1e-3);
  double way = 0;
  for (int i = 0; i < 1850; ++i) {
    const double at = 0.05 * i;
    const TrackPoint a = track_at(at), b = track_at(at + 0.05);
    const double dx = b.x - a.x, dy = b.y - a.y;
    way += std::hypot(dx, dy);
    const double along = std::atan2(dy, dx);
    EXPECT_NEAR(std::remainder(along - track_at(at + 0.025).heading, 2 * std::numbers::pi), 0, 2e-3) << at;
  }
  EXPECT_NEAR(way, track_length_m(), 1) << "the distance is that of the line";
}

TEST(Circuit, LeavesTheValuesThatEveryGameHas) {
  const LapState few = lap_state_at(kMoment);
  const LapState all = drive_state(free_drive(kMoment));
  using enum Quantity;
  for (const Quantity quantity : {kRpm, kSpeed, kGear, kThrottle, kBrake, kFuel, kLap, kLapTime, kLastLapTime,
                                  kBestLapTime, kTyreTemperature, kTyrePressure, kIdleRpm})
    EXPECT_EQ(all.number(quantity), few.number(quantity)) << quantity_info(quantity).name;
}

TEST(Field, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const auto order = [](std::uint64_t seed, double seconds) {
    std::string all;
    const FieldCar own = {.is_player = true, .driver = "own", .driven_seconds = seconds};
    for (const FieldCar& car : field_at({.cars = 12, .seed = seed, .races = true}, seconds, own))
      all += car.driver + std::to_string(car.position) + std::to_string(car.driven_seconds);
    return all;
  };
  EXPECT_EQ(order(3, 900), order(3, 900));
  EXPECT_NE(order(3, 900), order(4, 900));
}

TEST(Field, RacesAndEachPlaceIsTakenOnce) {
  std::set<std::uint32_t> own_places;
  for (double seconds = 0; seconds < 3600; seconds += 60) {
    const FieldCar own = {.is_player = true, .driven_seconds = seconds};
    std::set<std::uint32_t> places;
    for (const FieldCar& car : field_at({.cars = 10, .seed = 1, .races = true}, seconds, own)) {
      places.insert(car.position);
      if (car.is_player) own_places.insert(car.position);
    }
    EXPECT_EQ(places.size(), 10U);
    EXPECT_EQ(*places.rbegin(), 10U);
  }
  EXPECT_GT(own_places.size(), 2U) << "they overtake";
}

TEST(Field, KeepsItsDistanceWhereItDoesNotRace) {
  for (const double seconds : {0.0, 100.0, 1000.0}) {
    const FieldCar own = {.is_player = true, .driven_seconds = seconds};
    const auto field = field_at({.cars = 8}, seconds, own);
    EXPECT_EQ(field[0].position, 3U) << "as every game's car";
    EXPECT_NEAR(field[0].gap_ahead_seconds, 2.1, 1e-9);
  }
}

INSTANTIATE_TEST_SUITE_P(Sims, EveryTitle, testing::ValuesIn(all_cases()), [](const auto& test) {
  return std::string(test.param.sim->name) + "_" + std::string(test.param.title->id);
});

}  // namespace
}  // namespace pitbridge::model
