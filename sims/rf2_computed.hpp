// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <optional>

#include "common/core/decode/snapshot.hpp"
#include "sims/rf2_records.hpp"

/// What no field of the records of rFactor 2 and Le Mans Ultimate holds as a number. `Memory` says where the
/// records are: kScoring and kTelemetry (file names), kFirstSession, kFirstScored and kFirstDriven (offsets),
/// kMostCars. Each function fits `Channel::compute`, for a row of the kind of records that its name says.
namespace pitbridge::rf2_records {

constexpr std::int64_t kFirstRaceSession = 10;
constexpr std::int64_t kWithoutLapLimit = 1'000'000;  // and 2^31 - 1 where the game counts none

template <std::size_t kCount>
constexpr Field field_named(const Field (&fields)[kCount], std::string_view name) {
  return *find_field(fields, name);
}

/// A field's own name as a template's argument, so that it is found while compiling.
template <std::size_t kSize>
struct Name {
  char text[kSize];
  constexpr Name(const char (&name)[kSize]) {  // NOLINT(google-explicit-constructor)
    std::copy_n(name, kSize, text);
  }
  constexpr std::string_view view() const { return {text, kSize - 1}; }
};

template <typename Memory>
class Computed {
  using Number = std::optional<double>;

 public:
  // --- Of the session ---

  static Number time_left(const Snapshot& s, std::uint64_t /*shift*/, std::uint32_t /*element*/) {
    const Number end = session(s, "mEndET");
    const Number now = session(s, "mCurrentET");
    if (!end || !now || *end < 1) return std::nullopt;
    return std::max(0.0, *end - *now);
  }
  static Number lap_count(const Snapshot& s, std::uint64_t /*shift*/, std::uint32_t /*element*/) {
    const Number laps = session(s, "mMaxLaps");
    return laps && *laps < kWithoutLapLimit ? laps : std::nullopt;
  }

  // --- Of a vehicle in Scoring ---

  static Number laps_left(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    const Number laps = lap_count(s, 0, 0);
    const Number done = scored<"mTotalLaps">(s, shift);
    if (!laps || *laps <= 0 || !done) return std::nullopt;
    return std::max(0.0, *laps - *done);
  }
  static Number lap_fraction(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    const Number at = scored<"mLapDist">(s, shift);
    const Number length = session(s, "mLapDist");
    if (!at || !length || *length <= 0) return std::nullopt;
    return *at / *length;
  }
  /// The second time of two holds the first one too; what has not been driven yet is 0 or below.
  static Number sector_time(const Snapshot& s, std::uint64_t shift, std::uint32_t element) {
    const Number first = scored<"mCurSector1">(s, shift);
    const Number second = scored<"mCurSector2">(s, shift);
    if (!first || !second) return std::nullopt;
    if (element == 0) return std::max(0.0, *first);
    return element == 1 && *first > 0 && *second > *first ? *second - *first : 0;
  }
  static Number last_sector_time(const Snapshot& s, std::uint64_t shift, std::uint32_t element) {
    const Number first = scored<"mLastSector1">(s, shift);
    const Number second = scored<"mLastSector2">(s, shift);
    const Number lap = scored<"mLastLapTime">(s, shift);
    if (!first || !second || !lap || *first <= 0 || *second < *first || *lap < *second) return std::nullopt;
    return element == 0 ? *first : element == 1 ? *second - *first : *lap - *second;
  }
  /// The gaps are ones of the race in races alone.
  static Number gap_ahead(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    const Number place = scored<"mPlace">(s, shift);
    if (!is_race(s) || !place || *place <= 1) return std::nullopt;
    return scored<"mTimeBehindNext">(s, shift);
  }
  static Number gap_behind(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    const Number place = scored<"mPlace">(s, shift);
    if (!is_race(s) || !place) return std::nullopt;
    for (std::uint32_t car = 0; car < count(s); ++car)
      if (scored<"mPlace">(s, std::uint64_t{car} * kScoredBytes) == *place + 1)
        return gap_ahead(s, std::uint64_t{car} * kScoredBytes, 0);
    return std::nullopt;
  }
  static Number class_position(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    const Number place = scored<"mPlace">(s, shift);
    const std::string_view own_class = class_of(s, shift);
    if (!place || *place < 1 || own_class.empty()) return std::nullopt;
    double position = 1;
    for (std::uint32_t car = 0; car < count(s); ++car) {
      const std::uint64_t other = std::uint64_t{car} * kScoredBytes;
      if (scored<"mPlace">(s, other).value_or(0) < *place && class_of(s, other) == own_class) ++position;
    }
    return position;
  }
  /// mPitState rests at 0, and in Le Mans Ultimate at 5.
  static Number pit_state(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    const Number state = scored<"mPitState">(s, shift);
    const Number in_pits = scored<"mInPits">(s, shift);
    const Number in_garage = scored<"mInGarageStall">(s, shift);
    if (!state || !in_pits || !in_garage) return std::nullopt;
    if (*in_garage != 0) return word(PitState::kGarage);
    if (*state == 2) return word(PitState::kEntering);
    if (*state == 3) return word(PitState::kBox);
    if (*state == 4) return word(PitState::kLeaving);
    if (*in_pits != 0) return word(PitState::kLane);
    return word(*state == 1 ? PitState::kRequested : PitState::kOnTrack);
  }
  /// Yellow as the car has met it: the flags of the sectors are not sure (their order, and what is none).
  static Number flag(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    const Number phase = session(s, "mGamePhase");
    const Number finish = scored<"mFinishStatus">(s, shift);
    const Number under_yellow = scored<"mUnderYellow">(s, shift);
    const Number shown = scored<"mFlag">(s, shift);
    if (!phase || !finish || !under_yellow || !shown) return std::nullopt;
    if (*finish == 3) return word(Flag::kBlack);
    if (*phase == 7) return word(Flag::kRed);
    if (*finish == 1 || *phase == 8) return word(Flag::kChequered);
    if (*phase == 6 || *under_yellow != 0) return word(Flag::kYellow);
    if (*shown == 6) return word(Flag::kBlue);
    return *shown == 0 ? Number(word(Flag::kGreen)) : std::nullopt;
  }

