// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/number_text.hpp"
#include "sims/acpmf.hpp"

/// What the fields of the pages acpmf_* mean, in each title that makes them.
namespace pitbridge::acpmf {

using enum Quantity;

constexpr double kNoTimeMs = 2147483647;  // what Competizione holds until there is a time

// The car's own frame is x to the left, y up, z forward; the world's y is up, x and -z lie as on a map with
// north at its top. Both are right-handed, accelerations are without the earth's pull, and the heading is 0
// along z and rises to the right. Sources: trouverun/assetto-mpc drives Competizione by these fields,
// dasGringuen/assetto_corsa_gym Assetto Corsa; the laps that they and RiddleTime/Race-Element recorded
// (Imola, Monza, Laguna Seca, Silverstone) turn the right way round; mrbelowski/CrewChiefV4's spotter. No
// source tells pitch and roll, nor any of this for Rally.
constexpr Channel kMotionRows[] = {
    {.quantity = kWorldVelocity, .field = "velocity", .order = {3, 1, 2}},
    {.quantity = kVelocity, .field = "localVelocity", .order = {3, 1, 2}},
    {.quantity = kAcceleration, .field = "accG", .order = {3, 1, 2}},
    {kHeading, "heading", -1},
    {.quantity = kAngularVelocity, .field = "localAngularVel", .order = {3, 1, 2}},
    {kSuspensionTravel, "suspensionTravel"},  // from full extension
    {kAirTemperature, "airTemp"},
    {kTrackTemperature, "roadTemp"},
};

// Everything but the temperatures, whose unit differs.
constexpr Channel kAcpmfPhysicsRows[] = {
    {kRpm, "rpms"},
    {.quantity = kSpeed, .field = "speedKmh", .combine = Combine::kAbsolute},
    {kGear, "gear", 1, -1},
    {kThrottle, "gas"},
    {kBrake, "brake"},
    {kClutch, "clutch", -1, 1},  // 1 is released (SecondMonitor, and readers of Competizione)
    {kSteering, "steerAngle"},
    {kFuel, "fuel"},
    {kTyrePressure, "wheelsPressure", kKpaPerPsi},
    {kTurboPressure, "turboBoost", kKpaPerBar},
    {kPitLimiter, "pitLimiterOn"},
    {kWheelSpeed, "wheelAngularSpeed"},
    {kCombinedSlip, "wheelSlip"},
};
constexpr Channel kAcpmfGraphicsRows[] = {
    {kLap, "completedLaps"},
    {kLapTime, "iCurrentTime", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kLastLapTime, "iLastTime", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kBestLapTime, "iBestTime", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kPosition, "position"},
    {kSession, "session"},
};
constexpr Channel kAcpmfStaticRows[] = {
    {kMaxRpm, "maxRpm"},     {kCar, "carModel"},      {kTrack, "track"},
    {kDriver, "playerName"}, {kDriver, "playerNick"},
};
constexpr auto kAcpmfChannels =
    join(channels_in("acpmf_physics", kAcpmfPhysicsRows), channels_in("acpmf_graphics", kAcpmfGraphicsRows),
         channels_in("acpmf_static", kAcpmfStaticRows),
         channels_in("acpmf_physics", {{kMaxRpm, "currentMaxRpm"}}));

constexpr Code kSessionKinds[] = {
    {0, SessionKind::kPractice},  {1, SessionKind::kQualifying}, {2, SessionKind::kRace},
    {3, SessionKind::kTimeTrial}, {4, SessionKind::kTimeTrial},  {5, SessionKind::kDrift},
    {6, SessionKind::kDrag},      {7, SessionKind::kTimeTrial},  {8, SessionKind::kTimeTrial}};
constexpr Code kFlags[] = {{0, Flag::kNone},  {1, Flag::kBlue},      {2, Flag::kYellow},  {3, Flag::kBlack},
                           {4, Flag::kWhite}, {5, Flag::kChequered}, {6, Flag::kPenalty}, {7, Flag::kGreen}};
constexpr Code kPitBox[] = {{1, PitState::kBox}};
constexpr Code kPitLane[] = {{0, PitState::kOnTrack}, {1, PitState::kLane}};

// What Assetto Corsa and Competizione have in common.
constexpr Channel kRaceRows[] = {
    {kSector, "currentSectorIndex", 1, 1},
    {.quantity = kFlag, .field = "flag", .codes = kFlags},
    {.quantity = kSessionKind, .field = "session", .codes = kSessionKinds},
    {kSessionTimeLeft, "sessionTimeLeft", kSecondsPerMs, 0, {-1}},
    {.quantity = kPitState, .field = "isInPitLane", .codes = kPitLane},
    {kTyreCompound, "tyreCompound"},
    {kLapFraction, "normalizedCarPosition"},
    {kGrip, "surfaceGrip", 1, 0, {0}},
};

/// From the line, where a car is told of by its part of the lap.
inline std::optional<double> distance_of(const Snapshot& snapshot, std::optional<double> part) {
  const auto length = snapshot.number("acpmf_static", field_in<kAccStatic>("trackSplineLength"));
  if (!part || !length || *length <= 0) return std::nullopt;
  return *part * *length;
}
inline std::optional<double> lap_distance(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  return distance_of(snapshot,
                     snapshot.number("acpmf_graphics", field_in<kGraphics>("normalizedCarPosition")));
}
inline std::optional<double> car_lap_distance(const Snapshot& snapshot, std::uint64_t shift_bytes,
                                              std::uint32_t) {
  return distance_of(
      snapshot,
      snapshot.number("acpmf_crewchief", field_in<kCrewChief>("vehicle0.spLineLength"), 0, shift_bytes));
}

constexpr Channel kAcPhysicsRows[] = {
    {kTyreTemperature, "tyreCoreTemperature"},
    {kBattery, "kersCharge", 1, 0, {0}},  // and of a car that has none
    {kDrsAvailable, "drsAvailable"},
    {kDrs, "drsEnabled"},
    {kErsMode, "ersPowerLevel"},
    {kBrakeBias, "brakeBias"},
    {kWheelLoad, "wheelLoad"},
    {kBrakeTemperature, "brakeTemp"},
    {kTyreWear, "tyreWear", -0.01, 1, {0}},  // 100 is new
    {kTyreInnerTemperature, "tyreTempI"},
    {kTyreMiddleTemperature, "tyreTempM"},
    {kTyreOuterTemperature, "tyreTempO"},
};
constexpr Channel kAcGraphicsRows[] = {
    // Within three metres of the player's own box.
    {.quantity = kPitState, .field = "isInPit", .codes = kPitBox},
    {.quantity = kWorldPosition, .field = "carCoordinates", .order = {3, 1, 2}},
    {.quantity = kLapDistance, .compute = lap_distance},
    {kLapCount, "numberOfLaps"},
    {.quantity = kLapsLeft,
     .field = "numberOfLaps",
     .no_value = {0},
     .combine = Combine::kMinus,
     .other_field = "completedLaps"},
};
constexpr Channel kAcStaticRows[] = {
    {kFuelCapacity, "maxFuel"}, {kTrackLength, "trackSplineLength"}, {kCarCount, "numCars"}};
constexpr auto kAcChannels =
    join(kAcpmfChannels, channels_in("acpmf_physics", kMotionRows),
         channels_in("acpmf_physics", kAcPhysicsRows), channels_in("acpmf_graphics", kAcGraphicsRows),
         channels_in("acpmf_graphics", kRaceRows), channels_in("acpmf_static", kAcStaticRows));

constexpr std::uint32_t kCrewChiefCars = 64;
constexpr std::uint32_t kCrewChiefCarBytes = 228;
constexpr auto kAcCarChannels = [] {
  auto rows =
      channels_in("acpmf_crewchief",
                  {{kDriver, "vehicle0.driverName"},
                   {kCar, "vehicle0.carModel"},
                   {kPosition, "vehicle0.carLeaderboardPosition"},
                   {kLap, "vehicle0.lapCount"},
                   {.quantity = kLapDistance, .compute = car_lap_distance},
                   {kLastLapTime, "vehicle0.lastLapTimeMS", kSecondsPerMs},
                   {kBestLapTime, "vehicle0.bestLapMS", kSecondsPerMs},
                   {.quantity = kPitState, .field = "vehicle0.isCarInPit", .codes = kPitBox},
                   {.quantity = kPitState, .field = "vehicle0.isCarInPitline", .codes = kPitLane},
                   {.quantity = kWorldPosition, .field = "vehicle0.worldPosition", .order = {3, 1, 2}}});
  for (Channel& channel : rows) channel.record_bytes = kCrewChiefCarBytes;
  return rows;
}();

constexpr Field kCarIsConnected = field_in<kCrewChief>("vehicle0.isConnected");
inline std::optional<std::int64_t> crew_chief(const Snapshot& snapshot, const Field& field,
                                              std::uint32_t car = 0) {
  return snapshot.integer("acpmf_crewchief", field, 0, std::uint64_t{car} * kCrewChiefCarBytes);
}
constexpr CarTable kAcCars = {
    .most_cars = kCrewChiefCars,
    .channels = kAcCarChannels,
    .count =
        [](const Snapshot& s) {
          return static_cast<std::uint32_t>(crew_chief(s, field_in<kCrewChief>("numVehicles")).value_or(0));
        },
    .player = [](const Snapshot& s) -> std::optional<std::uint32_t> {
      for (std::uint32_t car = 0; car < kCrewChiefCars; ++car)
        if (crew_chief(s, kCarIsConnected, car) == 1 &&
            crew_chief(s, field_in<kCrewChief>("vehicle0.carId"), car) == 0)
          return car;
      return std::nullopt;
    },
    .is_there = [](const Snapshot& s,
                   std::uint32_t car) { return crew_chief(s, kCarIsConnected, car) == 1; }};

/// The aid acts while its number is above 0.
template <std::uint32_t kOffsetBytes>
std::optional<double> acts(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const auto strength = snapshot.number("acpmf_physics", {"", kOffsetBytes, kFloat32});
  return strength ? std::optional(*strength > 0 ? 1.0 : 0.0) : std::nullopt;
}

constexpr Channel kLaterPhysicsRows[] = {
    {kIgnition, "ignitionOn"},
    {kEngineRuns, "isEngineRunning"},
    {kStarter, "starterEngineOn"},
};
constexpr Channel kAccPhysicsRows[] = {
    {kTyreTemperature, "tyreCoreTemperature"},
    {kCoolantTemperature, "waterTemp"},
    {.quantity = kTcActs, .compute = acts<204>},
    {.quantity = kAbsActs, .compute = acts<252>},
    {kBrakeTemperature, "brakeTemp"},
};

/// `iDeltaLapTime` has no sign of its own.
inline std::optional<double> delta(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const auto ms = snapshot.number("acpmf_graphics", field_in<kAccGraphics>("iDeltaLapTime"));
  const auto is_positive = snapshot.integer("acpmf_graphics", field_in<kAccGraphics>("isDeltaPositive"));
  if (!ms || *ms == kNoTimeMs) return std::nullopt;
  return std::abs(*ms) * kSecondsPerMs * (is_positive == 0 ? -1 : 1);
}

constexpr Channel kAccGraphicsRows[] = {
    {.quantity = kWorldPosition, .field = "carCoordinates", .of_player = true, .order = {3, 1, 2}},
    {kTcLevel, "TC"},
    {kAbsLevel, "ABS"},
    {kEngineMap, "EngineMap"},
    {.quantity = kHeadlights, .field = "lightsStage", .mask = 0xFFFFFFFF},
    {kFuelPerLap, "fuelXLap"},
    {kFuelLaps, "fuelEstimatedLaps"},
    {.quantity = kDelta, .compute = delta},
    {kPredictedLapTime, "iEstimatedLapTime", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kGapAhead, "gapAhead", kSecondsPerMs, 0, {0, kNoTimeMs, -1}},
    {kGapBehind, "gapBehind", kSecondsPerMs, 0, {0, kNoTimeMs, -1}},
    {kCarCount, "activeCars"},
    {kPenaltyTime, "penaltyTime"},
    {kLapIsValid, "isValidLap"},
    {kRain, "rainIntensity", 0.2},  // 5 is a thunderstorm
    {kWindSpeed, "windSpeed"},
    {kTimeOfDay, "Clock"},
    {kLeftBlinker, "directionLightsLeft"},
    {kRightBlinker, "directionLightsRight"},
};
constexpr auto kAccChannels =
    join(kAcpmfChannels, channels_in("acpmf_physics", kMotionRows),
         channels_in("acpmf_physics", kLaterPhysicsRows), channels_in("acpmf_physics", kAccPhysicsRows),
         channels_in("acpmf_graphics", kAccGraphicsRows), channels_in("acpmf_graphics", kRaceRows),
         channels_in("acpmf_static", {{kFuelCapacity, "maxFuel"}}));

constexpr std::uint32_t kAccCars = 60;
constexpr std::uint32_t kCoordinatesBytes = 12;

inline std::uint32_t acc_count(const Snapshot& snapshot) {
  const auto count = snapshot.integer("acpmf_graphics", field_in<kAccGraphics>("activeCars"));
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(count.value_or(0), 0, kAccCars));
}
/// The coordinates are in an order of their own; the player's number says which are his.
inline std::optional<std::uint32_t> acc_player(const Snapshot& snapshot) {
  const auto own = snapshot.integer("acpmf_graphics", field_in<kAccGraphics>("playerCarID"));
  for (std::uint32_t car = 0; car < acc_count(snapshot); ++car)
    if (snapshot.integer("acpmf_graphics", field_in<kAccGraphics>("carID"), car) == own) return car;
  return std::nullopt;
}
inline std::optional<std::uint32_t> acc_player_offset(const Snapshot& snapshot, const Channel&) {
  const auto car = acc_player(snapshot);
  return car ? std::optional(*car * kCoordinatesBytes) : std::nullopt;
}
constexpr auto kAccCarChannels = channels_in("acpmf_graphics", {{.quantity = kWorldPosition,
                                                                 .field = "carCoordinates",
                                                                 .order = {3, 1, 2},
                                                                 .record_bytes = kCoordinatesBytes}});
