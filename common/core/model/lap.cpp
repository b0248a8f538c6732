// SPDX-License-Identifier: MIT
#include "common/core/model/lap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/core/model/track.hpp"

namespace pitbridge::model {
namespace {

constexpr double kIdleRpm = 1400;
constexpr int kGears = 6;
/// Speed at which each gear reaches its highest revs, in km/h.
constexpr double kTopSpeedKmh[kGears] = {82, 121, 163, 205, 248, 291};

int gear_for(double speed_kmh) {
  int gear = 1;
  while (gear < kGears && speed_kmh > 0.93 * kTopSpeedKmh[gear - 1]) ++gear;
  return gear;
}

}  // namespace

const std::string& LapState::text(Quantity quantity) const {
  static const std::string kNone;
  switch (quantity) {
    case Quantity::kCar:
      return car;
    case Quantity::kTrack:
      return track;
    case Quantity::kDriver:
      return driver;
    case Quantity::kTyreCompound:
      return tyre_compound;
    case Quantity::kCarClass:
      return car_class;
    case Quantity::kCarNumber:
      return car_number;
    case Quantity::kCargo:
      return cargo;
    case Quantity::kSource:
      return source;
    case Quantity::kDestination:
      return destination;
    default:
      return kNone;
  }
}

Shift shift_at(double speed_kmh) {
  if (speed_kmh <= 0) return {0, kIdleRpm};
  const int gear = gear_for(speed_kmh);
  return {gear, std::max(kIdleRpm, std::round(kHighestRpm * speed_kmh / kTopSpeedKmh[gear - 1]))};
}

LapState lap_state_at(double seconds) {
  const double lap = std::floor(seconds / kLapSeconds);
  const double lap_seconds = seconds - lap * kLapSeconds;
  const double speed = speed_kmh_at(lap_seconds);
  const double acceleration = speed_kmh_at(lap_seconds + 0.05) - speed;  // km/h in 50 ms
  const Shift shift = shift_at(speed);
  LapState s;
  for (auto& elements : s.numbers) elements.fill(std::numeric_limits<double>::quiet_NaN());
  const auto set = [&](Quantity q, double value) { s.numbers[static_cast<std::size_t>(q)][0] = value; };
  set(Quantity::kRpm, shift.rpm);
  set(Quantity::kMaxRpm, kHighestRpm);
  set(Quantity::kSpeed, speed);
  set(Quantity::kGear, shift.gear);
  set(Quantity::kThrottle, std::clamp(0.35 + acceleration / 3, 0.0, 1.0));
  set(Quantity::kBrake, std::clamp(-acceleration / 3 - 0.2, 0.0, 1.0));
  set(Quantity::kClutch, 1);
  set(Quantity::kSteering, 0.4 * std::sin(2 * kPi * 5 * lap_seconds / kLapSeconds));
  set(Quantity::kFuel, std::max(2.0, 62 - kLitresPerLap * seconds / kLapSeconds));
  set(Quantity::kLap, lap);
  set(Quantity::kLapTime, lap_seconds);
  set(Quantity::kLastLapTime, lap > 0 ? kLapSeconds : 0);
  set(Quantity::kBestLapTime, lap > 0 ? kLapSeconds : 0);
  set(Quantity::kPosition, 3);
  set(Quantity::kSession, 2);
  // Seven left-hand bends a lap, as the speed has it.
  constexpr double kGravity = 9.80665;
  const double speed_ms = speed / 3.6;
  const double yaw_rate = 0.2 * (1 - std::cos(2 * kPi * 7 * lap_seconds / kLapSeconds));
  const auto set_vector = [&](Quantity q, double x, double y, double z) {
    s.numbers[static_cast<std::size_t>(q)] = {x, y, z, std::numeric_limits<double>::quiet_NaN()};
  };
  set_vector(Quantity::kVelocity, speed_ms, 0, 0);
  set_vector(Quantity::kAcceleration, acceleration / 3.6 / 0.05 / kGravity, speed_ms * yaw_rate / kGravity,
             0);
  set_vector(Quantity::kAngularVelocity, 0, 0, yaw_rate);
  set(Quantity::kIdleRpm, kIdleRpm);
  set(Quantity::kGears, kGears);
  set(Quantity::kCoolantTemperature, 92);
  set(Quantity::kOilTemperature, 105);
  set(Quantity::kAirTemperature, 24);
  set(Quantity::kTrackTemperature, 33);
  for (unsigned wheel = 0; wheel < 4; ++wheel) {
    constexpr double kWheelRadius = 0.33;
    s.numbers[static_cast<std::size_t>(Quantity::kWheelSpeed)][wheel] = speed_ms / kWheelRadius;
    s.numbers[static_cast<std::size_t>(Quantity::kBrakeTemperature)][wheel] = 350;
    const double warmth = 1 - std::exp(-seconds / 120);
    s.numbers[static_cast<std::size_t>(Quantity::kTyreTemperature)][wheel] = 62 + 24 * warmth + 1.5 * wheel;
    s.numbers[static_cast<std::size_t>(Quantity::kTyrePressure)][wheel] = 172 + 14 * warmth + 0.8 * wheel;
  }
  s.car = "ks_porsche_911_gt3_r_2016";
  s.track = "spa";
  s.driver = "S\xC3\xB8ren M\xC3\xBCller";
  return s;
}

}  // namespace pitbridge::model
