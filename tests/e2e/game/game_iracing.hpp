// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>

#include "common/core/sim/sim.hpp"
#include "tests/e2e/game/game_lap.hpp"

/// iRacing's self-describing map: header, variable headers, session text and three rotating line buffers.
namespace pitbridge::fake {

/// Lays the map out with one variable for each name that the title's tables ask for.
void make_iracing_map(std::span<std::byte> section, const Title& title, const LapState& state);

/// A variable in the line buffer that is written next: the oldest one.
std::optional<Field> find_variable_to_write(std::span<std::byte> section, const Title& title,
                                            std::string_view name);

/// Makes the oldest line the newest.
void end_line(std::span<std::byte> section);

}  // namespace pitbridge::fake
