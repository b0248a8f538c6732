// SPDX-License-Identifier: MIT
// Live for Speed: OutGauge, OutSim, and OutSim with all its options. Sources: docs/InSim.txt of LFS as
// Cykyrios/GodotInSim, simbroadcasts/node-insim and alexmcbride/insimdotnet quote it; Spacefreak18/simapi
// (include/outgauge.h). Frames and senses of OutSim, and the order of its wheels (rear left, rear right,
// front left, front right): Cykyrios/GodotInSim, which turns accelerations from the world's frame into the
// car's. No game was run.
//
// LFS has x to the east, y to the north and z up, right-handed, and a heading from the north to the left; of
// the car x is right and y forward. Here the world's x is LFS's y and y its -x, so that its heading is ours.
// Its pitch is positive with the nose up.
#include <array>
#include <cmath>
#include <cstdio>
#include <string>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/outgauge_lamps.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/udp/frame.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr std::string_view kOutGauge = "pitbridge.udp.lfs.outgauge";
constexpr std::string_view kOutSim = "pitbridge.udp.lfs.outsim";
constexpr std::string_view kOutSim2 = "pitbridge.udp.lfs.outsim2";

constexpr Field kOutGaugeFields[] = {
    {"Time", 0, kUint32, 1, "ms"},
    {"Car", 4, kText8, 4, "a name, or 3 bytes of a mod's number"},
    {"Flags", 8, kUint16},
    {"Gear", 10, kUint8, 1, "0 R, 1 N, 2 first"},
    {"PLID", 11, kUint8},
    {"Speed", 12, kFloat32, 1, "m/s"},
    {"RPM", 16, kFloat32, 1, "rpm"},
    {"Turbo", 20, kFloat32, 1, "bar"},
    {"EngTemp", 24, kFloat32, 1, "degC"},
    {"Fuel", 28, kFloat32, 1, "0..1"},
    {"OilPressure", 32, kFloat32, 1, "bar"},
    {"OilTemp", 36, kFloat32, 1, "degC"},
    {"DashLights", 40, kUint32, 1, "the lights that the car has"},
    {"ShowLights", 44, kUint32, 1, "those that are lit"},
    {"Throttle", 48, kFloat32, 1, "0..1"},
    {"Brake", 52, kFloat32, 1, "0..1"},
    {"Clutch", 56, kFloat32, 1, "0..1"},
    {"Display1", 60, kText8, 16},
    {"Display2", 76, kText8, 16},
    {"ID", 92, kInt32, 1, "only where cfg.txt gives one"},
};

constexpr Field kOutSimFields[] = {
    {"Time", 0, kUint32, 1, "ms"},
    {"AngVel", 4, kFloat32, 3, "rad/s"},
    {"Heading", 16, kFloat32, 1, "rad"},
    {"Pitch", 20, kFloat32, 1, "rad"},
    {"Roll", 24, kFloat32, 1, "rad"},
    {"Accel", 28, kFloat32, 3, "m/s2"},
    {"Vel", 40, kFloat32, 3, "m/s"},
    {"Pos", 52, kInt32, 3, "m/65536"},
    {"ID", 64, kInt32, 1, "only where cfg.txt gives one"},
};

