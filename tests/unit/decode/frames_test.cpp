// SPDX-License-Identifier: MIT
// A car drives a left-hand circle at a constant speed. What each sim's memory holds then is written here from
// the sim's own documented axes and signs, apart from the channels; decoded, all sims must tell the same
// drive. A sim that gives one of these quantities has a row in `kConventions`.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <set>
#include <span>

#include "common/core/decode/telemetry.hpp"
#include "tests/unit/support/planted_values.hpp"

namespace pitbridge {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kGravity = 9.80665;
constexpr double kSpeed = 30;    // m/s
constexpr double kRadius = 120;  // m
constexpr double kStep = 0.5;    // s from one moment to the next

/// The drive as a spectator on the grandstand sees it, with a map and a compass.
struct Moment {
  double east, north, up;                          ///< m
  double east_speed, north_speed;                  ///< m/s
  double to_the_left = kSpeed * kSpeed / kRadius;  ///< m/s2
  double left_rate = kSpeed / kRadius;             ///< rad/s
  double bearing;                                  ///< rad from north by east, between -pi and pi
};

Moment moment(int number) {
  // Counter-clockwise around the map's middle, from the south, so the car begins to the east.
  const double angle = -kPi / 2 + kSpeed / kRadius * kStep * number;
  const double bearing = -angle;
  return {.east = kRadius * std::cos(angle),
          .north = kRadius * std::sin(angle),
          .up = 7,
          .east_speed = -kSpeed * std::sin(angle),
          .north_speed = kSpeed * std::cos(angle),
          .bearing = std::remainder(bearing, 2 * kPi)};
}

/// Where a number of the sim's memory stands, and what it is at a moment.
struct Raw {
  const char* mapping;
  std::uint32_t offset_bytes;
  const char* type;
  double (*value)(const Moment&);
};

/// The axes and signs of a title. `size_bytes` is that of the first mapping, and tells the version.
struct Convention {
  const char* title;
  std::uint32_t size_bytes;
  std::span<const Raw> raws;
  std::span<const Quantity> gives;
};

constexpr const char* kF32 = "float32";
constexpr const char* kF64 = "float64";
constexpr const char* kI32 = "int32";

double forward(const Moment&) {
  return kSpeed;
}
double minus_forward(const Moment&) {
  return -kSpeed;
}
double left_g(const Moment& m) {
  return m.to_the_left / kGravity;
}
double left_mps2(const Moment& m) {
  return m.to_the_left;
}
double left_rate(const Moment& m) {
  return m.left_rate;
}
double right_rate(const Moment& m) {
  return -m.left_rate;
}
double east(const Moment& m) {
  return m.east;
}
double west(const Moment& m) {
  return -m.east;
}
double south(const Moment& m) {
  return -m.north;
}
double up(const Moment& m) {
  return m.up;
}
double east_speed(const Moment& m) {
  return m.east_speed;
}
double west_speed(const Moment& m) {
  return -m.east_speed;
}
double south_speed(const Moment& m) {
  return -m.north_speed;
}
double bearing(const Moment& m) {
  return m.bearing;
}
double bearing_from_south(const Moment& m) {
  return std::remainder(m.bearing - kPi, 2 * kPi);
}
double north(const Moment& m) {
  return m.north;
}
double right_mps2(const Moment& m) {
  return -m.to_the_left;
}
double left_turns_a_second(const Moment& m) {
  return m.left_rate / (2 * kPi);
}
double turns_to_the_left_of_north(const Moment& m) {
  return -m.bearing / (2 * kPi);
}
// Where the car's left and back point, to the east and to the north.
double left_east(const Moment& m) {
  return -std::cos(m.bearing);
}
double left_north(const Moment& m) {
  return std::sin(m.bearing);
}
double back_east(const Moment& m) {
  return -std::sin(m.bearing);
}
double back_north(const Moment& m) {
  return -std::cos(m.bearing);
}
double one(const Moment&) {
  return 1;
}
double three(const Moment&) {
  return 3;
}

constexpr std::array kAll = {Quantity::kWorldPosition, Quantity::kWorldVelocity,   Quantity::kVelocity,
                             Quantity::kAcceleration,  Quantity::kAngularVelocity, Quantity::kHeading};
constexpr std::array kAllButRates = {Quantity::kWorldPosition, Quantity::kWorldVelocity, Quantity::kVelocity,
                                     Quantity::kAcceleration, Quantity::kHeading};
constexpr std::array kWorldAlone = {Quantity::kWorldPosition, Quantity::kWorldVelocity};

// Assetto Corsa: the world has x to the east, y up, z to the south; the car x to the left, y up, z forward.
// The heading is 0 to the south and rises by the west, which is a turn to the right.
constexpr Raw kAc[] = {
    {"acpmf_physics", 32, kF32, east_speed}, {"acpmf_physics", 40, kF32, south_speed},
    {"acpmf_physics", 44, kF32, left_g},     {"acpmf_physics", 208, kF32, bearing_from_south},
    {"acpmf_physics", 300, kF32, left_rate}, {"acpmf_physics", 576, kF32, forward},
    {"acpmf_graphics", 252, kF32, east},     {"acpmf_graphics", 256, kF32, up},
    {"acpmf_graphics", 260, kF32, south}};
// The same axes; the coordinates are in a list, where the player has the only ones.
constexpr Raw kAcc[] = {
    {"acpmf_physics", 32, kF32, east_speed}, {"acpmf_physics", 40, kF32, south_speed},
    {"acpmf_physics", 44, kF32, left_g},     {"acpmf_physics", 208, kF32, bearing_from_south},
    {"acpmf_physics", 300, kF32, left_rate}, {"acpmf_physics", 576, kF32, forward},
    {"acpmf_graphics", 252, kI32, one},      {"acpmf_graphics", 976, kI32, three},
    {"acpmf_graphics", 1216, kI32, three},   {"acpmf_graphics", 256, kF32, east},
    {"acpmf_graphics", 260, kF32, up},       {"acpmf_graphics", 264, kF32, south}};
constexpr Raw kEvo[] = {
    {"acevo_pmf_physics", 32, kF32, east_speed},  {"acevo_pmf_physics", 40, kF32, south_speed},
    {"acevo_pmf_graphics", 3852, "uint8", one},   {"acevo_pmf_graphics", 24, "int64", three},
    {"acevo_pmf_graphics", 3940, "int64", three}, {"acevo_pmf_graphics", 3124, kF32, east},
    {"acevo_pmf_graphics", 3128, kF32, up},       {"acevo_pmf_graphics", 3132, kF32, south}};
// RaceRoom and the Project CARS engine: the world has x to the west, y up, z to the south; the car x to the
// left, y up, z to the back. The yaw is 0 to the north and rises by the east.
constexpr Raw kRaceRoom[] = {
    {"$R3E", 56, kF64, west},       {"$R3E", 64, kF64, up},          {"$R3E", 72, kF64, south},
    {"$R3E", 80, kF64, west_speed}, {"$R3E", 96, kF64, south_speed}, {"$R3E", 120, kF64, minus_forward},
    {"$R3E", 152, kF64, left_mps2}, {"$R3E", 280, kF64, right_rate}, {"$R3E", 1432, kF32, bearing}};
constexpr Raw kPcars2[] = {{"$pcars2$", 96, kF32, west},
                           {"$pcars2$", 100, kF32, up},
                           {"$pcars2$", 104, kF32, south},
                           {"$pcars2$", 6912, kF32, bearing},
                           {"$pcars2$", 6928, kF32, minus_forward},
                           {"$pcars2$", 6932, kF32, west_speed},
                           {"$pcars2$", 6940, kF32, south_speed},
                           {"$pcars2$", 6956, kF32, left_mps2}};
constexpr Raw kPcars[] = {{"$pcars$", 96, kF32, west},
                          {"$pcars$", 100, kF32, up},
                          {"$pcars$", 104, kF32, south},
                          {"$pcars$", 6908, kF32, bearing},
                          {"$pcars$", 6924, kF32, minus_forward},
                          {"$pcars$", 6928, kF32, west_speed},
                          {"$pcars$", 6936, kF32, south_speed},
                          {"$pcars$", 6952, kF32, left_mps2}};
// rFactor 2: the car x to the left, y up, z to the back, and the world with y up, both turning by the left
// hand: where x is the east, z is the north. The matrix has the car's axes in its columns; y yaws to the
// right.
constexpr const char* kTelemetry = "$rFactor2SMMP_Telemetry$";
constexpr const char* kScoring = "$rFactor2SMMP_Scoring$";
constexpr Raw kRf2[] = {{kTelemetry, 176, kF64, east},       {kTelemetry, 184, kF64, up},
                        {kTelemetry, 192, kF64, north},      {kTelemetry, 216, kF64, minus_forward},
                        {kTelemetry, 224, kF64, left_mps2},  {kTelemetry, 248, kF64, left_east},
                        {kTelemetry, 264, kF64, back_east},  {kTelemetry, 280, kF64, one},
                        {kTelemetry, 296, kF64, left_north}, {kTelemetry, 312, kF64, back_north},
                        {kTelemetry, 328, kF64, right_rate}, {kScoring, 116, kI32, one},
                        {kScoring, 756, "uint8", one}};
// Le Mans Ultimate: the same records.
constexpr Raw kLmu[] = {{"LMU_Data", 128628, kF64, east},       {"LMU_Data", 128636, kF64, up},
                        {"LMU_Data", 128644, kF64, north},      {"LMU_Data", 128668, kF64, minus_forward},
                        {"LMU_Data", 128676, kF64, left_mps2},  {"LMU_Data", 128700, kF64, left_east},
                        {"LMU_Data", 128716, kF64, back_east},  {"LMU_Data", 128732, kF64, one},
                        {"LMU_Data", 128748, kF64, left_north}, {"LMU_Data", 128764, kF64, back_north},
                        {"LMU_Data", 128780, kF64, right_rate}};
// The trucks: the world has x to the east, y up, z to the south; the truck x to the right, y up, z to the
// back. The heading is 0 to the north and rises by the west; it and the rates are in turns.
constexpr Raw kTruck[] = {{"SCSTelemetry", 2200, kF64, east},
                          {"SCSTelemetry", 2208, kF64, up},
                          {"SCSTelemetry", 2216, kF64, south},
                          {"SCSTelemetry", 2224, kF64, turns_to_the_left_of_north},
                          {"SCSTelemetry", 1876, kF32, minus_forward},
                          {"SCSTelemetry", 1892, kF32, right_mps2},
                          {"SCSTelemetry", 1884, kF32, left_turns_a_second}};

const Convention kConventions[] = {
    {"assetto_corsa", 592, kAc, kAll},
    {"assetto_corsa_competizione", 800, kAcc, kAll},
    {"assetto_corsa_evo", 800, kEvo, kWorldAlone},
    {"raceroom", 43996, kRaceRoom, kAll},
    {"automobilista_2", 20700, kPcars2, kAllButRates},
    {"project_cars_2", 20576, kPcars2, kAllButRates},
    {"project_cars_1", 7316, kPcars, kAllButRates},
    {"rfactor_2", 241680, kRf2, kAll},
    {"le_mans_ultimate", 324824, kLmu, kAll},
    {"ets2", 32768, kTruck, kAll},
    {"ats", 32768, kTruck, kAll},
};

std::vector<double> vector_of(const Telemetry& got, Quantity quantity) {
  const auto& value = got[quantity];
  return value ? std::get<std::vector<double>>(*value) : std::vector<double>(3);
}

class LeftHandCircle : public testing::TestWithParam<Convention> {
 protected:
  Telemetry at(int number) const {
    const Convention& given = GetParam();
    PlantedMemory memory(*title_by_id(given.title), given.raws[0].mapping, given.size_bytes);
    for (const Raw& raw : given.raws)
      memory.plant(raw.mapping, raw.offset_bytes, raw.type, raw.value(moment(number)));
    return decode(memory.version(), memory.snapshot());
  }
  bool gives(Quantity quantity) const {
    return std::ranges::find(GetParam().gives, quantity) != GetParam().gives.end();
  }
};

TEST_P(LeftHandCircle, GivesWhatTheTableSays) {
  const Telemetry got = at(0);
  for (const Quantity quantity : kAll)
    EXPECT_EQ(got[quantity].has_value(), gives(quantity)) << quantity_info(quantity).name;
}

TEST_P(LeftHandCircle, IsAccelerationToTheLeft) {
  if (!gives(Quantity::kAcceleration)) return;
  const auto acceleration = vector_of(at(0), Quantity::kAcceleration);
  EXPECT_NEAR(acceleration[0], 0, 1e-6) << "forward";
  EXPECT_NEAR(acceleration[1], kSpeed * kSpeed / kRadius / kGravity, 1e-5) << "left";
  EXPECT_NEAR(acceleration[2], 0, 1e-6) << "up";
}

TEST_P(LeftHandCircle, TurnsToTheLeftAtTheRateAtWhichTheHeadingRises) {
  if (gives(Quantity::kAngularVelocity)) {
    EXPECT_NEAR(vector_of(at(0), Quantity::kAngularVelocity)[2], kSpeed / kRadius, 1e-5);
  }
  if (!gives(Quantity::kHeading)) return;
  for (int i = 0; i < 60; ++i) {  // more than a lap, so past the place where the angle jumps
    const double before = at(i).number(Quantity::kHeading).value_or(-99);
    const double after = at(i + 1).number(Quantity::kHeading).value_or(99);
    EXPECT_NEAR(std::remainder(after - before, 2 * kPi), kSpeed / kRadius * kStep, 1e-4) << i;
  }
}

TEST_P(LeftHandCircle, IsDrivenForwards) {
  if (!gives(Quantity::kVelocity)) return;
  const auto velocity = vector_of(at(0), Quantity::kVelocity);
  EXPECT_NEAR(velocity[0], kSpeed, 1e-5);
  EXPECT_NEAR(velocity[1], 0, 1e-6);
}

TEST_P(LeftHandCircle, TurnsLeftInTheWorldToo) {
  if (!gives(Quantity::kWorldPosition)) return;
  const auto a = vector_of(at(0), Quantity::kWorldPosition);
  const auto b = vector_of(at(1), Quantity::kWorldPosition);
  const auto c = vector_of(at(2), Quantity::kWorldPosition);
  const double turn = (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]);
  EXPECT_GT(turn, 0) << "x, y and z would be left-handed";
  EXPECT_NEAR(a[2], 7, 1e-5) << "z is up";
}

