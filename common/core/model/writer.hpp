// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/model/channel_writer.hpp"
#include "common/core/model/field.hpp"
#include "common/core/model/lap.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge::model {

/// The code points of valid UTF-8 of at most three bytes each, which is all that the fake car needs.
std::u16string code_points(const std::string& utf8);

/// The opposite of core's decoder: raw values into a section's bytes, by the fields of the sim's own tables.
/// Writes that would leave `section` are left out.
void write_number(std::span<std::byte> section, const Field& field, double value, std::uint32_t index = 0,
                  std::uint64_t shift_bytes = 0);
void write_text(std::span<std::byte> section, const Field& field, const std::string& utf8,
                std::uint64_t shift_bytes = 0);

/// As the F1 games have a time: milliseconds in 16 bits, and behind them minutes in 8, where they have them.
void put_minutes(std::span<std::byte> section, std::uint64_t offset_bytes, bool has_minutes, double seconds);

/// How long the session has gone on when the game starts: longer than any drive that a test asks for.
inline constexpr double kSessionSeconds = 400;

/// A moment of a game: what its car and the game do, and what the clock of its session says. The clock goes
/// on where the car is made to stand still, as clients take a game for dead whose clock stands.
struct Moment {
  LapState car;
  Activity activity = Activity::kLive;
  double clock_seconds = 0;
  std::vector<FieldCar> field = {};  ///< empty: what the scene has of other cars
};

/// Everything that `title` keeps in `mapping`: the car's state, what the game is doing, and its scene.
void write_title(std::span<std::byte> section, const Title& title, std::string_view mapping,
                 const Moment& moment, const FieldFinder& find);

/// Whether such a game writes nothing into `mapping` while it does `activity`: its title shows by a counter
/// there that a car is driven, and by nothing else.
bool stands_still(const Title& title, std::string_view mapping, Activity activity);

FieldFinder field_finder(std::span<std::byte> section, const Title& title, std::string_view mapping);

/// Every 8-byte word becomes `update`, but for the words of the detector.
void write_pattern(std::span<std::byte> section, const Detector& detector, std::uint64_t update);

/// Marks the begin and the end of an update by the mapping's own rule.
void begin_update(std::span<std::byte> section, const Detector& detector);
void end_update(std::span<std::byte> section, const Detector& detector);

}  // namespace pitbridge::model
