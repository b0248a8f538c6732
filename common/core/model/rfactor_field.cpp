// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <iterator>

#include "common/core/model/axes.hpp"
#include "common/core/model/bytes.hpp"
#include "common/core/model/rfactor.hpp"
#include "common/core/model/rfactor_records.hpp"
#include "common/core/model/track.hpp"

namespace pitbridge::model {
namespace {

using namespace rfactor;  // NOLINT(google-build-using-namespace): this file is of no other

std::uint8_t pit_word(PitState pit) {
  switch (pit) {
    case PitState::kRequested:
      return 1;
    case PitState::kEntering:
      return 2;
    case PitState::kBox:
      return 3;
    case PitState::kLeaving:
      return 4;
    default:
      return 0;
  }
}

/// Slot ids of cars that the scene has not named.
std::int32_t slot_id_of(std::size_t car) {
  return car < std::size(kVehicles) ? kVehicles[car].slot_id : 20 + static_cast<std::int32_t>(car);
}
/// Which record of Telemetry is the car's.
std::uint32_t telemetry_record_of(std::size_t car) {
  for (std::uint32_t i = 0; i < kTelemetryOrder.size(); ++i)
    if (kTelemetryOrder[i] == car) return i;
  return static_cast<std::uint32_t>(car);
}

void put_vector(std::span<std::byte> section, std::uint64_t at, const Vector& v) {
  put(section, at, v.x);
  put(section, at + 8, v.z);
  put(section, at + 16, v.y);
}
/// The columns of the matrix are the car's left, up and back; its rows the world's x, y and z, of which y is
/// up.
void put_axes(std::span<std::byte> section, std::uint64_t at, const Axes& axes) {
  const Vector columns[] = {axes.left, axes.up, opposite(axes.forward)};
  for (std::uint64_t i = 0; i < 3; ++i) {
    put(section, at + 8 * i, columns[i].x);
    put(section, at + 24 + 8 * i, columns[i].z);
    put(section, at + 48 + 8 * i, columns[i].y);
  }
}
Vector place_of(const FieldCar& car) {
  return {car.number(Quantity::kWorldPosition, 0), car.number(Quantity::kWorldPosition, 1),
          car.number(Quantity::kWorldPosition, 2)};
}

void write_scored(std::span<std::byte> section, std::uint64_t record, const FieldCar& car, std::int32_t id) {
  const PitState pit = car.pit;
  const bool in_pits = pit != PitState::kOnTrack && pit != PitState::kRequested;
  put(section, record + scoring::kId, id);
  put(section, record + scoring::kIsPlayer, std::uint8_t{car.is_player});
  put(section, record + scoring::kControl, std::uint8_t{!car.is_player});
  put(section, record + scoring::kTimeIntoLap, car.driven_seconds - car.lap() * kLapSeconds);
  put(section, record + scoring::kInPits, std::uint8_t{in_pits});
  put(section, record + scoring::kPitState, pit_word(pit));
  put(section, record + scoring::kBehindNext,
      car.gap_ahead_seconds == kNoneNow ? 0.0 : car.gap_ahead_seconds);
  put_vector(section, record + scoring::kPos, place_of(car));
  put_axes(section, record + scoring::kOri, axes_of(car.number(Quantity::kHeading, 0), 0, 0));
}

/// What the channels compute of the player's telemetry.
void write_driven(std::span<std::byte> section, std::uint64_t record, const LapState& car) {
  put_axes(section, record + telemetry::kOri, axes_of(car));
  put(section, record + telemetry::kBattery, car.number(Quantity::kBattery));
  put(section, record + telemetry::kBoostMotor, std::uint8_t{2});
  for (std::uint64_t i = 0; i < 8; ++i)
    put(section, record + telemetry::kDents + i,
        static_cast<std::uint8_t>(std::lround(2 * car.number(Quantity::kBodyDamage))));
  const double speed = car.number(Quantity::kVelocity);
  for (int wheel = 0; wheel < 4; ++wheel) {
    const std::uint64_t at =
        record + telemetry::kFirstWheel + static_cast<std::uint64_t>(wheel) * kWheelBytes;
    put(section, at + telemetry::kAcross, speed * std::tan(car.number(Quantity::kSlipAngle, wheel)));
    put(section, at + telemetry::kAlong, speed);
  }
}

/// What Le Mans Ultimate has put where the plugin's record has reserve.
void write_own_of_lmu(std::span<std::byte> section, std::uint64_t record, const LapState& car) {
  constexpr std::uint64_t kAbsActs = 746, kTcActs = 747, kTc = 750, kAbs = 756, kMap = 758;
  constexpr std::uint64_t kTimeOfDay = 1976, kRubber = 1981;
  constexpr std::uint8_t kMostLevels = 12;
  const auto put_byte = [&](std::uint64_t at, double value) {
    put(section, at, static_cast<std::uint8_t>(value));
  };
  put_byte(record + kAbsActs, car.number(Quantity::kAbsActs));
  put_byte(record + kTcActs, car.number(Quantity::kTcActs));
  put_byte(record + kTc, car.number(Quantity::kTcLevel));
  put_byte(record + kAbs, car.number(Quantity::kAbsLevel));
  put_byte(record + kMap, car.number(Quantity::kEngineMap));
  for (const std::uint64_t level : {kTc, kAbs, kMap}) put(section, record + level + 1, kMostLevels);
  put(section, kTimeOfDay, static_cast<float>(car.number(Quantity::kTimeOfDay)));
  put_byte(kRubber, std::round(4 * std::min(1.0, car.number(Quantity::kGrip))));
}

void write_shown_flag(std::span<std::byte> section, std::uint64_t record, Flag flag) {
  constexpr std::uint8_t kBlue = 6, kFinished = 1, kDisqualified = 3;
  put(section, record + scoring::kFlag, flag == Flag::kBlue ? kBlue : std::uint8_t{0});
  put(section, record + scoring::kUnderYellow,
      std::uint8_t{flag == Flag::kYellow || flag == Flag::kDoubleYellow});
  put(section, record + scoring::kFinish,
      flag == Flag::kChequered ? kFinished
      : flag == Flag::kBlack   ? kDisqualified
                               : std::uint8_t{0});
}

}  // namespace

void write_rfactor_field(const Place& place, const Moment& moment) {
  const Records records = records_of(place.mapping);
  const auto count = static_cast<std::int32_t>(moment.field.size());
  if (records.session) put(place.section, *records.session + session::kVehicles, count);
  for (std::size_t i = 0; i < moment.field.size(); ++i) {
    const FieldCar& car = moment.field[i];
    if (records.scoring)
      write_scored(place.section, *records.scoring + i * kScoringBytes, car, slot_id_of(i));
    if (!records.telemetry) continue;
    const std::uint64_t record = *records.telemetry + std::uint64_t{telemetry_record_of(i)} * kTelemetryBytes;
    put(place.section, record + telemetry::kId, slot_id_of(i));
    put_vector(place.section, record + telemetry::kPos, place_of(car));
    if (car.is_player) continue;
    put_axes(place.section, record + telemetry::kOri, axes_of(car.number(Quantity::kHeading, 0), 0, 0));
    put_text(place.section, record + telemetry::kVehicle, car.car);
  }
  if (records.telemetry && place.mapping == "LMU_Data") {
    put(place.section, *records.telemetry - 4, static_cast<std::uint8_t>(count));
  } else if (records.telemetry) {
    put(place.section, *records.telemetry - 4, count);
  }
}

void write_rfactor_computed(const Place& place, const Moment& moment) {
  const Records records = records_of(place.mapping);
  const LapState& car = moment.car;
  if (records.session) {
    put(place.section, *records.session + session::kEndTime,
        moment.clock_seconds + car.number(Quantity::kSessionTimeLeft));
    put(place.section, *records.session + session::kMostLaps,
        static_cast<std::int32_t>(car.number(Quantity::kLapCount)));
  }
  if (records.scoring) {
    const std::uint64_t record = *records.scoring + kPlayer * kScoringBytes;
    const auto put_times = [&](std::uint32_t first, std::uint32_t second, Quantity quantity) {
      const double one = car.number(quantity, 0), two = car.number(quantity, 1);
      if (std::isfinite(one)) put(place.section, record + first, one);
      if (std::isfinite(two)) put(place.section, record + second, two > 0 ? one + two : 0.0);
    };
    put_times(scoring::kSector1, scoring::kSector2, Quantity::kSectorTimes);
    put_times(scoring::kLastSector1, scoring::kLastSector2, Quantity::kLastSectorTimes);
    put(place.section, record + scoring::kTimeIntoLap, car.number(Quantity::kLapTime));
    write_shown_flag(place.section, record, static_cast<Flag>(car.number(Quantity::kFlag)));
  }
  if (!records.telemetry) return;
  const std::uint64_t record = *records.telemetry + kPlayerInTelemetry * kTelemetryBytes;
  write_driven(place.section, record, car);
  if (place.mapping == "LMU_Data") write_own_of_lmu(place.section, record, car);
}

}  // namespace pitbridge::model
