// SPDX-License-Identifier: MIT
// iRacing: a self-describing map: header, variable headers, session text (YAML), and rotating line buffers.
// Sources: irsdk_defines.h in bengsfort/irsdk-node, compiled; vars.txt of kutu/pyirsdk. No game was run.
//
// Frames: the documents have none, so they were read off captures of standing and of cornering cars
// (test-data of tariknz/irdashies). Velocities, angles and rates are forward, left and up by the right hand:
// what a standing car feels of the earth's pull gives the senses of pitch and roll, a left-hand bend those of
// yaw rate and of the lateral acceleration, roads and springs those of the other two rates. Yaw and YawNorth,
// a bearing, add up to the track's north offset. Springs are longer on the inside of a bend: compression is
// positive.
#include "common/core/sim/sim_table.hpp"
#include "common/core/sim/text.hpp"
#include "sims/ir_computed.hpp"

namespace pitbridge {
namespace {

using enum Quantity;
using enum Activity;
using ir::kHeader;
using ir::kMaxBuffers;
using ir::kName;
using ir::kSectionBytes;

constexpr Mapping kMappings[] = {
    {.name = "Local\\IRSDKMemMapFileName",
     .size_bytes = kSectionBytes,
     .min_file_bytes = kSectionBytes,
     .detector = {.rule = Consistency::kRotating,
                  .offset_bytes = 48,
                  .stride_bytes = 16,
                  .count = kMaxBuffers,
                  .nominal_rate_hz = 60}},
};

constexpr Layout kLayouts[] = {{kName, kSectionBytes, kHeader}};

/// A variable of the newest line, by name.
std::optional<Field> find_variable(const Snapshot& snapshot, std::string_view /*mapping*/,
                                   std::string_view name) {
  return ir::variable(snapshot, name);
}

/// Where a quantity stands in the session text.
struct TextKey {
  Quantity quantity;
  std::string_view key;
};
constexpr TextKey kSessionKeys[] = {
    {kTrack, "TrackDisplayName:"},          {kMaxRpm, "DriverCarRedLine:"},
    {kLimiterRpm, "DriverCarRedLine:"},     {kIdleRpm, "DriverCarIdleRPM:"},
    {kShiftRpm, "DriverCarSLShiftRPM:"},    {kGears, "DriverCarGearNumForward:"},
    {kFuelCapacity, "DriverCarFuelMaxLtr:"}};
constexpr TextKey kDriverKeys[] = {{kCar, "CarScreenName:"},
                                   {kDriver, "UserName:"},
                                   {kCarClass, "CarClassShortName:"},
                                   {kCarNumber, "CarNumber:"}};

template <std::size_t kCount>
std::optional<std::string_view> value_of(std::optional<std::string_view> text, const TextKey (&keys)[kCount],
                                         Quantity quantity) {
  const auto key = std::ranges::find(keys, quantity, &TextKey::quantity);
  if (!text || key == std::end(keys)) return std::nullopt;
  return ir::value_after(*text, key->key);
}
std::optional<std::string> decoded(std::optional<std::string_view> value) {
  return value ? std::optional(utf8_by_its_bytes(*value)) : std::nullopt;
}

std::optional<std::string> find_text(const Snapshot& snapshot, Quantity quantity) {
  if (quantity == kTyreCompound) return decoded(ir::tyre_compound(snapshot));
  const auto value = value_of(ir::session_text(snapshot), kSessionKeys, quantity);
  return decoded(value ? value : value_of(ir::driver_record(snapshot), kDriverKeys, quantity));
}
std::optional<std::string> find_text_of_car(const Snapshot& snapshot, Quantity quantity, std::uint32_t car) {
  return decoded(value_of(ir::driver_record(snapshot, car), kDriverKeys, quantity));
}

// The SDK's marks for a session without an end.
constexpr double kUnlimitedTime = 604'800, kUnlimitedLaps = 32'767;

constexpr Code kStalled[] = {{0, 1}, {8, 0}};

constexpr Channel kChannelRows[] = {
    {kRpm, "RPM"},
    {kMaxRpm},
    {.quantity = kSpeed, .field = "Speed", .scale = kKmhPerMps, .combine = Combine::kAbsolute},
    {kGear, "Gear"},
    {kThrottle, "Throttle"},
    {kBrake, "Brake"},
    // 0 is disengaged: the pedal is down, or, in Clutch, the car's own clutch is open.
    {kClutch, "ClutchRaw", -1, 1},
    {kClutch, "Clutch", -1, 1},
    // Left is positive; the largest angle is from lock to lock (irFFB ends the wheel at half of it).
    {.quantity = kSteering,
     .field = "SteeringWheelAngle",
     .scale = -2,
     .combine = Combine::kDividedBy,
     .other_field = "SteeringWheelAngleMax"},
    {kFuel, "FuelLevel"},
    {kLap, "LapCompleted", 1, 0, {-1}},
    {kLapTime, "LapCurrentLapTime", 1, 0, {-1}},
    {kLastLapTime, "LapLastLapTime", 1, 0, {-1}},
    {kBestLapTime, "LapBestLapTime", 1, 0, {-1}},
    {kPosition, "PlayerCarPosition", 1, 0, {-1}},
    {kSession, "SessionState"},
    {.quantity = kTyreTemperature, .fields = {"LFtempCM", "RFtempCM", "LRtempCM", "RRtempCM"}},
    // The pressures that are driven with stand in files of telemetry only.
    {.quantity = kTyreColdPressure,
     .fields = {"LFcoldPressure", "RFcoldPressure", "LRcoldPressure", "RRcoldPressure"}},
    {kCar},
    {kTrack},
    {kDriver},

    {kIdleRpm},
    {kLimiterRpm},
    {kShiftRpm, "PlayerCarSLShiftRPM"},
    {kShiftRpm},
    {kCoolantTemperature, "WaterTemp"},
    {kOilTemperature, "OilTemp"},
    {kOilPressure, "OilPress", kKpaPerBar},
    {kFuelPressure, "FuelPress", kKpaPerBar},
    {kBattery, "EnergyERSBatteryPct"},
    {.quantity = kEngineRuns, .field = "EngineWarnings", .mask = 0x08, .codes = kStalled},
    {.quantity = kStarter, .field = "dcStarter", .mask = 0xFF},
    {.quantity = kPitLimiter, .field = "EngineWarnings", .mask = 0x10},
    {kErsMode, "dcMGUKDeployMode"},
    {.quantity = kPushToPass, .field = "P2P_Status", .mask = 0xFF},
    {kTcLevel, "dcTractionControl"},
    {kAbsLevel, "dcABS"},
    {.quantity = kAbsActs, .field = "BrakeABSactive", .mask = 0xFF},
    {kHandbrake, "HandbrakeRaw"},
    {kGears},
    {kSteeringAngle, "SteeringWheelAngle", -1},
    {kFuelCapacity},

    {.quantity = kVelocity, .fields = {"VelocityX", "VelocityY", "VelocityZ"}},
    {.quantity = kAcceleration,
     .compute = [](const Snapshot& s, std::uint64_t, std::uint32_t i) { return ir::acceleration(s, i); }},
    {kHeading, "Yaw"},
    {kPitch, "Pitch"},
    {kRoll, "Roll"},
    {.quantity = kAngularVelocity, .fields = {"RollRate", "PitchRate", "YawRate"}},

    {.quantity = kSuspensionTravel, .fields = {"LFshockDefl", "RFshockDefl", "LRshockDefl", "RRshockDefl"}},
    {.quantity = kSuspensionTravel,
     .fields = {"LFSHshockDefl", "RFSHshockDefl", "LRSHshockDefl", "RRSHshockDefl"}},
    {.quantity = kSuspensionVelocity, .fields = {"LFshockVel", "RFshockVel", "LRshockVel", "RRshockVel"}},
    {.quantity = kSuspensionVelocity,
     .fields = {"LFSHshockVel", "RFSHshockVel", "LRSHshockVel", "RRSHshockVel"}},
    {.quantity = kTyreWear,
     .compute = [](const Snapshot& s, std::uint64_t, std::uint32_t i) { return ir::tyre_wear(s, i); }},
    // Left, middle and right of the carcass, as the crew has measured: a left wheel's right is towards the
    // car.
    {.quantity = kTyreInnerTemperature, .fields = {"LFtempCR", "RFtempCL", "LRtempCR", "RRtempCL"}},
    {.quantity = kTyreMiddleTemperature, .fields = {"LFtempCM", "RFtempCM", "LRtempCM", "RRtempCM"}},
    {.quantity = kTyreOuterTemperature, .fields = {"LFtempCL", "RFtempCR", "LRtempCL", "RRtempCR"}},
    {kTyreCompound},

    {.quantity = kSector,
     .compute = [](const Snapshot& s, std::uint64_t, std::uint32_t) -> ir::Number {
       return ir::sector_at(s, ir::number(s, "LapDistPct").value_or(-1));
     }},
    // Below 0 is faster: so iRon and others paint it.
    {.quantity = kDelta,
     .compute = [](const Snapshot& s, std::uint64_t, std::uint32_t) { return ir::delta(s); }},
    {.quantity = kGapAhead,
     .compute = [](const Snapshot& s, std::uint64_t, std::uint32_t) { return ir::own_gap(s, -1); }},
    {.quantity = kGapBehind,
     .compute = [](const Snapshot& s, std::uint64_t, std::uint32_t) { return ir::own_gap(s, 1); }},
    {.quantity = kFlag,
     .compute = [](const Snapshot& s, std::uint64_t, std::uint32_t) { return ir::flag(s); }},
    {.quantity = kSessionKind,
     .compute = [](const Snapshot& s, std::uint64_t, std::uint32_t) -> ir::Number {
       const auto kind = ir::session_kind(s);
       return kind ? ir::Number(ir::word(*kind)) : std::nullopt;
     }},
    {.quantity = kSessionPhase,
     .compute = [](const Snapshot& s, std::uint64_t, std::uint32_t) { return ir::session_phase(s); }},
    {kSessionTime, "SessionTime"},
    {kSessionTimeLeft, "SessionTimeRemain", 1, 0, {kUnlimitedTime, -1}},
    {kLapCount, "SessionLapsTotal", 1, 0, {kUnlimitedLaps, -1}},
    {kLapsLeft, "SessionLapsRemainEx", 1, 0, {kUnlimitedLaps, -1}},
    {.quantity = kCarCount,
     .compute = [](const Snapshot& s, std::uint64_t, std::uint32_t) { return ir::cars_that_take_part(s); }},
    {kClassPosition, "PlayerCarClassPosition"},
    {.quantity = kPitState,
     .compute = [](const Snapshot& s, std::uint64_t, std::uint32_t) { return ir::own_pit_state(s); }},
    {kIncidents, "PlayerCarMyIncidentCount"},
    {kLapDistance, "LapDist"},
    {kLapFraction, "LapDistPct", 1, 0, {-1}},
    {.quantity = kTrackLength,
     .compute = [](const Snapshot& s, std::uint64_t, std::uint32_t) { return ir::track_length(s); }},
    {kCarClass},
    {kCarNumber},

    {kAirTemperature, "AirTemp"},
    {kTrackTemperature, "TrackTempCrew"},
    {kRain, "Precipitation"},
    // 1 is dry, 7 extremely wet.
    {kWetness, "TrackWetness", 1.0 / 6, -1.0 / 6, {0}},
    {kWindSpeed, "WindVel"},
    // From where it blows, by the east: captured so by niklam/iracedeck.
    {kWindDirection, "WindDir"},
    {kTimeOfDay, "SessionTimeOfDay"},
};
constexpr auto kChannels = channels_in(kName, kChannelRows);

constexpr std::uint32_t kWord = 4;
constexpr Channel kCarRows[] = {
    {kCarNumber},
    {kDriver},
    {kCar},
    {kCarClass},
    {.quantity = kPosition, .field = "CarIdxPosition", .record_bytes = kWord},
    {.quantity = kClassPosition, .field = "CarIdxClassPosition", .record_bytes = kWord},
    {.quantity = kLap, .field = "CarIdxLapCompleted", .no_value = {-1}, .record_bytes = kWord},
    {.quantity = kLapDistance,
     .compute = [](const Snapshot& s, std::uint64_t shift,
                   std::uint32_t) { return ir::lap_distance(s, shift / kWord); },
     .record_bytes = kWord},
    {.quantity = kLastLapTime, .field = "CarIdxLastLapTime", .no_value = {-1}, .record_bytes = kWord},
    {.quantity = kBestLapTime, .field = "CarIdxBestLapTime", .no_value = {-1}, .record_bytes = kWord},
    {.quantity = kGapAhead,
     .compute = [](const Snapshot& s, std::uint64_t shift,
                   std::uint32_t) { return ir::gap(s, shift / kWord, -1); },
     .record_bytes = kWord},
    {.quantity = kPitState,
     .compute =
         [](const Snapshot& s, std::uint64_t shift, std::uint32_t) {
           return ir::pit_state(ir::number(s, "CarIdxTrackSurface", shift / kWord),
                                ir::number(s, "CarIdxOnPitRoad", shift / kWord));
         },
     .record_bytes = kWord},
};
constexpr auto kCarChannels = channels_in(kName, kCarRows);
// The places of cars in the variables are the numbers that the session text has.
constexpr CarTable kCars = {
    .most_cars = ir::kMostCars,
    .channels = kCarChannels,
    .count = [](const Snapshot& s) { return ir::car_count(s); },
    .player = [](const Snapshot& s) { return ir::own_car(s); },
    .is_there = [](const Snapshot& s, std::uint32_t car) { return ir::takes_part(s, car); },
    .find_text = find_text_of_car};

constexpr auto kActivity = rules_in(
    kName,
    {{kOff, "status", 0}, {kReplay, "IsReplayPlaying", 1}, {kLive, "IsOnTrack", 1}, {kMenu, "IsOnTrack", 0}});

constexpr Title kTitles[] = {
    {.id = "iracing",
     .name = "iRacing",
     .exe_names = {"iRacingSim64DX11.exe"},
     .launchers = {"iRacingUI.exe", "iRacingLauncher64.exe"},
     .app_ids = {266410},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     .version = {kName, {"ver"}, {"1..2"}},
     .to_switch_on = "nothing (irsdkEnableMem=1, the default)",
     .evidence = "header compiled from the SDK; the variables describe themselves",
     .find_variable = find_variable,
     .find_text = find_text,
     .cars = &kCars},
};

constexpr Sim kSim = {
    .name = "ir",
    .description = "iRacing",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
