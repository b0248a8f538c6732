// SPDX-License-Identifier: MIT
// Wreckfest 2: its packets "Pino". Source: the header TelemetryDataFormatPino.h of Bugbear (revision 2,
// August 2025), of which Spacefreak18/simapi (include/wreckfest2data.h), vazhure/vAzhureRacingHub and two
// other readers have the same. Bugbear's axes are left-handed: x right, y up, z forward; the sense of
// steering is simapi's. The senses of camber and of suspension velocities stand in no source and are left
// out. No game was run. Wheels are front left, front right, rear left, rear right.
#include <algorithm>
#include <array>
#include <cmath>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/udp/frame.hpp"
#include "sims/udp/wreckfest2_layouts.hpp"

namespace pitbridge {
namespace {

using namespace wreckfest2;  // NOLINT(google-build-using-namespace): this file is of no other
using enum FieldType;
using enum Quantity;
using enum Activity;

using Elements = std::uint32_t;
using frame::Vector;

std::optional<double> main_number(const Snapshot& snapshot, std::uint32_t offset_bytes, FieldType type,
                                  std::uint32_t index = 0) {
  return snapshot.number(kMain, {"", offset_bytes, type, index + 1}, index);
}

/// The car's axes by a quaternion (x, y, z, w) that turns them from its own frame into the world's.
std::optional<frame::Axes> axes_at(const Snapshot& snapshot, std::string_view mapping,
                                   std::uint32_t offset_bytes, std::uint64_t shift_bytes = 0) {
  std::array<double, 4> q = {};
  for (std::uint32_t i = 0; i < q.size(); ++i) {
    const auto part = snapshot.number(mapping, {"", offset_bytes, kFloat32, 4}, i, shift_bytes);
    if (!part) return std::nullopt;
    q[i] = *part;
  }
  const auto [x, y, z, w] = q;
  const Vector right = {1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)};
  const Vector up = {2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)};
  const Vector forward = {2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)};
  return frame::Axes{frame::from_right_up_forward(forward),
                     frame::from_right_up_forward({-right.x, -right.y, -right.z}),
                     frame::from_right_up_forward(up)};
}

template <double (frame::Axes::*kAngle)() const>
std::optional<double> angle(const Snapshot& snapshot, std::uint64_t, Elements) {
  const auto axes = axes_at(snapshot, kMain, 522);
  return axes ? std::optional((*axes.*kAngle)()) : std::nullopt;
}

std::optional<double> world_velocity(const Snapshot& snapshot, std::uint64_t, Elements element) {
  const auto axes = axes_at(snapshot, kMain, 522);
  const auto local = frame::vector_at(snapshot, kMain, 544);
  if (!axes || !local) return std::nullopt;
  const Vector v = frame::from_right_up_forward(*local);
  return v.x * frame::element_of(axes->forward, element) + v.y * frame::element_of(axes->left, element) +
         v.z * frame::element_of(axes->up, element);
}

std::optional<double> completed_laps(const Snapshot& snapshot, std::uint64_t, Elements) {
  const auto lap = main_number(snapshot, 18, kUint16);
  return lap ? std::optional(std::fmax(*lap - 1, 0)) : std::nullopt;
}
std::optional<double> laps_left(const Snapshot& snapshot, std::uint64_t, Elements) {
  const auto laps = main_number(snapshot, 1046, kInt16);
  const auto done = completed_laps(snapshot, 0, 0);
  if (!laps || *laps <= 0 || !done) return std::nullopt;
  return std::fmax(*laps - *done, 0);
}

bool has_sectors(const Snapshot& snapshot) {
  return main_number(snapshot, 1052, kUint8).value_or(0) == 3;
}
std::optional<double> sector(const Snapshot& snapshot, std::uint64_t, Elements) {
  const auto progress = main_number(snapshot, 73, kFloat32);
  const auto first = main_number(snapshot, 1053, kFloat32);
  const auto second = main_number(snapshot, 1057, kFloat32);
  if (!has_sectors(snapshot) || !progress || !first || !second) return std::nullopt;
  return 1 + (*progress >= *first ? 1 : 0) + (*progress >= *second ? 1 : 0);
}
std::optional<double> sector_time(const Snapshot& snapshot, Elements index) {
  if (!has_sectors(snapshot)) return std::nullopt;
  return main_number(snapshot, 80, kUint32, index);
}
std::optional<double> current_sector(const Snapshot& snapshot, std::uint64_t, Elements element) {
  return element == 2 ? std::optional<double>(0) : sector_time(snapshot, element);
}
/// The third is what is left of the lap.
std::optional<double> last_sector(const Snapshot& snapshot, std::uint64_t, Elements element) {
  const auto first = sector_time(snapshot, 2), second = sector_time(snapshot, 3);
  const auto lap = main_number(snapshot, 56, kUint32);
  if (!first || !second || !lap || *lap == 0) return std::nullopt;
  return element == 0 ? *first : element == 1 ? *second : *lap - *first - *second;
}
std::optional<double> best_sector(const Snapshot& snapshot, std::uint64_t, Elements element) {
  return sector_time(snapshot, 6 + element);
}

