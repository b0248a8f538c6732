// SPDX-License-Identifier: MIT
// Forza's "Data Out": the sled (232 bytes) and the dash behind the sled, as Forza Motorsport 7 (311 bytes),
// Forza Horizon 4 to 6 (324) and Forza Motorsport of 2023 (331) send it. Sources: the description by the
// game's makers as richstokes/Forza-data-tools (FM7_packetformat.dat, FH4_packetformat.dat),
// austinbaccus/forza-telemetry, benweier/forza-telemetry and Spacefreak18/simapi (include/forza.h) have it;
// names of programs from vazhure/vAzhureRacingHub. No game was run.
//
// Car and world are left-handed: x right, y up, z forward. The makers do not tell the senses of angles and
// turns; what is here follows from the axes (vAzhureRacingHub has roll and lateral acceleration the same
// way), and is not confirmed. A packet of a car that stands on a slope (Forza-data-tools, dash/sample.json)
// has no acceleration, so gravity is not included, and shows that suspensions rise where they are pressed
// together. Wheels are front left, front right, rear left, rear right.
#include <array>
#include <cstddef>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/udp/frame.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr std::string_view kSled = "pitbridge.udp.forza.sled";
constexpr std::string_view kDash = "pitbridge.udp.forza.dash";

constexpr Field kSledFields[] = {
    {"IsRaceOn", 0, kInt32, 1, "bool"},
    {"TimestampMS", 4, kUint32, 1, "ms"},
    {"EngineMaxRpm", 8, kFloat32, 1, "rpm"},
    {"EngineIdleRpm", 12, kFloat32, 1, "rpm"},
    {"CurrentEngineRpm", 16, kFloat32, 1, "rpm"},
    {"AccelerationX", 20, kFloat32, 3, "m/s2"},
    {"VelocityX", 32, kFloat32, 3, "m/s"},
    {"AngularVelocityX", 44, kFloat32, 3, "rad/s"},
    {"Yaw", 56, kFloat32, 1, "rad"},
    {"Pitch", 60, kFloat32, 1, "rad"},
    {"Roll", 64, kFloat32, 1, "rad"},
    {"NormalizedSuspensionTravelFrontLeft", 68, kFloat32, 4, "0..1"},
    {"TireSlipRatioFrontLeft", 84, kFloat32, 4, "1 is the limit of grip"},
    {"WheelRotationSpeedFrontLeft", 100, kFloat32, 4, "rad/s"},
    {"WheelOnRumbleStripFrontLeft", 116, kInt32, 4, "bool"},
    {"WheelInPuddleDepthFrontLeft", 132, kFloat32, 4, "0..1; a whole number in Horizon"},
    {"SurfaceRumbleFrontLeft", 148, kFloat32, 4},
    {"TireSlipAngleFrontLeft", 164, kFloat32, 4, "1 is the limit of grip"},
    {"TireCombinedSlipFrontLeft", 180, kFloat32, 4, "1 is the limit of grip"},
    {"SuspensionTravelMetersFrontLeft", 196, kFloat32, 4, "m"},
    {"CarOrdinal", 212, kInt32},
    {"CarClass", 216, kInt32},
    {"CarPerformanceIndex", 220, kInt32},
    {"DrivetrainType", 224, kInt32, 1, "0 front, 1 rear, 2 all"},
    {"NumCylinders", 228, kInt32},
};
constexpr std::uint32_t kSledBytes = 232;
constexpr std::uint32_t kHorizonBytes = 12;  ///< that Horizon has before the dash

/// From where the dash begins.
constexpr Field kDashTail[] = {
    {"PositionX", 0, kFloat32, 3, "m"},
    {"Speed", 12, kFloat32, 1, "m/s"},
    {"Power", 16, kFloat32, 1, "W"},
    {"Torque", 20, kFloat32, 1, "Nm"},
    {"TireTempFrontLeft", 24, kFloat32, 4, "degF"},
    {"Boost", 40, kFloat32, 1, "psi"},
    {"Fuel", 44, kFloat32, 1, "0..1"},
    {"DistanceTraveled", 48, kFloat32, 1, "m"},
    {"BestLap", 52, kFloat32, 1, "s"},
    {"LastLap", 56, kFloat32, 1, "s"},
    {"CurrentLap", 60, kFloat32, 1, "s"},
    {"CurrentRaceTime", 64, kFloat32, 1, "s"},
    {"LapNumber", 68, kUint16},
    {"RacePosition", 70, kUint8},
    {"Accel", 71, kUint8, 1, "0..255"},
    {"Brake", 72, kUint8, 1, "0..255"},
    {"Clutch", 73, kUint8, 1, "0..255"},
    {"HandBrake", 74, kUint8, 1, "0..255"},
    {"Gear", 75, kUint8, 1, "0 R, 11 N"},
    {"Steer", 76, kInt8, 1, "-127..127"},
    {"NormalizedDrivingLine", 77, kInt8},
    {"NormalizedAIBrakeDifference", 78, kInt8},
};

