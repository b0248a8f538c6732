// SPDX-License-Identifier: MIT
// BeamNG.drive: OutGauge and MotionSim. Sources: documentation.beamng.com/modding/protocols,
// purifiedfr/beamng-protocols; senses by vazhure/vAzhureRacingHub (BeamNG/Plugin.cs: acceleration to the
// right) and PHARTGAMES/BeamNGSimFeedback (Source/BNGAPI.cs: yaw from the world's y axis to the right). No
// game was run.
//
// The world is right-handed with z up. Here its x is BeamNG's y and its y BeamNG's -x, so that a heading is
// its yaw with the opposite sign. Angles besides the yaw come of the vector that points up.
#include <cmath>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/outgauge_lamps.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/udp/frame.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr std::string_view kOutGauge = "pitbridge.udp.beamng.outgauge";
constexpr std::string_view kMotionSim = "pitbridge.udp.beamng.motionsim";

constexpr Field kOutGaugeFields[] = {
    {"time", 0, kUint32, 1, "always 0"},
    {"car", 4, kText8, 4, "beam"},
    {"car as number", 4, kUint32},
    {"flags", 8, kUint16},
    {"gear", 10, kUint8, 1, "0 R, 1 N, 2 first"},
    {"plid", 11, kUint8, 1, "always 0"},
    {"speed", 12, kFloat32, 1, "m/s"},
    {"rpm", 16, kFloat32, 1, "rpm"},
    {"turbo", 20, kFloat32, 1, "bar"},
    {"engTemp", 24, kFloat32, 1, "degC"},
    {"fuel", 28, kFloat32, 1, "0..1"},
    {"oilPressure", 32, kFloat32, 1, "always 0"},
    {"oilTemp", 36, kFloat32, 1, "degC"},
    {"dashLights", 40, kUint32},
    {"showLights", 44, kUint32},
    {"throttle", 48, kFloat32, 1, "0..1"},
    {"brake", 52, kFloat32, 1, "0..1"},
    {"clutch", 56, kFloat32, 1, "0..1"},
    {"display1", 60, kText8, 16, "always empty"},
    {"display2", 76, kText8, 16, "always empty"},
    {"id", 92, kInt32},
};

constexpr Field kMotionSimFields[] = {
    {"format", 0, kText8, 4, "BNG1"}, {"format as number", 0, kUint32}, {"pos", 4, kFloat32, 3, "m"},
    {"vel", 16, kFloat32, 3, "m/s"},  {"acc", 28, kFloat32, 3, "m/s2"}, {"up", 40, kFloat32, 3},
    {"rollPos", 52, kFloat32},        {"pitchPos", 56, kFloat32},       {"yawPos", 60, kFloat32, 1, "rad"},
    {"rollVel", 64, kFloat32},        {"pitchVel", 68, kFloat32},       {"yawVel", 72, kFloat32},
    {"rollAcc", 76, kFloat32},        {"pitchAcc", 80, kFloat32},       {"yawAcc", 84, kFloat32},
};

constexpr Mapping kMappings[] = {
    {.name = kOutGauge, .size_bytes = 96, .detector = {.nominal_rate_hz = 60}, .file = kOutGauge},
    {.name = kMotionSim,
     .size_bytes = 88,
     .detector = {.nominal_rate_hz = 60},
     .optional = true,
     .file = kMotionSim},
};

constexpr Layout kLayouts[] = {{kOutGauge, 96, kOutGaugeFields}, {kMotionSim, 88, kMotionSimFields}};

constexpr std::int64_t kBeam = 0x6D616562;  // "beam"
constexpr std::int64_t kBng1 = 0x31474E42;  // "BNG1"

constexpr PacketKind kKinds[] = {
    {.mapping = kOutGauge, .sizes = {92, 96}, .marks = {PacketMark{4, 4, kBeam}}},
    {.mapping = kMotionSim, .sizes = {88}, .marks = {PacketMark{0, 4, kBng1}}},
};
constexpr PacketSource kPackets = {.port = 4444, .kinds = kKinds};

using frame::Vector;

std::optional<Vector> world_vector(const Snapshot& snapshot, std::uint32_t offset_bytes) {
  const auto vector = frame::vector_at(snapshot, kMotionSim, offset_bytes);
  return vector ? std::optional(Vector{vector->y, -vector->x, vector->z}) : std::nullopt;
}