/// With `OutSim Opts 1ff`; other options make other lengths, which do not tell which.
constexpr Field kOutSim2Fields[] = {
    {"LFST", 0, kText8, 4, "LFST"},
    {"ID", 4, kInt32},
    {"Time", 8, kUint32, 1, "ms"},
    {"AngVel", 12, kFloat32, 3, "rad/s"},
    {"Heading", 24, kFloat32, 1, "rad"},
    {"Pitch", 28, kFloat32, 1, "rad"},
    {"Roll", 32, kFloat32, 1, "rad"},
    {"Accel", 36, kFloat32, 3, "m/s2"},
    {"Vel", 48, kFloat32, 3, "m/s"},
    {"Pos", 60, kInt32, 3, "m/65536"},
    {"Throttle", 72, kFloat32, 1, "0..1"},
    {"Brake", 76, kFloat32, 1, "0..1"},
    {"InputSteer", 80, kFloat32, 1, "rad, of the road wheels"},
    {"Clutch", 84, kFloat32, 1, "0..1"},
    {"Handbrake", 88, kFloat32, 1, "0..1"},
    {"Gear", 92, kUint8, 1, "0 R, 1 N, 2 first"},
    {"EngineAngVel", 96, kFloat32, 1, "rad/s"},
    {"MaxTorqueAtVel", 100, kFloat32, 1, "Nm"},
    {"CurrentLapDist", 104, kFloat32, 1, "m"},
    {"IndexedDistance", 108, kFloat32, 1, "m"},
    {"OSWheels0.SuspDeflect", 112, kFloat32, 1, "m"},
    {"OSWheels0.Steer", 116, kFloat32, 1, "rad"},
    {"OSWheels0.XForce", 120, kFloat32, 1, "N"},
    {"OSWheels0.YForce", 124, kFloat32, 1, "N"},
    {"OSWheels0.VerticalLoad", 128, kFloat32, 1, "N"},
    {"OSWheels0.AngVel", 132, kFloat32, 1, "rad/s"},
    {"OSWheels0.LeanRelToRoad", 136, kFloat32, 1, "rad"},
    {"OSWheels0.AirTemp", 140, kUint8, 1, "degC"},
    {"OSWheels0.SlipFraction", 141, kUint8, 1, "0..255"},
    {"OSWheels0.Touching", 142, kUint8, 1, "bool"},
    {"OSWheels0.SlipRatio", 144, kFloat32},
    {"OSWheels0.TanSlipAngle", 148, kFloat32},
    {"SteerTorque", 272, kFloat32, 1, "Nm"},
};
constexpr std::uint32_t kWheelBytes = 40;

constexpr Mapping kMappings[] = {
    {.name = kOutGauge, .size_bytes = 96, .detector = {.nominal_rate_hz = 60}, .file = kOutGauge},
    {.name = kOutSim,
     .size_bytes = 68,
     .detector = {.nominal_rate_hz = 60},
     .optional = true,
     .file = kOutSim},
    {.name = kOutSim2,
     .size_bytes = 280,
     .detector = {.nominal_rate_hz = 60},
     .optional = true,
     .file = kOutSim2},
};

constexpr Layout kLayouts[] = {
    {kOutGauge, 96, kOutGaugeFields}, {kOutSim, 68, kOutSimFields}, {kOutSim2, 280, kOutSim2Fields}};

constexpr std::uint64_t kLfst = 0x5453464C;  // "LFST"

