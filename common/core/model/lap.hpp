// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "common/core/sim/quantity.hpp"

namespace pitbridge::model {

/// What a quantity is of which there is none now: the gap to the next car of the one that leads.
inline constexpr double kNoneNow = std::numeric_limits<double>::infinity();

inline constexpr double kHighestRpm = 9250;
inline constexpr double kLitresPerLap = 2.9;

/// A car that drives laps: a pure function of time, so that a test can work out what the game has written.
struct LapState {
  /// By quantity and element, in the normalised units; NaN: it tells nothing of it.
  std::array<std::array<double, 4>, kQuantities.size()> numbers;
  std::string car, track, driver;
  std::string tyre_compound, car_class, car_number, cargo, source, destination;

  double number(Quantity quantity, int element = 0) const {
    return numbers[static_cast<std::size_t>(quantity)][static_cast<std::size_t>(element)];
  }
  /// Empty: it tells nothing of it.
  const std::string& text(Quantity quantity) const;
  bool knows(const QuantityInfo& info) const {
    return info.text ? !text(info.quantity).empty() : std::isfinite(number(info.quantity));
  }
};

/// The few values that every game has. `drive_state` knows many more.
LapState lap_state_at(double seconds);

/// As the car of `lap_state_at` shifts, between idle and the highest revs.
struct Shift {
  int gear = 0;
  double rpm = 0;
};
Shift shift_at(double speed_kmh);

}  // namespace pitbridge::model
