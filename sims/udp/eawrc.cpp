// SPDX-License-Identifier: MIT
// EA SPORTS WRC: the packet session_update of its structure "wrc", which the game offers as it comes. Source:
// the game's own files channels.json (types, units, senses), wrc.json (order) and config.json, as
// vazhure/vAzhureRacingHub keeps them (Codemasters/WRC2023/telemetry); the offsets agree with a Rust reader
// of that packet and with the length of 237 bytes that others state. No game was run.
//
// The world is right-handed with x to the left, y up and z ahead of a car that heads along z. Here x is its
// z, y its x and z its y.
#include <cmath>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/udp/frame.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr std::string_view kUpdate = "pitbridge.udp.eawrc.session_update";

constexpr Field kFields[] = {
    {"packet_uid", 0, kUint64, 1, "count"},
    {"game_total_time", 8, kFloat32, 1, "s"},
    {"game_delta_time", 12, kFloat32, 1, "s"},
    {"game_frame_count", 16, kUint64, 1, "count"},
    {"shiftlights_fraction", 24, kFloat32, 1, "0..1"},
    {"shiftlights_rpm_start", 28, kFloat32, 1, "rpm"},
    {"shiftlights_rpm_end", 32, kFloat32, 1, "rpm"},
    {"shiftlights_rpm_valid", 36, kBool8},
    {"vehicle_gear_index", 37, kUint8},
    {"vehicle_gear_index_neutral", 38, kUint8},
    {"vehicle_gear_index_reverse", 39, kUint8},
    {"vehicle_gear_maximum", 40, kUint8},
    {"vehicle_speed", 41, kFloat32, 1, "m/s"},
    {"vehicle_transmission_speed", 45, kFloat32, 1, "m/s"},
    {"vehicle_position_x", 49, kFloat32, 3, "m"},
    {"vehicle_velocity_x", 61, kFloat32, 3, "m/s"},
    {"vehicle_acceleration_x", 73, kFloat32, 3, "m/s2"},
    {"vehicle_left_direction_x", 85, kFloat32, 3},
    {"vehicle_forward_direction_x", 97, kFloat32, 3},
    {"vehicle_up_direction_x", 109, kFloat32, 3},
    {"vehicle_hub_position_bl", 121, kFloat32, 4, "m"},
    {"vehicle_hub_velocity_bl", 137, kFloat32, 4, "m/s"},
    {"vehicle_cp_forward_speed_bl", 153, kFloat32, 4, "m/s"},
    {"vehicle_brake_temperature_bl", 169, kFloat32, 4, "degC"},
    {"vehicle_engine_rpm_max", 185, kFloat32, 1, "rpm"},
    {"vehicle_engine_rpm_idle", 189, kFloat32, 1, "rpm"},
    {"vehicle_engine_rpm_current", 193, kFloat32, 1, "rpm"},
    {"vehicle_throttle", 197, kFloat32, 1, "0..1"},
    {"vehicle_brake", 201, kFloat32, 1, "0..1"},
    {"vehicle_clutch", 205, kFloat32, 1, "0..1"},
    {"vehicle_steering", 209, kFloat32, 1, "-1..1"},
    {"vehicle_handbrake", 213, kFloat32, 1, "0..1"},
    {"stage_current_time", 217, kFloat32, 1, "s"},
    {"stage_current_distance", 221, kFloat64, 1, "m"},
    {"stage_length", 229, kFloat64, 1, "m"},
};

constexpr Mapping kMappings[] = {
    {.name = kUpdate, .size_bytes = 237, .detector = {.nominal_rate_hz = 60}, .file = kUpdate}};

constexpr Layout kLayouts[] = {{kUpdate, 237, kFields}};