// Neither OutGauge nor the short OutSim has a magic number.
constexpr PacketKind kKinds[] = {
    {.mapping = kOutSim2,
     .sizes = {280},
     .marks = {PacketMark{0, 4, kLfst}},
     .order_offset_bytes = 8,
     .order_width_bytes = 4},
    {.mapping = kOutGauge,
     .sizes = {92, 96},
     .bounds = {PacketBound{12, -10, 500}, PacketBound{16, -100, 30'000}, PacketBound{28, 0, 1.01},
                PacketBound{48, 0, 1.01}, PacketBound{52, 0, 1.01}, PacketBound{56, 0, 1.01}},
     .order_offset_bytes = 0,
     .order_width_bytes = 4},
    {.mapping = kOutSim,
     .sizes = {64, 68},
     .bounds = {PacketBound{4, -200, 200}, PacketBound{12, -200, 200}, PacketBound{16, -7, 7},
                PacketBound{20, -7, 7}, PacketBound{24, -7, 7}, PacketBound{40, -500, 500}},
     .order_offset_bytes = 0,
     .order_width_bytes = 4},
};
constexpr PacketSource kPackets = {.port = 30000, .kinds = kKinds};

/// What both kinds of OutSim packet have, in the same order.
struct MainBlock {
  std::string_view mapping;
  std::uint32_t offset_bytes;  ///< of the angular velocity
};
constexpr MainBlock kMain = {kOutSim, 4};
constexpr MainBlock kMain2 = {kOutSim2, 12};
constexpr std::uint32_t kAnglesBytes = 12, kAccelBytes = 24, kVelBytes = 36;  // further on

using frame::Vector;

/// From LFS's world to ours.
constexpr Vector turned(const Vector& v) {
  return {v.y, -v.x, v.z};
}

std::optional<Vector> world_vector(const Snapshot& snapshot, const MainBlock& block, std::uint32_t further) {
  const auto vector = frame::vector_at(snapshot, block.mapping, block.offset_bytes + further);
  return vector ? std::optional(turned(*vector)) : std::nullopt;
}

/// Heading, then pitch, then roll: around z, around x, around y of LFS's axes.
std::optional<frame::Axes> axes_of(const Snapshot& snapshot, const MainBlock& block) {
  const auto angles = frame::vector_at(snapshot, block.mapping, block.offset_bytes + kAnglesBytes);
  if (!angles) return std::nullopt;
  const double sin_h = std::sin(angles->x), cos_h = std::cos(angles->x);
  const double sin_p = std::sin(angles->y), cos_p = std::cos(angles->y);
  const double sin_r = std::sin(angles->z), cos_r = std::cos(angles->z);
  const Vector right = {cos_h * cos_r - sin_h * sin_r * sin_p, sin_h * cos_r + cos_h * sin_r * sin_p,
                        -sin_r * cos_p};
  const Vector forward = {-sin_h * cos_p, cos_h * cos_p, sin_p};
  const Vector up = {cos_h * sin_r + sin_h * cos_r * sin_p, sin_h * sin_r - cos_h * cos_r * sin_p,
                     cos_r * cos_p};
  return frame::Axes{turned(forward), turned({-right.x, -right.y, -right.z}), turned(up)};
}

template <const MainBlock& kBlock, std::uint32_t kFurther>
std::optional<double> in_car(const Snapshot& snapshot, std::uint64_t, std::uint32_t element) {
  const auto vector = world_vector(snapshot, kBlock, kFurther);
  const auto axes = axes_of(snapshot, kBlock);
  if (!vector || !axes) return std::nullopt;
  return axes->along(*vector, element);
}

template <const MainBlock& kBlock>
std::optional<double> heading(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const auto angles = frame::vector_at(snapshot, kBlock.mapping, kBlock.offset_bytes + kAnglesBytes);
  return angles ? std::optional(frame::wrapped(angles->x)) : std::nullopt;
}

std::optional<double> slip_angle(const Snapshot& snapshot, std::uint64_t, std::uint32_t wheel) {
  const auto tangent = snapshot.number(kOutSim2, {"", 148, kFloat32}, 0, std::uint64_t{wheel} * kWheelBytes);
  return tangent ? std::optional(std::atan(*tangent)) : std::nullopt;
}

// The lamps of traction control and ABS are lit while they act and while they are switched off, and so say
// neither.
// Fuel is a part of a tank whose size is not told. LFS has no model of oil and water in most cars: 0 is none.
constexpr Channel kOutGaugeRows[] = {
    {kRpm, "RPM"},
    {.quantity = kSpeed, .field = "Speed", .scale = kKmhPerMps, .combine = Combine::kAbsolute},
    {kGear, "Gear", 1, -1},
    {kThrottle, "Throttle"},
    {kBrake, "Brake"},
    {kClutch, "Clutch"},
    {kTurboPressure, "Turbo", kKpaPerBar},
    {kCoolantTemperature, "EngTemp", 1, 0, {0}},
    {kOilPressure, "OilPressure", kKpaPerBar, 0, {0}},
    {kOilTemperature, "OilTemp", 1, 0, {0}},
    {.quantity = kPitLimiter, .field = "ShowLights", .mask = outgauge_lamps::kPitSpeed},
    {.quantity = kHeadlights,
     .field = "ShowLights",
     .mask = outgauge_lamps::kDipped | outgauge_lamps::kFullBeam},
    {.quantity = kHighBeam, .field = "ShowLights", .mask = outgauge_lamps::kFullBeam},
    {.quantity = kParkingBrake, .field = "ShowLights", .mask = outgauge_lamps::kHandbrake},
    {.quantity = kLeftBlinker, .field = "ShowLights", .mask = outgauge_lamps::kSignalLeft},
    {.quantity = kRightBlinker, .field = "ShowLights", .mask = outgauge_lamps::kSignalRight},
    {.quantity = kCar},  // by find_text
};

template <const MainBlock& kBlock>
constexpr auto main_channels() {
  return channels_in(
      kBlock.mapping,
      {{.quantity = kSpeed, .field = "Vel", .scale = kKmhPerMps, .combine = Combine::kMagnitude},
       {.quantity = kWorldPosition, .field = "Pos", .scale = 1.0 / 65536, .order = {2, -1, 3}},
       {.quantity = kWorldVelocity, .field = "Vel", .order = {2, -1, 3}},
       {.quantity = kVelocity, .compute = in_car<kBlock, kVelBytes>},
       {.quantity = kAcceleration, .scale = frame::kPerG, .compute = in_car<kBlock, kAccelBytes>},
       {.quantity = kHeading, .compute = heading<kBlock>},
       {kPitch, "Pitch", -1},
       {kRoll, "Roll"},
       {.quantity = kAngularVelocity, .compute = in_car<kBlock, 0>}});
}

/// A field of the first wheel, for all: front left, front right, rear left, rear right.
constexpr Channel wheels(Quantity quantity, std::string_view field, double scale = 1) {
  return {.quantity = quantity,
          .field = field,
          .scale = scale,
          .stride_bytes = kWheelBytes,
          .order = frame::kRearFirst};
}

constexpr Channel kOutSim2Rows[] = {
    {kRpm, "EngineAngVel", kRpmPerRadPerSecond},
    {kGear, "Gear", 1, -1},
    {kThrottle, "Throttle"},
    {kBrake, "Brake"},
    {kClutch, "Clutch"},
    {kHandbrake, "Handbrake"},
    {kLapDistance, "IndexedDistance"},
    wheels(kSuspensionTravel, "OSWheels0.SuspDeflect"),
    wheels(kWheelLoad, "OSWheels0.VerticalLoad"),
    wheels(kWheelSpeed, "OSWheels0.AngVel"),
    wheels(kTyreTemperature, "OSWheels0.AirTemp"),  // of the air in the tyre
    wheels(kCombinedSlip, "OSWheels0.SlipFraction", 1.0 / 255),
    wheels(kSlipRatio, "OSWheels0.SlipRatio"),
    {.quantity = kSlipAngle, .order = frame::kRearFirst, .compute = slip_angle},
    // To the left, seen from the rear: on the left side that is outwards.
    {.quantity = kCamber,
     .field = "OSWheels0.LeanRelToRoad",
     .stride_bytes = kWheelBytes,
     .order = {3, -4, 1, -2}},
};

constexpr auto kChannels = join(channels_in(kOutGauge, kOutGaugeRows), channels_in(kOutSim2, kOutSim2Rows),
                                main_channels<kMain2>(), main_channels<kMain>());

// With mode 1 LFS sends only while the car is driven, and nothing in menus and pauses.
constexpr ActivityRule kActivity[] = {
    {.activity = kLive, .field = "Time", .changes_within_ms = 500, .mapping = kOutGauge},
    {.activity = kLive, .field = "Time", .changes_within_ms = 500, .mapping = kOutSim2},
    {.activity = kLive, .field = "Time", .changes_within_ms = 500, .mapping = kOutSim}};

/// A car of the game has a name of three letters or digits; a mod has a number of three bytes, which LFS
/// shows as six hexadecimal digits.
std::optional<std::string> car_name(const Snapshot& snapshot, Quantity quantity) {
  if (quantity != kCar) return std::nullopt;
  std::array<unsigned, 3> bytes = {};
  bool is_name = true;
  for (std::uint32_t i = 0; i < bytes.size(); ++i) {
    const auto byte = snapshot.integer(kOutGauge, {"", 4, kUint8, 3}, i);
    if (!byte) return std::nullopt;
    bytes[i] = static_cast<unsigned>(*byte);
    is_name &= (bytes[i] >= '0' && bytes[i] <= '9') || (bytes[i] >= 'A' && bytes[i] <= 'Z') ||
               (bytes[i] >= 'a' && bytes[i] <= 'z');
  }
  if (bytes == std::array<unsigned, 3>{}) return std::nullopt;
  if (is_name)
    return std::string{static_cast<char>(bytes[0]), static_cast<char>(bytes[1]), static_cast<char>(bytes[2])};
  std::array<char, 7> digits = {};
  std::snprintf(digits.data(), digits.size(), "%02X%02X%02X", bytes[2], bytes[1], bytes[0]);
  return std::string(digits.data());
}

constexpr Title kTitles[] = {
    {.id = "live_for_speed",
     .name = "Live for Speed",
     .exe_names = {"LFS.exe"},
     .app_ids = {},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     .to_switch_on = "in cfg.txt, while the game is closed: OutGauge Mode 1, OutGauge Delay 1, OutGauge IP "
                     "127.0.0.1, OutGauge Port 30000; for motion and wheels the same of OutSim, with OutSim "
                     "Opts 1ff",
     .evidence = "layouts from four sources that quote the game's own document; frames of OutSim from one",
     .find_text = car_name},
};

constexpr Sim kSim = {
    .name = "lfs",
    .description = "Live for Speed",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
    .packets = &kPackets,
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