/// 0 whole to 4 terminal, in three bits a part.
std::optional<double> damage_of(const Snapshot& snapshot, std::uint32_t part) {
  const std::uint32_t bit = 3 * part;
  const auto low = snapshot.integer(kMain, {"", 329, kUint8, 21}, bit / 8);
  const auto high = snapshot.integer(kMain, {"", 329, kUint8, 21}, std::min(bit / 8 + 1, 20U));
  if (!low || !high) return std::nullopt;
  constexpr double kTerminal = 4;
  const auto state = (static_cast<std::uint32_t>(*low | (*high << 8)) >> (bit % 8)) & 7U;
  return std::fmin(state, kTerminal) / kTerminal;
}
template <std::uint32_t kFirstPart>
std::optional<double> part_damage(const Snapshot& snapshot, std::uint64_t, Elements element) {
  return damage_of(snapshot, kFirstPart + element);
}

/// Bits of marshalFlagsPlayer, the one that matters most first.
std::optional<double> flag(const Snapshot& snapshot, std::uint64_t, Elements) {
  constexpr std::pair<std::uint32_t, Flag> kBits[] = {
      {1U << 3U, Flag::kBlack},      {1U << 2U, Flag::kChequered}, {1U << 4U, Flag::kMeatball},
      {1U << 5U, Flag::kBlackWhite}, {1U << 6U, Flag::kBlue},      {1U << 7U, Flag::kWhite},
      {1U << 0U, Flag::kGreen}};
  const auto flags = snapshot.integer(kMain, {"", 14, kUint16});
  if (!flags) return std::nullopt;
  for (const auto& [bit, word] : kBits)
    if ((static_cast<std::uint32_t>(*flags) & bit) != 0) return static_cast<double>(word);
  return static_cast<double>(Flag::kNone);
}

constexpr Code kModes[] = {{0, SessionKind::kRace}, {1, SessionKind::kOther}, {2, SessionKind::kOther}};
constexpr Code kPhases[] = {{0, SessionPhase::kGarage},    {1, SessionPhase::kGrid},
                            {2, SessionPhase::kCountdown}, {3, SessionPhase::kRunning},
                            {4, SessionPhase::kStopped},   {5, SessionPhase::kFinished}};
constexpr Code kSurfaces[] = {{0, Surface::kOther},   {1, Surface::kOther},  {2, Surface::kAsphalt},
                              {3, Surface::kAsphalt}, {4, Surface::kGravel}, {5, Surface::kDirt},
                              {6, Surface::kDirt},    {7, Surface::kKerb},   {8, Surface::kKerb},
                              {9, Surface::kWater},   {10, Surface::kMetal}, {11, Surface::kWood},
                              {12, Surface::kSand},   {13, Surface::kOther}, {14, Surface::kOther},
                              {15, Surface::kOther},  {16, Surface::kSnow}};

/// A field of the first wheel, for all four.
constexpr Channel wheels(Quantity quantity, std::string_view field) {
  return {.quantity = quantity, .field = field, .stride_bytes = kTireBytes};
}
constexpr Channel warm_wheels(Quantity quantity, std::string_view field) {
  return {.quantity = quantity,
          .field = field,
          .offset = -kKelvinAtZeroCelsius,
          .no_value = {0},
          .stride_bytes = kTireBytes};
}

