// SPDX-License-Identifier: MIT
// DiRT Rally 2.0, DiRT 4 and DiRT Rally: Codemasters' packet of floats, which extradata 1, 2 and 3 cut off
// after 38, 63 and 66 of them. Sources: ErlerPhilipp/dr2_logger (source/dirt_rally/udp_data.py),
// vazhure/vAzhureRacingHub (Codemasters/Dirt4UDPPacket.cs), Spacefreak18/simapi (include/dirt2data.h). Units
// and senses were found in a stage of DiRT Rally 2.0 that dr2_logger's author recorded
// (img/plots/default/*.npz): a rate of 837.758 is 8,000 rpm, so engine rates are radians a second and not
// rpm / 10, as is often written; lateral acceleration agrees with the change of heading; suspensions are in
// millimetres, and rise where braking and bends press the car down; wheel speeds are metres a second. No
// game was run.
//
// The world is right-handed with x to the left, y up and z ahead of a car that heads along z. Here x is its
// z, y its x and z its y. Wheels are rear left, rear right, front left, front right.
#include <cmath>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/udp/frame.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr std::string_view kTelemetry = "pitbridge.udp.dirt.telemetry";

constexpr Field kFields[] = {
    {"total_time", 0, kFloat32, 1, "s"},
    {"lap_time", 4, kFloat32, 1, "s"},
    {"lap_distance", 8, kFloat32, 1, "m"},
    {"progress", 12, kFloat32, 1, "0..1"},
    {"position", 16, kFloat32, 3, "m"},
    {"speed", 28, kFloat32, 1, "m/s"},
    {"velocity", 32, kFloat32, 3, "m/s"},
    {"right_dir", 44, kFloat32, 3},
    {"forward_dir", 56, kFloat32, 3},
    {"suspension_position", 68, kFloat32, 4, "mm"},
    {"suspension_velocity", 84, kFloat32, 4, "mm/s"},
    {"wheel_patch_speed", 100, kFloat32, 4, "m/s"},
    {"throttle_input", 116, kFloat32, 1, "0..1"},
    {"steering_input", 120, kFloat32, 1, "-1..1"},
    {"brake_input", 124, kFloat32, 1, "0..1"},
    {"clutch_input", 128, kFloat32, 1, "0..1"},
    {"gear", 132, kFloat32, 1, "-1 or 10 R, 0 N"},
    {"gforce_lateral", 136, kFloat32, 1, "g"},
    {"gforce_longitudinal", 140, kFloat32, 1, "g"},
    {"lap", 144, kFloat32, 1, "from 0"},
    {"engine_rate", 148, kFloat32, 1, "rad/s"},
    {"native_sli_support", 152, kFloat32},
    {"race_position", 156, kFloat32},
    {"kers_level", 160, kFloat32},
    {"kers_level_max", 164, kFloat32},
    {"drs", 168, kFloat32},
    {"traction_control", 172, kFloat32},
    {"abs", 176, kFloat32},
    {"fuel_in_tank", 180, kFloat32},
    {"fuel_capacity", 184, kFloat32},
    {"in_pits", 188, kFloat32},
    {"race_sector", 192, kFloat32, 1, "from 0"},
    {"sector_time_1", 196, kFloat32, 1, "s"},
    {"sector_time_2", 200, kFloat32, 1, "s"},
    {"brake_temp", 204, kFloat32, 4, "degC"},
    {"tyre_pressure", 220, kFloat32, 4, "psi"},
    {"laps_completed", 236, kFloat32},
    {"total_laps", 240, kFloat32},
    {"track_length", 244, kFloat32, 1, "m"},
    {"last_lap_time", 248, kFloat32, 1, "s"},
    {"max_rpm", 252, kFloat32, 1, "rad/s"},
    {"idle_rpm", 256, kFloat32, 1, "rad/s"},
    {"max_gears", 260, kFloat32},
};

constexpr Mapping kMappings[] = {
    {.name = kTelemetry, .size_bytes = 264, .detector = {.nominal_rate_hz = 60}, .file = kTelemetry}};

constexpr Layout kLayouts[] = {{kTelemetry, 264, kFields}};

