// SPDX-License-Identifier: MIT
// Richard Burns Rally with the NGP physics (RallySimFans has it), which sends all that it knows in one
// packet. Sources: the header of NGP's author (G. Schlupf) as Spacefreak18/simapi (include/rbrdata.h) and two
// others have it; gears from the notes of an RBR plugin's author and from a driver of SLI Pro displays;
// accelerations in m/s2 and to the right, temperatures in kelvin and pressures in pascals from
// vazhure/vAzhureRacingHub, PHARTGAMES/SpaceMonkey and simapi. No game was run.
//
// The speed is shown in the player's own unit, so the speed here is that of the velocity. Where the world's
// axes point and which way angles and rates turn stands in no source or in two that differ; they are left
// out. Wheels are left front, right front, left back, right back.
#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/udp/frame.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr std::string_view kTelemetry = "pitbridge.udp.rbr.telemetry";

constexpr Field kFields[] = {
    {"totalSteps_", 0, kUint32, 1, "counter"},
    {"stage_.index_", 4, kInt32},
    {"stage_.progress_", 8, kFloat32, 1, "m"},
    {"stage_.raceTime_", 12, kFloat32, 1, "s"},
    {"stage_.driveLineLocation_", 16, kFloat32, 1, "m"},
    {"stage_.distanceToEnd_", 20, kFloat32, 1, "m"},
    {"control_.steering_", 24, kFloat32, 1, "-1..1"},
    {"control_.throttle_", 28, kFloat32, 1, "0..1"},
    {"control_.brake_", 32, kFloat32, 1, "0..1"},
    {"control_.handbrake_", 36, kFloat32, 1, "0..1"},
    {"control_.clutch_", 40, kFloat32, 1, "0..1"},
    {"control_.gear_", 44, kInt32, 1, "0 R, 1 N, 2 first"},
    {"control_.footbrakePressure_", 48, kFloat32},
    {"control_.handbrakePressure_", 52, kFloat32},
    {"car_.index_", 56, kInt32},
    {"car_.speed_", 60, kFloat32, 1, "km/h or mph"},
    {"car_.positionX_", 64, kFloat32, 1, "m"},
    {"car_.positionY_", 68, kFloat32, 1, "m"},
    {"car_.positionZ_", 72, kFloat32, 1, "m"},
    {"car_.roll_", 76, kFloat32, 1, "deg"},
    {"car_.pitch_", 80, kFloat32, 1, "deg"},
    {"car_.yaw_", 84, kFloat32, 1, "deg"},
    {"car_.velocities_.surge_", 88, kFloat32, 3, "m/s"},
    {"car_.velocities_.roll_", 100, kFloat32, 3},
    {"car_.accelerations_.surge_", 112, kFloat32, 3, "m/s2"},
    {"car_.accelerations_.roll_", 124, kFloat32, 3},
    {"car_.engine_.rpm_", 136, kFloat32, 1, "rpm"},
    {"car_.engine_.radiatorCoolantTemperature_", 140, kFloat32, 1, "K"},
    {"car_.engine_.engineCoolantTemperature_", 144, kFloat32, 1, "K"},
    {"car_.engine_.engineTemperature_", 148, kFloat32, 1, "K"},
    {"car_.suspensionLF_.springDeflection_", 152, kFloat32},
    {"car_.suspensionLF_.rollbarForce_", 156, kFloat32},
    {"car_.suspensionLF_.springForce_", 160, kFloat32},
    {"car_.suspensionLF_.damperForce_", 164, kFloat32},
    {"car_.suspensionLF_.strutForce_", 168, kFloat32},
    {"car_.suspensionLF_.helperSpringIsActive_", 172, kInt32},
    {"car_.suspensionLF_.damper_.damage_", 176, kFloat32},
    {"car_.suspensionLF_.damper_.pistonVelocity_", 180, kFloat32},
    {"car_.suspensionLF_.wheel_.brakeDisk_.layerTemperature_", 184, kFloat32, 1, "K"},
    {"car_.suspensionLF_.wheel_.brakeDisk_.temperature_", 188, kFloat32, 1, "K"},
    {"car_.suspensionLF_.wheel_.brakeDisk_.wear_", 192, kFloat32},
    {"car_.suspensionLF_.wheel_.tire_.pressure_", 196, kFloat32, 1, "Pa"},
    {"car_.suspensionLF_.wheel_.tire_.temperature_", 200, kFloat32, 1, "K"},
    {"car_.suspensionLF_.wheel_.tire_.carcassTemperature_", 204, kFloat32, 1, "K"},
    {"car_.suspensionLF_.wheel_.tire_.treadTemperature_", 208, kFloat32, 1, "K"},
    {"car_.suspensionLF_.wheel_.tire_.currentSegment_", 212, kUint32},
};
constexpr std::uint32_t kSuspensionBytes = 128;

