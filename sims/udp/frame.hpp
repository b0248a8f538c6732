// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <optional>
#include <string_view>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/units.hpp"

/// Vectors and axes of sims whose frames are not the common ones (`quantity.hpp`).
namespace pitbridge::frame {

struct Vector {
  double x = 0, y = 0, z = 0;
};

constexpr Vector cross(const Vector& a, const Vector& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
constexpr double dot(const Vector& a, const Vector& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
constexpr double element_of(const Vector& vector, std::uint32_t element) {
  return element == 0 ? vector.x : element == 1 ? vector.y : vector.z;
}

/// Three 32-bit floats that stand one behind the other.
inline std::optional<Vector> vector_at(const Snapshot& snapshot, std::string_view mapping,
                                       std::uint32_t offset_bytes, std::uint64_t shift_bytes = 0) {
  const Field field{"", offset_bytes, FieldType::kFloat32, 3};
  const auto x = snapshot.number(mapping, field, 0, shift_bytes);
  const auto y = snapshot.number(mapping, field, 1, shift_bytes);
  const auto z = snapshot.number(mapping, field, 2, shift_bytes);
  if (!x || !y || !z) return std::nullopt;
  return Vector{*x, *y, *z};
}

/// The car's axes as they lie in a right-handed world whose z is up.
struct Axes {
  Vector forward, left, up;

  /// A vector of the world in the car's frame: forward, left, up.
  constexpr double along(const Vector& of_world, std::uint32_t element) const {
    return dot(of_world, element == 0 ? forward : element == 1 ? left : up);
  }
  double heading() const { return std::atan2(forward.y, forward.x); }
  double pitch() const { return -std::asin(std::fmin(std::fmax(forward.z, -1), 1)); }
  double roll() const { return std::atan2(left.z, up.z); }
};

/// Of a car that heads there, and whose `up` points there.
inline Axes axes_of(double heading, const Vector& up) {
  const Vector ahead = {std::cos(heading), std::sin(heading), 0};
  const Vector leftward = {-ahead.y, ahead.x, 0};
  const double pitch = std::atan2(dot(up, ahead), up.z);
  const double roll = -std::asin(std::fmin(std::fmax(dot(up, leftward), -1), 1));
  const double flat = std::cos(pitch);
  const Vector forward = {ahead.x * flat, ahead.y * flat, -std::sin(pitch)};
  const Vector level_up = cross(forward, leftward);
  const double sin_r = std::sin(roll), cos_r = std::cos(roll);
  const Vector left = {leftward.x * cos_r + level_up.x * sin_r, leftward.y * cos_r + level_up.y * sin_r,
                       level_up.z * sin_r};
  return {forward, left, cross(forward, left)};
}

/// A vector of a left-handed frame (right, up, forward) in the common one (forward, left, up).
constexpr Vector from_right_up_forward(const Vector& v) {
  return {v.z, -v.x, v.y};
}
/// The same as an order of elements; a turn changes its sense besides.
inline constexpr Few<int, 4> kRightUpForward = {3, -1, 2};
inline constexpr Few<int, 4> kTurnsOfRightUpForward = {-3, 1, -2};

/// A vector of a right-handed frame (left, up, forward) in the common one.
constexpr Vector from_left_up_forward(const Vector& v) {
  return {v.z, v.x, v.y};
}
/// The same as an order of elements, of turns too.
inline constexpr Few<int, 4> kLeftUpForward = {3, 1, 2};

/// Of wheels that come rear left, rear right, front left, front right.
inline constexpr Few<int, 4> kRearFirst = {3, 4, 1, 2};

/// Between -pi and pi.
inline double wrapped(double radians) {
  return std::remainder(radians, 2 * std::numbers::pi);
}

inline constexpr double kPerG = 1 / kStandardGravity;  ///< m/s2 to g

}  // namespace pitbridge::frame
