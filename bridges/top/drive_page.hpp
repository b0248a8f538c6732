// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "bridges/feed/feed.hpp"
#include "bridges/top/grid.hpp"

namespace pitbridge {

/// Below the head of the screen: the car that is driven, from row `first_row` on. Only of a moment with
/// values.
void draw_drive(Grid& grid, std::size_t first_row, const Moment& moment);

/// Why there is nothing to show, and what to do about it.
void draw_nothing(Grid& grid, std::size_t first_row, const Moment& moment);

/// How far the engine is between idling and the moment to shift: 0 to 1, above 1 it is too late. Nothing: it
/// cannot be told.
std::optional<double> shift_fraction(const Telemetry& telemetry);

/// Of all cars so many around the player's, by position.
std::vector<const CarRow*> nearest_cars(const std::vector<CarRow>& cars, std::size_t most);

}  // namespace pitbridge
