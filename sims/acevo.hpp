// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <optional>

#include "common/core/decode/snapshot.hpp"
#include "sims/acpmf.hpp"

/// Assetto Corsa Evo: the pages acevo_pmf_*. Physics is that of Competizione without the brake pressure, and
/// texts are of 8 bits. Sources: dSyncro/acevo-shared-memory, compiled; the document of
/// albertowd/live-telemetry-evo, which says what was measured; WnDTech/AcEvoFfbTuner.
namespace pitbridge::acevo {

using enum FieldType;
using enum Quantity;

constexpr auto kPhysics = join(acpmf::kPhysics, acpmf::kLaterPhysics, acpmf::kWearPhysics);

constexpr Field kGraphics[] = {
    {"packetId", 0, kInt32, 1, "counter"},
    {"status", 4, kInt32, 1, "0 off,1 replay,2 live,3 pause"},
    {"player_car_id_a", 24, kUint64},
    {"player_car_id_b", 32, kUint64},
    {"rpm", 40, kUint16, 1, "rpm"},
    {"is_rpm_limiter_on", 42, kBool8, 1, "bool"},
    {"is_change_up_rpm", 43, kBool8, 1, "bool"},
    {"is_engine_running", 50, kBool8, 1, "bool"},
    {"display_speed_kmh", 58, kInt16, 1, "km/h"},
    {"gear_int", 68, kInt16, 1, "gear"},
    {"rpm_percent", 72, kFloat32, 1, "0..1"},
    {"gas_percent", 76, kFloat32, 1, "0..1"},
    {"brake_percent", 80, kFloat32, 1, "0..1"},
    {"handbrake_percent", 84, kFloat32, 1, "0..1"},
    {"clutch_percent", 88, kFloat32, 1, "0..1"},
    {"steering_percent", 92, kFloat32, 1, "-1..1"},
    {"fuel_pressure_bar", 112, kFloat32, 1, "bar"},
    {"oil_temperature_c", 120, kFloat32, 1, "degC"},
    {"oil_pressure_bar", 124, kFloat32, 1, "bar"},
    {"water_temperature_c", 116, kInt8, 1, "degC"},
    {"steer_degrees", 156, kInt32, 1, "deg"},
    {"time_of_day_hours", 172, kInt32, 1, "h"},
    {"time_of_day_minutes", 176, kInt32, 1, "min"},
    {"time_of_day_seconds", 180, kInt32, 1, "s"},
    {"delta_time_ms", 184, kInt32, 1, "ms"},
    {"current_lap_time_ms", 188, kInt32, 1, "ms"},
    {"predicted_lap_time_ms", 192, kInt32, 1, "ms"},
    {"fuel_liter_current_quantity", 196, kFloat32, 1, "l"},
    {"current_torque", 212, kFloat32, 1, "Nm"},
    {"current_bhp", 216, kInt32, 1, "BHP"},
    {"tyre_lf", 220, kBytes, 256, "SMEvoTyreState 256 B"},
    {"tyre_lf.tyre_pression", 228, kFloat32, 1, "psi"},
    {"tyre_lf.tyre_temperature_c", 232, kFloat32, 1, "degC"},
    {"tyre_lf.brake_temperature_c", 236, kFloat32, 1, "degC"},
    {"tyre_lf.tyre_temperature_left", 244, kFloat32, 1, "degC"},
    {"tyre_lf.tyre_temperature_center", 248, kFloat32, 1, "degC"},
    {"tyre_lf.tyre_temperature_right", 252, kFloat32, 1, "degC"},
    {"tyre_lf.tyre_compound_front", 256, kText8, 33, "8-bit"},
    {"tyre_rf", 476, kBytes, 256},
    {"tyre_rf.tyre_temperature_left", 500, kFloat32, 1, "degC"},
    {"tyre_rf.tyre_temperature_center", 504, kFloat32, 1, "degC"},
    {"tyre_rf.tyre_temperature_right", 508, kFloat32, 1, "degC"},
    {"tyre_lr", 732, kBytes, 256},
    {"tyre_lr.tyre_temperature_left", 756, kFloat32, 1, "degC"},
    {"tyre_lr.tyre_temperature_center", 760, kFloat32, 1, "degC"},
    {"tyre_lr.tyre_temperature_right", 764, kFloat32, 1, "degC"},
    {"tyre_rr", 988, kBytes, 256},
    {"tyre_rr.tyre_temperature_left", 1012, kFloat32, 1, "degC"},
    {"tyre_rr.tyre_temperature_center", 1016, kFloat32, 1, "degC"},
    {"tyre_rr.tyre_temperature_right", 1020, kFloat32, 1, "degC"},
    {"npos", 1244, kFloat32, 1, "0..1"},
    {"car_location", 1388, kInt32, 1, "0 unassigned,1 pitlane,2 pitentry,3 pitexit,4 track"},
    {"fuel_liter_per_lap", 1460, kFloat32, 1, "l"},
    {"laps_possible_with_fuel", 1464, kFloat32, 1, "laps"},
    {"electronics.tc_level", 1872, kInt8, 1, "level"},
    {"electronics.abs_level", 1874, kInt8, 1, "level"},
    {"electronics.brake_bias", 1880, kFloat32, 1, "fraction"},
    {"electronics.engine_map_level", 1884, kInt8, 1, "level"},
    {"total_lap_count", 2384, kInt32, 1, "laps"},
    {"current_pos", 2388, kUint32, 1, "1-based"},
    {"total_drivers", 2392, kUint32},
    {"last_laptime_ms", 2396, kInt32, 1, "ms"},
    {"best_laptime_ms", 2400, kInt32, 1, "ms"},
    {"flag", 2404, kInt32, 1, "enum"},
    {"global_flag", 2408, kInt32, 1, "enum"},
    {"max_gears", 2412, kUint32},
    {"session_state.phase_name", 2476, kText8, 33, "8-bit"},
    {"session_state.time_left_ms", 2524, kInt32, 1, "ms"},
    {"session_state.total_lap", 2544, kInt32},
    {"session_state.current_lap", 2548, kInt32},
    {"timing_state.current_laptime", 2732, kText8, 15, "8-bit text"},
    {"driver_name", 3020, kText8, 33, "8-bit"},
    {"driver_surname", 3053, kText8, 33, "8-bit"},
    {"car_model", 3086, kText8, 33, "8-bit"},
    {"is_in_pit_box", 3119, kBool8, 1, "bool"},
    {"is_in_pit_lane", 3120, kBool8, 1, "bool"},
    {"is_valid_lap", 3121, kBool8, 1, "bool"},
    {"car_coordinates", 3124, kFloat32, 180, "m [60][3]"},
    {"gap_ahead", 3844, kFloat32, 1, "s"},
    {"gap_behind", 3848, kFloat32, 1, "s"},
    {"active_cars", 3852, kUint8},
    {"max_fuel", 3928, kFloat32, 1, "l"},
    {"max_turbo_boost", 3932, kFloat32, 1, "bar"},
    {"car_ids", 3940, kUint64, 120, "[60][2]"},
};

constexpr Field kStatic[] = {
    {"sm_version", 0, kText8, 15, "8-bit"},
    {"ac_evo_version", 15, kText8, 15, "8-bit"},
    {"session", 32, kInt32, 1, "-1 unknown,0 time attack,1 race,2 hot stint,3 cruise"},
    {"session_name", 36, kText8, 33, "8-bit"},
    {"event_id", 69, kUint8},
    {"session_id", 70, kUint8},
    {"starting_grip", 72, kInt32, 1, "enum"},
    {"starting_ambient_temperature_c", 76, kFloat32, 1, "degC"},
    {"starting_ground_temperature_c", 80, kFloat32, 1, "degC"},
    {"is_timed_race", 85, kBool8, 1, "bool"},
    {"is_online", 86, kBool8, 1, "bool"},
    {"number_of_sessions", 88, kInt32},
    {"nation", 92, kText8, 33, "8-bit"},
    {"track", 136, kText8, 33, "8-bit"},
    {"track_configuration", 169, kText8, 33, "8-bit"},
    {"track_length_m", 204, kFloat32, 1, "m"},
};

constexpr Layout kLayouts[] = {{"acevo_pmf_physics", 800, kPhysics},
                               {"acevo_pmf_graphics", 4900, kGraphics},
                               {"acevo_pmf_static", 208, kStatic}};

constexpr double kKwPerBhp = 0.745699872;
constexpr double kNoTimeMs = 2147483647;

constexpr Channel kPhysicsRows[] = {
    {kRpm, "rpms"},
    {kMaxRpm, "currentMaxRpm"},
    {.quantity = kSpeed, .field = "speedKmh", .combine = Combine::kAbsolute},
    {kGear, "gear", 1, -1},
    {kThrottle, "gas"},
    {kBrake, "brake"},
    {kClutch, "clutch"},
    {kFuel, "fuel"},
    {kTyreTemperature, "tyreCoreTemperature"},
    {kTyrePressure, "wheelsPressure", kKpaPerPsi},
    {kCoolantTemperature, "waterTemp"},
    {kTurboPressure, "turboBoost", kKpaPerBar},
    {kBattery, "kersCharge", 1, 0, {0}},  // and of a car that has none
    {kIgnition, "ignitionOn"},
    {kEngineRuns, "isEngineRunning"},
    {kStarter, "starterEngineOn"},
    {kPitLimiter, "pitLimiterOn"},
    {kDrsAvailable, "drsAvailable"},
    {kDrs, "drsEnabled"},
    {kErsMode, "ersPowerLevel"},
    // `tc` and `abs` are how strong the aids are set (measured), not that they act.
    {kTcActs, "tcinAction"},
    {kAbsActs, "absInAction"},
    {kBrakeBias, "brakeBias"},
    {kSuspensionDamage, "suspensionDamage"},
    // y is up, and x and -z lie as on a map with north at its top (AcEvoFfbTuner lays laps over satellite
    // pictures so): right-handed. No source tells the sense of what is in the car's own frame, nor of the
    // heading; suspensionTravel has another sense in some cars, carDamage no known unit.
    {.quantity = kWorldVelocity, .field = "velocity", .order = {3, 1, 2}},
    {kWheelSpeed, "wheelAngularSpeed"},
    {kCombinedSlip, "wheelSlip"},
    {kSlipAngle, "slipAngle"},
    {kWheelLoad, "wheelLoad"},
    // Below 0 the top of a left wheel leans in, and that of a right wheel out (measured).
    {.quantity = kCamber, .field = "camberRAD", .order = {1, -2, 3, -4}},
    {kBrakeTemperature, "brakeTemp"},
    {kAirTemperature, "airTemp"},
    {kTrackTemperature, "roadTemp"},
};

constexpr Code kPitBox[] = {{1, PitState::kBox}};
constexpr Code kLocations[] = {
    {1, PitState::kLane}, {2, PitState::kEntering}, {3, PitState::kLeaving}, {4, PitState::kOnTrack}};
constexpr Code kFlags[] = {{0, Flag::kNone},     {1, Flag::kWhite},      {2, Flag::kGreen},
                           {3, Flag::kRed},      {4, Flag::kBlue},       {5, Flag::kYellow},
                           {6, Flag::kBlack},    {7, Flag::kBlackWhite}, {8, Flag::kChequered},
                           {9, Flag::kMeatball}, {10, Flag::kSlippery}};
constexpr Code kSessionKinds[] = {{0, SessionKind::kTimeTrial},
                                  {1, SessionKind::kRace},
                                  {2, SessionKind::kTimeTrial},
                                  {3, SessionKind::kTest}};

/// Hours, minutes and seconds stand apart.
inline std::optional<double> time_of_day(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const auto part = [&](const Field& field) {
    return snapshot.number("acevo_pmf_graphics", field).value_or(0);
  };
  return part(field_in<kGraphics>("time_of_day_hours")) * 3600 +
         part(field_in<kGraphics>("time_of_day_minutes")) * 60 +
         part(field_in<kGraphics>("time_of_day_seconds"));
}

inline std::optional<double> lap_distance(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const auto part = snapshot.number("acevo_pmf_graphics", field_in<kGraphics>("npos"));
  const auto length = snapshot.number("acevo_pmf_static", field_in<kStatic>("track_length_m"));
  if (!part || !length || *length <= 0) return std::nullopt;
  return *part * *length;
}

constexpr std::uint32_t kMostCars = 60;
constexpr std::uint32_t kCoordinatesBytes = 12;

inline std::uint32_t car_count(const Snapshot& snapshot) {
  const auto count = snapshot.integer("acevo_pmf_graphics", field_in<kGraphics>("active_cars"));
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(count.value_or(0), 0, kMostCars));
}
/// Which of the cars has the player's number, of 128 bits.
inline std::optional<std::uint32_t> player(const Snapshot& snapshot) {
  const auto number = [&](const Field& field, std::uint32_t index = 0) {
    return snapshot.integer("acevo_pmf_graphics", field, index);
  };
  constexpr Field kIds = field_in<kGraphics>("car_ids");
  const auto first = number(field_in<kGraphics>("player_car_id_a"));
  const auto second = number(field_in<kGraphics>("player_car_id_b"));
  for (std::uint32_t i = 0; i < car_count(snapshot); ++i)
    if (number(kIds, 2 * i) == first && number(kIds, 2 * i + 1) == second) return i;
  return std::nullopt;
}
inline std::optional<std::uint32_t> player_offset(const Snapshot& snapshot, const Channel&) {
  const auto car = player(snapshot);
  return car ? std::optional(*car * kCoordinatesBytes) : std::nullopt;
}

