// SPDX-License-Identifier: MIT
// Sign and sense of each sim's fields, from bytes that are written here by name and not through the tables'
// own conversion. What the raw senses are is said, with its source, in each file of sims/. iRacing, whose map
// describes itself, is in iracing_test.cpp.
#include <gtest/gtest.h>

#include <cstring>
#include <map>

#include "common/core/decode/telemetry.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

/// What a driver does who holds the wheel full right and the clutch down, and rolls back at 10 m/s.
struct Senses {
  const char* sim;
  const char* id;
  std::map<const char*, double> raw;
};

void write(Bytes& bytes, const Field& field, double value) {
  switch (field.type) {
    case FieldType::kFloat32:
      return put(bytes, field.offset_bytes, static_cast<float>(value));
    case FieldType::kFloat64:
      return put(bytes, field.offset_bytes, value);
    case FieldType::kUint8:
    case FieldType::kBool8:
      return put(bytes, field.offset_bytes, static_cast<std::uint8_t>(value));
    default:
      return put(bytes, field.offset_bytes, static_cast<std::int32_t>(value));
  }
}

class EverySense : public testing::TestWithParam<Senses> {};

TEST_P(EverySense, IsThatOfTheQuantity) {
  const Senses& given = GetParam();
  const Title& title = *find_sim(given.sim)->find_title(given.id);
  std::map<std::string_view, Bytes> maps;
  for (const auto& [name, value] : given.raw) {
    bool is_there = false;
    for (const Layout& layout : title.layouts) {
      const Field* field = find_field(layout.fields, name);
      if (field == nullptr) continue;
      is_there = true;
      Bytes& bytes = maps.try_emplace(layout.mapping, Bytes(layout.size_bytes)).first->second;
      write(bytes, *field, value);
    }
    EXPECT_TRUE(is_there) << name;
  }
  Snapshot snapshot;
  for (auto& [mapping, bytes] : maps) snapshot.set(mapping, bytes);
  const Telemetry got = decode(title, snapshot);
  EXPECT_EQ(got.version_fault, "");
  EXPECT_NEAR(got.number(Quantity::kSteering).value_or(-99), 1, 1e-6) << "right is positive";
  EXPECT_NEAR(got.number(Quantity::kClutch).value_or(-99), 1, 1e-6) << "1 is fully pressed";
  EXPECT_NEAR(got.number(Quantity::kThrottle).value_or(-99), 0.25, 1e-6);
  EXPECT_NEAR(got.number(Quantity::kBrake).value_or(-99), 0.75, 1e-6);
  EXPECT_NEAR(got.number(Quantity::kSpeed).value_or(-99), 36.0, 1e-3) << "never negative";
  EXPECT_EQ(got.number(Quantity::kGear).value_or(-99), -1);
}

const std::map<const char*, double> kAcpmf = {{"gas", 0.25},     {"brake", 0.75},   {"clutch", 0},
                                              {"steerAngle", 1}, {"speedKmh", -36}, {"gear", 0},
                                              {"status", 2},     {"packetId", 1}};
std::map<const char*, double> with(std::map<const char*, double> all, const char* name, double value) {
  for (auto& [each, old] : all)
    if (std::strcmp(each, name) == 0) old = value;
  return all;
}
const std::map<const char*, double> kEvo = {{"gas", 0.25},           {"brake", 0.75},   {"clutch", 1},
                                            {"steering_percent", 1}, {"speedKmh", -36}, {"gear", 0},
                                            {"status", 2},           {"packetId", 1}};
const std::map<const char*, double> kPcars = {{"mThrottle", 0.25}, {"mBrake", 0.75}, {"mClutch", 1},
                                              {"mSteering", 1},    {"mSpeed", -10},  {"mGear", -1},
                                              {"mGameState", 2},   {"mVersion", 9}};
const std::map<const char*, double> kTruck = {{"truck_f.userThrottle", 0.25},
                                              {"truck_f.userBrake", 0.75},
                                              {"truck_f.userClutch", 1},
                                              {"truck_f.userSteer", -1},  // counterclockwise is positive
                                              {"truck_f.speed", -10},
                                              {"truck_i.gear", -1},
                                              {"sdkActive", 1},
                                              {"scs_values.telemetry_plugin_revision", 12}};

INSTANTIATE_TEST_SUITE_P(
    Sims, EverySense,
    testing::Values(Senses{"ac", "assetto_corsa", kAcpmf}, Senses{"ac", "assetto_corsa_competizione", kAcpmf},
                    Senses{"ac", "assetto_corsa_rally", kAcpmf}, Senses{"ac", "assetto_corsa_evo", kEvo},
                    Senses{"pcars2", "automobilista_2", kPcars}, Senses{"pcars2", "project_cars_2", kPcars},
                    Senses{"pcars2", "project_cars_1", with(kPcars, "mVersion", 5)},
                    Senses{"r3e",
                           "raceroom",
                           {{"throttle", 0.25},
                            {"brake", 0.75},
                            {"clutch", 1},
                            {"steer_input_raw", 1},
                            {"car_speed", -10},
                            {"gear", -1},
                            {"version_major", 3},
                            {"version_minor", 5}}},
                    Senses{"rf2",
                           "rfactor_2",
                           {{"veh0.mUnfilteredThrottle", 0.25},
                            {"veh0.mUnfilteredBrake", 0.75},
                            {"veh0.mUnfilteredClutch", 1},
                            {"veh0.mUnfilteredSteering", 1},
                            {"veh0.mLocalVel", -10},
                            {"veh0.mGear", -1},
                            {"mScoringInfo.mNumVehicles", 1},
                            {"veh0.mIsPlayer", 1}}},
                    Senses{"lmu",
                           "le_mans_ultimate",
                           {{"telem0.mUnfilteredThrottle", 0.25},
                            {"telem0.mUnfilteredBrake", 0.75},
                            {"telem0.mUnfilteredClutch", 1},
                            {"telem0.mUnfilteredSteering", 1},
                            {"telem0.mLocalVel", -10},
                            {"telem0.mGear", -1},
                            {"generic.gameVersion", 14200},
                            {"telemetry.playerHasVehicle", 1}}},
                    Senses{"scs", "ets2", kTruck}, Senses{"scs", "ats", kTruck}),
    [](const auto& test) { return std::string(test.param.id); });

}  // namespace
}  // namespace pitbridge
