// SPDX-License-Identifier: MIT
#include "common/core/model/drive.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "common/core/model/track.hpp"
#include "common/core/sim/units.hpp"

namespace pitbridge::model {
namespace {

/// Where the second and the third sector begin.
constexpr std::array<double, 2> kSectorSeconds = {0.32 * kLapSeconds, 0.68 * kLapSeconds};
constexpr std::array<double, 3> kLapSectors = {kSectorSeconds[0], kSectorSeconds[1] - kSectorSeconds[0],
                                               kLapSeconds - kSectorSeconds[1]};
constexpr double kTankLitres = 62;
constexpr double kWheelRadius = 0.33, kWheelLoadNewton = 3300;
/// From lock to lock, in radians.
constexpr double kSteeringRange = 3 * kPi;
constexpr double kRaceSeconds = 7200, kRaceLaps = 99;
constexpr double kRouteMetres = 412'000;
constexpr double kFirstHour = 14 * 3600;

class Car {
 public:
  Car(const Drive& drive, std::span<const FieldCar> field)
      : drive_(drive),
        field_(field),
        state_(lap_state_at(drive.driven_seconds)),
        lap_(state_.number(Quantity::kLap)),
        lap_seconds_(state_.number(Quantity::kLapTime)),
        at_(track_at(lap_seconds_)),
        speed_ms_(drive.speed_part * state_.number(Quantity::kSpeed) / kKmhPerMps),
        throttle_(drive.speed_part * state_.number(Quantity::kThrottle)),
        brake_(state_.number(Quantity::kBrake)),
        turn_(drive.speed_part * at_.yaw_rate) {}

  LapState state() && {
    set_basics();
    set_engine();
    set_controls();
    set_motion();
    set_wheels();
    set_laps();
    set_session();
    set_weather();
    set_truck();
    if (!field_.empty()) set_race();
    return std::move(state_);
  }

 private:
  void set(Quantity quantity, double value) { state_.numbers[static_cast<std::size_t>(quantity)][0] = value; }
  template <typename Word>
  void set_word(Quantity quantity, Word word) {
    set(quantity, static_cast<double>(word));
  }
  void set_vector(Quantity quantity, double x, double y, double z) {
    state_.numbers[static_cast<std::size_t>(quantity)] = {x, y, z, std::numeric_limits<double>::quiet_NaN()};
  }
  template <typename Of>
  void set_wheel(Quantity quantity, const Of& of) {
    for (int wheel = 0; wheel < 4; ++wheel)
      state_.numbers[static_cast<std::size_t>(quantity)][static_cast<std::size_t>(wheel)] = of(wheel);
  }
  static bool is_left(int wheel) { return wheel % 2 == 0; }
  static bool is_front(int wheel) { return wheel < 2; }

  /// What the script changes of that which every game has.
  void set_basics() {
    const Shift shift = shift_at(speed_ms_ * kKmhPerMps);
    set(Quantity::kRpm, shift.rpm);
    set(Quantity::kGear, shift.gear);
    set(Quantity::kSpeed, speed_ms_ * kKmhPerMps);
    set(Quantity::kThrottle, throttle_);
    set(Quantity::kClutch, shift.gear == 0 ? 1 : 0);
    set(Quantity::kSteering, std::clamp(-turn_, -1.0, 1.0));
    const double burnt = kLitresPerLap * drive_.burnt_seconds / kLapSeconds;
    set(Quantity::kFuel, std::max(2.0, kTankLitres - burnt));
    // Each sim has numbers of its own for it: `kSessionKind` is what they say.
    set(Quantity::kSession, std::numeric_limits<double>::quiet_NaN());
    state_.car_class = "GT3";
    state_.car_number = "27";
    state_.tyre_compound = "medium";
  }

  void set_engine() {
    const double torque = 30 + 450 * throttle_;
    set(Quantity::kLimiterRpm, kHighestRpm);
    set(Quantity::kShiftRpm, 8900);
    set(Quantity::kOilPressure, 420);
    set(Quantity::kFuelPressure, 350);
    set(Quantity::kTurboPressure, 20 + 60 * throttle_);
    set(Quantity::kTorque, torque);
    set(Quantity::kPower, torque * state_.number(Quantity::kRpm) / kRpmPerRadPerSecond / 1000);
    set(Quantity::kBattery, 0.55 + 0.2 * std::sin(2 * kPi * lap_seconds_ / kLapSeconds));
  }