std::optional<frame::Axes> axes_of(const Snapshot& snapshot) {
  const auto yaw = snapshot.number(kMotionSim, {"", 60, kFloat32});
  const auto up = world_vector(snapshot, 40);
  if (!yaw || !up) return std::nullopt;
  return frame::axes_of(-*yaw, *up);
}

enum class Angle : std::uint8_t { kHeading, kPitch, kRoll };

template <Angle kAngle>
std::optional<double> angle(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const auto axes = axes_of(snapshot);
  if (!axes) return std::nullopt;
  return kAngle == Angle::kHeading ? axes->heading() : kAngle == Angle::kPitch ? axes->pitch() : axes->roll();
}

std::optional<double> velocity(const Snapshot& snapshot, std::uint64_t, std::uint32_t element) {
  const auto of_world = world_vector(snapshot, 16);
  const auto axes = axes_of(snapshot);
  if (!of_world || !axes) return std::nullopt;
  return axes->along(*of_world, element);
}

// The lamps of traction control and ABS are lit while they act and while they are switched off, and so say
// neither.
// Fuel is a part of a tank whose size is not told. An electric car has no temperatures: 0.
constexpr Channel kOutGaugeRows[] = {
    {kRpm, "rpm"},
    {.quantity = kSpeed, .field = "speed", .scale = kKmhPerMps, .combine = Combine::kAbsolute},
    {kGear, "gear", 1, -1},
    {kThrottle, "throttle"},
    {kBrake, "brake"},
    {kClutch, "clutch"},
    {kTurboPressure, "turbo", kKpaPerBar},
    {kCoolantTemperature, "engTemp", 1, 0, {0}},
    {kOilTemperature, "oilTemp", 1, 0, {0}},
    {.quantity = kHighBeam, .field = "showLights", .mask = outgauge_lamps::kFullBeam},
    {.quantity = kParkingBrake, .field = "showLights", .mask = outgauge_lamps::kHandbrake},
    {.quantity = kLeftBlinker, .field = "showLights", .mask = outgauge_lamps::kSignalLeft},
    {.quantity = kRightBlinker, .field = "showLights", .mask = outgauge_lamps::kSignalRight},
};

// The senses of the angular velocities stand in no source.
constexpr Channel kMotionSimRows[] = {
    {.quantity = kSpeed, .field = "vel", .scale = kKmhPerMps, .combine = Combine::kMagnitude},
    {.quantity = kWorldPosition, .field = "pos", .order = {2, -1, 3}},
    {.quantity = kWorldVelocity, .field = "vel", .order = {2, -1, 3}},
    {.quantity = kVelocity, .compute = velocity},
    // Right, forward, up; gravity is not included.
    {.quantity = kAcceleration, .field = "acc", .scale = frame::kPerG, .order = {2, -1, 3}},
    {.quantity = kHeading, .compute = angle<Angle::kHeading>},
    {.quantity = kPitch, .compute = angle<Angle::kPitch>},
    {.quantity = kRoll, .compute = angle<Angle::kRoll>},
};

constexpr auto kChannels =
    join(channels_in(kOutGauge, kOutGaugeRows), channels_in(kMotionSim, kMotionSimRows));

// No packet has a clock, and BeamNG sends only while a vehicle is driven: that they come must do.
constexpr ActivityRule kActivity[] = {
    {.activity = kLive, .field = "car as number", .value = kBeam, .mapping = kOutGauge},
    {.activity = kLive, .field = "format as number", .value = kBng1, .mapping = kMotionSim},
};

constexpr Title kTitles[] = {
    {.id = "beamng",
     .name = "BeamNG.drive",
     .exe_names = {"BeamNG.drive.x64.exe", "BeamNG.drive.exe"},
     .app_ids = {284160},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     .to_switch_on = "in Options > Other > Protocols: OutGauge and MotionSim, both to 127.0.0.1, port 4444",
     .evidence =
         "layouts from two sources, the game's own page among them; senses of acceleration and heading "
         "from one each"},
};

constexpr Sim kSim = {
    .name = "beamng",
    .description = "BeamNG.drive",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
    .packets = &kPackets,
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