constexpr Channel kMainRows[] = {
    {kRpm, "car.engine.rpm"},
    {kMaxRpm, "car.engine.rpmMax"},
    {kLimiterRpm, "car.engine.rpmMax"},
    {kShiftRpm, "car.engine.rpmRedline"},
    {kIdleRpm, "car.engine.rpmIdle"},
    {.quantity = kSpeed, .field = "car.driveline.speed", .scale = kKmhPerMps, .combine = Combine::kAbsolute},
    {kGear, "car.driveline.gear", 1, -1},
    {kGears, "car.driveline.gearMax"},
    {kThrottle, "car.input.throttle"},
    {kBrake, "car.input.brake"},
    {kClutch, "car.input.clutch"},
    {kHandbrake, "car.input.handbrake"},
    {kSteering, "car.input.steering"},
    {.quantity = kLap, .compute = completed_laps},
    {kLapTime, "timing.lapTimeCurrent", kSecondsPerMs},
    {kLastLapTime, "timing.lapTimeLast", kSecondsPerMs},
    {kBestLapTime, "timing.lapTimeBest", kSecondsPerMs},
    {kPosition, "leaderboard.position"},
    {kSession, "session.gameMode"},
    warm_wheels(kTyreTemperature, "car.tires0.temperatureInner"),
    warm_wheels(kTyreMiddleTemperature, "car.tires0.temperatureTread"),
    {kCar, "info.carName"},
    {kTrack, "session.trackName"},
    {kDriver, "info.playerName"},
    {kCoolantTemperature, "car.engine.tempWater", 1, -kKelvinAtZeroCelsius, {0}},
    {kOilPressure, "car.engine.pressureOil", 1, 0, {0}},
    {kPower, "car.engine.power", 0.001},
    {kTorque, "car.engine.torque"},
    {.quantity = kEngineRuns, .field = "car.engine.flags", .mask = 1},
    {.quantity = kStarter, .field = "car.engine.flags", .mask = 2},
    {kTcLevel, "car.assists.levelTcs"},
    {.quantity = kTcActs, .field = "car.assists.flags", .mask = 2},
    {kAbsLevel, "car.assists.levelAbs"},
    {.quantity = kAbsActs, .field = "car.assists.flags", .mask = 1},
    {kBodyDamage, "leaderboard.health", -0.01, 1},
    {.quantity = kEngineDamage, .compute = part_damage<0>},
    {.quantity = kTransmissionDamage, .compute = part_damage<1>},
    {.quantity = kSuspensionDamage, .compute = part_damage<6>},
    {.quantity = kWorldPosition, .field = "car.orientation.positionX", .order = frame::kRightUpForward},
    {.quantity = kWorldVelocity, .compute = world_velocity},
    {.quantity = kVelocity, .field = "car.velocity.velocityLocalX", .order = frame::kRightUpForward},
    {.quantity = kAcceleration,
     .field = "car.velocity.accelerationLocalX",
     .scale = frame::kPerG,
     .order = frame::kRightUpForward},
    {.quantity = kHeading, .compute = angle<&frame::Axes::heading>},
    {.quantity = kPitch, .compute = angle<&frame::Axes::pitch>},
    {.quantity = kRoll, .compute = angle<&frame::Axes::roll>},
    {.quantity = kAngularVelocity,
     .field = "car.velocity.angularVelocityX",
     .order = frame::kTurnsOfRightUpForward},
    wheels(kWheelSpeed, "car.tires0.rps"),
    wheels(kSlipRatio, "car.tires0.slipRatio"),
    wheels(kSlipAngle, "car.tires0.slipAngle"),
    wheels(kWheelLoad, "car.tires0.loadVertical"),
    wheels(kSuspensionTravel, "car.tires0.suspensionDisplacement"),
    {.quantity = kSurface, .field = "car.tires0.surfaceType", .stride_bytes = kTireBytes, .codes = kSurfaces},
    {.quantity = kSector, .compute = sector},
    {.quantity = kSectorTimes, .scale = kSecondsPerMs, .compute = current_sector},
    {.quantity = kLastSectorTimes, .scale = kSecondsPerMs, .compute = last_sector},
    {.quantity = kBestSectorTimes, .scale = kSecondsPerMs, .compute = best_sector},
    {kGapAhead, "timing.deltaAhead", kSecondsPerMs, 0, {-1}},
    {kGapBehind, "timing.deltaBehind", kSecondsPerMs, 0, {-1}},
    {.quantity = kFlag, .compute = flag},
    {.quantity = kSessionKind, .field = "session.gameMode", .codes = kModes},
    {.quantity = kSessionPhase, .field = "session.status", .codes = kPhases},
    {kSessionTime, "header.raceTime", kSecondsPerMs},
    {kLapCount, "session.laps", 1, 0, {-1}},
    {.quantity = kLapsLeft, .compute = laps_left},
    {kCarCount, "session.gridSize"},
    {kPenaltyTime, "timing.lapTimePenaltyCurrent", kSecondsPerMs},
    {.quantity = kLapDistance,
     .field = "timing.lapProgress",
     .combine = Combine::kTimes,
     .other_field = "session.trackLength"},
    {kLapFraction, "timing.lapProgress"},
    {kTrackLength, "session.trackLength"},
};
constexpr auto kChannels = channels_in(kMain, kMainRows);

