// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <numbers>
#include <optional>
#include <string>

#include "common/core/decode/snapshot.hpp"
#include "sims/r3e_fields.hpp"

/// What the fields of $R3E mean. The tables of each version find their fields in the list of that version.
namespace pitbridge::r3e {

using enum Quantity;

constexpr std::string_view kMap = "$R3E";
constexpr double kGravity = 9.80665;

inline std::optional<double> number(const Snapshot& snapshot, const Field& field, std::uint32_t index = 0) {
  return snapshot.number(kMap, field, index);
}
inline std::optional<std::int64_t> integer(const Snapshot& snapshot, const Field& field,
                                           std::uint64_t shift_bytes = 0) {
  return snapshot.integer(kMap, field, 0, shift_bytes);
}

/// The input is of the way from lock to lock that the car's wheel has.
template <const auto& kFields>
std::optional<double> steering_angle(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const auto input = number(snapshot, field_in<kFields>("steer_input_raw"));
  const auto degrees = number(snapshot, field_in<kFields>("steer_wheel_range_degrees"));
  if (!input || !degrees || *degrees <= 0) return std::nullopt;
  return *input * *degrees / 2 * std::numbers::pi / 180;
}

/// The sim's times of sectors are from the line. Of one that is not driven yet there is -1, and 0 in ours.
template <const auto& kFields>
std::optional<double> sector_time(const Snapshot& snapshot, std::uint64_t, std::uint32_t element) {
  const auto at = [&](std::uint32_t i) {
    return number(snapshot, field_in<kFields>("sector_time_current_self"), i).value_or(-1);
  };
  if (at(element) <= 0) return 0;
  return element == 0 ? at(0) : at(element) - std::max(at(element - 1), 0.0);
}
template <const auto& kFields>
std::optional<double> last_sector_time(const Snapshot& snapshot, std::uint64_t, std::uint32_t element) {
  const auto at = [&](std::uint32_t i) {
    return number(snapshot, field_in<kFields>("sector_time_previous_self"), i).value_or(-1);
  };
  if (at(element) <= 0 || (element > 0 && at(element - 1) <= 0)) return std::nullopt;
  return element == 0 ? at(0) : at(element) - at(element - 1);
}

/// Left, centre and right of the tread are as seen from the seat: the left is the outer side of the left
/// tyres.
template <const auto& kFields, bool kInner>
std::optional<double> tread(const Snapshot& snapshot, std::uint64_t, std::uint32_t wheel) {
  constexpr std::uint32_t kRecordBytes = 24;
  const bool is_left_wheel = wheel % 2 == 0;
  const std::uint32_t side = is_left_wheel == kInner ? 2 : 0;
  const auto degrees = snapshot.number(kMap, field_in<kFields>("tire_temp0.current_temp"), side,
                                       std::uint64_t{wheel} * kRecordBytes);
  return degrees && *degrees != -1 ? degrees : std::nullopt;
}

/// A number on the door, and the tyres' kind, which are numbers there.
template <const auto& kFields>
std::optional<std::string> find_text(const Snapshot& snapshot, Quantity quantity) {
  if (quantity == kCarNumber) {
    const auto car = integer(snapshot, field_in<kFields>("vehicle_info.car_number"));
    return car && *car >= 0 ? std::optional(std::to_string(*car)) : std::nullopt;
  }
  constexpr std::string_view kSubtypes[] = {"primary", "alternate", "soft", "medium", "hard"};
  const auto subtype = integer(snapshot, field_in<kFields>("tire_subtype_front"));
  if (!subtype || *subtype < 0 || *subtype >= std::ssize(kSubtypes)) return std::nullopt;
  return std::string(kSubtypes[*subtype]);
}

constexpr std::uint32_t kMostDrivers = 128;

template <const auto& kFields>
std::uint32_t car_count(const Snapshot& snapshot) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(
      integer(snapshot, field_in<kFields>("num_cars")).value_or(0), 0, kMostDrivers));
}
/// Which of the drivers, who stand by their places, sits in the player's slot.
template <const auto& kFields, std::uint32_t kRecordBytes>
std::optional<std::uint32_t> player(const Snapshot& snapshot) {
  constexpr Field kSlot = field_in<kFields>("driver0.driver_info.slot_id");
  const auto own = integer(snapshot, field_in<kFields>("vehicle_info.slot_id"));
  if (!own || *own < 0) return std::nullopt;
  for (std::uint32_t car = 0; car < car_count<kFields>(snapshot); ++car)
    if (integer(snapshot, kSlot, std::uint64_t{car} * kRecordBytes) == own) return car;
  return std::nullopt;
}
template <const auto& kFields, std::uint32_t kRecordBytes>
std::optional<std::uint32_t> player_offset(const Snapshot& snapshot, const Channel&) {
  const auto car = player<kFields, kRecordBytes>(snapshot);
  return car ? std::optional(*car * kRecordBytes) : std::nullopt;
}
template <const auto& kFields, std::uint32_t kRecordBytes>
std::optional<std::string> find_car_text(const Snapshot& snapshot, Quantity, std::uint32_t car) {
  const auto on_door = integer(snapshot, field_in<kFields>("driver0.driver_info.car_number"),
                               std::uint64_t{car} * kRecordBytes);
  return on_door && *on_door >= 0 ? std::optional(std::to_string(*on_door)) : std::nullopt;
}

