// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <string_view>

namespace pitbridge {

/// What is decoded the same way for every sim. Unit, sense and bounds belong to the quantity (see
/// `quantity_info`); the table of a sim converts.
enum class Quantity : std::uint8_t {
  kRpm,
  kMaxRpm,
  kSpeed,
  kGear,
  kThrottle,
  kBrake,
  kClutch,
  kSteering,
  kFuel,
  kLap,
  kLapTime,
  kLastLapTime,
  kBestLapTime,
  kPosition,
  kSession,
  kTyreTemperature,
  kTyrePressure,
  kCar,
  kTrack,
  kDriver,
  kTyreColdPressure,
};

inline constexpr double kUnbounded = std::numeric_limits<double>::infinity();

struct QuantityInfo {
  Quantity quantity;
  std::string_view name;
  std::string_view unit;
  std::uint8_t count;  ///< 4 for wheels: front left, front right, rear left, rear right
  bool text;
  std::string_view sense;  ///< what the number counts, and its sign
  /// What no vehicle can do lies outside of these, both included, with much room: what a wrong layout reads
  /// does, too, and that is how it is noticed.
  double least = -kUnbounded;
  double most = kUnbounded;
  bool zero_is_none = false;  ///< 0 means that there is none yet
};

/// In the order in which they are shown.
inline constexpr std::array kQuantities = {
    QuantityInfo{Quantity::kRpm, "rpm", "rpm", 1, false, "of the engine", -100, 30'000},
    QuantityInfo{Quantity::kMaxRpm, "max_rpm", "rpm", 1, false, "that the engine bears", 1, 30'000, true},
    QuantityInfo{Quantity::kSpeed, "speed", "km/h", 1, false, "whatever the direction: never negative", 0,
                 1'200},
    // Trucks have up to 18 gears, and some reverse ones.
    QuantityInfo{Quantity::kGear, "gear", "-1 reverse, 0 neutral", 1, false,
                 "below 0 reverse, 0 neutral, 1 the first", -8, 30},
    QuantityInfo{Quantity::kThrottle, "throttle", "0..1", 1, false, "1 is fully pressed", -0.1, 1.1},
    QuantityInfo{Quantity::kBrake, "brake", "0..1", 1, false, "1 is fully pressed", -0.1, 1.1},
    QuantityInfo{Quantity::kClutch, "clutch", "0..1", 1, false, "the pedal: 1 is fully pressed", -0.1, 1.1},
    QuantityInfo{Quantity::kSteering, "steering", "-1..1", 1, false, "-1 is full left, 1 full right", -1.5,
                 1.5},
    QuantityInfo{Quantity::kFuel, "fuel", "l", 1, false, "in the tank", 0, 5'000},
    QuantityInfo{Quantity::kLap, "lap", "completed", 1, false, "laps that are completed", 0, 100'000},
    QuantityInfo{Quantity::kLapTime, "lap_time", "s", 1, false, "of the lap that is driven", 0, 1e6},
    QuantityInfo{Quantity::kLastLapTime, "last_lap_time", "s", 1, false, "of the lap before", 0, 1e6, true},
    QuantityInfo{Quantity::kBestLapTime, "best_lap_time", "s", 1, false, "of the driver's best lap", 0, 1e6,
                 true},
    QuantityInfo{Quantity::kPosition, "position", "1 is first", 1, false, "in the race, overall", 1, 1'000,
                 true},
    QuantityInfo{Quantity::kSession, "session", "the sim's own code", 1, false, "by the sim's own numbers"},
    QuantityInfo{Quantity::kTyreTemperature, "tyre_temperature", "degC", 4, false, "", -100, 1'000},
    QuantityInfo{Quantity::kTyrePressure, "tyre_pressure", "kPa", 4, false, "now, as it is driven", 0, 2'000},
    QuantityInfo{Quantity::kCar, "car", "", 1, true, ""},
    QuantityInfo{Quantity::kTrack, "track", "", 1, true, ""},
    QuantityInfo{Quantity::kDriver, "driver", "", 1, true, ""},
    QuantityInfo{Quantity::kTyreColdPressure, "tyre_cold_pressure", "kPa", 4, false,
                 "as set in the garage, not as it is driven", 0, 2'000},
};

constexpr const QuantityInfo& quantity_info(Quantity quantity) {
  return kQuantities[static_cast<std::size_t>(quantity)];
}

}  // namespace pitbridge
