// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <span>
#include <string_view>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/udp/f1_layouts.hpp"
#include "sims/udp/frame.hpp"

/// What the packets of the F1 games become; f1.cpp has the frames and senses.
namespace pitbridge::f1 {

using enum Quantity;

// --- Records ---

template <const Year& kYear>
constexpr std::uint32_t record_bytes(std::string_view of) {
  if (of == kMotion) return kMotionRecord;
  if (of == kLapData) return kYear.lap_record;
  if (of == kParticipants) return kYear.participant_record;
  if (of == kSetups) return kYear.setup_record;
  if (of == kTelemetry) return kTelemetryRecord;
  if (of == kStatus) return kYear.status_record;
  return kYear.damage_record;
}

/// 255 while somebody looks on.
template <const Year& kYear>
std::optional<std::uint32_t> player_in(const Snapshot& snapshot, std::string_view of) {
  const auto index = snapshot.integer(of, {"", kYear.player_bytes, kUint8});
  if (!index || *index >= kCars) return std::nullopt;
  return static_cast<std::uint32_t>(*index);
}

template <const Year& kYear>
std::optional<std::uint32_t> player_offset(const Snapshot& snapshot, const Channel& channel) {
  const auto player = player_in<kYear>(snapshot, channel.mapping);
  if (!player) return std::nullopt;
  return *player * record_bytes<kYear>(channel.mapping);
}

/// Of the record that `shift_bytes` leads to.
template <const Year& kYear>
std::optional<double> number_at(const Snapshot& snapshot, std::string_view of, std::uint32_t in_record,
                                FieldType type, std::uint64_t shift_bytes, std::uint32_t index = 0) {
  const Field field{"", kYear.header_bytes + in_record, type, index + 1};
  return snapshot.number(of, field, index, shift_bytes);
}

// --- Motion ---

template <const Year& kYear>
std::optional<frame::Axes> axes_at(const Snapshot& snapshot, std::uint64_t shift_bytes) {
  constexpr double kOne = 32767;
  const auto direction = [&](std::uint32_t in_record) -> std::optional<frame::Vector> {
    const auto x = number_at<kYear>(snapshot, kMotion, in_record, kInt16, shift_bytes);
    const auto y = number_at<kYear>(snapshot, kMotion, in_record, kInt16, shift_bytes, 1);
    const auto z = number_at<kYear>(snapshot, kMotion, in_record, kInt16, shift_bytes, 2);
    if (!x || !y || !z) return std::nullopt;
    return frame::from_left_up_forward({*x / kOne, *y / kOne, *z / kOne});
  };
  const auto forward = direction(24), right = direction(30);
  if (!forward || !right) return std::nullopt;
  const frame::Vector left = {-right->x, -right->y, -right->z};
  return frame::Axes{*forward, left, frame::cross(*forward, left)};
}
template <const Year& kYear>
std::optional<double> pitch(const Snapshot& snapshot, std::uint64_t shift_bytes, std::uint32_t) {
  const auto axes = axes_at<kYear>(snapshot, shift_bytes);
  return axes ? std::optional(axes->pitch()) : std::nullopt;
}
template <const Year& kYear>
std::optional<double> velocity(const Snapshot& snapshot, std::uint64_t shift_bytes, std::uint32_t element) {
  const auto axes = axes_at<kYear>(snapshot, shift_bytes);
  const auto of_world = frame::vector_at(snapshot, kMotion, kYear.header_bytes + 12, shift_bytes);
  if (!axes || !of_world) return std::nullopt;
  return axes->along(frame::from_left_up_forward(*of_world), element);
}

template <const Year& kYear>
inline constexpr Channel kMotionRows[] = {
    {.quantity = kWorldPosition, .field = "m_worldPositionX", .order = frame::kLeftUpForward},
    {.quantity = kWorldVelocity, .field = "m_worldVelocityX", .order = frame::kLeftUpForward},
    {.quantity = kVelocity, .compute = velocity<kYear>},
    {.quantity = kAcceleration, .fields = {"m_gForceLongitudinal", "m_gForceLateral", "m_gForceVertical"}},
    {kHeading, "m_yaw"},
    {.quantity = kPitch, .compute = pitch<kYear>},
    {kRoll, "m_roll"},
};

constexpr Channel wheels(Quantity quantity, std::string_view field, double scale = 1) {
  return {.quantity = quantity, .field = field, .scale = scale, .order = frame::kRearFirst};
}
/// In the motion packet of 2022, later in one of its own.
inline constexpr Channel kPlayerMotionRows[] = {
    {.quantity = kAngularVelocity, .field = "m_angularVelocityX", .order = frame::kLeftUpForward},
    wheels(kSuspensionTravel, "m_suspensionPosition", kMetresPerMillimetre),
    wheels(kSuspensionVelocity, "m_suspensionVelocity", kMetresPerMillimetre),
};
inline constexpr Channel kSlip22Rows[] = {wheels(kSlipRatio, "m_wheelSlip")};
inline constexpr Channel kSlip23Rows[] = {wheels(kSlipRatio, "m_wheelSlipRatio"),
                                          wheels(kSlipAngle, "m_wheelSlipAngle"),
                                          wheels(kWheelLoad, "m_wheelVertForce")};

// --- Laps ---

template <const Year& kYear>
std::optional<double> sector_time(const Snapshot& snapshot, std::uint64_t shift_bytes, std::uint32_t sector) {
  constexpr double kMsPerMinute = 60'000;
  if (sector == 2) return 0;  // told when the lap is over
  const std::uint32_t at = 8 + sector * (kYear.has_minutes ? 3U : 2U);
  const auto ms = number_at<kYear>(snapshot, kLapData, at, kUint16, shift_bytes);
  if (!ms || !kYear.has_minutes) return ms;
  const auto minutes = number_at<kYear>(snapshot, kLapData, at + 2, kUint8, shift_bytes);
  return minutes ? std::optional(*minutes * kMsPerMinute + *ms) : std::nullopt;
}
template <const Year& kYear>
std::optional<double> gap_ahead(const Snapshot& snapshot, std::uint64_t shift_bytes, std::uint32_t) {
  constexpr double kMsPerMinute = 60'000;
  const auto ms = number_at<kYear>(snapshot, kLapData, kYear.gap_ahead, kUint16, shift_bytes);
  if (!ms || !kYear.has_gap_minutes) return ms;
  const auto minutes = number_at<kYear>(snapshot, kLapData, kYear.gap_ahead + 2, kUint8, shift_bytes);
  return minutes ? std::optional(*minutes * kMsPerMinute + *ms) : std::nullopt;
}
template <const Year& kYear>
std::optional<double> penalties(const Snapshot& snapshot, std::uint64_t shift_bytes, std::uint32_t) {
  const auto drive_through =
      number_at<kYear>(snapshot, kLapData, kYear.unserved_penalties, kUint8, shift_bytes);
  const auto stop_go =
      number_at<kYear>(snapshot, kLapData, kYear.unserved_penalties + 1, kUint8, shift_bytes);
  return drive_through && stop_go ? std::optional(*drive_through + *stop_go) : std::nullopt;
}
template <const Year& kYear>
std::optional<double> lap_fraction(const Snapshot& snapshot, std::uint64_t shift_bytes, std::uint32_t) {
  const auto distance = number_at<kYear>(snapshot, kLapData, kYear.lap_distance, kFloat32, shift_bytes);
  const auto length = number_at<kYear>(snapshot, kSessionData, 4, kUint16, 0);
  if (!distance || !length || *distance < 0 || *length <= 0) return std::nullopt;
  return *distance / *length;
}
template <const Year& kYear>
std::optional<double> laps_left(const Snapshot& snapshot, std::uint64_t shift_bytes, std::uint32_t) {
  const auto lap = number_at<kYear>(snapshot, kLapData, kYear.lap_number, kUint8, shift_bytes);
  const auto laps = number_at<kYear>(snapshot, kSessionData, 3, kUint8, 0);
  if (!lap || !laps || *laps == 0) return std::nullopt;
  return std::fmax(*laps - std::fmax(*lap - 1, 0), 0);
}

inline constexpr Code kPitStates[] = {{0, PitState::kOnTrack}, {1, PitState::kLane}, {2, PitState::kBox}};

template <const Year& kYear>
inline constexpr Channel kLapRows[] = {
    {kLap, "m_currentLapNum", 1, -1},
    {kLapTime, "m_currentLapTimeInMS", kSecondsPerMs},
    {kLastLapTime, "m_lastLapTimeInMS", kSecondsPerMs},
    {kPosition, "m_carPosition"},
    {kSector, "m_sector", 1, 1},
    {.quantity = kSectorTimes, .scale = kSecondsPerMs, .compute = sector_time<kYear>},
    {.quantity = kPitState, .field = "m_pitStatus", .codes = kPitStates},
    {kPitStops, "m_numPitStops"},
    {.quantity = kPenalties, .compute = penalties<kYear>},
    {kPenaltyTime, "m_penalties"},
    {kLapIsValid, "m_currentLapInvalid", -1, 1},
    {kLapDistance, "m_lapDistance"},
    {.quantity = kLapFraction, .compute = lap_fraction<kYear>},
    {.quantity = kLapsLeft, .compute = laps_left<kYear>},
    {kDistance, "m_totalDistance"},
};
template <const Year& kYear>
inline constexpr Channel kGapRows[] = {
    {.quantity = kGapAhead, .scale = kSecondsPerMs, .compute = gap_ahead<kYear>}};
inline constexpr Channel kLapHeaderRows[] = {{kSessionTime, "m_sessionTime"}};

// --- Session ---

/// 0 clear, 1 light cloud, 2 overcast, 3 light rain, 4 heavy rain, 5 storm.
template <const Year& kYear>
std::optional<double> rain(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  constexpr double kDry = 2, kMost = 5;
  const auto weather = number_at<kYear>(snapshot, kSessionData, 0, kUint8, 0);
  if (!weather || *weather > kMost) return std::nullopt;
  return std::fmax(*weather - kDry, 0) / (kMost - kDry);
}

inline constexpr Code kPhases[] = {{0, SessionPhase::kRunning},
                                   {1, SessionPhase::kNeutral},
                                   {2, SessionPhase::kNeutral},
                                   {3, SessionPhase::kFormation}};
/// Of 2022 and 2023; then came the sprint shootouts.
inline constexpr Code kSessions22[] = {
    {0, SessionKind::kOther},      {1, SessionKind::kPractice},   {2, SessionKind::kPractice},
    {3, SessionKind::kPractice},   {4, SessionKind::kPractice},   {5, SessionKind::kQualifying},
    {6, SessionKind::kQualifying}, {7, SessionKind::kQualifying}, {8, SessionKind::kQualifying},
    {9, SessionKind::kQualifying}, {10, SessionKind::kRace},      {11, SessionKind::kRace},
    {12, SessionKind::kRace},      {13, SessionKind::kTimeTrial}};
inline constexpr Code kSessions24[] = {
    {0, SessionKind::kOther},       {1, SessionKind::kPractice},    {2, SessionKind::kPractice},
    {3, SessionKind::kPractice},    {4, SessionKind::kPractice},    {5, SessionKind::kQualifying},
    {6, SessionKind::kQualifying},  {7, SessionKind::kQualifying},  {8, SessionKind::kQualifying},
    {9, SessionKind::kQualifying},  {10, SessionKind::kQualifying}, {11, SessionKind::kQualifying},
    {12, SessionKind::kQualifying}, {13, SessionKind::kQualifying}, {14, SessionKind::kQualifying},
    {15, SessionKind::kRace},       {16, SessionKind::kRace},       {17, SessionKind::kRace},
    {18, SessionKind::kTimeTrial}};

template <const Year& kYear>
inline constexpr Channel kSessionRows[] = {
    {kSession, "m_sessionType"},
    {.quantity = kSessionKind,
     .field = "m_sessionType",
     .codes = kYear.format < 2024 ? std::span<const Code>(kSessions22) : std::span<const Code>(kSessions24)},
    {.quantity = kSessionPhase, .field = "m_safetyCarStatus", .codes = kPhases},
    {kSessionTimeLeft, "m_sessionTimeLeft"},
    {kLapCount, "m_totalLaps"},
    {kTrackLength, "m_trackLength"},
    {kAirTemperature, "m_airTemperature"},
    {kTrackTemperature, "m_trackTemperature"},
    {.quantity = kRain, .compute = rain<kYear>},
    {kTimeOfDay, "m_timeOfDay", 60},
    {.quantity = kTrack},  // by find_text
};

// --- The car ---

inline constexpr double kPerCent = 0.01;
inline constexpr double kFullStore = 4e6;  ///< J

inline constexpr Code kSurfaces[] = {{0, Surface::kAsphalt}, {1, Surface::kKerb},   {2, Surface::kAsphalt},
                                     {3, Surface::kOther},   {4, Surface::kGravel}, {5, Surface::kDirt},
                                     {6, Surface::kSand},    {7, Surface::kGrass},  {8, Surface::kWater},
                                     {9, Surface::kAsphalt}, {10, Surface::kMetal}, {11, Surface::kOther}};

inline constexpr Channel kTelemetryRows[] = {
    {kRpm, "m_engineRPM"},
    {kSpeed, "m_speed"},
    {kGear, "m_gear"},
    {kThrottle, "m_throttle"},
    {kBrake, "m_brake"},
    {kClutch, "m_clutch", kPerCent},
    {kSteering, "m_steer"},
    {kDrs, "m_drs"},
    {kCoolantTemperature, "m_engineTemperature"},  // it tells of the engine, not of what part
    wheels(kBrakeTemperature, "m_brakesTemperature"),
    wheels(kTyreTemperature, "m_tyresInnerTemperature"),
    wheels(kTyreMiddleTemperature, "m_tyresSurfaceTemperature"),
    wheels(kTyrePressure, "m_tyresPressure", kKpaPerPsi),
    {.quantity = kSurface, .field = "m_surfaceType", .order = frame::kRearFirst, .codes = kSurfaces},
};

// -1 is unknown; red is of 2022 only.
inline constexpr Code kFlags[] = {
    {0, Flag::kNone}, {1, Flag::kGreen}, {2, Flag::kBlue}, {3, Flag::kYellow}, {4, Flag::kRed}};

// Fuel is a mass, and the laps that it lasts are told as those over the end of the race.
inline constexpr Channel kStatusRows[] = {
    {kMaxRpm, "m_maxRPM"},
    {kLimiterRpm, "m_maxRPM"},
    {kIdleRpm, "m_idleRPM"},
    {kGears, "m_maxGears"},
    {kTcLevel, "m_tractionControl"},
    {kAbsLevel, "m_antiLockBrakes"},
    {kEngineMap, "m_fuelMix"},
    {kBrakeBias, "m_frontBrakeBias", kPerCent},
    {kPitLimiter, "m_pitLimiterStatus"},
    {kDrsAvailable, "m_drsAllowed"},
    {kErsMode, "m_ersDeployMode"},
    {kBattery, "m_ersStoreEnergy", 1 / kFullStore},
    {.quantity = kFlag, .field = "m_vehicleFiaFlags", .codes = kFlags},
    {.quantity = kTyreCompound},  // by find_text
};
inline constexpr Channel kPowerRows[] = {{kPower, "m_enginePowerICE", 0.001}};

/// Wings, floor, diffuser and sidepods.
template <const Year& kYear>
std::optional<double> worst_part(const Snapshot& snapshot, std::uint64_t shift_bytes, std::uint32_t) {
  constexpr std::uint32_t kParts = 6;
  double worst = 0;
  for (std::uint32_t part = 0; part < kParts; ++part) {
    const auto damage = number_at<kYear>(snapshot, kDamage, kYear.wings, kUint8, shift_bytes, part);
    if (!damage) return std::nullopt;
    worst = std::fmax(worst, *damage);
  }
  return worst;
}
template <const Year& kYear>
inline constexpr Channel kDamageRows[] = {
    {.quantity = kBodyDamage, .scale = kPerCent, .compute = worst_part<kYear>},
    {kEngineDamage, "m_engineDamage", kPerCent},
    {kTransmissionDamage, "m_gearBoxDamage", kPerCent},
    wheels(kTyreWear, "m_tyresWear", kPerCent),
};
inline constexpr Channel kSetupRows[] = {wheels(kTyreColdPressure, "m_rearLeftTyrePressure", kKpaPerPsi)};

inline constexpr Channel kDriverRows[] = {{kDriver, "m_name"}, {.quantity = kCarNumber}};
inline constexpr Channel kCarCountRows[] = {{kCarCount, "m_numActiveCars"}};

}  // namespace pitbridge::f1