constexpr Channel kGraphicsRows[] = {
    {kLap, "total_lap_count"},
    {kLapTime, "current_lap_time_ms", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kLastLapTime, "last_laptime_ms", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kBestLapTime, "best_laptime_ms", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kPosition, "current_pos"},
    {kCar, "car_model"},
    {kDriver, "driver_name"},
    {kSteering, "steering_percent"},  // physics' steerAngle is in radians (measured)
    {kOilTemperature, "oil_temperature_c"},
    {kOilPressure, "oil_pressure_bar", kKpaPerBar},
    {kFuelPressure, "fuel_pressure_bar", kKpaPerBar},
    {kPower, "current_bhp", kKwPerBhp},
    {kTorque, "current_torque"},
    {kTcLevel, "electronics.tc_level"},
    {kAbsLevel, "electronics.abs_level"},
    {kEngineMap, "electronics.engine_map_level"},
    {kHandbrake, "handbrake_percent"},
    {kGears, "max_gears"},
    {kFuelCapacity, "max_fuel"},
    {kFuelPerLap, "fuel_liter_per_lap"},
    {kFuelLaps, "laps_possible_with_fuel"},
    {.quantity = kWorldPosition, .field = "car_coordinates", .of_player = true, .order = {3, 1, 2}},
    // "Left" is the tyre's left side as seen from the seat (measured).
    {.quantity = kTyreInnerTemperature,
     .fields = {"tyre_lf.tyre_temperature_right", "tyre_rf.tyre_temperature_left",
                "tyre_lr.tyre_temperature_right", "tyre_rr.tyre_temperature_left"}},
    {.quantity = kTyreMiddleTemperature,
     .fields = {"tyre_lf.tyre_temperature_center", "tyre_rf.tyre_temperature_center",
                "tyre_lr.tyre_temperature_center", "tyre_rr.tyre_temperature_center"}},
    {.quantity = kTyreOuterTemperature,
     .fields = {"tyre_lf.tyre_temperature_left", "tyre_rf.tyre_temperature_right",
                "tyre_lr.tyre_temperature_left", "tyre_rr.tyre_temperature_right"}},
    {kTyreCompound, "tyre_lf.tyre_compound_front"},
    {kDelta, "delta_time_ms", kSecondsPerMs},  // positive is slower
    {kPredictedLapTime, "predicted_lap_time_ms", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kGapAhead, "gap_ahead", 1, 0, {0}},
    {kGapBehind, "gap_behind", 1, 0, {0}},
    {.quantity = kFlag, .field = "flag", .codes = kFlags},
    {kSessionTimeLeft, "session_state.time_left_ms", kSecondsPerMs, 0, {-1}},
    {kLapCount, "session_state.total_lap"},
    {.quantity = kLapsLeft,
     .field = "session_state.total_lap",
     .no_value = {0},
     .combine = Combine::kMinus,
     .other_field = "total_lap_count"},
    {kCarCount, "total_drivers"},
    {.quantity = kPitState, .field = "is_in_pit_box", .codes = kPitBox},
    {.quantity = kPitState, .field = "car_location", .codes = kLocations},
    {kLapIsValid, "is_valid_lap"},
    {kLapFraction, "npos"},
    {.quantity = kLapDistance, .compute = lap_distance},
    {.quantity = kTimeOfDay, .compute = time_of_day},
};
constexpr Channel kStaticRows[] = {
    {kSession, "session"},
    {kTrack, "track"},
    {.quantity = kSessionKind, .field = "session", .codes = kSessionKinds},
    {kTrackLength, "track_length_m"},
};
constexpr auto kChannels =
    join(channels_in("acevo_pmf_physics", kPhysicsRows), channels_in("acevo_pmf_graphics", kGraphicsRows),
         channels_in("acevo_pmf_static", kStaticRows));

constexpr auto kCarChannels = channels_in("acevo_pmf_graphics", {{.quantity = kWorldPosition,
                                                                  .field = "car_coordinates",
                                                                  .order = {3, 1, 2},
                                                                  .record_bytes = kCoordinatesBytes}});
constexpr CarTable kCars = {
    .most_cars = kMostCars, .channels = kCarChannels, .count = car_count, .player = player};

}  // namespace pitbridge::acevo