// No packet has a magic number. With extradata 0 the games send another one, of 64 bytes, which is left out.
constexpr PacketKind kKinds[] = {
    {.mapping = kTelemetry,
     .sizes = {264, 252, 152},
     .bounds = {PacketBound{28, -1, 200}, PacketBound{116, -0.01, 1.01}, PacketBound{120, -1.01, 1.01},
                PacketBound{124, -0.01, 1.01}, PacketBound{132, -1, 10}, PacketBound{148, -10, 3'000}}}};
constexpr PacketSource kPackets = {.port = 20777, .kinds = kKinds};

using frame::Vector;

std::optional<Vector> world_vector(const Snapshot& snapshot, std::uint32_t offset_bytes) {
  const auto vector = frame::vector_at(snapshot, kTelemetry, offset_bytes);
  return vector ? std::optional(frame::from_left_up_forward(*vector)) : std::nullopt;
}

std::optional<frame::Axes> axes_of(const Snapshot& snapshot) {
  const auto right = world_vector(snapshot, 44);
  const auto forward = world_vector(snapshot, 56);
  if (!right || !forward) return std::nullopt;
  const Vector left = {-right->x, -right->y, -right->z};
  return frame::Axes{*forward, left, frame::cross(*forward, left)};
}

std::optional<double> velocity(const Snapshot& snapshot, std::uint64_t, std::uint32_t element) {
  const auto of_world = world_vector(snapshot, 32);
  const auto axes = axes_of(snapshot);
  return of_world && axes ? std::optional(axes->along(*of_world, element)) : std::nullopt;
}

template <double (frame::Axes::*kAngle)() const>
std::optional<double> angle(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const auto axes = axes_of(snapshot);
  return axes ? std::optional((*axes.*kAngle)()) : std::nullopt;
}

std::optional<double> gear(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  constexpr double kReverse = 10;
  const auto raw = snapshot.number(kTelemetry, {"", 132, kFloat32});
  return raw && *raw == kReverse ? std::optional<double>(-1) : raw;
}

/// The third is not told before the lap is over.
std::optional<double> sector_time(const Snapshot& snapshot, std::uint64_t, std::uint32_t sector) {
  if (sector == 2) return 0;
  return snapshot.number(kTelemetry, {"", 196, kFloat32, 2}, sector);
}

// Accelerations are told to the side and ahead, but not upwards; wheel speeds are no turns.
constexpr Channel kChannelRows[] = {
    {kRpm, "engine_rate", kRpmPerRadPerSecond},
    {kMaxRpm, "max_rpm", kRpmPerRadPerSecond},
    {kIdleRpm, "idle_rpm", kRpmPerRadPerSecond},
    {.quantity = kSpeed, .field = "speed", .scale = kKmhPerMps, .combine = Combine::kAbsolute},
    {.quantity = kGear, .compute = gear},
    {kGears, "max_gears"},
    {kThrottle, "throttle_input"},
    {kBrake, "brake_input"},
    {kClutch, "clutch_input"},
    {kSteering, "steering_input"},
    {kLap, "lap"},
    {kLapTime, "lap_time"},
    {kLastLapTime, "last_lap_time"},
    {kPosition, "race_position"},
    {kLapDistance, "lap_distance"},
    {.quantity = kLapFraction,
     .field = "lap_distance",
     .combine = Combine::kDividedBy,
     .other_field = "track_length"},
    {kTrackLength, "track_length"},
    {kLapCount, "total_laps"},
    {kSector, "race_sector", 1, 1},
    {.quantity = kSectorTimes, .compute = sector_time},
    {.quantity = kTyrePressure,
     .field = "tyre_pressure",
     .scale = kKpaPerPsi,
     .no_value = {0},
     .order = frame::kRearFirst},
    {.quantity = kBrakeTemperature, .field = "brake_temp", .order = frame::kRearFirst},
    {.quantity = kSuspensionTravel,
     .field = "suspension_position",
     .scale = kMetresPerMillimetre,
     .order = frame::kRearFirst},
    {.quantity = kSuspensionVelocity,
     .field = "suspension_velocity",
     .scale = kMetresPerMillimetre,
     .order = frame::kRearFirst},
    {.quantity = kWorldPosition, .field = "position", .order = frame::kLeftUpForward},
    {.quantity = kWorldVelocity, .field = "velocity", .order = frame::kLeftUpForward},
    {.quantity = kVelocity, .compute = velocity},
    {.quantity = kHeading, .compute = angle<&frame::Axes::heading>},
    {.quantity = kPitch, .compute = angle<&frame::Axes::pitch>},
    {.quantity = kRoll, .compute = angle<&frame::Axes::roll>},
};
constexpr auto kChannels = channels_in(kTelemetry, kChannelRows);

constexpr auto kActivity =
    rules_in(kTelemetry, {{.activity = kLive, .field = "total_time", .changes_within_ms = 500}});

constexpr Title kTitles[] = {
    // The packets do not tell which of them sends.
    {.id = "dirt_rally",
     .name = "DiRT Rally, DiRT Rally 2.0, DiRT 4",
     .exe_names = {"dirtrally2.exe", "dirt4.exe", "drt.exe"},
     .app_ids = {690790, 421020, 310560},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     .to_switch_on = "in Documents/My Games/<the game>/hardwaresettings/hardware_settings_config.xml, below "
                     "motion_platform: udp enabled=\"true\" extradata=\"3\" ip=\"127.0.0.1\" port=\"20777\" "
                     "delay=\"1\"",
     .evidence = "layout from three sources; units and senses from one recorded stage of DiRT Rally 2.0"},
};

constexpr Sim kSim = {
    .name = "dirt",
    .description = "DiRT Rally, DiRT Rally 2.0, DiRT 4",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
    .packets = &kPackets,
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