  void set_controls() {
    const bool in_pits = drive_.pit != PitState::kOnTrack;
    const bool on_straight = lap_seconds_ > 0.95 * kLapSeconds;
    set(Quantity::kIgnition, 1);
    set(Quantity::kEngineRuns, 1);
    set(Quantity::kStarter, 0);
    set(Quantity::kPitLimiter, in_pits ? 1 : 0);
    set(Quantity::kDrsAvailable, on_straight ? 1 : 0);
    set(Quantity::kDrs, on_straight && throttle_ > 0.3 ? 1 : 0);
    set(Quantity::kErsMode, 2);
    set(Quantity::kPushToPass, 0);
    set(Quantity::kTcLevel, 4);
    set(Quantity::kTcActs, throttle_ > 0.9 && state_.number(Quantity::kGear) < 3 ? 1 : 0);
    set(Quantity::kAbsLevel, 3);
    set(Quantity::kAbsActs, brake_ > 0.8 ? 1 : 0);
    set(Quantity::kEngineMap, 1);
    set(Quantity::kBrakeBias, 0.56);
    set(Quantity::kHandbrake, 0);
    set(Quantity::kSteeringAngle, state_.number(Quantity::kSteering) * kSteeringRange / 2);
    set(Quantity::kHeadlights, 1);
    set(Quantity::kFuelCapacity, 110);
    set(Quantity::kFuelPerLap, kLitresPerLap);
    set(Quantity::kFuelLaps, state_.number(Quantity::kFuel) / kLitresPerLap);
    set(Quantity::kBodyDamage, drive_.damage);
    set(Quantity::kEngineDamage, drive_.damage / 2);
    set(Quantity::kTransmissionDamage, drive_.damage / 4);
    set_wheel(Quantity::kSuspensionDamage,
              [&](int wheel) { return is_front(wheel) ? drive_.damage / 2 : 0; });
  }

  void set_motion() {
    const double sideways = speed_ms_ * turn_ / kStandardGravity;
    const double ahead = drive_.speed_part * drive_.speed_part * state_.number(Quantity::kAcceleration);
    const double flat = std::cos(at_.pitch);
    set_vector(Quantity::kWorldPosition, at_.x, at_.y, at_.z);
    set_vector(Quantity::kWorldVelocity, speed_ms_ * flat * std::cos(at_.heading),
               speed_ms_ * flat * std::sin(at_.heading), -speed_ms_ * std::sin(at_.pitch));
    set_vector(Quantity::kVelocity, speed_ms_, 0, 0);
    set_vector(Quantity::kAcceleration, ahead, sideways, 0);
    set(Quantity::kHeading, at_.heading);
    set(Quantity::kPitch, at_.pitch);
    set(Quantity::kRoll, 0.015 * sideways);
    set_vector(Quantity::kAngularVelocity, 0, 0, turn_);
  }

  void set_wheels() {
    const double sideways = state_.number(Quantity::kAcceleration, 1);
    const double ahead = state_.number(Quantity::kAcceleration, 0);
    // What the wheel carries beside its quarter of the car.
    const auto leaning = [&](int wheel) {
      return (is_left(wheel) ? -0.2 : 0.2) * sideways + (is_front(wheel) ? -0.1 : 0.1) * ahead;
    };
    const auto phase = [&](int wheel) { return 2 * kPi * 1.3 * drive_.driven_seconds + 1.1 * wheel; };
    set_wheel(Quantity::kWheelSpeed, [&](int) { return speed_ms_ / kWheelRadius; });
    set_wheel(Quantity::kSlipRatio,
              [&](int wheel) { return is_front(wheel) ? -0.03 * brake_ : 0.02 * throttle_; });
    set_wheel(Quantity::kSlipAngle, [&](int) { return 0.05 * turn_; });
    set_wheel(Quantity::kCombinedSlip, [&](int) { return std::abs(0.3 * turn_) + 0.1 * brake_; });
    set_wheel(Quantity::kWheelLoad, [&](int wheel) { return kWheelLoadNewton * (1 + leaning(wheel)); });
    set_wheel(Quantity::kSuspensionTravel,
              [&](int wheel) { return 0.04 + 0.01 * leaning(wheel) + 0.004 * std::sin(phase(wheel)); });
    set_wheel(Quantity::kSuspensionVelocity,
              [&](int wheel) { return drive_.speed_part * 0.004 * 2 * kPi * 1.3 * std::cos(phase(wheel)); });
    set_wheel(Quantity::kRideHeight, [&](int wheel) { return 0.07 - 0.01 * leaning(wheel); });
    set_wheel(Quantity::kCamber, [&](int) { return -0.05; });
    set_wheel(Quantity::kTyreColdPressure, [&](int) { return 165; });
    set_wheel(Quantity::kTyreWear,
              [&](int wheel) { return std::min(0.9, 0.02 + 2e-5 * drive_.burnt_seconds + 0.005 * wheel); });
    const auto warmth = [&](int wheel, double degrees) {
      return state_.number(Quantity::kTyreTemperature, wheel) + degrees;
    };
    // The right side of each is the warmer one, of what most sims call left, centre and right.
    set_wheel(Quantity::kTyreInnerTemperature,
              [&](int wheel) { return warmth(wheel, is_left(wheel) ? 3 : -3); });
    set_wheel(Quantity::kTyreMiddleTemperature, [&](int wheel) { return warmth(wheel, 0); });
    set_wheel(Quantity::kTyreOuterTemperature,
              [&](int wheel) { return warmth(wheel, is_left(wheel) ? -3 : 3); });
    set_wheel(Quantity::kTyreDirt, [&](int) { return 0.1; });
    set_wheel(Quantity::kSurface, [](int) { return static_cast<double>(Surface::kAsphalt); });
  }