constexpr Mapping kMappings[] = {
    {.name = kTelemetry, .size_bytes = 664, .detector = {.nominal_rate_hz = 60}, .file = kTelemetry}};

constexpr Layout kLayouts[] = {{kTelemetry, 664, kFields}};

// The packet has no magic number.
constexpr PacketKind kKinds[] = {
    {.mapping = kTelemetry,
     .sizes = {664},
     .bounds = {PacketBound{24, -1.01, 1.01}, PacketBound{28, -0.01, 1.01}, PacketBound{32, -0.01, 1.01},
                PacketBound{36, -0.01, 1.01}, PacketBound{40, -0.01, 1.01}, PacketBound{136, -1'000, 30'000}},
     .order_offset_bytes = 0,
     .order_width_bytes = 4}};
constexpr PacketSource kPackets = {.port = 6776, .kinds = kKinds};

constexpr double kKpaPerPascal = 0.001;

/// A field of the left front suspension, for all four.
constexpr Channel wheels(Quantity quantity, std::string_view field, double scale, double offset) {
  return {.quantity = quantity,
          .field = field,
          .scale = scale,
          .offset = offset,
          .no_value = {0},
          .stride_bytes = kSuspensionBytes};
}

constexpr Channel kChannelRows[] = {
    {.quantity = kRpm, .field = "car_.engine_.rpm_", .combine = Combine::kAbsolute},
    {.quantity = kSpeed,
     .field = "car_.velocities_.surge_",
     .scale = kKmhPerMps,
     .combine = Combine::kMagnitude},
    {kGear, "control_.gear_", 1, -1},
    {kThrottle, "control_.throttle_"},
    {kBrake, "control_.brake_"},
    {kClutch, "control_.clutch_"},
    {kHandbrake, "control_.handbrake_"},
    {kSteering, "control_.steering_"},
    {kLapTime, "stage_.raceTime_"},
    {kLapDistance, "stage_.progress_"},
    {kCoolantTemperature, "car_.engine_.engineCoolantTemperature_", 1, -kKelvinAtZeroCelsius, {0}},
    // Forward, right, up.
    {.quantity = kVelocity, .field = "car_.velocities_.surge_", .order = {1, -2, 3}},
    {.quantity = kAcceleration,
     .field = "car_.accelerations_.surge_",
     .scale = frame::kPerG,
     .order = {1, -2, 3}},
    wheels(kBrakeTemperature, "car_.suspensionLF_.wheel_.brakeDisk_.temperature_", 1, -kKelvinAtZeroCelsius),
    wheels(kTyrePressure, "car_.suspensionLF_.wheel_.tire_.pressure_", kKpaPerPascal, 0),
    wheels(kTyreTemperature, "car_.suspensionLF_.wheel_.tire_.temperature_", 1, -kKelvinAtZeroCelsius),
    wheels(kTyreMiddleTemperature, "car_.suspensionLF_.wheel_.tire_.treadTemperature_", 1,
           -kKelvinAtZeroCelsius),
};
constexpr auto kChannels = channels_in(kTelemetry, kChannelRows);

constexpr auto kActivity =
    rules_in(kTelemetry, {{.activity = kLive, .field = "totalSteps_", .changes_within_ms = 500}});

constexpr Title kTitles[] = {
    {.id = "richard_burns_rally",
     .name = "Richard Burns Rally",
     .exe_names = {"RichardBurnsRally_SSE.exe"},
     .app_ids = {},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     .to_switch_on = "in RichardBurnsRally.ini, section NGP: udpTelemetry=1, udpTelemetryAddress=127.0.0.1, "
                     "udpTelemetryPort=6776; or the telemetry page of the RSF launcher",
     .evidence = "layout from three sources; units from two to three; senses of acceleration from two"},
};

constexpr Sim kSim = {
    .name = "rbr",
    .description = "Richard Burns Rally (NGP, RallySimFans)",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
    .packets = &kPackets,
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
