// SPDX-License-Identifier: MIT
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <optional>
#include <string_view>

#include "common/core/decode/snapshot.hpp"

/// Vectors and axes of sims whose frames are not the common ones (`quantity.hpp`).
namespace pitbridge::frame {

struct Vector {
  double x = 0, y = 0, z = 0;
};

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

/// Between -pi and pi.
inline double wrapped(double radians) {
  return std::remainder(radians, 2 * std::numbers::pi);
}

inline constexpr double kPerG = 1 / 9.80665;  ///< m/s2 to g

}  // namespace pitbridge::frame
