// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <string>

#include "common/core/sim/quantity.hpp"

namespace pitbridge::model {

/// A car that drives laps: a pure function of time, so that a test can work out what the game has written.
struct LapState {
  /// By quantity and element, in the normalised units; NaN: it tells nothing of it.
  std::array<std::array<double, 4>, kQuantities.size()> numbers;
  std::string car, track, driver;

  double number(Quantity quantity, int element = 0) const {
    return numbers[static_cast<std::size_t>(quantity)][element];
  }
  /// Empty: it tells nothing of it.
  const std::string& text(Quantity quantity) const;
  bool knows(const QuantityInfo& info) const {
    return info.text ? !text(info.quantity).empty() : !std::isnan(number(info.quantity));
  }
};

LapState lap_state_at(double seconds);

}  // namespace pitbridge::model