constexpr CarTable kAccCarTable = {
    .most_cars = kAccCars, .channels = kAccCarChannels, .count = acc_count, .player = acc_player};

/// Rally leaves the number of the lap's time at 0, and has it as a text: "01:24.079".
inline std::optional<double> stage_time(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const auto text = snapshot.text("acpmf_graphics", field_in<kGraphics>("currentTime"));
  if (!text) return std::nullopt;
  const auto colon = text->find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto minutes = number_from<double>(std::string_view(*text).substr(0, colon));
  const auto seconds = number_from<double>(std::string_view(*text).substr(colon + 1));
  if (!minutes || !seconds) return std::nullopt;
  return *minutes * 60 + *seconds;
}

constexpr Channel kRallyPhysicsRows[] = {
    {kTyreTemperature, "tyreCoreTemperature", 1, -kKelvinAtZeroCelsius, {0}},
    {kCoolantTemperature, "waterTemp", 1, -kKelvinAtZeroCelsius, {0}},
    {kBrakeTemperature, "brakeTemp", 1, -kKelvinAtZeroCelsius, {0}},
    {kWheelLoad, "wheelLoad"},
};
constexpr Channel kRallyGraphicsRows[] = {
    {.quantity = kLapTime, .compute = stage_time}, {kLapDistance, "distanceTraveled"},  // of the stage
};
constexpr auto kRallyChannels =
    join(channels_in("acpmf_graphics", kRallyGraphicsRows), kAcpmfChannels,
         channels_in("acpmf_physics", kRallyPhysicsRows), channels_in("acpmf_physics", kLaterPhysicsRows),
         channels_in("acpmf_static", {{kTrackLength, "trackSplineLength"}}));

}  // namespace pitbridge::acpmf