  // --- Of a vehicle's telemetry ---

  /// The rows of the matrix make a vector of the world of one of the car. Both have y up and turn by the left
  /// hand; with y and z exchanged they turn by the right one.
  static Number world_velocity(const Snapshot& s, std::uint64_t shift, std::uint32_t element) {
    constexpr std::uint32_t kRows[] = {0, 2, 1};
    double sum = 0;
    for (std::uint32_t axis = 0; axis < 3; ++axis) {
      const Number direction = driven<"mOri">(s, shift, 3 * kRows[element] + axis);
      const Number velocity = driven<"mLocalVel">(s, shift, axis);
      if (!direction || !velocity) return std::nullopt;
      sum += *direction * *velocity;
    }
    return sum;
  }
  /// The columns of the matrix are the car's left, up and back in the world.
  static Number heading(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    return heading_by([&](std::uint32_t i) { return driven<"mOri">(s, shift, i); });
  }
  static Number pitch(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    const auto ori = [&](std::uint32_t i) { return driven<"mOri">(s, shift, i).value_or(NAN); };
    return is_turned(s, shift) ? Number(std::atan2(ori(5), std::sqrt(ori(2) * ori(2) + ori(8) * ori(8))))
                               : std::nullopt;
  }
  static Number roll(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    const auto ori = [&](std::uint32_t i) { return driven<"mOri">(s, shift, i).value_or(NAN); };
    return is_turned(s, shift) ? Number(std::atan2(ori(3), ori(4))) : std::nullopt;
  }
  static Number battery(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    if (driven<"mElectricBoostMotorState">(s, shift).value_or(0) == 0) return std::nullopt;
    return driven<"mBatteryChargeFraction">(s, shift);
  }
  static Number body_damage(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    constexpr double kMostDented = 2;
    double worst = 0;
    for (std::uint32_t place = 0; place < 8; ++place) {
      const Number dent = driven<"mDentSeverity">(s, shift, place);
      if (!dent) return std::nullopt;
      worst = std::max(worst, *dent);
    }
    return worst / kMostDented;
  }
  /// As TinyPedal has it: the angle between the ground's movement below the wheel and the wheel.
  static Number slip_angle(const Snapshot& s, std::uint64_t shift, std::uint32_t wheel) {
    const Number across = driven<"wheel0.mLateralGroundVel">(s, of_wheel(shift, wheel));
    const Number along = driven<"wheel0.mLongitudinalGroundVel">(s, of_wheel(shift, wheel));
    if (!across || !along) return std::nullopt;
    return *along == 0 ? 0 : std::atan(*across / *along);
  }
  /// Of left, centre and right of the tread, by the driver's eye: a left wheel's right is towards the car.
  static Number inner_temperature(const Snapshot& s, std::uint64_t shift, std::uint32_t wheel) {
    return tread(s, shift, wheel, wheel % 2 == 0 ? 2 : 0);
  }
  static Number outer_temperature(const Snapshot& s, std::uint64_t shift, std::uint32_t wheel) {
    return tread(s, shift, wheel, wheel % 2 == 0 ? 0 : 2);
  }

  // --- Of all cars: the rows are of Scoring, and the slot id finds the telemetry ---