constexpr auto dash_fields(std::uint32_t begin_bytes) {
  auto tail = std::to_array(kDashTail);
  for (Field& field : tail) field.offset_bytes += begin_bytes;
  return join(kSledFields, tail);
}
constexpr Field kMotorsport2023Tail[] = {{"TireWearFrontLeft", 311, kFloat32, 4},
                                         {"TrackOrdinal", 327, kInt32}};

constexpr auto kMotorsport7 = dash_fields(kSledBytes);
constexpr auto kMotorsport2023 = join(kMotorsport7, kMotorsport2023Tail);
constexpr auto kHorizon = dash_fields(kSledBytes + kHorizonBytes);

constexpr Mapping kMappings[] = {
    {.name = kDash, .size_bytes = 331, .detector = {.nominal_rate_hz = 60}, .file = kDash},
    {.name = kSled, .size_bytes = 232, .detector = {.nominal_rate_hz = 60}, .optional = true, .file = kSled},
};

constexpr Layout kMotorsport7Layouts[] = {{kDash, 311, kMotorsport7}, {kSled, kSledBytes, kSledFields}};
constexpr Layout kMotorsport2023Layouts[] = {{kDash, 331, kMotorsport2023}, {kSled, kSledBytes, kSledFields}};
constexpr Layout kHorizonLayouts[] = {{kDash, 324, kHorizon}, {kSled, kSledBytes, kSledFields}};