  void set_laps() {
    const int sector = lap_seconds_ < kSectorSeconds[0] ? 0 : lap_seconds_ < kSectorSeconds[1] ? 1 : 2;
    const double lost = drive_.lost_seconds[0] + drive_.lost_seconds[1] + drive_.lost_seconds[2];
    const double lost_before = drive_.lost_before[0] + drive_.lost_before[1] + drive_.lost_before[2];
    const double fastest = drive_.fastest_lap_seconds;
    set(Quantity::kLapTime, lap_seconds_ + lost);
    set(Quantity::kLastLapTime, lap_ > 0 ? kLapSeconds + lost_before : 0);
    set(Quantity::kBestLapTime, fastest);
    set(Quantity::kPredictedLapTime, kLapSeconds + lost);
    set(Quantity::kDelta, lost + 0.15 * std::sin(2 * kPi * lap_seconds_ / 31));
    set(Quantity::kSector, sector + 1);
    const auto of = [&](const std::array<double, 3>& losses, std::size_t i) {
      return kLapSectors[i] + losses[i];
    };
    set_vector(Quantity::kSectorTimes, sector > 0 ? of(drive_.lost_seconds, 0) : 0,
               sector > 1 ? of(drive_.lost_seconds, 1) : 0, 0);
    if (lap_ > 0) {
      set_vector(Quantity::kLastSectorTimes, of(drive_.lost_before, 0), of(drive_.lost_before, 1),
                 of(drive_.lost_before, 2));
      set_vector(Quantity::kBestSectorTimes, kLapSectors[0], kLapSectors[1], kLapSectors[2]);
    }
    set(Quantity::kLapIsValid, 1);
    set(Quantity::kLapDistance, at_.distance_m);
    set(Quantity::kLapFraction, at_.distance_m / track_length_m());
    set(Quantity::kTrackLength, track_length_m());
    set(Quantity::kDistance, lap_ * track_length_m() + at_.distance_m);
  }

  void set_session() {
    // When the race is over the next one begins.
    const double races = std::floor(drive_.session_seconds / kRaceSeconds);
    const double laps = kRaceLaps * (1 + std::floor(lap_ / kRaceLaps));
    set_word(Quantity::kFlag, drive_.flag);
    set_word(Quantity::kSessionKind, SessionKind::kRace);
    set_word(Quantity::kSessionPhase, SessionPhase::kRunning);
    set(Quantity::kSessionTime, drive_.session_seconds);
    set(Quantity::kSessionTimeLeft, (1 + races) * kRaceSeconds - drive_.session_seconds);
    set(Quantity::kLapCount, laps);
    set(Quantity::kLapsLeft, laps - lap_);
    set_word(Quantity::kPitState, drive_.pit);
    set(Quantity::kPitStops, drive_.pit_stops);
    set(Quantity::kPenalties, 0);
    set(Quantity::kPenaltyTime, 0);
    set(Quantity::kIncidents, 0);
  }

