// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/core/sim/codes.hpp"
#include "common/core/sim/quantity.hpp"

namespace pitbridge::model {

/// One car of a race, and what is told of each (`kCarQuantities`).
struct FieldCar {
  bool is_player = false;
  std::string driver = {}, car = {}, car_class = {}, number_text = {};
  double driven_seconds = 0;  ///< as of `Drive`; below 0 while it has not yet crossed the line
  double last_lap_seconds = 0, best_lap_seconds = 0;
  double gap_ahead_seconds = 0;  ///< of the one that leads: `kNoneNow`
  std::uint32_t position = 1;
  PitState pit = PitState::kOnTrack;

  double number(Quantity quantity, int element) const;
  const std::string& text(Quantity quantity) const;
  double lap() const;  ///< completed ones
};

/// The cars of a race. The same seed gives the same race.
struct FieldSetup {
  std::uint32_t cars = 0;  ///< the player's, too; 0: there is no field
  std::uint64_t seed = 1;
  bool races = false;        ///< they overtake and pit; else each keeps its distance
  std::uint32_t player = 0;  ///< which of them it is
};
/// More than any script asks for; every sim that tells of other cars has room for so many.
inline constexpr std::uint32_t kMostFieldCars = 20;

/// The field after so many seconds of racing. `player`: what it has driven and the rest of its record.
std::vector<FieldCar> field_at(const FieldSetup& setup, double racing_seconds, const FieldCar& player);

/// Evenly distributed in 0 to 1; the same for the same arguments, on every machine.
double random_part(std::uint64_t seed, std::uint64_t what, std::uint64_t which);

}  // namespace pitbridge::model