  static std::uint32_t count(const Snapshot& s) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(
        static_cast<std::int64_t>(session(s, "mNumVehicles").value_or(0)), 0, Memory::kMostCars));
  }
  static std::optional<std::uint32_t> player(const Snapshot& s) {
    for (std::uint32_t car = 0; car < count(s); ++car)
      if (scored<"mIsPlayer">(s, std::uint64_t{car} * kScoredBytes).value_or(0) != 0) return car;
    return std::nullopt;
  }
  /// Where the telemetry of a scored vehicle is, by its slot id: the order need not be the same.
  static std::optional<std::uint64_t> driven_shift(const Snapshot& s, std::uint64_t scored_shift) {
    const Number id = scored<"mID">(s, scored_shift);
    if (!id) return std::nullopt;
    const std::uint64_t likely = scored_shift / kScoredBytes;
    if (driven<"mID">(s, likely * kDrivenBytes) == id) return likely * kDrivenBytes;
    for (std::uint64_t i = 0; i < Memory::kMostCars; ++i)
      if (driven<"mID">(s, i * kDrivenBytes) == id) return i * kDrivenBytes;
    return std::nullopt;
  }
  static Number car_position(const Snapshot& s, std::uint64_t shift, std::uint32_t element) {
    constexpr std::uint32_t kAxes[] = {0, 2, 1};
    const auto at = driven_shift(s, shift);
    return at ? driven<"mPos">(s, *at, kAxes[element]) : scored<"mPos">(s, shift, kAxes[element]);
  }
  static Number car_heading(const Snapshot& s, std::uint64_t shift, std::uint32_t /*element*/) {
    const auto at = driven_shift(s, shift);
    return at ? heading(s, *at, 0) : heading_by([&](std::uint32_t i) { return scored<"mOri">(s, shift, i); });
  }

 private:
  template <Name kName>
  static Number driven(const Snapshot& s, std::uint64_t shift, std::uint32_t index = 0) {
    constexpr Field kField = field_named(kDrivenFields, kName.view());
    return s.number(Memory::kTelemetry, kField, index, Memory::kFirstDriven + shift);
  }
  template <Name kName>
  static Number scored(const Snapshot& s, std::uint64_t shift, std::uint32_t index = 0) {
    constexpr Field kField = field_named(kScoredFields, kName.view());
    return s.number(Memory::kScoring, kField, index, Memory::kFirstScored + shift);
  }
  static Number session(const Snapshot& s, std::string_view name) {
    return s.number(Memory::kScoring, field_named(kSessionFields, name), 0, Memory::kFirstSession);
  }
  static std::uint64_t of_wheel(std::uint64_t shift, std::uint32_t wheel) {
    return shift + std::uint64_t{wheel} * kWheelBytes;
  }
  static Number tread(const Snapshot& s, std::uint64_t shift, std::uint32_t wheel, std::uint32_t place) {
    const Number kelvin = driven<"wheel0.mTemperature">(s, of_wheel(shift, wheel), place);
    return kelvin && *kelvin > 0 ? kelvin : std::nullopt;
  }
  static bool is_race(const Snapshot& s) { return session(s, "mSession").value_or(0) >= kFirstRaceSession; }
  /// A matrix of zeros is none yet.
  static bool is_turned(const Snapshot& s, std::uint64_t shift) {
    return driven<"mOri">(s, shift, 2).value_or(0) != 0 || driven<"mOri">(s, shift, 8).value_or(0) != 0;
  }
  template <typename Ori>
  static Number heading_by(const Ori& ori) {
    const Number x = ori(2);
    const Number z = ori(8);
    if (!x || !z || (*x == 0 && *z == 0)) return std::nullopt;
    return std::atan2(-*z, -*x);
  }
  static std::string_view class_of(const Snapshot& s, std::uint64_t shift) {
    constexpr Field kField = field_named(kScoredFields, "mVehicleClass");
    const auto* bytes = s.bytes(Memory::kScoring);
    const std::uint64_t at = Memory::kFirstScored + shift + kField.offset_bytes;
    if (bytes == nullptr || at + kField.count > bytes->size()) return {};
    const char* text = reinterpret_cast<const char*>(bytes->data()) + at;
    return {text, strnlen(text, kField.count)};
  }
  template <typename Word>
  static double word(Word meaning) {
    return static_cast<double>(meaning);
  }
};

/// A function of a template, for a row: under sanitizers GCC 12 takes its address for no constant, but that
/// of a lambda, which is no template itself, for one.
template <auto kFunction>
constexpr auto kComputed = [](const Snapshot& snapshot, std::uint64_t shift_bytes, std::uint32_t element) {
  return kFunction(snapshot, shift_bytes, element);
};

}  // namespace pitbridge::rf2_records