TEST_P(LeftHandCircle, HeadsWhereItGoes) {
  if (!gives(Quantity::kWorldVelocity)) return;
  for (const int i : {0, 7, 20}) {
    const Telemetry got = at(i);
    const auto velocity = vector_of(got, Quantity::kWorldVelocity);
    const double course = std::atan2(velocity[1], velocity[0]);
    if (gives(Quantity::kHeading)) {
      const double off = course - got.number(Quantity::kHeading).value_or(99);
      EXPECT_NEAR(std::remainder(off, 2 * kPi), 0, 1e-4) << i;
    }
    if (!gives(Quantity::kWorldPosition)) continue;
    const auto before = vector_of(at(i - 1), Quantity::kWorldPosition);
    const auto after = vector_of(at(i + 1), Quantity::kWorldPosition);
    const double way = std::atan2(after[1] - before[1], after[0] - before[0]);
    EXPECT_NEAR(std::remainder(way - course, 2 * kPi), 0, 1e-3) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Titles, LeftHandCircle, testing::ValuesIn(kConventions),
                         [](const auto& test) { return std::string(test.param.title); });

/// A map that describes itself has no offsets to write at; its own test drives it. So does one of the sims
/// that send packets.
TEST(Frames, EveryTitleThatGivesThemHasARow) {
  std::set<std::string_view> titles;
  for (const Convention& each : kConventions) titles.insert(each.title);
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles) {
      if (sim->packets != nullptr) continue;
      if (title.find_variable != nullptr || titles.count(title.id) != 0) continue;
      for (const Channel& channel : title.channels)
        EXPECT_EQ(std::ranges::find(kAll, channel.quantity), kAll.end())
            << title.id << " " << quantity_info(channel.quantity).name;
    }
}

}  // namespace
}  // namespace pitbridge
