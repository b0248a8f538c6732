// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>

#include "common/core/model/scene.hpp"
#include "common/core/sim/sim.hpp"

/// iRacing's self-describing map: header, variable headers, session text and four rotating line buffers.
namespace pitbridge::model {

/// Lays the map out with one variable for each name that the title's tables ask for, and with some that only
/// clients ask for: a double, arrays, the number of the session.
extern const Scene kIRacingScene;

/// A variable in the line buffer that is written next: the oldest one.
std::optional<Field> find_variable_to_write(std::span<std::byte> section, const Title& title,
                                            std::string_view name);

/// All cars of the moment's field, and what the game computes of the player's. With the first of them it
/// writes the session text anew.
void write_iracing_field(const Place& place, const Moment& moment, const FieldFinder& find);

/// Makes the oldest line the newest.
void end_line(std::span<std::byte> section);

}  // namespace pitbridge::model
