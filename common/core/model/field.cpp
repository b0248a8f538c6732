// SPDX-License-Identifier: MIT
#include "common/core/model/field.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string_view>

#include "common/core/model/lap.hpp"
#include "common/core/model/track.hpp"

namespace pitbridge::model {
namespace {

struct Entry {
  std::string_view driver, car;
};
/// Nobody's names.
constexpr std::array<Entry, kMostFieldCars> kEntries = {
    {{"Ann Other", "ks_ferrari_488_gt3"},
     {"Bo Third", "ks_mclaren_650_gt3"},
     {"Cy Last", "ks_audi_r8_lms"},
     {"Dana Fern\xC3\xA1ndez", "ks_lamborghini_huracan_gt3"},
     {"Eli Novak", "ks_mercedes_amg_gt3"},
     {"Finn Aalto", "ks_nissan_gtr_gt3"},
     {"Gia Rossi", "ks_ferrari_488_gt3"},
     {"Hugo Petit", "ks_audi_r8_lms"},
     {"Ida Berg", "ks_porsche_911_gt3_r_2016"},
     {"Jan Kowal", "ks_mclaren_650_gt3"},
     {"Kim Sato", "ks_nissan_gtr_gt3"},
     {"Lou Martin", "ks_mercedes_amg_gt3"},
     {"Mia Costa", "ks_lamborghini_huracan_gt3"},
     {"Nils Holm", "ks_audi_r8_lms"},
     {"Ola Dahl", "ks_ferrari_488_gt3"},
     {"Pia Weber", "ks_porsche_911_gt3_r_2016"},
     {"Rui Lopes", "ks_mclaren_650_gt3"},
     {"Sam Baker", "ks_mercedes_amg_gt3"},
     {"Tia Moreau", "ks_nissan_gtr_gt3"},
     {"Uwe Brandt", "ks_audi_r8_lms"}}};

constexpr double kApartSeconds = 2.1;
constexpr double kStopSeconds = 30, kLostPartOfStop = 0.8;
/// What a random number is for.
enum : std::uint64_t { kPace = 1, kSway, kFirstStop, kBetweenStops };

/// Opponent `i` of the others; those with the first two numbers start ahead of the player.
double started_ahead_seconds(std::uint32_t i) {
  const double place = i < 2 ? 2 - static_cast<double>(i) : 1 - static_cast<double>(i);
  return kApartSeconds * place;
}

struct Raced {
  double driven_seconds;
  bool pits;
};

double pace_of(const FieldSetup& setup, std::uint32_t i) {
  return setup.races ? 1 + 0.016 * (random_part(setup.seed, kPace, i) - 0.5) : 1;
}

/// How far an opponent has come.
Raced raced(const FieldSetup& setup, std::uint32_t i, double seconds) {
  const double start = started_ahead_seconds(i);
  if (!setup.races) return {start + seconds, false};
  const auto part = [&](std::uint64_t what) { return random_part(setup.seed, what, i); };
  const double pace = pace_of(setup, i);
  const double sway = 1.5 * (std::sin(2 * std::numbers::pi * (seconds / 97 + part(kSway))) -
                             std::sin(2 * std::numbers::pi * part(kSway)));
  const double first = 150 + 400 * part(kFirstStop);
  const double period = 700 + 400 * part(kBetweenStops);
  if (seconds < first) return {start + pace * seconds + sway, false};
  const double since = seconds - first;
  const double stops = std::floor(since / period);
  const double in_stop = std::min(since - stops * period, kStopSeconds);
  const double lost = kLostPartOfStop * (stops * kStopSeconds + in_stop);
  return {start + pace * (seconds - lost) + sway, in_stop < kStopSeconds};
}

double completed_laps(double driven_seconds) {
  return std::max(0.0, std::floor(driven_seconds / kLapSeconds));
}

/// How old the race was when the opponent had driven so far; it never drives back.
double racing_seconds_at(const FieldSetup& setup, std::uint32_t i, double driven_seconds) {
  double from = 0;
  double to = 2 * std::max(0.0, driven_seconds) + 1000;
  for (int step = 0; step < 32; ++step) {
    const double middle = (from + to) / 2;
    (raced(setup, i, middle).driven_seconds < driven_seconds ? from : to) = middle;
  }
  return to;
}
double lap_seconds_of(const FieldSetup& setup, std::uint32_t i, double lap) {
  return racing_seconds_at(setup, i, lap * kLapSeconds) -
         racing_seconds_at(setup, i, (lap - 1) * kLapSeconds);
}

FieldCar opponent(const FieldSetup& setup, std::uint32_t i, double seconds) {
  const Raced now = raced(setup, i, seconds);
  FieldCar car;
  car.driver = kEntries[i].driver;
  car.car = kEntries[i].car;
  car.car_class = "GT3";
  car.number_text = std::to_string(i + 4);
  car.driven_seconds = now.driven_seconds;
  car.pit = now.pits ? PitState::kLane : PitState::kOnTrack;
  if (const double laps = completed_laps(now.driven_seconds); laps > 0) {
    car.last_lap_seconds = setup.races ? lap_seconds_of(setup, i, laps) : kLapSeconds;
    car.best_lap_seconds = std::min(car.last_lap_seconds, kLapSeconds / pace_of(setup, i));
  }
  return car;
}

}  // namespace

double random_part(std::uint64_t seed, std::uint64_t what, std::uint64_t which) {
  // splitmix64
  std::uint64_t z = seed + 0x9E3779B97F4A7C15U * (1 + what * 1000 + which);
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  z ^= z >> 31U;
  return static_cast<double>(z >> 11U) / static_cast<double>(std::uint64_t{1} << 53U);
}

double FieldCar::lap() const {
  return completed_laps(driven_seconds);
}

double FieldCar::number(Quantity quantity, int element) const {
  switch (quantity) {
    case Quantity::kPosition:
    case Quantity::kClassPosition:
      return position;
    case Quantity::kLap:
      return lap();
    case Quantity::kLapDistance:
      return track_at(driven_seconds).distance_m;
    case Quantity::kLapFraction:
      return track_at(driven_seconds).distance_m / track_length_m();
    case Quantity::kLastLapTime:
      return last_lap_seconds;
    case Quantity::kBestLapTime:
      return best_lap_seconds;
    case Quantity::kGapAhead:
      return gap_ahead_seconds;
    case Quantity::kPitState:
      return static_cast<double>(pit);
    case Quantity::kHeading:
      return track_at(driven_seconds).heading;
    case Quantity::kWorldPosition: {
      const TrackPoint at = track_at(driven_seconds);
      return element == 0 ? at.x : element == 1 ? at.y : at.z;
    }
    default:
      return std::numeric_limits<double>::quiet_NaN();
  }
}

const std::string& FieldCar::text(Quantity quantity) const {
  static const std::string kNone;
  switch (quantity) {
    case Quantity::kDriver:
      return driver;
    case Quantity::kCar:
      return car;
    case Quantity::kCarClass:
      return car_class;
    case Quantity::kCarNumber:
      return number_text;
    default:
      return kNone;
  }
}

std::vector<FieldCar> field_at(const FieldSetup& setup, double racing_seconds, const FieldCar& player) {
  const std::uint32_t cars = std::min(setup.cars, kMostFieldCars);
  std::vector<FieldCar> field;
  for (std::uint32_t i = 0; field.size() < cars; ++i) {
    if (field.size() == setup.player) field.push_back(player);
    if (field.size() < cars) field.push_back(opponent(setup, i, racing_seconds));
  }
  std::vector<FieldCar*> by_place;
  by_place.reserve(field.size());
  for (FieldCar& car : field) by_place.push_back(&car);
  std::ranges::stable_sort(by_place, std::greater(), [](const FieldCar* car) { return car->driven_seconds; });
  for (std::size_t i = 0; i < by_place.size(); ++i) {
    by_place[i]->position = static_cast<std::uint32_t>(i + 1);
    by_place[i]->gap_ahead_seconds =
        i == 0 ? kNoneNow : by_place[i - 1]->driven_seconds - by_place[i]->driven_seconds;
  }
  return field;
}

}  // namespace pitbridge::model
