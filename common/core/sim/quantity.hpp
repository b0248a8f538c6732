// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "common/core/sim/codes.hpp"

namespace pitbridge {

/// What is decoded the same way for every sim. Unit, sense and bounds belong to the quantity (see
/// `quantity_info`); the table of a sim converts. Their order is a promise: it only grows at its end.
///
/// **Frames.** The car's: x forward, y to the left, z up. The world's: right-handed with z up; x and y lie
/// where the sim has them. Angles and rates turn by the right hand around an axis: yaw and heading to the
/// left, pitch the nose down, roll the right side down. A car in a left-hand bend has an acceleration to the
/// left (y above 0), a yaw rate above 0 and a heading that rises. Steering alone is as drivers have it:
/// positive to the right.
enum class Quantity : std::uint8_t {
  kRpm,
  kMaxRpm,
  kSpeed,
  kGear,
  kThrottle,
  kBrake,
  kClutch,
  kSteering,
  kFuel,
  kLap,
  kLapTime,
  kLastLapTime,
  kBestLapTime,
  kPosition,
  kSession,
  kTyreTemperature,
  kTyrePressure,
  kCar,
  kTrack,
  kDriver,
  kTyreColdPressure,
  // engine
  kIdleRpm,
  kLimiterRpm,
  kShiftRpm,
  kCoolantTemperature,
  kOilTemperature,
  kOilPressure,
  kFuelPressure,
  kTurboPressure,
  kPower,
  kTorque,
  kBattery,
  // controls
  kIgnition,
  kEngineRuns,
  kStarter,
  kPitLimiter,
  kDrsAvailable,
  kDrs,
  kErsMode,
  kPushToPass,
  kTcLevel,
  kTcActs,
  kAbsLevel,
  kAbsActs,
  kEngineMap,
  kBrakeBias,
  kHandbrake,
  kGears,
  kSteeringAngle,
  kHeadlights,
  // fuel
  kFuelCapacity,
  kFuelPerLap,
  kFuelLaps,
  // damage
  kBodyDamage,
  kEngineDamage,
  kTransmissionDamage,
  kSuspensionDamage,
  // motion
  kWorldPosition,
  kWorldVelocity,
  kVelocity,
  kAcceleration,
  kHeading,
  kPitch,
  kRoll,
  kAngularVelocity,
  // wheels
  kWheelSpeed,
  kSlipRatio,
  kSlipAngle,
  kCombinedSlip,
  kWheelLoad,
  kSuspensionTravel,
  kSuspensionVelocity,
  kRideHeight,
  kCamber,
  kBrakeTemperature,
  kTyreWear,
  kTyreInnerTemperature,
  kTyreMiddleTemperature,
  kTyreOuterTemperature,
  kTyreDirt,
  kSurface,
  kTyreCompound,
  // race
  kSector,
  kSectorTimes,
  kLastSectorTimes,
  kBestSectorTimes,
  kDelta,
  kPredictedLapTime,
  kGapAhead,
  kGapBehind,
  kFlag,
  kSessionKind,
  kSessionPhase,
  kSessionTime,
  kSessionTimeLeft,
  kLapCount,
  kLapsLeft,
  kCarCount,
  kClassPosition,
  kPitState,
  kPitStops,
  kPenalties,
  kPenaltyTime,
  kIncidents,
  kLapIsValid,
  kLapDistance,
  kLapFraction,
  kTrackLength,
  kDistance,
  kCarClass,
  kCarNumber,
  // weather
  kAirTemperature,
  kTrackTemperature,
  kRain,
  kWetness,
  kGrip,
  kWindSpeed,
  kWindDirection,
  kTimeOfDay,
  // truck
  kCargo,
  kCargoMass,
  kCargoDamage,
  kSource,
  kDestination,
  kIncome,
  kRouteDistance,
  kRouteTime,
  kSpeedLimit,
  kCruiseControl,
  kOdometer,
  kLeftBlinker,
  kRightBlinker,
  kHighBeam,
  kParkingBrake,
  kTrailer,
};

inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

struct QuantityInfo {
  Quantity quantity;
  std::string_view name;
  std::string_view unit;
  /// 4 for wheels: front left, front right, rear left, rear right. 3 for x, y and z, or for three sectors.
  std::uint8_t count = 1;
  bool text = false;
  std::string_view sense = {};  ///< what the number counts, and its sign
  /// What no vehicle can do lies outside of these, both included, with much room: what a wrong layout reads
  /// does, too, and that is how it is noticed.
  double least = -kUnbounded;
  double most = kUnbounded;
  bool zero_is_none = false;                     ///< 0 means that there is none yet
  std::span<const std::string_view> codes = {};  ///< the words that the numbers stand for
};

namespace quantity_rows {

using enum Quantity;

constexpr QuantityInfo yes_or_no(Quantity quantity, std::string_view name, std::string_view sense) {
  return {quantity, name, "0 or 1", 1, false, sense, 0, 1};
}
constexpr QuantityInfo text(Quantity quantity, std::string_view name, std::string_view sense = {}) {
  return {quantity, name, "", 1, true, sense};
}
constexpr QuantityInfo word(Quantity quantity, std::string_view name, std::string_view sense,
                            std::span<const std::string_view> words, std::uint8_t count = 1) {
  return {quantity, name, "word", count, false, sense, 0, static_cast<double>(words.size() - 1),
          false,    words};
}

}  // namespace quantity_rows

/// In the order in which they are shown.
inline constexpr std::array kQuantities = [] {
  using enum Quantity;
  using quantity_rows::text;
  using quantity_rows::word;
  using quantity_rows::yes_or_no;
  return std::array{
      QuantityInfo{kRpm, "rpm", "rpm", 1, false, "of the engine", -100, 30'000},
      QuantityInfo{kMaxRpm, "max_rpm", "rpm", 1, false, "that the engine bears", 1, 30'000, true},
      QuantityInfo{kSpeed, "speed", "km/h", 1, false, "whatever the direction: never negative", 0, 1'200},
      // Trucks have up to 18 gears, and some reverse ones.
      QuantityInfo{kGear, "gear", "-1 reverse, 0 neutral", 1, false,
                   "below 0 reverse, 0 neutral, 1 the first", -8, 30},
      QuantityInfo{kThrottle, "throttle", "0..1", 1, false, "1 is fully pressed", -0.1, 1.1},
      QuantityInfo{kBrake, "brake", "0..1", 1, false, "1 is fully pressed", -0.1, 1.1},
      QuantityInfo{kClutch, "clutch", "0..1", 1, false, "the pedal: 1 is fully pressed", -0.1, 1.1},
      QuantityInfo{kSteering, "steering", "-1..1", 1, false, "-1 is full left, 1 full right", -1.5, 1.5},
      QuantityInfo{kFuel, "fuel", "l", 1, false, "in the tank", 0, 5'000},
      QuantityInfo{kLap, "lap", "completed", 1, false, "laps that are completed", 0, 100'000},
      QuantityInfo{kLapTime, "lap_time", "s", 1, false, "of the lap that is driven", 0, 1e6},
      QuantityInfo{kLastLapTime, "last_lap_time", "s", 1, false, "of the lap before", 0, 1e6, true},
      QuantityInfo{kBestLapTime, "best_lap_time", "s", 1, false, "of the driver's best lap", 0, 1e6, true},
      QuantityInfo{kPosition, "position", "1 is first", 1, false, "in the race, overall", 1, 1'000, true},
      QuantityInfo{kSession, "session", "the sim's own code", 1, false, "by the sim's own numbers"},
      QuantityInfo{kTyreTemperature, "tyre_temperature", "degC", 4, false, "", -100, 1'000},
      QuantityInfo{kTyrePressure, "tyre_pressure", "kPa", 4, false, "now, as it is driven", 0, 2'000},
      text(kCar, "car"),
      text(kTrack, "track"),
      text(kDriver, "driver"),
      QuantityInfo{kTyreColdPressure, "tyre_cold_pressure", "kPa", 4, false,
                   "as set in the garage, not as it is driven", 0, 2'000},

      QuantityInfo{kIdleRpm, "idle_rpm", "rpm", 1, false, "of the warm engine", 1, 30'000, true},
      QuantityInfo{kLimiterRpm, "limiter_rpm", "rpm", 1, false,
                   "where the limiter cuts in, or the red begins", 1, 30'000, true},
      QuantityInfo{kShiftRpm, "shift_rpm", "rpm", 1, false, "where the next gear is better", 1, 30'000, true},
      QuantityInfo{kCoolantTemperature, "coolant_temperature", "degC", 1, false, "", -100, 500},
      QuantityInfo{kOilTemperature, "oil_temperature", "degC", 1, false, "", -100, 500},
      QuantityInfo{kOilPressure, "oil_pressure", "kPa", 1, false, "", -200, 5'000},
      QuantityInfo{kFuelPressure, "fuel_pressure", "kPa", 1, false, "", -200, 50'000},
      QuantityInfo{kTurboPressure, "turbo_pressure", "kPa", 1, false, "above that of the air", -200, 1'000},
      QuantityInfo{kPower, "power", "kW", 1, false, "of the engine now", -5'000, 5'000},
      QuantityInfo{kTorque, "torque", "Nm", 1, false, "of the engine now", -20'000, 20'000},
      QuantityInfo{kBattery, "battery", "0..1", 1, false, "charge of a hybrid's or electric car's battery",
                   -0.01, 1.01},

      yes_or_no(kIgnition, "ignition", "1 is switched on"),
      yes_or_no(kEngineRuns, "engine_runs", "1 is running"),
      yes_or_no(kStarter, "starter", "1 while it turns the engine"),
      yes_or_no(kPitLimiter, "pit_limiter", "1 is switched on"),
      yes_or_no(kDrsAvailable, "drs_available", "1: it may be opened now"),
      yes_or_no(kDrs, "drs", "1 is open"),
      QuantityInfo{kErsMode, "ers_mode", "level", 1, false, "by the car's own numbers", 0, 100},
      yes_or_no(kPushToPass, "push_to_pass", "1 while it pushes"),
      QuantityInfo{kTcLevel, "tc_level", "level", 1, false, "of traction control, by the car's own numbers",
                   0, 100},
      yes_or_no(kTcActs, "tc_acts", "1 while it takes power away"),
      QuantityInfo{kAbsLevel, "abs_level", "level", 1, false, "by the car's own numbers", 0, 100},
      yes_or_no(kAbsActs, "abs_acts", "1 while it lets the brakes go"),
      QuantityInfo{kEngineMap, "engine_map", "level", 1, false, "by the car's own numbers", 0, 100},
      QuantityInfo{kBrakeBias, "brake_bias", "0..1", 1, false, "the part of the front", 0, 1, true},
      QuantityInfo{kHandbrake, "handbrake", "0..1", 1, false, "1 is fully pulled", -0.1, 1.1},
      QuantityInfo{kGears, "gears", "count", 1, false, "forward ones that the car has", 1, 30, true},
      QuantityInfo{kSteeringAngle, "steering_angle", "rad", 1, false,
                   "of the wheel in the hands, right is positive", -50, 50},
      yes_or_no(kHeadlights, "headlights", "1 is switched on"),

      QuantityInfo{kFuelCapacity, "fuel_capacity", "l", 1, false, "of the tank", 0, 5'000, true},
      QuantityInfo{kFuelPerLap, "fuel_per_lap", "l", 1, false, "as the sim reckons it", 0, 1'000, true},
      QuantityInfo{kFuelLaps, "fuel_laps", "laps", 1, false, "that the fuel lasts, as the sim reckons it", 0,
                   100'000},

      QuantityInfo{kBodyDamage, "body_damage", "0..1", 1, false, "0 is whole; the worst part", 0, 1},
      QuantityInfo{kEngineDamage, "engine_damage", "0..1", 1, false, "0 is whole", 0, 1},
      QuantityInfo{kTransmissionDamage, "transmission_damage", "0..1", 1, false, "0 is whole", 0, 1},
      QuantityInfo{kSuspensionDamage, "suspension_damage", "0..1", 4, false, "0 is whole", 0, 1},

      QuantityInfo{kWorldPosition, "world_position", "m", 3, false, "in the world's frame", -1e7, 1e7},
      QuantityInfo{kWorldVelocity, "world_velocity", "m/s", 3, false, "in the world's frame", -400, 400},
      QuantityInfo{kVelocity, "velocity", "m/s", 3, false, "forward, left, up", -400, 400},
      QuantityInfo{kAcceleration, "acceleration", "g", 3, false,
                   "forward, left, up; of the car's way, without the earth's pull", -1'000, 1'000},
      QuantityInfo{kHeading, "heading", "rad", 1, false,
                   "from the world's x axis to the left, between -pi and pi", -3.15, 3.15},
      QuantityInfo{kPitch, "pitch", "rad", 1, false, "nose down is positive", -3.15, 3.15},
      QuantityInfo{kRoll, "roll", "rad", 1, false, "right side down is positive", -3.15, 3.15},
      QuantityInfo{kAngularVelocity, "angular_velocity", "rad/s", 3, false,
                   "right side down, nose down, to the left", -200, 200},

      QuantityInfo{kWheelSpeed, "wheel_speed", "rad/s", 4, false, "forward is positive", -3'000, 3'000},
      QuantityInfo{kSlipRatio, "slip_ratio", "ratio", 4, false,
                   "above 0 spins faster than the road, -1 stands still", -1'000, 1'000},
      QuantityInfo{kSlipAngle, "slip_angle", "rad", 4, false, "size as the sim has it, and its sign", -10,
                   10},
      QuantityInfo{kCombinedSlip, "combined_slip", "as the sim has it", 4, false, "0 is full grip", -1e4,
                   1e4},
      QuantityInfo{kWheelLoad, "wheel_load", "N", 4, false, "with which the tyre is pressed on the road",
                   -1e6, 1e6},
      QuantityInfo{kSuspensionTravel, "suspension_travel", "m", 4, false, "compression is positive", -10, 10},
      QuantityInfo{kSuspensionVelocity, "suspension_velocity", "m/s", 4, false, "compression is positive",
                   -200, 200},
      QuantityInfo{kRideHeight, "ride_height", "m", 4, false, "above the road", -10, 10},
      QuantityInfo{kCamber, "camber", "rad", 4, false, "above 0 the wheel leans out at its top", -3.15, 3.15},
      QuantityInfo{kBrakeTemperature, "brake_temperature", "degC", 4, false, "of the disc", -100, 3'000},
      QuantityInfo{kTyreWear, "tyre_wear", "0..1", 4, false, "0 is new, 1 worn out", 0, 1},
      QuantityInfo{kTyreInnerTemperature, "tyre_inner_temperature", "degC", 4, false,
                   "of the tread, towards the car", -100, 1'000},
      QuantityInfo{kTyreMiddleTemperature, "tyre_middle_temperature", "degC", 4, false, "of the tread", -100,
                   1'000},
      QuantityInfo{kTyreOuterTemperature, "tyre_outer_temperature", "degC", 4, false,
                   "of the tread, away from the car", -100, 1'000},
      QuantityInfo{kTyreDirt, "tyre_dirt", "0..1", 4, false, "0 is clean", 0, 1},
      word(kSurface, "surface", "below each wheel", kSurfaceNames, 4),
      text(kTyreCompound, "tyre_compound", "of the front tyres"),

      QuantityInfo{kSector, "sector", "1 is first", 1, false, "that is driven", 1, 100},
      QuantityInfo{kSectorTimes, "sector_times", "s", 3, false, "of the lap that is driven, 0 not yet", 0,
                   1e6},
      QuantityInfo{kLastSectorTimes, "last_sector_times", "s", 3, false, "of the lap before", 0, 1e6},
      QuantityInfo{kBestSectorTimes, "best_sector_times", "s", 3, false, "of the driver", 0, 1e6},
      QuantityInfo{kDelta, "delta", "s", 1, false, "to the lap that the sim compares with; below 0 is faster",
                   -1e5, 1e5},
      QuantityInfo{kPredictedLapTime, "predicted_lap_time", "s", 1, false, "as the sim reckons it", 0, 1e6,
                   true},
      QuantityInfo{kGapAhead, "gap_ahead", "s", 1, false, "to the car in front in the race", 0, 1e5},
      QuantityInfo{kGapBehind, "gap_behind", "s", 1, false, "to the car behind in the race", 0, 1e5},
      word(kFlag, "flag", "that the driver is shown", kFlagNames),
      word(kSessionKind, "session_kind", "", kSessionKindNames),
      word(kSessionPhase, "session_phase", "", kSessionPhaseNames),
      QuantityInfo{kSessionTime, "session_time", "s", 1, false, "since the session began", 0, 1e8},
      QuantityInfo{kSessionTimeLeft, "session_time_left", "s", 1, false, "", 0, 1e7},
      QuantityInfo{kLapCount, "laps", "count", 1, false, "of the whole race", 1, 100'000, true},
      QuantityInfo{kLapsLeft, "laps_left", "count", 1, false, "to be completed, with the one that is driven",
                   0, 100'000},
      QuantityInfo{kCarCount, "cars", "count", 1, false, "in the session", 0, 1'000, true},
      QuantityInfo{kClassPosition, "class_position", "1 is first", 1, false, "in the car's class", 1, 1'000,
                   true},
      word(kPitState, "pit_state", "", kPitStateNames),
      QuantityInfo{kPitStops, "pit_stops", "count", 1, false, "that were made", 0, 1'000},
      QuantityInfo{kPenalties, "penalties", "count", 1, false, "that are not served yet", 0, 1'000},
      QuantityInfo{kPenaltyTime, "penalty_time", "s", 1, false, "that is added or to be served", 0, 1e5},
      QuantityInfo{kIncidents, "incidents", "points", 1, false, "as the sim counts them", 0, 100'000},
      yes_or_no(kLapIsValid, "lap_is_valid", "1: the lap that is driven counts"),
      QuantityInfo{kLapDistance, "lap_distance", "m", 1, false, "from the line", -1e6, 1e6},
      QuantityInfo{kLapFraction, "lap_fraction", "0..1", 1, false, "of the lap, from the line", -0.01, 1.01},
      QuantityInfo{kTrackLength, "track_length", "m", 1, false, "", 1, 1e6, true},
      QuantityInfo{kDistance, "distance", "m", 1, false, "driven in the session", 0, 1e9},
      text(kCarClass, "car_class"),
      text(kCarNumber, "car_number", "on the door"),

      QuantityInfo{kAirTemperature, "air_temperature", "degC", 1, false, "", -100, 100},
      QuantityInfo{kTrackTemperature, "track_temperature", "degC", 1, false, "", -100, 150},
      QuantityInfo{kRain, "rain", "0..1", 1, false, "0 is dry, 1 the most that the sim has", 0, 1},
      QuantityInfo{kWetness, "wetness", "0..1", 1, false, "of the track: 0 is dry", 0, 1},
      QuantityInfo{kGrip, "grip", "0..1", 1, false, "of the track, 1 is the best", 0, 1.5},
      QuantityInfo{kWindSpeed, "wind_speed", "m/s", 1, false, "", 0, 200},
      QuantityInfo{kWindDirection, "wind_direction", "rad", 1, false,
                   "from where it blows, from the north by the east", -6.3, 6.3},
      QuantityInfo{kTimeOfDay, "time_of_day", "s", 1, false, "in the sim's world, since midnight", 0,
                   172'800},

      text(kCargo, "cargo"),
      QuantityInfo{kCargoMass, "cargo_mass", "kg", 1, false, "", 0, 1e6},
      QuantityInfo{kCargoDamage, "cargo_damage", "0..1", 1, false, "0 is whole", 0, 1},
      text(kSource, "source", "the city that the job comes from"),
      text(kDestination, "destination", "the city that the job goes to"),
      QuantityInfo{kIncome, "income", "the sim's money", 1, false, "of the job", 0, 1e9},
      QuantityInfo{kRouteDistance, "route_distance", "m", 1, false, "to the destination", 0, 1e8},
      QuantityInfo{kRouteTime, "route_time", "s", 1, false, "to the destination, in the sim's time", 0, 1e8},
      QuantityInfo{kSpeedLimit, "speed_limit", "km/h", 1, false, "of the road", 0, 500, true},
      QuantityInfo{kCruiseControl, "cruise_control", "km/h", 1, false, "that it holds; 0 is switched off", 0,
                   500},
      QuantityInfo{kOdometer, "odometer", "km", 1, false, "of the vehicle", 0, 1e8},
      yes_or_no(kLeftBlinker, "left_blinker", "1 is lit"),
      yes_or_no(kRightBlinker, "right_blinker", "1 is lit"),
      yes_or_no(kHighBeam, "high_beam", "1 is switched on"),
      yes_or_no(kParkingBrake, "parking_brake", "1 is pulled"),
      yes_or_no(kTrailer, "trailer", "1 is attached"),
  };
}();

constexpr const QuantityInfo& quantity_info(Quantity quantity) {
  return kQuantities[static_cast<std::size_t>(quantity)];
}

/// Quantities that belong together, for tables that people read: from `first` up to the next group's.
struct QuantityGroup {
  std::string_view name;
  Quantity first;
};
inline constexpr QuantityGroup kQuantityGroups[] = {{"basics", Quantity::kRpm},
                                                    {"engine", Quantity::kIdleRpm},
                                                    {"controls", Quantity::kIgnition},
                                                    {"fuel", Quantity::kFuelCapacity},
                                                    {"damage", Quantity::kBodyDamage},
                                                    {"motion", Quantity::kWorldPosition},
                                                    {"wheels", Quantity::kWheelSpeed},
                                                    {"race", Quantity::kSector},
                                                    {"weather", Quantity::kAirTemperature},
                                                    {"truck", Quantity::kCargo}};

constexpr std::span<const QuantityInfo> quantities_of(const QuantityGroup& group) {
  std::size_t end = kQuantities.size();
  for (const QuantityGroup& other : kQuantityGroups)
    if (other.first > group.first && static_cast<std::size_t>(other.first) < end)
      end = static_cast<std::size_t>(other.first);
  const auto begin = static_cast<std::size_t>(group.first);
  return std::span(kQuantities).subspan(begin, end - begin);
}

/// What is told of each car of a session (`CarTable`), in the order of the values page (pitbridge-shm(7)).
inline constexpr std::array kCarQuantities = {
    Quantity::kCarNumber,     Quantity::kDriver,        Quantity::kCar,      Quantity::kCarClass,
    Quantity::kPosition,      Quantity::kClassPosition, Quantity::kLap,      Quantity::kLapDistance,
    Quantity::kLastLapTime,   Quantity::kBestLapTime,   Quantity::kGapAhead, Quantity::kPitState,
    Quantity::kWorldPosition, Quantity::kHeading};

/// More than a session of any sim has, and all that a reader has to be ready for.
inline constexpr std::uint32_t kMostCars = 128;

}  // namespace pitbridge
