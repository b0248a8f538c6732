// SPDX-License-Identifier: MIT
// What each of these numbers is, and in which unit, stands with the function that decodes it: sims/.
#include "common/core/model/computed.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "common/core/model/bytes.hpp"
#include "common/core/model/rfactor.hpp"

namespace pitbridge::model {
namespace {

using enum Quantity;

/// Writes fields by name; what the mapping does not have is left out.
class Fields {
 public:
  Fields(const Place& place, const FieldFinder& find) : place_(place), find_(find) {}

  void set(std::string_view name, double value, std::uint32_t index = 0,
           std::uint64_t shift_bytes = 0) const {
    if (const auto field = find_(name)) write_number(place_.section, *field, value, index, shift_bytes);
  }
  void set_text(std::string_view name, const std::string& text) const {
    if (const auto field = find_(name)) write_text(place_.section, *field, text);
  }

 private:
  const Place& place_;
  const FieldFinder& find_;
};

void write_acpmf(const Fields& fields, const LapState& car) {
  const double delta = car.number(kDelta);
  fields.set("iDeltaLapTime", 1000 * std::abs(delta));
  fields.set("isDeltaPositive", delta < 0 ? 0 : 1);
}

void write_evo(const Fields& fields, const LapState& car) {
  const double seconds = car.number(kTimeOfDay);
  fields.set("time_of_day_hours", std::floor(seconds / 3600));
  fields.set("time_of_day_minutes", std::floor(std::fmod(seconds, 3600) / 60));
  fields.set("time_of_day_seconds", std::floor(std::fmod(seconds, 60)));
}

/// Left, centre and right of the tread; the centre is a channel's.
void write_treads(const Fields& fields, const LapState& car) {
  for (std::uint32_t wheel = 0; wheel < 4; ++wheel) {
    const bool is_left = wheel % 2 == 0;
    const int i = static_cast<int>(wheel);
    const double left = car.number(is_left ? kTyreOuterTemperature : kTyreInnerTemperature, i);
    const double right = car.number(is_left ? kTyreInnerTemperature : kTyreOuterTemperature, i);
    fields.set("tire_temp0.current_temp", left, 0, std::uint64_t{wheel} * 24);
    fields.set("tire_temp0.current_temp", right, 2, std::uint64_t{wheel} * 24);
    fields.set("mTyreTempLeft", left, wheel);
    fields.set("mTyreTempRight", right, wheel);
  }
}

void write_raceroom(const Fields& fields, const LapState& car) {
  constexpr double kMedium = 3;
  write_treads(fields, car);
  fields.set("steer_wheel_range_degrees",
             std::round(2 * car.number(kSteeringAngle) / car.number(kSteering) * 180 / std::numbers::pi));
  fields.set("vehicle_info.car_number", std::stod(car.car_number));
  fields.set("tire_subtype_front", kMedium);
  double now = 0, before = 0;
  for (std::uint32_t i = 0; i < 3; ++i) {
    const double sector = car.number(kSectorTimes, static_cast<int>(i));
    now += sector;
    before += car.number(kLastSectorTimes, static_cast<int>(i));
    fields.set("sector_time_current_self", sector > 0 ? now : -1, i);
    fields.set("sector_time_previous_self", std::isnan(before) ? -1 : before, i);
  }
}

void write_pcars(const Fields& fields, const LapState& car) {
  constexpr double kRacing = 2, kRace = 5;  // 4 is the formation lap
  write_treads(fields, car);
  fields.set("mSessionState", kRace);
  fields.set("mRaceState", kRacing);
  constexpr std::string_view kNames[] = {"mCurrentSector1Time", "mCurrentSector2Time", "mCurrentSector3Time"};
  for (int i = 0; i < 3; ++i) {
    const double sector = car.number(kSectorTimes, i);
    fields.set(kNames[i], sector > 0 ? sector : -1);
  }
}

void write_truck(const Fields& fields, const LapState& car) {
  constexpr double kTurn = 2 * std::numbers::pi;
  fields.set("truck_dp.rotationX", car.number(kHeading) / kTurn - 0.25);
  fields.set("common_ui.time_abs", std::floor(car.number(kTimeOfDay) / 60));
  fields.set("truck_f.wearCabin", car.number(kBodyDamage));
  fields.set("truck_f.wearChassis", car.number(kBodyDamage));
  fields.set("special_b.onJob", 1);
  fields.set("config_f.cargoMass", car.number(kCargoMass));
  fields.set("job_f.cargoDamage", car.number(kCargoDamage));
  fields.set("config_ull.jobIncome", car.number(kIncome));
  fields.set_text("substances.substance", "road");  // the first, which all wheels are on
}

}  // namespace

void write_computed(const Place& place, const Moment& moment, const FieldFinder& find) {
  const LapState& car = moment.car;
  if (!car.knows(quantity_info(kWorldPosition))) return;
  const Fields fields(place, find);
  if (place.mapping == "acpmf_graphics") return write_acpmf(fields, car);
  if (place.mapping == "acpmf_physics" && place.title.id == "assetto_corsa_competizione") {
    put(place.section, 204, static_cast<float>(car.number(kTcActs)));
    return put(place.section, 252, static_cast<float>(car.number(kAbsActs)));
  }
  if (place.mapping == "acevo_pmf_graphics") return write_evo(fields, car);
  if (place.mapping == "$R3E") return write_raceroom(fields, car);
  if (place.mapping == "$pcars2$" || place.mapping == "$pcars$") return write_pcars(fields, car);
  if (place.mapping == "SCSTelemetry") return write_truck(fields, car);
  write_rfactor_computed(place, moment);
  write_computed_packet(place, moment, find);
}

}  // namespace pitbridge::model
