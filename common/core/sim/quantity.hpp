// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pitbridge {

/// What is decoded the same way for every sim. The unit belongs to the quantity (see `quantity_info`).
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
};

struct QuantityInfo {
  Quantity quantity;
  std::string_view name;
  std::string_view unit;
  std::uint8_t count;  ///< 4 for wheels: front left, front right, rear left, rear right
  bool text;
};

/// In the order in which they are shown.
inline constexpr std::array kQuantities = {
    QuantityInfo{Quantity::kRpm, "rpm", "rpm", 1, false},
    QuantityInfo{Quantity::kMaxRpm, "max_rpm", "rpm", 1, false},
    QuantityInfo{Quantity::kSpeed, "speed", "km/h", 1, false},
    QuantityInfo{Quantity::kGear, "gear", "-1 reverse, 0 neutral", 1, false},
    QuantityInfo{Quantity::kThrottle, "throttle", "0..1", 1, false},
    QuantityInfo{Quantity::kBrake, "brake", "0..1", 1, false},
    QuantityInfo{Quantity::kClutch, "clutch", "0..1", 1, false},
    QuantityInfo{Quantity::kSteering, "steering", "-1..1", 1, false},
    QuantityInfo{Quantity::kFuel, "fuel", "l", 1, false},
    QuantityInfo{Quantity::kLap, "lap", "completed", 1, false},
    QuantityInfo{Quantity::kLapTime, "lap_time", "s", 1, false},
    QuantityInfo{Quantity::kLastLapTime, "last_lap_time", "s", 1, false},
    QuantityInfo{Quantity::kBestLapTime, "best_lap_time", "s", 1, false},
    QuantityInfo{Quantity::kPosition, "position", "1 is first", 1, false},
    QuantityInfo{Quantity::kSession, "session", "the sim's own code", 1, false},
    QuantityInfo{Quantity::kTyreTemperature, "tyre_temperature", "degC", 4, false},
    QuantityInfo{Quantity::kTyrePressure, "tyre_pressure", "kPa", 4, false},
    QuantityInfo{Quantity::kCar, "car", "", 1, true},
    QuantityInfo{Quantity::kTrack, "track", "", 1, true},
    QuantityInfo{Quantity::kDriver, "driver", "", 1, true},
};

constexpr const QuantityInfo& quantity_info(Quantity quantity) {
  return kQuantities[static_cast<std::size_t>(quantity)];
}

}  // namespace pitbridge