constexpr Code kSessionKinds[] = {{0, SessionKind::kPractice},
                                  {1, SessionKind::kQualifying},
                                  {2, SessionKind::kRace},
                                  {3, SessionKind::kWarmup}};
constexpr Code kSessionPhases[] = {{1, SessionPhase::kGarage},    {2, SessionPhase::kGrid},
                                   {3, SessionPhase::kFormation}, {4, SessionPhase::kCountdown},
                                   {5, SessionPhase::kRunning},   {6, SessionPhase::kFinished}};
constexpr Code kPitStates[] = {
    {1, PitState::kRequested}, {2, PitState::kEntering}, {3, PitState::kBox}, {4, PitState::kLeaving}};
constexpr Code kPitLane[] = {{0, PitState::kOnTrack}, {1, PitState::kLane}};
constexpr Code kInGarage[] = {{1, PitState::kGarage}};
constexpr Code kSurfaces[] = {{0, Surface::kOther},  {1, Surface::kAsphalt}, {2, Surface::kGrass},
                              {3, Surface::kDirt},   {4, Surface::kGravel},  {5, Surface::kKerb},
                              {6, Surface::kAsphalt}};
constexpr Code kBlack[] = {{1, Flag::kBlack}};
constexpr Code kChequered[] = {{1, Flag::kChequered}};
constexpr Code kYellow[] = {{1, Flag::kYellow}};
constexpr Code kBlue[] = {{1, Flag::kBlue}};
constexpr Code kWarning[] = {
    {1, Flag::kBlackWhite}, {2, Flag::kBlackWhite}, {3, Flag::kBlackWhite}, {4, Flag::kBlackWhite}};
constexpr Code kWhite[] = {{1, Flag::kWhite}};
constexpr Code kGreenOrNone[] = {{0, Flag::kNone}, {1, Flag::kGreen}};
// 5 acts, 1 is switched on, 0 is off.
constexpr Code kAid[] = {{0, 0}, {1, 0}, {5, 1}};
constexpr Code kStrobing[] = {{0, 0}, {1, 1}, {2, 1}};
constexpr Code kIgnitionStates[] = {{0, 0}, {1, 1}, {2, 1}, {3, 1}};
constexpr Code kStarterStates[] = {{0, 0}, {1, 0}, {2, 1}, {3, 0}};
constexpr Code kEngineStates[] = {{0, 0}, {1, 0}, {2, 0}, {3, 1}};

