// SPDX-License-Identifier: MIT
// A car drives a left-hand circle at a constant speed. What the packets of each sim hold then is written here
// by the sim's own axes and signs, apart from the channels; decoded, all sims must tell the same drive.
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
constexpr double kMps = 30;
constexpr double kRadius = 120;  // m
constexpr double kRate = kMps / kRadius;
constexpr double kPull = kMps * kRate;  // m/s2, to the left
constexpr double kStep = 0.5;           // s from one moment to the next
constexpr double kHeight = 7;

/// On a map: the car goes counter-clockwise around the middle.
struct Moment {
  double angle;  ///< where it is, from the east
  double east() const { return kRadius * std::cos(angle); }
  double north() const { return kRadius * std::sin(angle); }
  double ahead_east() const { return -std::sin(angle); }
  double ahead_north() const { return std::cos(angle); }
  double bearing() const { return std::remainder(-angle, 2 * kPi); }  ///< from the north by the east
};

struct Raw {
  const char* mapping;
  std::uint32_t offset_bytes;
  const char* type;
  double (*value)(const Moment&);
};

double ahead(const Moment&) {
  return kMps;
}
double pull_right(const Moment&) {
  return -kPull;
}
double pull_left_g(const Moment&) {
  return kPull / kGravity;
}
double pull_east(const Moment& m) {
  return -kPull * std::cos(m.angle);
}
double pull_west(const Moment& m) {
  return -pull_east(m);
}
double pull_north(const Moment& m) {
  return -kPull * std::sin(m.angle);
}
double turn_left(const Moment&) {
  return kRate;
}
double turn_right(const Moment&) {
  return -kRate;
}
double east(const Moment& m) {
  return m.east();
}
double west(const Moment& m) {
  return -m.east();
}
double north(const Moment& m) {
  return m.north();
}
double up(const Moment&) {
  return kHeight;
}
double east_65536(const Moment& m) {
  return std::round(m.east() * 65536);
}
double north_65536(const Moment& m) {
  return std::round(m.north() * 65536);
}
double up_65536(const Moment&) {
  return kHeight * 65536;
}
double go_east(const Moment& m) {
  return kMps * m.ahead_east();
}
double go_west(const Moment& m) {
  return -go_east(m);
}
double go_north(const Moment& m) {
  return kMps * m.ahead_north();
}
double bearing(const Moment& m) {
  return m.bearing();
}
double bearing_by_west(const Moment& m) {
  return -m.bearing();
}
double one(const Moment&) {
  return 1;
}
// The car's axes in the world: what they have to the west and to the north.
double ahead_west(const Moment& m) {
  return -m.ahead_east();
}
double ahead_north(const Moment& m) {
  return m.ahead_north();
}
double left_west(const Moment& m) {
  return m.ahead_north();
}
double left_north(const Moment& m) {
  return m.ahead_east();
}
double right_west(const Moment& m) {
  return -left_west(m);
}
double right_north(const Moment& m) {
  return -left_north(m);
}
template <double (*kPart)(const Moment&)>
double of_32767(const Moment& m) {
  return std::round(32767 * kPart(m));
}
double half_turn_sine(const Moment& m) {
  return std::sin(m.bearing() / 2);
}
double half_turn_cosine(const Moment& m) {
  return std::cos(m.bearing() / 2);
}

constexpr const char* kF32 = "float32";
constexpr const char* kI32 = "int32";
constexpr const char* kI16 = "int16";

constexpr char kOutSim[] = "pitbridge.udp.lfs.outsim", kOutSim2[] = "pitbridge.udp.lfs.outsim2";
constexpr char kMotionSim[] = "pitbridge.udp.beamng.motionsim", kDirt[] = "pitbridge.udp.dirt.telemetry";
constexpr char kWrc[] = "pitbridge.udp.eawrc.session_update", kDash[] = "pitbridge.udp.forza.dash";
constexpr char kPino[] = "pitbridge.udp.wreckfest2.main", kRbr[] = "pitbridge.udp.rbr.telemetry";
constexpr char kF1[] = "pitbridge.udp.f1.motion", kF1Ex[] = "pitbridge.udp.f1.motionex";

// x to the east, y to the north, z up; the heading from the north by the west. All in the world's frame.
constexpr Raw kLfs[] = {
    {kOutSim, 12, kF32, turn_left},  {kOutSim, 16, kF32, bearing_by_west}, {kOutSim, 28, kF32, pull_east},
    {kOutSim, 32, kF32, pull_north}, {kOutSim, 40, kF32, go_east},         {kOutSim, 44, kF32, go_north},
    {kOutSim, 52, kI32, east_65536}, {kOutSim, 56, kI32, north_65536},     {kOutSim, 60, kI32, up_65536}};