  void set_race() {
    const auto own = std::ranges::find(field_, true, &FieldCar::is_player);
    if (own == field_.end()) return;
    const auto behind = std::ranges::find(field_, own->position + 1, &FieldCar::position);
    set(Quantity::kCarCount, static_cast<double>(field_.size()));
    set(Quantity::kPosition, own->position);
    set(Quantity::kClassPosition, own->position);
    set(Quantity::kGapAhead, own->gap_ahead_seconds);
    set(Quantity::kGapBehind, kNoneNow);
    if (behind != field_.end()) set(Quantity::kGapBehind, behind->gap_ahead_seconds);
  }

  void set_weather() {
    set(Quantity::kRain, drive_.rain);
    set(Quantity::kWetness, 0.8 * drive_.rain);
    set(Quantity::kGrip, 0.97 - 0.3 * drive_.rain);
    set(Quantity::kWindSpeed, 3);
    set(Quantity::kWindDirection, 1.2);
    set(Quantity::kTimeOfDay, std::fmod(kFirstHour + drive_.session_seconds, 24 * 3600));
  }

  void set_truck() {
    const double driven_m = state_.number(Quantity::kDistance);
    const double left_m = kRouteMetres - std::fmod(driven_m, kRouteMetres);
    state_.cargo = "Excavator";
    state_.source = "Calais";
    state_.destination = "Duisburg";
    set(Quantity::kCargoMass, 21'500);
    set(Quantity::kCargoDamage, drive_.damage / 10);
    set(Quantity::kIncome, 18'500);
    set(Quantity::kRouteDistance, left_m);
    set(Quantity::kRouteTime, left_m / 22);
    set(Quantity::kSpeedLimit, 90);
    set(Quantity::kCruiseControl, 0);
    set(Quantity::kOdometer, 120'000 + driven_m / 1000);
    set(Quantity::kLeftBlinker, drive_.pit == PitState::kLeaving ? 1 : 0);
    set(Quantity::kRightBlinker, drive_.pit == PitState::kEntering ? 1 : 0);
    set(Quantity::kHighBeam, 0);
    set(Quantity::kParkingBrake, drive_.pit == PitState::kBox ? 1 : 0);
    set(Quantity::kTrailer, 1);
  }

  const Drive& drive_;
  std::span<const FieldCar> field_;
  LapState state_;
  double lap_, lap_seconds_;
  TrackPoint at_;
  double speed_ms_, throttle_, brake_, turn_;
};

}  // namespace

void drive_on(Drive& drive, double seconds, double part) {
  drive.speed_part = part;
  // Whoever is so near to the end of a sector is in the next: the numbers are not exact.
  constexpr double kNear = 1e-9;
  while (seconds > 0) {
    const double lap = std::floor((drive.driven_seconds + kNear) / kLapSeconds);
    const double at = drive.driven_seconds - lap * kLapSeconds;
    const std::size_t sector = at + kNear < kSectorSeconds[0] ? 0 : at + kNear < kSectorSeconds[1] ? 1 : 2;
    const double end = sector < 2 ? kSectorSeconds[sector] : kLapSeconds;
    const bool reaches_end = part > 0 && (end - at) / part <= seconds;
    const double step = reaches_end ? (end - at) / part : seconds;
    drive.lost_seconds[sector] += (1 - part) * step;
    drive.burnt_seconds += part * step;
    drive.driven_seconds = reaches_end ? lap * kLapSeconds + end : drive.driven_seconds + part * step;
    seconds = reaches_end ? seconds - step : 0;
    if (!reaches_end || sector < 2) continue;
    const double lap_time =
        kLapSeconds + drive.lost_seconds[0] + drive.lost_seconds[1] + drive.lost_seconds[2];
    if (drive.fastest_lap_seconds == 0 || lap_time < drive.fastest_lap_seconds)
      drive.fastest_lap_seconds = lap_time;
    drive.lost_before = std::exchange(drive.lost_seconds, {});
  }
}

double sector_start(std::size_t sector) {
  return track_at(kSectorSeconds[sector - 1]).distance_m / track_length_m();
}

Drive free_drive(double seconds) {
  return {.driven_seconds = seconds,
          .session_seconds = seconds,
          .fastest_lap_seconds = seconds >= kLapSeconds ? kLapSeconds : 0,
          .burnt_seconds = seconds};
}

LapState drive_state(const Drive& drive, std::span<const FieldCar> field) {
  return Car(drive, field).state();
}

}  // namespace pitbridge::model