// -1 is the header's mark for "not available" in most fields, -2 in `gear`.
//
// The car's frame has x to the left, y up, z to the back (the header), and so has the world's at a yaw of 0:
// a left-handed one. Yaw and its rate are positive to the right, accelerations without the earth's pull.
// Sources: mrbelowski/CrewChiefV4's spotter; MarvinsAIRA's bridge, which was held against a recorded drive;
// rates around x lift the nose and around z turn the left side up, as rFactor's plugin header says of the
// engine that this one is of, and as the rate around y does. Wheels turn backwards, and 1 is whole and new
// (SecondMonitor, Race-Element). No source tells pitch and roll, the senses of the suspension and of camber,
// nor the unit of the torque.
template <const auto& kFields>
constexpr auto common_channels() {
  return channels_in(
      kMap, {{kRpm, "engine_rps", kRpmPerRadPerSecond, 0, {-1}},  // radians a second, whatever the name says
             {kMaxRpm, "max_engine_rps", kRpmPerRadPerSecond, 0, {-1}},
             {.quantity = kSpeed, .field = "car_speed", .scale = kKmhPerMps, .combine = Combine::kAbsolute},
             {kGear, "gear", 1, 0, {-2}},
             {kThrottle, "throttle", 1, 0, {-1}},
             {kBrake, "brake", 1, 0, {-1}},
             {kClutch, "clutch", 1, 0, {-1}},
             {kSteering, "steer_input_raw"},  // right is positive
             {kFuel, "fuel_left", 1, 0, {-1}},
             {kLap, "completed_laps", 1, 0, {-1}},
             {kLapTime, "lap_time_current_self", 1, 0, {-1}},
             {kLastLapTime, "lap_time_previous_self", 1, 0, {-1}},
             {kBestLapTime, "lap_time_best_self", 1, 0, {-1}},
             {kPosition, "position", 1, 0, {-1}},
             {kSession, "session_type", 1, 0, {-1}},
             // Left, centre and right of the tread: the centre. One record of 24 bytes a wheel.
             {.quantity = kTyreTemperature,
              .field = "tire_temp0.current_temp",
              .no_value = {-1},
              .first_index = 1,
              .stride_bytes = 24},
             {kTyrePressure, "tire_pressure", 1, 0, {-1}},
             {kCar, "vehicle_info.name"},
             {kTrack, "track_name"},
             {kDriver, "player_name"},
             {kShiftRpm, "upshift_rps", kRpmPerRadPerSecond, 0, {-1}},
             {kCoolantTemperature, "engine_temp", 1, 0, {-1}},
             {kOilTemperature, "engine_oil_temp", 1, 0, {-1}},
             {kOilPressure, "engine_oil_pressure", 1, 0, {-1}},
             {kFuelPressure, "fuel_pressure", 1, 0, {-1}},
             {kTurboPressure, "turbo_pressure", kKpaPerBar, 0, {-1}},
             {kPitLimiter, "pit_limiter", 1, 0, {-1}},
             {kDrsAvailable, "drs.available", 1, 0, {-1}},
             {kDrs, "drs.engaged", 1, 0, {-1}},
             {kPushToPass, "push_to_pass.engaged", 1, 0, {-1}},
             {.quantity = kTcActs, .field = "aid_settings.tc", .codes = kAid},
             {.quantity = kAbsActs, .field = "aid_settings.abs", .codes = kAid},
             {kBrakeBias, "brake_bias", -1, 1, {-1}},  // theirs is of the rear
             {kGears, "num_gears", 1, 0, {-1}},
             {.quantity = kSteeringAngle, .compute = steering_angle<kFields>},
             {kFuelCapacity, "fuel_capacity", 1, 0, {-1}},
             {kFuelPerLap, "fuel_per_lap", 1, 0, {-1}},
             {kBodyDamage, "car_damage.aerodynamics", -1, 1, {-1}},
             {kEngineDamage, "car_damage.engine", -1, 1, {-1}},
             {kTransmissionDamage, "car_damage.transmission", -1, 1, {-1}},
             {.quantity = kWorldPosition, .field = "player.position", .order = {-3, 1, 2}},
             {.quantity = kWorldVelocity, .field = "player.velocity", .order = {-3, 1, 2}},
             {.quantity = kVelocity, .field = "player.local_velocity", .order = {-3, 1, 2}},
             {.quantity = kAcceleration,
              .field = "player.local_acceleration",
              .scale = 1 / kGravity,
              .order = {-3, 1, 2}},
             {.quantity = kHeading, .field = "car_orientation", .scale = -1, .first_index = 1},
             {.quantity = kAngularVelocity, .field = "player.local_angular_velocity", .order = {3, -1, -2}},
             {kWheelSpeed, "tire_rps", -1},
             {kRideHeight, "player.ride_height"},
             {.quantity = kBrakeTemperature,
              .field = "brake_temp0.current_temp",
              .no_value = {-1},
              .stride_bytes = 16},
             {kTyreWear, "tire_wear", -1, 1, {-1}},
             {.quantity = kTyreInnerTemperature, .compute = tread<kFields, true>},
             {.quantity = kTyreMiddleTemperature,
              .field = "tire_temp0.current_temp",
              .no_value = {-1},
              .first_index = 1,
              .stride_bytes = 24},
             {.quantity = kTyreOuterTemperature, .compute = tread<kFields, false>},
             {kTyreDirt, "tire_dirt", 1, 0, {-1}},
             {.quantity = kTyreCompound},
             {kSector, "track_sector", 1, 0, {-1, 0}},
             {.quantity = kSectorTimes, .compute = sector_time<kFields>},
             {.quantity = kLastSectorTimes, .compute = last_sector_time<kFields>},
             {kBestSectorTimes, "best_individual_sector_time_self", 1, 0, {-1}},
             {kDelta, "time_delta_best_self", 1, 0, {-1000}},
             {kGapAhead, "time_delta_front", 1, 0, {-1}},
             {kGapBehind, "time_delta_behind", 1, 0, {-1}},
             // One word a flag; the one that matters most first.
             {.quantity = kFlag, .field = "flags.black", .codes = kBlack},
             {.quantity = kFlag, .field = "flags.checkered", .codes = kChequered},
             {.quantity = kFlag, .field = "flags.yellow", .codes = kYellow},
             {.quantity = kFlag, .field = "flags.blue", .codes = kBlue},
             {.quantity = kFlag, .field = "flags.black_and_white", .codes = kWarning},
             {.quantity = kFlag, .field = "flags.white", .codes = kWhite},
             {.quantity = kFlag, .field = "flags.green", .codes = kGreenOrNone},
             {.quantity = kSessionKind, .field = "session_type", .codes = kSessionKinds},
             {.quantity = kSessionPhase, .field = "session_phase", .codes = kSessionPhases},
             {.quantity = kSessionTime,
              .field = "session_time_duration",
              .no_value = {-1},
              .combine = Combine::kMinus,
              .other_field = "session_time_remaining"},
             {kSessionTimeLeft, "session_time_remaining", 1, 0, {-1}},
             {kLapCount, "number_of_laps", 1, 0, {-1}},
             {.quantity = kLapsLeft,
              .field = "number_of_laps",
              .no_value = {-1, 0},
              .combine = Combine::kMinus,
              .other_field = "completed_laps"},
             {kCarCount, "num_cars", 1, 0, {-1}},
             {kClassPosition, "position_class", 1, 0, {-1}},
             {.quantity = kPitState, .field = "pit_state", .codes = kPitStates},
             {.quantity = kPitState, .field = "in_pitlane", .codes = kPitLane},
             {kPitStops, "num_pitstops", 1, 0, {-1}},
             {kPenalties, "num_penalties", 1, 0, {-1}},
             {kLapIsValid, "current_lap_valid", 1, 0, {-1}},
             {kLapDistance, "lap_distance", 1, 0, {-1}},
             {kLapFraction, "lap_distance_fraction", 1, 0, {-1}},
             {kTrackLength, "layout_length", 1, 0, {-1}},
             {.quantity = kCarNumber}});
}
constexpr auto kFrom31On = channels_in(
    kMap,
    {{kBattery, "battery_soc", 0.01, 0, {-1}},
     {.quantity = kIgnition, .field = "driver0.engineState", .of_player = true, .codes = kIgnitionStates},
     {.quantity = kEngineRuns, .field = "driver0.engineState", .of_player = true, .codes = kEngineStates},
     {.quantity = kStarter, .field = "driver0.engineState", .of_player = true, .codes = kStarterStates},
     {kTcLevel, "traction_control_setting", 1, 0, {-1}},
     {kAbsLevel, "abs_setting", 1, 0, {-1}},
     {kEngineMap, "engine_map_setting", 1, 0, {-1}},
     {.quantity = kHeadlights, .field = "headlights", .codes = kStrobing},
     {kWheelLoad, "tire_load", 1, 0, {-1}},
     {.quantity = kSurface, .field = "tire_on_mtrl", .codes = kSurfaces},
     {kIncidents, "incident_points", 1, 0, {-1}}});
