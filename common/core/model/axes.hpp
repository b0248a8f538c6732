// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/model/lap.hpp"

namespace pitbridge::model {

struct Vector {
  double x = 0, y = 0, z = 0;
};

constexpr Vector cross(const Vector& a, const Vector& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
constexpr Vector opposite(const Vector& v) {
  return {-v.x, -v.y, -v.z};
}

/// The car's axes in the world's frame (`quantity.hpp`).
struct Axes {
  Vector forward, left, up;

  /// Of the vector's parts along the axes the sum, in the world's frame.
  constexpr Vector in_world(double ahead, double leftward, double upward) const {
    return {ahead * forward.x + leftward * left.x + upward * up.x,
            ahead * forward.y + leftward * left.y + upward * up.y,
            ahead * forward.z + leftward * left.z + upward * up.z};
  }
};

inline Axes axes_of(double heading, double pitch, double roll) {
  const Vector leftward = {-std::sin(heading), std::cos(heading), 0};
  const Vector forward = {std::cos(heading) * std::cos(pitch), std::sin(heading) * std::cos(pitch),
                          -std::sin(pitch)};
  const Vector level_up = cross(forward, leftward);
  const double flat = std::cos(roll), turned = std::sin(roll);
  const Vector left = {leftward.x * flat + level_up.x * turned, leftward.y * flat + level_up.y * turned,
                       leftward.z * flat + level_up.z * turned};
  return {forward, left, cross(forward, left)};
}
inline Axes axes_of(const LapState& car) {
  return axes_of(car.number(Quantity::kHeading), car.number(Quantity::kPitch), car.number(Quantity::kRoll));
}

// A vector of the world in the frames of sims, by what their x, y and z are: to the left of our x, and so on.
constexpr Vector to_left_up_forward(const Vector& v) {
  return {v.y, v.z, v.x};
}
constexpr Vector to_right_up_forward(const Vector& v) {
  return {-v.y, v.z, v.x};
}
constexpr Vector to_right_forward_up(const Vector& v) {
  return {-v.y, v.x, v.z};
}

}  // namespace pitbridge::model