// The packet has no magic number.
constexpr PacketKind kKinds[] = {
    {.mapping = kUpdate,
     .sizes = {237},
     .bounds = {PacketBound{41, -1, 200}, PacketBound{193, -100, 30'000}, PacketBound{197, -0.01, 1.01},
                PacketBound{201, -0.01, 1.01}, PacketBound{209, -1.01, 1.01}, PacketBound{213, -0.01, 1.01}},
     .order_offset_bytes = 0,
     .order_width_bytes = 8}};
constexpr PacketSource kPackets = {.port = 20777, .kinds = kKinds};

using frame::Vector;

constexpr std::uint32_t kVelocityBytes = 61, kAccelerationBytes = 73, kLeftBytes = 85, kForwardBytes = 97,
                        kUpBytes = 109;

std::optional<Vector> world_vector(const Snapshot& snapshot, std::uint32_t offset_bytes) {
  const auto vector = frame::vector_at(snapshot, kUpdate, offset_bytes);
  return vector ? std::optional(frame::from_left_up_forward(*vector)) : std::nullopt;
}

std::optional<frame::Axes> axes_of(const Snapshot& snapshot) {
  const auto forward = world_vector(snapshot, kForwardBytes);
  const auto left = world_vector(snapshot, kLeftBytes);
  const auto up = world_vector(snapshot, kUpBytes);
  if (!forward || !left || !up) return std::nullopt;
  return frame::Axes{*forward, *left, *up};
}

template <std::uint32_t kOffsetBytes>
std::optional<double> in_car(const Snapshot& snapshot, std::uint64_t, std::uint32_t element) {
  const auto of_world = world_vector(snapshot, kOffsetBytes);
  const auto axes = axes_of(snapshot);
  return of_world && axes ? std::optional(axes->along(*of_world, element)) : std::nullopt;
}

template <double (frame::Axes::*kAngle)() const>
std::optional<double> angle(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const auto axes = axes_of(snapshot);
  return axes ? std::optional((*axes.*kAngle)()) : std::nullopt;
}

/// Which numbers mean neutral and reverse stands beside the gear.
std::optional<double> gear(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const Field indices{"", 37, kUint8, 3};
  const auto index = snapshot.number(kUpdate, indices, 0);
  if (!index) return std::nullopt;
  if (index == snapshot.number(kUpdate, indices, 1)) return 0;
  return index == snapshot.number(kUpdate, indices, 2) ? std::optional<double>(-1) : index;
}

std::optional<double> shift_rpm(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  if (snapshot.integer(kUpdate, {"", 36, kUint8}).value_or(0) == 0) return std::nullopt;
  return snapshot.number(kUpdate, {"", 32, kFloat32});
}

constexpr Channel kChannelRows[] = {
    {kRpm, "vehicle_engine_rpm_current"},
    {kMaxRpm, "vehicle_engine_rpm_max"},
    {kIdleRpm, "vehicle_engine_rpm_idle"},
    {.quantity = kShiftRpm, .compute = shift_rpm},
    {.quantity = kSpeed, .field = "vehicle_speed", .scale = kKmhPerMps, .combine = Combine::kAbsolute},
    {.quantity = kGear, .compute = gear},
    {kGears, "vehicle_gear_maximum"},
    {kThrottle, "vehicle_throttle"},
    {kBrake, "vehicle_brake"},
    {kClutch, "vehicle_clutch"},
    {kHandbrake, "vehicle_handbrake"},
    {kSteering, "vehicle_steering"},
    {kLapTime, "stage_current_time"},
    {kLapDistance, "stage_current_distance"},
    {.quantity = kLapFraction,
     .field = "stage_current_distance",
     .combine = Combine::kDividedBy,
     .other_field = "stage_length"},
    {kTrackLength, "stage_length"},
    {.quantity = kBrakeTemperature, .field = "vehicle_brake_temperature_bl", .order = frame::kRearFirst},
    // Hubs rise where the suspension is pressed together.
    {.quantity = kSuspensionTravel, .field = "vehicle_hub_position_bl", .order = frame::kRearFirst},
    {.quantity = kSuspensionVelocity, .field = "vehicle_hub_velocity_bl", .order = frame::kRearFirst},
    {.quantity = kWorldPosition, .field = "vehicle_position_x", .order = frame::kLeftUpForward},
    {.quantity = kWorldVelocity, .field = "vehicle_velocity_x", .order = frame::kLeftUpForward},
    {.quantity = kVelocity, .compute = in_car<kVelocityBytes>},
    {.quantity = kAcceleration, .scale = frame::kPerG, .compute = in_car<kAccelerationBytes>},
    {.quantity = kHeading, .compute = angle<&frame::Axes::heading>},
    {.quantity = kPitch, .compute = angle<&frame::Axes::pitch>},
    {.quantity = kRoll, .compute = angle<&frame::Axes::roll>},
};
constexpr auto kChannels = channels_in(kUpdate, kChannelRows);

// Packets come while a stage is driven.
constexpr auto kActivity =
    rules_in(kUpdate, {{.activity = kLive, .field = "packet_uid", .changes_within_ms = 500}});

constexpr Title kTitles[] = {
    {.id = "ea_wrc",
     .name = "EA SPORTS WRC",
     .exe_names = {"WRC.exe"},
     .app_ids = {1849250},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     .to_switch_on =
         "in Documents/My Games/WRC/telemetry/config.json: bEnabled true for the structure \"wrc\" "
         "with the packet \"session_update\", ip 127.0.0.1, port 20777",
     .evidence = "layout, units and senses from the game's own files; two readers agree"},
};

constexpr Sim kSim = {
    .name = "eawrc",
    .description = "EA SPORTS WRC",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
    .packets = &kPackets,
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