constexpr auto kOf35 =
    channels_in(kMap, {{.quantity = kPitState, .field = "game_player_in_garage", .codes = kInGarage}});

constexpr auto kChannels35 = join(kOf35, common_channels<kFields35>(), kFrom31On);
constexpr auto kChannels33 = join(common_channels<kFields33>(), kFrom31On);
constexpr auto kChannels32 = join(common_channels<kFields32>(), kFrom31On);
constexpr auto kChannels31 = join(common_channels<kFields31>(), kFrom31On);
constexpr auto kChannels2 = common_channels<kFields2>();

// A driver's lap times are the last of the sectors' times from the line.
template <std::uint32_t kRecordBytes>
constexpr auto kCarChannels = [] {
  auto rows =
      channels_in(kMap, {{.quantity = kCarNumber},
                         {kDriver, "driver0.driver_info.name"},
                         {kPosition, "driver0.place", 1, 0, {-1}},
                         {kClassPosition, "driver0.place_class", 1, 0, {-1}},
                         {kLap, "driver0.completed_laps", 1, 0, {-1}},
                         {kLapDistance, "driver0.lap_distance", 1, 0, {-1}},
                         {.quantity = kLastLapTime,
                          .field = "driver0.sector_time_previous_self",
                          .no_value = {-1},
                          .first_index = 2},
                         {.quantity = kBestLapTime,
                          .field = "driver0.sector_time_best_self",
                          .no_value = {-1},
                          .first_index = 2},
                         {kGapAhead, "driver0.time_delta_front", 1, 0, {-1}},
                         {.quantity = kPitState, .field = "driver0.in_pitlane", .codes = kPitLane},
                         {.quantity = kWorldPosition, .field = "driver0.position", .order = {-3, 1, 2}}});
  for (Channel& channel : rows) channel.record_bytes = kRecordBytes;
  return rows;
}();
template <const auto& kFields, std::uint32_t kRecordBytes>
constexpr CarTable kCars = {.most_cars = kMostDrivers,
                            .channels = kCarChannels<kRecordBytes>,
                            .count = car_count<kFields>,
                            .player = player<kFields, kRecordBytes>,
                            .find_text = find_car_text<kFields, kRecordBytes>};

}  // namespace pitbridge::r3e