std::optional<double> car_heading(const Snapshot& snapshot, std::uint64_t shift_bytes, Elements) {
  const auto axes = axes_at(snapshot, kMotion, 27, shift_bytes);
  return axes ? std::optional(axes->heading()) : std::nullopt;
}
std::optional<double> car_laps(const Snapshot& snapshot, std::uint64_t shift_bytes, Elements) {
  const auto lap = snapshot.number(kLeaderboard, {"", 17, kUint16}, 0, shift_bytes);
  return lap ? std::optional(std::fmax(*lap - 1, 0)) : std::nullopt;
}
std::optional<double> car_distance(const Snapshot& snapshot, std::uint64_t shift_bytes, Elements) {
  const auto progress = snapshot.number(kTiming, {"", 40, kFloat32}, 0, shift_bytes);
  const auto length = main_number(snapshot, 1042, kFloat32);
  return progress && length ? std::optional(*progress * *length) : std::nullopt;
}

template <std::size_t kCount>
constexpr auto of_cars(std::string_view mapping, std::uint32_t record_bytes, const Channel (&rows)[kCount]) {
  auto table = channels_in(mapping, rows);
  for (Channel& channel : table) channel.record_bytes = record_bytes;
  return table;
}
constexpr auto kCarChannels =
    join(of_cars(kInfo, kInfoBytes, {{kDriver, "info0.playerName"}, {kCar, "info0.carName"}}),
         of_cars(kLeaderboard, kLeaderboardBytes,
                 {{kPosition, "leaderboard0.position"}, {.quantity = kLap, .compute = car_laps}}),
         of_cars(kTiming, kTimingBytes,
                 {{kLastLapTime, "timing0.lapTimeLast", kSecondsPerMs},
                  {kBestLapTime, "timing0.lapTimeBest", kSecondsPerMs},
                  {kGapAhead, "timing0.deltaAhead", kSecondsPerMs, 0, {-1}},
                  {.quantity = kLapDistance, .compute = car_distance}}),
         of_cars(kMotion, kMotionBytes,
                 {{.quantity = kWorldPosition, .field = "motion0.positionX", .order = frame::kRightUpForward},
                  {.quantity = kHeading, .compute = car_heading}}));

/// 0 is invalid, 1 an empty place, 9 a car that only poses.
bool is_there(const Snapshot& snapshot, std::uint32_t car) {
  const auto status =
      snapshot.integer(kLeaderboard, {"", 15, kUint8}, 0, std::uint64_t{car} * kLeaderboardBytes);
  return status && *status >= 2 && *status < 9;
}

constexpr CarTable kCars = {
    .most_cars = kRecords,
    .channels = kCarChannels,
    .count = [](const Snapshot& s) { return s.has_data(kLeaderboard) ? kRecords : 0; },
    .player = [](const Snapshot& s) -> std::optional<std::uint32_t> {
      const auto index = s.integer(kMain, {"", 300, kUint8});
      if (!index || *index >= kRecords) return std::nullopt;
      return static_cast<std::uint32_t>(*index);
    },
    .is_there = is_there};

/// By all values that the flags can have; what is driven is told by the time that runs.
constexpr std::uint32_t kInRace = 32, kPausedFlag = 1, kReplayOrSpectate = 2 | 4;
constexpr auto kActivity = [] {
  constexpr std::uint32_t kValues = 64;
  constexpr std::size_t kLiveValues = 4;  // in race, and neither paused nor looking on
  std::array<ActivityRule, kValues - kLiveValues + 1> rules = {};
  std::size_t count = 0;
  for (std::uint32_t flags = 0; flags < kValues; ++flags) {
    const bool in_race = (flags & kInRace) != 0;
    const bool looks_on = (flags & kReplayOrSpectate) != 0;
    if (in_race && !looks_on && (flags & kPausedFlag) == 0) continue;
    rules[count++] = {.activity = !in_race   ? kMenu
                                  : looks_on ? kReplay
                                             : kPaused,
                      .field = "header.statusFlags",
                      .value = flags,
                      .mapping = kMain};
  }
  rules[count] = {
      .activity = kLive, .field = "header.sessionTime", .changes_within_ms = 500, .mapping = kMain};
  return rules;
}();

constexpr Title kTitles[] = {
    {.id = "wreckfest_2",
     .name = "Wreckfest 2",
     .exe_names = {"Wreckfest2.exe"},
     .app_ids = {1203190},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     .to_switch_on = "telemetry in the game's settings, to 127.0.0.1, port 23123",
     .evidence = "layout from the makers' header, which three readers have alike",
     .cars = &kCars},
};

constexpr Sim kSim = {
    .name = "wreckfest2",
    .description = "Wreckfest 2",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
    .packets = &kPackets,
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
