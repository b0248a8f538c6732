// SPDX-License-Identifier: MIT
// F1 22, F1 23, F1 24 and F1 25 (EA, Codemasters). Sources: the makers' descriptions as MacManley/f1-23-udp,
// f1-24-udp, f1-25-udp and raweceek-temeletry/f1-22-udp have them, and mathieu-lemay/f1-telemetry-rs and
// vazhure/vAzhureRacingHub (F1Series), which agree in sizes and offsets. Senses were found in the recorded
// packets of f1-telemetry-rs (f1-telemetry/tests/f1_2022_packets.rs and f1_2021_packets.rs): "right" is to
// the right of forward; yaw rises to the left and roll where the right side sinks; the lateral force is
// positive in bends to the left, and the vertical one 0 at rest; local x is to the left; suspensions are in
// millimetres, and rise where they are pressed together; wheel speeds are metres a second. The pitch there
// does not agree with the forward vector, which is used instead. No game was run.
//
// The world is right-handed with y up. Here x is its z, y its x and z its y. Wheels are rear left, rear
// right, front left, front right.
#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/udp/f1_fields.hpp"
#include "sims/udp/frame.hpp"

namespace pitbridge {
namespace {

using namespace f1;  // NOLINT(google-build-using-namespace): this file is of no other
using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr Mapping mapping(std::string_view name, std::uint32_t size_bytes, double rate_hz = 60) {
  return {.name = name,
          .size_bytes = size_bytes,
          .detector = {.nominal_rate_hz = rate_hz},
          .optional = true,
          .file = name};
}
constexpr auto kMappings = [] {
  std::array<Mapping, std::size(kKindsOfPackets)> mappings = {};
  for (std::size_t i = 0; i < mappings.size(); ++i)
    mappings[i] = mapping(kKindsOfPackets[i].mapping, std::ranges::max(kKindsOfPackets[i].sizes));
  mappings[0].optional = false;  // the telemetry
  return mappings;
}();

/// The format and the kind stand in each header. Frames of 2022 go back after a flashback, and tell no order.
template <const Year& kYear>
constexpr auto kinds_of_year() {
  std::array<PacketKind, layouts_in_year<kYear>()> kinds = {};
  std::size_t count = 0;
  for (const Kind& kind : kKindsOfPackets) {
    if (kind.sizes[kYear.index] == 0) continue;
    kinds[count++] = {.mapping = kind.mapping,
                      .sizes = {kind.sizes[kYear.index]},
                      .marks = {PacketMark{0, 2, static_cast<std::uint64_t>(kYear.format)},
                                PacketMark{kYear.packet_id_bytes, 1, kind.packet_id}},
                      .session_offset_bytes = kYear.session_bytes,
                      .session_width_bytes = 8,
                      .order_offset_bytes = 23,
                      .order_width_bytes = kYear.format == 2022 ? 0U : 4U};
  }
  return kinds;
}
constexpr auto kKinds = join(kinds_of_year<kYear22>(), kinds_of_year<kYear23>(), kinds_of_year<kYear24>(),
                             kinds_of_year<kYear25>());
constexpr PacketSource kPackets = {.port = 20777, .kinds = kKinds};

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
constexpr Channel kMotionRows[] = {
    {.quantity = kWorldPosition, .field = "m_worldPositionX", .order = frame::kLeftUpForward},
    {.quantity = kWorldVelocity, .field = "m_worldVelocityX", .order = frame::kLeftUpForward},
    {.quantity = kVelocity, .compute = velocity<kYear>},
    {.quantity = kAcceleration, .fields = {"m_gForceLongitudinal", "m_gForceLateral", "m_gForceVertical"}},
    {kHeading, "m_yaw"},
    {.quantity = kPitch, .compute = pitch<kYear>},
    {kRoll, "m_roll"},
};

constexpr double kMetresPerMillimetre = 0.001;
constexpr Channel wheels(Quantity quantity, std::string_view field, double scale = 1) {
  return {.quantity = quantity, .field = field, .scale = scale, .order = frame::kRearFirst};
}
/// In the motion packet of 2022, later in one of its own.
constexpr Channel kPlayerMotionRows[] = {
    {.quantity = kAngularVelocity, .field = "m_angularVelocityX", .order = frame::kLeftUpForward},
    wheels(kSuspensionTravel, "m_suspensionPosition", kMetresPerMillimetre),
    wheels(kSuspensionVelocity, "m_suspensionVelocity", kMetresPerMillimetre),
};
constexpr Channel kSlip22Rows[] = {wheels(kSlipRatio, "m_wheelSlip")};
constexpr Channel kSlip23Rows[] = {wheels(kSlipRatio, "m_wheelSlipRatio"),
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

constexpr double kSecondsPerMs = 0.001;
constexpr Code kPitStates[] = {{0, PitState::kOnTrack}, {1, PitState::kLane}, {2, PitState::kBox}};

template <const Year& kYear>
constexpr Channel kLapRows[] = {
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
constexpr Channel kGapRows[] = {{.quantity = kGapAhead, .scale = kSecondsPerMs, .compute = gap_ahead<kYear>}};
constexpr Channel kLapHeaderRows[] = {{kSessionTime, "m_sessionTime"}};

// --- Session ---

/// 0 clear, 1 light cloud, 2 overcast, 3 light rain, 4 heavy rain, 5 storm.
template <const Year& kYear>
std::optional<double> rain(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  constexpr double kDry = 2, kMost = 5;
  const auto weather = number_at<kYear>(snapshot, kSessionData, 0, kUint8, 0);
  if (!weather || *weather > kMost) return std::nullopt;
  return std::fmax(*weather - kDry, 0) / (kMost - kDry);
}

constexpr Code kPhases[] = {{0, SessionPhase::kRunning},
                            {1, SessionPhase::kNeutral},
                            {2, SessionPhase::kNeutral},
                            {3, SessionPhase::kFormation}};
/// Of 2022 and 2023; then came the sprint shootouts.
constexpr Code kSessions22[] = {
    {0, SessionKind::kOther},      {1, SessionKind::kPractice},   {2, SessionKind::kPractice},
    {3, SessionKind::kPractice},   {4, SessionKind::kPractice},   {5, SessionKind::kQualifying},
    {6, SessionKind::kQualifying}, {7, SessionKind::kQualifying}, {8, SessionKind::kQualifying},
    {9, SessionKind::kQualifying}, {10, SessionKind::kRace},      {11, SessionKind::kRace},
    {12, SessionKind::kRace},      {13, SessionKind::kTimeTrial}};
constexpr Code kSessions24[] = {
    {0, SessionKind::kOther},       {1, SessionKind::kPractice},    {2, SessionKind::kPractice},
    {3, SessionKind::kPractice},    {4, SessionKind::kPractice},    {5, SessionKind::kQualifying},
    {6, SessionKind::kQualifying},  {7, SessionKind::kQualifying},  {8, SessionKind::kQualifying},
    {9, SessionKind::kQualifying},  {10, SessionKind::kQualifying}, {11, SessionKind::kQualifying},
    {12, SessionKind::kQualifying}, {13, SessionKind::kQualifying}, {14, SessionKind::kQualifying},
    {15, SessionKind::kRace},       {16, SessionKind::kRace},       {17, SessionKind::kRace},
    {18, SessionKind::kTimeTrial}};

template <const Year& kYear>
constexpr Channel kSessionRows[] = {
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

constexpr double kKpaPerPsi = 6.894757293168361;
constexpr double kPerCent = 0.01;
constexpr double kFullStore = 4e6;  ///< J

constexpr Code kSurfaces[] = {{0, Surface::kAsphalt}, {1, Surface::kKerb},   {2, Surface::kAsphalt},
                              {3, Surface::kOther},   {4, Surface::kGravel}, {5, Surface::kDirt},
                              {6, Surface::kSand},    {7, Surface::kGrass},  {8, Surface::kWater},
                              {9, Surface::kAsphalt}, {10, Surface::kMetal}, {11, Surface::kOther}};

constexpr Channel kTelemetryRows[] = {
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
constexpr Code kFlags[] = {
    {0, Flag::kNone}, {1, Flag::kGreen}, {2, Flag::kBlue}, {3, Flag::kYellow}, {4, Flag::kRed}};

// Fuel is a mass, and the laps that it lasts are told as those over the end of the race.
constexpr Channel kStatusRows[] = {
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
constexpr Channel kPowerRows[] = {{kPower, "m_enginePowerICE", 0.001}};

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
constexpr Channel kDamageRows[] = {
    {.quantity = kBodyDamage, .scale = kPerCent, .compute = worst_part<kYear>},
    {kEngineDamage, "m_engineDamage", kPerCent},
    {kTransmissionDamage, "m_gearBoxDamage", kPerCent},
    wheels(kTyreWear, "m_tyresWear", kPerCent),
};
constexpr Channel kSetupRows[] = {wheels(kTyreColdPressure, "m_rearLeftTyrePressure", kKpaPerPsi)};

constexpr Channel kDriverRows[] = {{kDriver, "m_name"}, {.quantity = kCarNumber}};
constexpr Channel kCarCountRows[] = {{kCarCount, "m_numActiveCars"}};

// --- Texts ---

using Name = std::pair<std::int64_t, std::string_view>;
constexpr Name kTracks[] = {{0, "Melbourne"},
                            {1, "Paul Ricard"},
                            {2, "Shanghai"},
                            {3, "Sakhir"},
                            {4, "Catalunya"},
                            {5, "Monaco"},
                            {6, "Montreal"},
                            {7, "Silverstone"},
                            {8, "Hockenheim"},
                            {9, "Hungaroring"},
                            {10, "Spa"},
                            {11, "Monza"},
                            {12, "Singapore"},
                            {13, "Suzuka"},
                            {14, "Abu Dhabi"},
                            {15, "Texas"},
                            {16, "Brazil"},
                            {17, "Austria"},
                            {18, "Sochi"},
                            {19, "Mexico"},
                            {20, "Baku"},
                            {21, "Sakhir Short"},
                            {22, "Silverstone Short"},
                            {23, "Texas Short"},
                            {24, "Suzuka Short"},
                            {25, "Hanoi"},
                            {26, "Zandvoort"},
                            {27, "Imola"},
                            {28, "Portimao"},
                            {29, "Jeddah"},
                            {30, "Miami"},
                            {31, "Las Vegas"},
                            {32, "Losail"},
                            {39, "Silverstone (reverse)"},
                            {40, "Austria (reverse)"},
                            {41, "Zandvoort (reverse)"}};
/// As they look, by the numbers of Formula 1, classic cars and Formula 2.
constexpr Name kCompounds[] = {{16, "soft"},       {17, "medium"}, {18, "hard"},   {7, "intermediate"},
                               {8, "wet"},         {9, "dry"},     {10, "wet"},    {15, "wet"},
                               {19, "super soft"}, {20, "soft"},   {21, "medium"}, {22, "hard"}};

std::optional<std::string> name_of(std::optional<double> number, std::span<const Name> names) {
  if (!number) return std::nullopt;
  const auto it = std::ranges::find(names, static_cast<std::int64_t>(*number), &Name::first);
  return it != names.end() ? std::optional<std::string>(it->second) : std::nullopt;
}

/// 0 is none.
template <const Year& kYear>
std::optional<std::string> race_number(const Snapshot& snapshot, std::uint32_t car) {
  const auto number = number_at<kYear>(snapshot, kParticipants, kRaceNumber, kUint8,
                                       std::uint64_t{car} * kYear.participant_record);
  if (!number || *number == 0) return std::nullopt;
  return std::to_string(static_cast<unsigned>(*number));
}

template <const Year& kYear>
std::optional<std::string> find_text(const Snapshot& snapshot, Quantity quantity) {
  if (quantity == kTrack) return name_of(number_at<kYear>(snapshot, kSessionData, 7, kInt8, 0), kTracks);
  if (quantity == kTyreCompound) {
    const auto player = player_in<kYear>(snapshot, kStatus);
    if (!player) return std::nullopt;
    const std::uint64_t shift = std::uint64_t{*player} * kYear.status_record;
    return name_of(number_at<kYear>(snapshot, kStatus, kVisualCompound, kUint8, shift), kCompounds);
  }
  const auto player = player_in<kYear>(snapshot, kParticipants);
  return player && quantity == kCarNumber ? race_number<kYear>(snapshot, *player) : std::nullopt;
}

// --- All together ---

template <const Year& kYear>
constexpr auto channels_of_year() {
  constexpr auto kCommon =
      join(player_channels_in(kTelemetry, kTelemetryRows), player_channels_in(kStatus, kStatusRows),
           player_channels_in(kMotion, kMotionRows<kYear>), player_channels_in(kLapData, kLapRows<kYear>),
           channels_in(kLapData, kLapHeaderRows), channels_in(kSessionData, kSessionRows<kYear>),
           player_channels_in(kDamage, kDamageRows<kYear>), player_channels_in(kSetups, kSetupRows),
           player_channels_in(kParticipants, kDriverRows), channels_in(kParticipants, kCarCountRows));
  if constexpr (kYear.format == 2022) {
    return join(kCommon, channels_in(kMotion, kPlayerMotionRows), channels_in(kMotion, kSlip22Rows));
  } else {
    return join(kCommon, channels_in(kMotionEx, kPlayerMotionRows), channels_in(kMotionEx, kSlip23Rows),
                player_channels_in(kStatus, kPowerRows), player_channels_in(kLapData, kGapRows<kYear>));
  }
}
template <const Year& kYear>
constexpr auto kChannelsOf = channels_of_year<kYear>();

template <const Year& kYear, std::size_t kCount>
constexpr auto of_cars(std::string_view of, const Channel (&rows)[kCount]) {
  auto table = channels_in(of, rows);
  for (Channel& channel : table) channel.record_bytes = record_bytes<kYear>(of);
  return table;
}
template <const Year& kYear>
constexpr auto car_channels() {
  constexpr auto kCommon = join(
      of_cars<kYear>(kParticipants, {{.quantity = kCarNumber}, {kDriver, "m_name"}}),
      of_cars<kYear>(kLapData, {{kPosition, "m_carPosition"},
                                {kLap, "m_currentLapNum", 1, -1},
                                {kLapDistance, "m_lapDistance"},
                                {kLastLapTime, "m_lastLapTimeInMS", kSecondsPerMs},
                                {.quantity = kPitState, .field = "m_pitStatus", .codes = kPitStates}}),
      of_cars<kYear>(
          kMotion, {{.quantity = kWorldPosition, .field = "m_worldPositionX", .order = frame::kLeftUpForward},
                    {kHeading, "m_yaw"}}));
  if constexpr (kYear.gap_ahead == 0) {
    return kCommon;
  } else {
    return join(kCommon, of_cars<kYear>(kLapData, kGapRows<kYear>));
  }
}
template <const Year& kYear>
constexpr auto kCarChannels = car_channels<kYear>();

template <const Year& kYear>
constexpr CarTable kCarsOf = {.most_cars = kCars,
                              .channels = kCarChannels<kYear>,
                              .count = [](const Snapshot& s) { return s.has_data(kLapData) ? kCars : 0; },
                              .player = [](const Snapshot& s) { return player_in<kYear>(s, kLapData); },
                              // 0 is invalid, 1 inactive.
                              .is_there =
                                  [](const Snapshot& s, std::uint32_t car) {
                                    const auto status =
                                        number_at<kYear>(s, kLapData, kYear.result_status, kUint8,
                                                         std::uint64_t{car} * kYear.lap_record);
                                    return status.value_or(0) > 1;
                                  },
                              .find_text =
                                  [](const Snapshot& s, Quantity quantity, std::uint32_t car) {
                                    return quantity == kCarNumber ? race_number<kYear>(s, car) : std::nullopt;
                                  }};

constexpr ActivityRule kActivity[] = {
    {.activity = kPaused, .field = "m_gamePaused", .value = 1, .mapping = kSessionData},
    {.activity = kReplay, .field = "m_isSpectating", .value = 1, .mapping = kSessionData},
    {.activity = kLive, .field = "m_frameIdentifier", .changes_within_ms = 500, .mapping = kTelemetry},
    {.activity = kLive, .field = "m_frameIdentifier", .changes_within_ms = 500, .mapping = kMotion},
};

template <const Year& kYear>
bool is_of_year(const Snapshot& snapshot) {
  return std::ranges::any_of(kKindsOfPackets, [&](const Kind& kind) {
    return snapshot.has_data(kind.mapping) &&
           snapshot.integer(kind.mapping, {"", 0, kUint16}) == kYear.format;
  });
}

/// A newer game can send the format of an older one.
template <const Year& kYear>
constexpr Title title(Title names, std::string_view format, const Title* older) {
  names.layouts = kLayoutsOf<kYear>;
  names.channels = kChannelsOf<kYear>;
  names.activity_rules = kActivity;
  names.version = {kTelemetry, {"m_packetFormat"}, {format}, "format"};
  names.other_version = older;
  names.to_switch_on =
      "in Settings > Telemetry: UDP Telemetry on, IP address 127.0.0.1, port 20777, UDP format as the game's "
      "year";
  names.evidence = "layouts from three sources that agree; senses from recorded packets of 2021 and 2022";
  names.player_offset_bytes = player_offset<kYear>;
  names.find_text = find_text<kYear>;
  names.cars = &kCarsOf<kYear>;
  names.recognises = is_of_year<kYear>;
  return names;
}

constexpr Title kF122 = title<kYear22>({.id = "f1_22",
                                        .name = "F1 22",
                                        .exe_names = {"F1_22.exe", "F1_22_Trial.exe"},
                                        .app_ids = {1692250},
                                        .layouts = {},
                                        .channels = {},
                                        .activity_rules = {}},
                                       "2022", nullptr);
constexpr Title kF123 = title<kYear23>({.id = "f1_23",
                                        .name = "F1 23",
                                        .exe_names = {"F1_23.exe", "F1_23_Trial.exe"},
                                        .app_ids = {2108330},
                                        .layouts = {},
                                        .channels = {},
                                        .activity_rules = {}},
                                       "2023", &kF122);
constexpr Title kF124 = title<kYear24>({.id = "f1_24",
                                        .name = "F1 24",
                                        .exe_names = {"F1_24.exe", "F1_24_Trial.exe"},
                                        .app_ids = {2488620},
                                        .layouts = {},
                                        .channels = {},
                                        .activity_rules = {}},
                                       "2024", &kF123);
constexpr Title kF125 = title<kYear25>({.id = "f1_25",
                                        .name = "F1 25",
                                        .exe_names = {"F1_25.exe", "F1_25_Trial.exe"},
                                        .app_ids = {3059520},
                                        .layouts = {},
                                        .channels = {},
                                        .activity_rules = {}},
                                       "2025", &kF124);
constexpr Title kTitles[] = {kF125, kF124, kF123, kF122};

constexpr Sim kSim = {
    .name = "f1",
    .description = "F1 22 to F1 25",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
    .packets = &kPackets,
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
