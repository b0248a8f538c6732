// SPDX-License-Identifier: MIT
#pragma once

#include <numbers>

namespace pitbridge::model {

inline constexpr double kPi = std::numbers::pi;

/// How long a lap takes on which nothing holds the car up.
inline constexpr double kLapSeconds = 92.5;

/// A straight, a braking zone and a corner, seven times a lap.
double speed_kmh_at(double lap_seconds);

/// Where the car is on the circuit, in the world's frame (`quantity.hpp`). The line is closed, and bends
/// where the car is slow.
struct TrackPoint {
  double distance_m = 0;  ///< from the line
  double x = 0, y = 0, z = 0;
  double heading = 0;   ///< from the world's x axis to the left, between -pi and pi
  double pitch = 0;     ///< of the road; nose down is positive
  double yaw_rate = 0;  ///< to the left, of a car at its full speed
};

double track_length_m();
/// `lap_seconds` is the place, as the time that a free lap takes to there; any number.
TrackPoint track_at(double lap_seconds);

}  // namespace pitbridge::model