// No packet has a magic number; the order of times is not used, for they begin again at 0 in the end.
constexpr Few<PacketBound, 6> kBounds = {PacketBound{8, -1, 30'000},    PacketBound{12, -1, 30'000},
                                         PacketBound{16, -100, 30'000}, PacketBound{56, -7, 7},
                                         PacketBound{60, -7, 7},        PacketBound{64, -7, 7}};
constexpr PacketKind kKinds[] = {
    {.mapping = kDash, .sizes = {311, 324, 331}, .bounds = kBounds},
    {.mapping = kSled, .sizes = {kSledBytes}, .bounds = kBounds},
};
constexpr PacketSource kPackets = {.port = 5300, .kinds = kKinds};

constexpr double kCelsiusPerFahrenheit = 5.0 / 9;

// Slip ratios and angles are told as parts of the grip that there is, and are none that others have.
constexpr Channel kSledRows[] = {
    {kRpm, "CurrentEngineRpm"},
    {kMaxRpm, "EngineMaxRpm"},
    {kIdleRpm, "EngineIdleRpm"},
    {.quantity = kSpeed, .field = "VelocityX", .scale = kKmhPerMps, .combine = Combine::kMagnitude},
    {.quantity = kVelocity, .field = "VelocityX", .order = frame::kRightUpForward},
    {.quantity = kAcceleration,
     .field = "AccelerationX",
     .scale = frame::kPerG,
     .order = frame::kRightUpForward},
    {.quantity = kAngularVelocity, .field = "AngularVelocityX", .order = frame::kTurnsOfRightUpForward},
    {kHeading, "Yaw", -1},
    {kPitch, "Pitch"},
    {kRoll, "Roll", -1},
    {kWheelSpeed, "WheelRotationSpeedFrontLeft"},
    {kCombinedSlip, "TireCombinedSlipFrontLeft"},
    {kSuspensionTravel, "SuspensionTravelMetersFrontLeft"},
};

/// An H pattern passes neutral as 11.
template <std::uint32_t kOffsetBytes>
std::optional<double> gear(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  constexpr double kNeutral = 11;
  const auto raw = snapshot.number(kDash, {"", kOffsetBytes, kUint8});
  if (!raw) return std::nullopt;
  return *raw == 0 ? -1 : *raw == kNeutral ? 0 : *raw;
}

constexpr Channel kDashRows[] = {
    {.quantity = kSpeed, .field = "Speed", .scale = kKmhPerMps, .combine = Combine::kAbsolute},
    {kThrottle, "Accel", 1.0 / 255},
    {kBrake, "Brake", 1.0 / 255},
    {kClutch, "Clutch", 1.0 / 255},
    {kHandbrake, "HandBrake", 1.0 / 255},
    {kSteering, "Steer", 1.0 / 127},
    {kPower, "Power", 0.001},
    {kTorque, "Torque"},
    {kTurboPressure, "Boost", kKpaPerPsi},
    {kLap, "LapNumber"},
    {kLapTime, "CurrentLap"},
    {kLastLapTime, "LastLap"},
    {kBestLapTime, "BestLap"},
    {kPosition, "RacePosition"},
    {kSessionTime, "CurrentRaceTime"},
    {kDistance, "DistanceTraveled"},
    {kTyreTemperature, "TireTempFrontLeft", kCelsiusPerFahrenheit, -32 * kCelsiusPerFahrenheit},
    {.quantity = kWorldPosition, .field = "PositionX", .order = frame::kRightUpForward},
};

template <std::uint32_t kGearBytes>
constexpr auto all_channels() {
  return join(channels_in(kDash, {{.quantity = kGear, .compute = gear<kGearBytes>}}),
              channels_in(kDash, kDashRows), channels_in(kDash, kSledRows), channels_in(kSled, kSledRows));
}
constexpr std::uint32_t kGearInDash = 75;
constexpr auto kMotorsportChannels = all_channels<kSledBytes + kGearInDash>();
constexpr auto kHorizonChannels = all_channels<kSledBytes + kHorizonBytes + kGearInDash>();

constexpr ActivityRule kActivity[] = {
    {.activity = kMenu, .field = "IsRaceOn", .value = 0, .mapping = kDash},
    {.activity = kMenu, .field = "IsRaceOn", .value = 0, .mapping = kSled},
    {.activity = kLive, .field = "TimestampMS", .changes_within_ms = 500, .mapping = kDash},
    {.activity = kLive, .field = "TimestampMS", .changes_within_ms = 500, .mapping = kSled},
};

template <std::size_t kBytes>
bool has_dash(const Snapshot& snapshot) {
  return snapshot.has_data(kDash) && snapshot.bytes(kDash)->size() == kBytes;
}

constexpr std::string_view kToSwitchOn =
    "in Settings > HUD and Gameplay: Data Out on, IP address 127.0.0.1, port 5300; in Motorsport the format "
    "Car "
    "Dash";

// Which Horizon sends does not show in its packets, nor who sends a sled.
constexpr Title kTitles[] = {
    {.id = "forza_horizon",
     .name = "Forza Horizon 4, 5 and 6",
     .exe_names = {"ForzaHorizon4.exe", "ForzaHorizon5.exe", "ForzaHorizon6.exe"},
     .app_ids = {1293830, 1551360, 2483190},
     .layouts = kHorizonLayouts,
     .channels = kHorizonChannels,
     .activity_rules = kActivity,
     .to_switch_on = kToSwitchOn,
     .evidence = "layout from three sources; senses of angles and turns are not confirmed, nor Fahrenheit",
     .recognises = has_dash<324>},
    {.id = "forza_motorsport",
     .name = "Forza Motorsport",
     .exe_names = {"forza_gaming.desktop.x64_release_final.exe"},
     .app_ids = {2440510},
     .layouts = kMotorsport2023Layouts,
     .channels = kMotorsportChannels,
     .activity_rules = kActivity,
     .to_switch_on = kToSwitchOn,
     .evidence = "layout from two sources; senses of angles and turns are not confirmed, nor Fahrenheit",
     .recognises = has_dash<331>},
    {.id = "forza_motorsport_7",
     .name = "Forza Motorsport 7",
     .exe_names = {"ForzaMotorsport7.exe"},
     .app_ids = {},
     .layouts = kMotorsport7Layouts,
     .channels = kMotorsportChannels,
     .activity_rules = kActivity,
     .to_switch_on = kToSwitchOn,
     .evidence =
         "layout from three sources; senses of angles and turns are not confirmed, nor Fahrenheit; the "
         "name of its program is a guess",
     .recognises = has_dash<311>},
};

constexpr Sim kSim = {
    .name = "forza",
    .description = "Forza Horizon 4 to 6, Forza Motorsport 7 and 2023",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
    .packets = &kPackets,
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
