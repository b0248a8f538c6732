// SPDX-License-Identifier: MIT
// A car drives a left-hand circle at a constant speed. Here is the drive as a spectator with a map and a
// compass sees it; each sim's axes and signs make of it what the sim's memory holds (`Raw`).
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include "common/core/sim/quantity.hpp"

namespace pitbridge::circle {

inline constexpr double kPi = std::numbers::pi;
inline constexpr double kGravity = 9.80665;
inline constexpr double kMps = 30;
inline constexpr double kRadius = 120;  // m
inline constexpr double kRate = kMps / kRadius;
inline constexpr double kPull = kMps * kRate;  // m/s2, to the left
inline constexpr double kStep = 0.5;           // s from one moment to the next
inline constexpr double kHeight = 7;

/// On a map: the car goes counter-clockwise around the middle.
struct Moment {
  double angle;  ///< where it is, from the east
  double east() const { return kRadius * std::cos(angle); }
  double north() const { return kRadius * std::sin(angle); }
  double ahead_east() const { return -std::sin(angle); }
  double ahead_north() const { return std::cos(angle); }
  double bearing() const { return std::remainder(-angle, 2 * kPi); }  ///< from the north by the east
};

/// Where a number of the sim's memory stands, and what it is at a moment.
struct Raw {
  const char* mapping;
  std::uint32_t offset_bytes;
  const char* type;
  double (*value)(const Moment&);
};

inline double ahead(const Moment&) {
  return kMps;
}
inline double pull_right(const Moment&) {
  return -kPull;
}
inline double pull_left_g(const Moment&) {
  return kPull / kGravity;
}
inline double pull_east(const Moment& m) {
  return -kPull * std::cos(m.angle);
}
inline double pull_west(const Moment& m) {
  return -pull_east(m);
}
inline double pull_north(const Moment& m) {
  return -kPull * std::sin(m.angle);
}
inline double turn_left(const Moment&) {
  return kRate;
}
inline double turn_right(const Moment&) {
  return -kRate;
}
inline double east(const Moment& m) {
  return m.east();
}
inline double west(const Moment& m) {
  return -m.east();
}
inline double north(const Moment& m) {
  return m.north();
}
inline double up(const Moment&) {
  return kHeight;
}
inline double east_65536(const Moment& m) {
  return std::round(m.east() * 65536);
}
inline double north_65536(const Moment& m) {
  return std::round(m.north() * 65536);
}
inline double up_65536(const Moment&) {
  return kHeight * 65536;
}
inline double go_east(const Moment& m) {
  return kMps * m.ahead_east();
}
inline double go_west(const Moment& m) {
  return -go_east(m);
}
inline double go_north(const Moment& m) {
  return kMps * m.ahead_north();
}
inline double bearing(const Moment& m) {
  return m.bearing();
}
inline double bearing_by_west(const Moment& m) {
  return -m.bearing();
}
inline double one(const Moment&) {
  return 1;
}
// The car's axes in the world: what they have to the west and to the north.
inline double ahead_west(const Moment& m) {
  return -m.ahead_east();
}
inline double ahead_north(const Moment& m) {
  return m.ahead_north();
}
inline double left_west(const Moment& m) {
  return m.ahead_north();
}
inline double left_north(const Moment& m) {
  return m.ahead_east();
}
inline double right_west(const Moment& m) {
  return -left_west(m);
}
inline double right_north(const Moment& m) {
  return -left_north(m);
}
template <double (*kPart)(const Moment&)>
double of_32767(const Moment& m) {
  return std::round(32767 * kPart(m));
}
inline double half_turn_sine(const Moment& m) {
  return std::sin(m.bearing() / 2);
}
inline double half_turn_cosine(const Moment& m) {
  return std::cos(m.bearing() / 2);
}
inline double minus_ahead(const Moment&) {
  return -kMps;
}
inline double pull_left(const Moment&) {
  return kPull;
}
inline double south(const Moment& m) {
  return -m.north();
}
inline double go_south(const Moment& m) {
  return -go_north(m);
}
inline double bearing_from_south(const Moment& m) {
  return std::remainder(m.bearing() - kPi, 2 * kPi);
}
inline double left_turns_a_second(const Moment&) {
  return kRate / (2 * kPi);
}
inline double turns_by_west(const Moment& m) {
  return -m.bearing() / (2 * kPi);
}
inline double left_east(const Moment& m) {
  return -left_west(m);
}
inline double back_east(const Moment& m) {
  return -m.ahead_east();
}
inline double back_north(const Moment& m) {
  return -m.ahead_north();
}
inline double three(const Moment&) {
  return 3;
}

inline constexpr const char* kF32 = "float32";
inline constexpr const char* kF64 = "float64";
inline constexpr const char* kI32 = "int32";
inline constexpr const char* kI16 = "int16";

/// What is told of a car's way, in the common frames.
inline constexpr std::array kFrames = {Quantity::kWorldPosition, Quantity::kWorldVelocity,
                                       Quantity::kVelocity,      Quantity::kAcceleration,
                                       Quantity::kHeading,       Quantity::kAngularVelocity};

/// The axes and signs of a title. `size_bytes` is that of the first mapping, and tells the version.
struct Convention {
  const char* name;  ///< the title's; with the kind of packet, for one with several
  const char* title;
  std::uint32_t size_bytes;
  std::span<const Raw> raws;
  std::vector<Quantity> not_given = {};
};

/// Those of sims with shared memory, and those of sims that send packets.
std::vector<Convention> memory_conventions();
std::vector<Convention> packet_conventions();

}  // namespace pitbridge::circle
