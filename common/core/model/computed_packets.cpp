// SPDX-License-Identifier: MIT
// What each of these numbers is, and in which unit, stands with the function that decodes it: sims/udp/.
#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "common/core/model/axes.hpp"
#include "common/core/model/bytes.hpp"
#include "common/core/model/computed.hpp"
#include "common/core/model/drive.hpp"
#include "common/core/sim/units.hpp"

namespace pitbridge::model {
namespace {

using enum Quantity;

void put_vector(std::span<std::byte> section, std::uint64_t offset_bytes, const Vector& v) {
  put(section, offset_bytes, static_cast<float>(v.x));
  put(section, offset_bytes + 4, static_cast<float>(v.y));
  put(section, offset_bytes + 8, static_cast<float>(v.z));
}
void put_whole(std::span<std::byte> section, std::uint64_t offset_bytes, FieldType type, double value) {
  write_number(section, {"", static_cast<std::uint32_t>(offset_bytes), type}, value);
}

/// What the driver feels, in the world's frame, in m/s2.
Vector acceleration_in_world(const LapState& car) {
  return axes_of(car).in_world(kStandardGravity * car.number(kAcceleration, 0),
                               kStandardGravity * car.number(kAcceleration, 1),
                               kStandardGravity * car.number(kAcceleration, 2));
}

void write_dirt(std::span<std::byte> packet, const LapState& car) {
  const Axes axes = axes_of(car);
  put(packet, 132, static_cast<float>(car.number(kGear)));
  put_vector(packet, 44, to_left_up_forward(opposite(axes.left)));
  put_vector(packet, 56, to_left_up_forward(axes.forward));
  for (int i = 0; i < 2; ++i)
    put(packet, 196 + 4 * static_cast<std::uint64_t>(i), static_cast<float>(car.number(kSectorTimes, i)));
}

void write_eawrc(std::span<std::byte> packet, const LapState& car) {
  constexpr std::uint8_t kReverse = 10;
  const Axes axes = axes_of(car);
  put(packet, 32, static_cast<float>(car.number(kShiftRpm)));
  put(packet, 36, std::uint8_t{1});
  put_whole(packet, 37, FieldType::kUint8, car.number(kGear));
  put(packet, 39, kReverse);
  put_vector(packet, 73, to_left_up_forward(acceleration_in_world(car)));
  put_vector(packet, 85, to_left_up_forward(axes.left));
  put_vector(packet, 97, to_left_up_forward(axes.forward));
  put_vector(packet, 109, to_left_up_forward(axes.up));
}

void write_beamng(std::span<std::byte> packet, const LapState& car) {
  put_vector(packet, 40, to_right_forward_up(axes_of(car).up));
  put(packet, 60, static_cast<float>(-car.number(kHeading)));
}

/// `from`: where the block begins that both kinds of OutSim have.
void write_outsim(std::span<std::byte> packet, std::uint64_t from, const LapState& car) {
  const Vector turning = axes_of(car).in_world(
      car.number(kAngularVelocity, 0), car.number(kAngularVelocity, 1), car.number(kAngularVelocity, 2));
  put_vector(packet, from, to_right_forward_up(turning));
  put(packet, from + 12, static_cast<float>(car.number(kHeading)));
  put_vector(packet, from + 24, to_right_forward_up(acceleration_in_world(car)));
}

// --- F1 ---

void put_direction(std::span<std::byte> packet, std::uint64_t offset_bytes, const Vector& v) {
  constexpr double kOne = 32767;
  put(packet, offset_bytes, static_cast<std::int16_t>(std::lround(kOne * v.x)));
  put(packet, offset_bytes + 2, static_cast<std::int16_t>(std::lround(kOne * v.y)));
  put(packet, offset_bytes + 4, static_cast<std::int16_t>(std::lround(kOne * v.z)));
}

void write_f1(const Place& place, const Moment& moment, const FieldFinder& find) {
  constexpr double kSpa = 10, kMedium = 17;
  const LapState& car = moment.car;
  if (const auto position = find("m_worldPositionX");
      position && place.mapping == "pitbridge.udp.f1.motion") {
    const Axes axes = axes_of(car);
    put_direction(place.section, position->offset_bytes + 24U, to_left_up_forward(axes.forward));
    put_direction(place.section, position->offset_bytes + 30U, to_left_up_forward(opposite(axes.left)));
  }
  const auto set = [&](std::string_view name, double value) {
    if (const auto field = find(name)) write_number(place.section, *field, value);
  };
  set("m_trackId", kSpa);
  set("m_weather", std::round(car.number(kRain) * 3) + (car.number(kRain) > 0 ? 2 : 0));
  set("m_visualTyreCompound", kMedium);
  if (const auto last = find("m_lastLapTimeInMS")) {
    const bool has_minutes = place.title.id != "f1_22";
    for (int sector = 0; sector < 2; ++sector)
      put_minutes(place.section,
                  last->offset_bytes + 8U + static_cast<unsigned>(sector) * (has_minutes ? 3U : 2U),
                  has_minutes, car.number(kSectorTimes, sector));
  }
  for (const std::string_view name : {"m_frontLeftWingDamage", "m_floorDamage"})
    set(name, 100 * car.number(kBodyDamage));
}

// --- Wreckfest 2 ---

/// The quaternion (x, y, z, w) whose matrix has these columns.
std::array<double, 4> quaternion_of(const Vector& right, const Vector& up, const Vector& forward) {
  // Of the four square roots the largest is exact; the others follow from it.
  const double squares[] = {1 + right.x - up.y - forward.z, 1 - right.x + up.y - forward.z,
                            1 - right.x - up.y + forward.z, 1 + right.x + up.y + forward.z};
  const auto largest = std::ranges::max_element(squares) - std::begin(squares);
  const double root = std::sqrt(squares[largest]) * 2;
  const double xy = up.x + right.y, xz = forward.x + right.z, yz = forward.y + up.z;
  const double wx = up.z - forward.y, wy = forward.x - right.z, wz = right.y - up.x;
  if (largest == 0) return {root / 4, xy / root, xz / root, wx / root};
  if (largest == 1) return {xy / root, root / 4, yz / root, wy / root};
  if (largest == 2) return {xz / root, yz / root, root / 4, wz / root};
  return {wx / root, wy / root, wz / root, root / 4};
}

void put_axes(std::span<std::byte> packet, std::uint64_t offset_bytes, const Axes& axes) {
  const auto quaternion = quaternion_of(to_right_up_forward(opposite(axes.left)),
                                        to_right_up_forward(axes.up), to_right_up_forward(axes.forward));
  for (std::size_t i = 0; i < quaternion.size(); ++i)
    put(packet, offset_bytes + 4 * i, static_cast<float>(quaternion[i]));
}

std::uint32_t wreckfest_flag(Flag flag) {
  constexpr std::pair<Flag, std::uint32_t> kBits[] = {
      {Flag::kGreen, 0},      {Flag::kChequered, 2}, {Flag::kBlack, 3}, {Flag::kMeatball, 4},
      {Flag::kBlackWhite, 5}, {Flag::kBlue, 6},      {Flag::kWhite, 7}};
  for (const auto& [word, bit] : kBits)
    if (word == flag) return 1U << bit;
  return 0;
}

void write_wreckfest(std::span<std::byte> packet, const LapState& car) {
  put_axes(packet, 522, axes_of(car));
  put_whole(packet, 18, FieldType::kUint16, car.number(kLap) + 1);
  put_whole(packet, 14, FieldType::kUint16, wreckfest_flag(static_cast<Flag>(car.number(kFlag))));
  put(packet, 1052, std::uint8_t{3});
  put(packet, 1053, static_cast<float>(sector_start(1)));
  put(packet, 1057, static_cast<float>(sector_start(2)));
  const auto put_sector = [&](std::uint32_t index, double seconds) {
    if (std::isfinite(seconds)) put_whole(packet, 80 + 4 * index, FieldType::kUint32, seconds * 1000);
  };
  for (int i = 0; i < 2; ++i) {
    put_sector(static_cast<std::uint32_t>(i), car.number(kSectorTimes, i));
    put_sector(static_cast<std::uint32_t>(2 + i), car.number(kLastSectorTimes, i));
  }
  for (int i = 0; i < 3; ++i) put_sector(static_cast<std::uint32_t>(6 + i), car.number(kBestSectorTimes, i));
}

void write_wreckfest_cars(const Place& place, const Moment& moment) {
  constexpr std::uint64_t kHead = 15, kMotionBytes = 38, kTimingBytes = 32, kLeaderboardBytes = 32;
  for (std::size_t i = 0; i < moment.field.size(); ++i) {
    const FieldCar& car = moment.field[i];
    if (place.mapping.ends_with(".motion"))
      put_axes(place.section, kHead + i * kMotionBytes + 12, axes_of(car.number(kHeading, 0), 0, 0));
    if (place.mapping.ends_with(".timing"))
      put(place.section, kHead + i * kTimingBytes + 25, static_cast<float>(car.number(kLapFraction, 0)));
    if (place.mapping.ends_with(".leaderboard"))
      put_whole(place.section, kHead + i * kLeaderboardBytes + 2, FieldType::kUint16, car.lap() + 1);
  }
}

}  // namespace

void write_computed_packet(const Place& place, const Moment& moment, const FieldFinder& find) {
  const std::string_view mapping = place.mapping;
  if (mapping == "pitbridge.udp.dirt.telemetry") return write_dirt(place.section, moment.car);
  if (mapping == "pitbridge.udp.eawrc.session_update") return write_eawrc(place.section, moment.car);
  if (mapping == "pitbridge.udp.beamng.motionsim") return write_beamng(place.section, moment.car);
  if (mapping == "pitbridge.udp.lfs.outsim") return write_outsim(place.section, 4, moment.car);
  if (mapping == "pitbridge.udp.lfs.outsim2") return write_outsim(place.section, 12, moment.car);
  if (mapping == "pitbridge.udp.wreckfest2.main") return write_wreckfest(place.section, moment.car);
  if (mapping.starts_with("pitbridge.udp.wreckfest2.")) return write_wreckfest_cars(place, moment);
  if (mapping.starts_with("pitbridge.udp.f1.")) return write_f1(place, moment, find);
  if (mapping != "pitbridge.udp.forza.dash") return;
  if (const auto gear = find("Gear"))
    write_number(place.section, *gear, moment.car.number(kGear) == 0 ? 11 : moment.car.number(kGear));
}

}  // namespace pitbridge::model
