// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/core/model/field.hpp"
#include "common/core/model/lap.hpp"
#include "common/core/sim/codes.hpp"

namespace pitbridge::model {

/// What a script says of one moment: where the car is, and what happens to it. Without a script it drives on
/// and on.
struct Drive {
  /// Of driving with nothing in the way: which lap it is, and where on it.
  double driven_seconds = 0;
  double session_seconds = 0;  ///< since the session began; runs on while the car stands in its box
  double speed_part = 1;       ///< of the speed that the car has there on a free lap
  /// What it has lost in each sector of the lap that is driven, and of the one before.
  std::array<double, 3> lost_seconds = {}, lost_before = {};
  double fastest_lap_seconds = 0;  ///< 0: none is completed
  double burnt_seconds = 0;        ///< of driving since the tank was full
  Flag flag = Flag::kNone;
  PitState pit = PitState::kOnTrack;
  std::uint32_t pit_stops = 0;
  double damage = 0, rain = 0;  ///< 0 to 1
};

/// Lets time go by: so many seconds at `part` of the speed of a free lap. What it costs is noted for the
/// sector and the lap. The session's clock is the caller's.
void drive_on(Drive& drive, double seconds, double part);

/// Where sector 1 or 2 begins, counted from 0: as a part of the lap's length.
double sector_start(std::size_t sector);

/// One lap after the other, for so long.
Drive free_drive(double seconds);

/// All that the model knows of the car: what `lap_state_at` has, with a circuit below its wheels, a race
/// around it, and the script's word. `field`: all cars of the race; without it the car is alone.
LapState drive_state(const Drive& drive, std::span<const FieldCar> field = {});

}  // namespace pitbridge::model
