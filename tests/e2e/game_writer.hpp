// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

#include "common/core/sim.hpp"
#include "tests/e2e/game_lap.hpp"

namespace pitbridge::fake {

/// The opposite of core's decoder: raw values into a section's bytes, by the fields of the sim's own tables.
/// Writes that would leave `section` are left out.
void write_number(std::span<std::byte> section, const Field& field, double value, std::uint32_t index = 0,
                  std::uint64_t shift_bytes = 0);
void write_text(std::span<std::byte> section, const Field& field, const std::string& utf8);

/// Everything that `title` keeps in `mapping`: the car's state, and what the game is doing.
void write_title(std::span<std::byte> section, const Title& title, std::string_view mapping,
                 const LapState& state, Activity activity);

/// Every 8-byte word becomes `update`, but for the words of the detector.
void write_pattern(std::span<std::byte> section, const Detector& detector, std::uint64_t update);

/// Marks the begin and the end of an update by the mapping's own rule.
void begin_update(std::span<std::byte> section, const Detector& detector);
void end_update(std::span<std::byte> section, const Detector& detector);

}  // namespace pitbridge::fake