constexpr Raw kLfs2[] = {
    {kOutSim2, 20, kF32, turn_left},  {kOutSim2, 24, kF32, bearing_by_west}, {kOutSim2, 36, kF32, pull_east},
    {kOutSim2, 40, kF32, pull_north}, {kOutSim2, 48, kF32, go_east},         {kOutSim2, 52, kF32, go_north},
    {kOutSim2, 60, kI32, east_65536}, {kOutSim2, 64, kI32, north_65536},     {kOutSim2, 68, kI32, up_65536}};
// The same world; the acceleration of the car to the right; the yaw from the north by the east.
constexpr Raw kBeamNg[] = {{kMotionSim, 4, kF32, east},      {kMotionSim, 8, kF32, north},
                           {kMotionSim, 12, kF32, up},       {kMotionSim, 16, kF32, go_east},
                           {kMotionSim, 20, kF32, go_north}, {kMotionSim, 28, kF32, pull_right},
                           {kMotionSim, 48, kF32, one},      {kMotionSim, 60, kF32, bearing}};
// x to the west, y up, z to the north.
constexpr Raw kDirtRally[] = {
    {kDirt, 16, kF32, west},        {kDirt, 20, kF32, up},         {kDirt, 24, kF32, north},
    {kDirt, 32, kF32, go_west},     {kDirt, 40, kF32, go_north},   {kDirt, 44, kF32, right_west},
    {kDirt, 52, kF32, right_north}, {kDirt, 56, kF32, ahead_west}, {kDirt, 64, kF32, ahead_north}};
constexpr Raw kEaWrc[] = {
    {kWrc, 49, kF32, west},       {kWrc, 53, kF32, up},           {kWrc, 57, kF32, north},
    {kWrc, 61, kF32, go_west},    {kWrc, 69, kF32, go_north},     {kWrc, 73, kF32, pull_west},
    {kWrc, 81, kF32, pull_north}, {kWrc, 85, kF32, left_west},    {kWrc, 93, kF32, left_north},
    {kWrc, 97, kF32, ahead_west}, {kWrc, 105, kF32, ahead_north}, {kWrc, 113, kF32, one}};
// x to the east, y up, z to the north, and turns by the left hand; of the car right, up, forward.
constexpr Raw kForza[] = {{kDash, 244, kF32, east},      {kDash, 248, kF32, up},
                          {kDash, 252, kF32, north},     {kDash, 40, kF32, ahead},
                          {kDash, 20, kF32, pull_right}, {kDash, 48, kF32, turn_right},
                          {kDash, 56, kF32, bearing}};
constexpr Raw kWreckfest[] = {{kPino, 510, kF32, east},
                              {kPino, 514, kF32, up},
                              {kPino, 518, kF32, north},
                              {kPino, 526, kF32, half_turn_sine},
                              {kPino, 534, kF32, half_turn_cosine},
                              {kPino, 552, kF32, ahead},
                              {kPino, 560, kF32, turn_right},
                              {kPino, 568, kF32, pull_right}};
// x to the west, y up, z to the north; lateral forces to the left; the yaw from the north by the west.
constexpr Raw kF125[] = {{kF1, 29, kF32, west},
                         {kF1, 33, kF32, up},
                         {kF1, 37, kF32, north},
                         {kF1, 41, kF32, go_west},
                         {kF1, 49, kF32, go_north},
                         {kF1, 53, kI16, of_32767<ahead_west>},
                         {kF1, 57, kI16, of_32767<ahead_north>},
                         {kF1, 59, kI16, of_32767<right_west>},
                         {kF1, 63, kI16, of_32767<right_north>},
                         {kF1, 65, kF32, pull_left_g},
                         {kF1, 77, kF32, bearing_by_west},
                         {kF1Ex, 177, kF32, turn_left}};
// Of the car forward, right, up.
constexpr Raw kBurns[] = {{kRbr, 88, kF32, ahead}, {kRbr, 116, kF32, pull_right}};

using enum Quantity;
constexpr std::array kFrames = {kWorldPosition, kWorldVelocity, kVelocity,
                                kAcceleration,  kHeading,       kAngularVelocity};

/// The name says which kind of packet, for titles with several.
struct Convention {
  const char* name;
  const char* title;
  std::uint32_t size_bytes;
  std::span<const Raw> raws;
  std::vector<Quantity> not_given;
};
const Convention kConventions[] = {
    {"lfs_outsim", "live_for_speed", 68, kLfs, {}},
    {"lfs_outsim2", "live_for_speed", 280, kLfs2, {}},
    {"beamng", "beamng", 88, kBeamNg, {kAngularVelocity}},
    {"dirt", "dirt_rally", 264, kDirtRally, {kAcceleration, kAngularVelocity}},
    {"eawrc", "ea_wrc", 237, kEaWrc, {kAngularVelocity}},
    {"forza", "forza_horizon", 324, kForza, {kWorldVelocity}},
    {"wreckfest2", "wreckfest_2", 1218, kWreckfest, {}},
    {"f1", "f1_25", 1349, kF125, {}},
    {"rbr", "richard_burns_rally", 664, kBurns, {kWorldPosition, kWorldVelocity, kHeading, kAngularVelocity}},
};

