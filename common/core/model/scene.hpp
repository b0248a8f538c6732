// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/core/model/writer.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge::model {

/// One mapping of a game that is written.
struct Place {
  std::span<std::byte> section;
  const Title& title;
  std::string_view mapping;
};

/// What a sim's memory holds beside the values that our tables decode: other cars, clocks, the words by which
/// clients tell that the game lives. A sim without one is its tables and nothing else.
struct Scene {
  /// Where the player's record lies, from record 0 on; `offset_bytes` is that of a field of record 0.
  std::uint64_t (*player_shift_bytes)(std::string_view mapping, std::uint32_t offset_bytes);
  /// Once, before the first update.
  void (*prepare)(const Place& place, const LapState& car);
  /// With each update, after the values.
  void (*write)(const Place& place, const Moment& moment);
  /// What the game states of its version; empty: the last that the table knows.
  std::string_view version = {};
};

const Scene& scene_of(const Title& title);

/// What a game writes once, before the first update: versions, counts, headers. `version`: the one to state;
/// empty: the scene's.
void prepare_section(const Place& place, const LapState& car, std::string_view version = {});

}  // namespace pitbridge::model
