// SPDX-License-Identifier: MIT
// The axes and signs of sims with shared memory, by their own documents and apart from the channels.
#include "tests/unit/decode/circle.hpp"

namespace pitbridge::circle {
namespace {

// Assetto Corsa: the world has x to the east, y up, z to the south; the car x to the left, y up, z forward.
// The heading is 0 to the south and rises by the west, which is a turn to the right.
constexpr Raw kAc[] = {
    {"acpmf_physics", 32, kF32, go_east},     {"acpmf_physics", 40, kF32, go_south},
    {"acpmf_physics", 44, kF32, pull_left_g}, {"acpmf_physics", 208, kF32, bearing_from_south},
    {"acpmf_physics", 300, kF32, turn_left},  {"acpmf_physics", 576, kF32, ahead},
    {"acpmf_graphics", 252, kF32, east},      {"acpmf_graphics", 256, kF32, up},
    {"acpmf_graphics", 260, kF32, south}};
// The same axes; the coordinates are in a list, where the player has the only ones.
constexpr Raw kAcc[] = {
    {"acpmf_physics", 32, kF32, go_east},     {"acpmf_physics", 40, kF32, go_south},
    {"acpmf_physics", 44, kF32, pull_left_g}, {"acpmf_physics", 208, kF32, bearing_from_south},
    {"acpmf_physics", 300, kF32, turn_left},  {"acpmf_physics", 576, kF32, ahead},
    {"acpmf_graphics", 252, kI32, one},       {"acpmf_graphics", 976, kI32, three},
    {"acpmf_graphics", 1216, kI32, three},    {"acpmf_graphics", 256, kF32, east},
    {"acpmf_graphics", 260, kF32, up},        {"acpmf_graphics", 264, kF32, south}};
constexpr Raw kEvo[] = {
    {"acevo_pmf_physics", 32, kF32, go_east},     {"acevo_pmf_physics", 40, kF32, go_south},
    {"acevo_pmf_graphics", 3852, "uint8", one},   {"acevo_pmf_graphics", 24, "int64", three},
    {"acevo_pmf_graphics", 3940, "int64", three}, {"acevo_pmf_graphics", 3124, kF32, east},
    {"acevo_pmf_graphics", 3128, kF32, up},       {"acevo_pmf_graphics", 3132, kF32, south}};
// RaceRoom and the Project CARS engine: the world has x to the west, y up, z to the south; the car x to the
// left, y up, z to the back. The yaw is 0 to the north and rises by the east.
constexpr Raw kRaceRoom[] = {
    {"$R3E", 56, kF64, west},       {"$R3E", 64, kF64, up},          {"$R3E", 72, kF64, south},
    {"$R3E", 80, kF64, go_west},    {"$R3E", 96, kF64, go_south},    {"$R3E", 120, kF64, minus_ahead},
    {"$R3E", 152, kF64, pull_left}, {"$R3E", 280, kF64, turn_right}, {"$R3E", 1432, kF32, bearing}};
constexpr Raw kPcars2[] = {{"$pcars2$", 96, kF32, west},          {"$pcars2$", 100, kF32, up},
                           {"$pcars2$", 104, kF32, south},        {"$pcars2$", 6912, kF32, bearing},
                           {"$pcars2$", 6928, kF32, minus_ahead}, {"$pcars2$", 6932, kF32, go_west},
                           {"$pcars2$", 6940, kF32, go_south},    {"$pcars2$", 6956, kF32, pull_left}};
constexpr Raw kPcars[] = {{"$pcars$", 96, kF32, west},          {"$pcars$", 100, kF32, up},
                          {"$pcars$", 104, kF32, south},        {"$pcars$", 6908, kF32, bearing},
                          {"$pcars$", 6924, kF32, minus_ahead}, {"$pcars$", 6928, kF32, go_west},
                          {"$pcars$", 6936, kF32, go_south},    {"$pcars$", 6952, kF32, pull_left}};
// rFactor 2: the car x to the left, y up, z to the back, and the world with y up, both turning by the left
// hand: where x is the east, z is the north. The matrix has the car's axes in its columns; y yaws to the
// right.
constexpr const char* kTelemetry = "$rFactor2SMMP_Telemetry$";
constexpr const char* kScoring = "$rFactor2SMMP_Scoring$";
constexpr Raw kRf2[] = {{kTelemetry, 176, kF64, east},       {kTelemetry, 184, kF64, up},
                        {kTelemetry, 192, kF64, north},      {kTelemetry, 216, kF64, minus_ahead},
                        {kTelemetry, 224, kF64, pull_left},  {kTelemetry, 248, kF64, left_east},
                        {kTelemetry, 264, kF64, back_east},  {kTelemetry, 280, kF64, one},
                        {kTelemetry, 296, kF64, left_north}, {kTelemetry, 312, kF64, back_north},
                        {kTelemetry, 328, kF64, turn_right}, {kScoring, 116, kI32, one},
                        {kScoring, 756, "uint8", one}};
// Le Mans Ultimate: the same records.
constexpr Raw kLmu[] = {{"LMU_Data", 128628, kF64, east},       {"LMU_Data", 128636, kF64, up},
                        {"LMU_Data", 128644, kF64, north},      {"LMU_Data", 128668, kF64, minus_ahead},
                        {"LMU_Data", 128676, kF64, pull_left},  {"LMU_Data", 128700, kF64, left_east},
                        {"LMU_Data", 128716, kF64, back_east},  {"LMU_Data", 128732, kF64, one},
                        {"LMU_Data", 128748, kF64, left_north}, {"LMU_Data", 128764, kF64, back_north},
                        {"LMU_Data", 128780, kF64, turn_right}};
// The trucks: the world has x to the east, y up, z to the south; the truck x to the right, y up, z to the
// back. The heading is 0 to the north and rises by the west; it and the rates are in turns.
constexpr Raw kTruck[] = {{"SCSTelemetry", 2200, kF64, east},
                          {"SCSTelemetry", 2208, kF64, up},
                          {"SCSTelemetry", 2216, kF64, south},
                          {"SCSTelemetry", 2224, kF64, turns_by_west},
                          {"SCSTelemetry", 1876, kF32, minus_ahead},
                          {"SCSTelemetry", 1892, kF32, pull_right},
                          {"SCSTelemetry", 1884, kF32, left_turns_a_second}};

}  // namespace

std::vector<Convention> memory_conventions() {
  return {
      {"assetto_corsa", "assetto_corsa", 592, kAc},
      {"assetto_corsa_competizione", "assetto_corsa_competizione", 800, kAcc},
      {"assetto_corsa_evo",
       "assetto_corsa_evo",
       800,
       kEvo,
       {Quantity::kVelocity, Quantity::kAcceleration, Quantity::kHeading, Quantity::kAngularVelocity}},
      {"raceroom", "raceroom", 43996, kRaceRoom},
      {"automobilista_2", "automobilista_2", 20700, kPcars2, {Quantity::kAngularVelocity}},
      {"project_cars_2", "project_cars_2", 20576, kPcars2, {Quantity::kAngularVelocity}},
      {"project_cars_1", "project_cars_1", 7316, kPcars, {Quantity::kAngularVelocity}},
      {"rfactor_2", "rfactor_2", 241680, kRf2},
      {"le_mans_ultimate", "le_mans_ultimate", 324824, kLmu},
      {"ets2", "ets2", 32768, kTruck},
      {"ats", "ats", 32768, kTruck},
  };
}

}  // namespace pitbridge::circle