class PacketsOfACircle : public testing::TestWithParam<Convention> {
 protected:
  Telemetry at(int number) const {
    const Convention& given = GetParam();
    PlantedMemory memory(*title_by_id(given.title), given.raws[0].mapping, given.size_bytes);
    const Moment moment{.angle = kRate * kStep * number};
    for (const Raw& raw : given.raws)
      memory.plant(raw.mapping, raw.offset_bytes, raw.type, raw.value(moment));
    return decode(memory.version(), memory.snapshot());
  }
  bool gives(Quantity quantity) const {
    return std::ranges::find(GetParam().not_given, quantity) == GetParam().not_given.end();
  }
  static std::vector<double> vector_of(const Telemetry& got, Quantity quantity) {
    const auto& value = got[quantity];
    return value ? std::get<std::vector<double>>(*value) : std::vector<double>(3);
  }
  static void expect_vector(const Telemetry& got, Quantity quantity, const std::array<double, 3>& expected) {
    const auto vector = vector_of(got, quantity);
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(vector[i], expected[i], 2e-3) << quantity_info(quantity).name << " " << i;
  }
};

TEST_P(PacketsOfACircle, GiveWhatTheRowSays) {
  const Telemetry got = at(1);
  for (const Quantity quantity : kFrames)
    EXPECT_EQ(got[quantity].has_value(), gives(quantity)) << quantity_info(quantity).name;
}

TEST_P(PacketsOfACircle, TellWhatTheDriverFeels) {
  for (const int i : {0, 5, 20}) {
    const Telemetry got = at(i);
    if (gives(kVelocity)) expect_vector(got, kVelocity, {kMps, 0, 0});
    if (gives(kAcceleration)) expect_vector(got, kAcceleration, {0, kPull / kGravity, 0});
    if (gives(kAngularVelocity)) expect_vector(got, kAngularVelocity, {0, 0, kRate});
  }
}

TEST_P(PacketsOfACircle, TellAHeadingThatRises) {
  if (!gives(kHeading)) return;
  for (int i = 0; i < 60; ++i) {  // more than a lap, so past the place where the angle jumps
    const double before = at(i).number(kHeading).value_or(-99);
    const double after = at(i + 1).number(kHeading).value_or(99);
    EXPECT_NEAR(std::remainder(after - before, 2 * kPi), kRate * kStep, 1e-4) << i;
  }
}

TEST_P(PacketsOfACircle, TellAWayToTheLeftInAWorldWhoseZIsUp) {
  if (!gives(kWorldPosition)) return;
  const auto a = vector_of(at(0), kWorldPosition);
  const auto b = vector_of(at(1), kWorldPosition);
  const auto c = vector_of(at(2), kWorldPosition);
  EXPECT_GT((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]), 0);
  EXPECT_NEAR(a[2], kHeight, 1e-5);
}

TEST_P(PacketsOfACircle, TellAHeadingAndAVelocityThatPointWhereItGoes) {
  for (const int i : {1, 7, 20}) {
    const auto before = vector_of(at(i - 1), kWorldPosition);
    const auto after = vector_of(at(i + 1), kWorldPosition);
    if (!gives(kWorldPosition)) return;
    const double way = std::atan2(after[1] - before[1], after[0] - before[0]);
    const Telemetry got = at(i);
    if (gives(kHeading)) {
      EXPECT_NEAR(std::remainder(way - got.number(kHeading).value_or(99), 2 * kPi), 0, 1e-3) << i;
    }
    if (!gives(kWorldVelocity)) continue;
    const auto velocity = vector_of(got, kWorldVelocity);
    EXPECT_NEAR(std::remainder(way - std::atan2(velocity[1], velocity[0]), 2 * kPi), 0, 1e-3) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Titles, PacketsOfACircle, testing::ValuesIn(kConventions),
                         [](const auto& test) { return std::string(test.param.name); });

/// Titles of one sim have the same conventions.
TEST(PacketsOfCircles, AreThoseOfEverySimThatSendsPackets) {
  std::set<const Sim*> driven;
  for (const Convention& each : kConventions) driven.insert(title_by_id(each.title)->sim);
  for (const Sim* sim : all_sims()) {
    EXPECT_TRUE(sim->packets == nullptr || driven.count(sim) != 0) << sim->name;
  }
}

}  // namespace
}  // namespace pitbridge
