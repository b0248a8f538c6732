// SPDX-License-Identifier: MIT
#include "common/core/model/rfactor.hpp"

#include <iterator>

#include "common/core/model/bytes.hpp"
#include "common/core/model/rfactor_records.hpp"

namespace pitbridge::model {
namespace {

using namespace rfactor;  // NOLINT(google-build-using-namespace): this file is of no other

/// What a client reads that takes the first vehicle for the player's.
constexpr double kOthersRpm = 1000;

void prepare_scoring(std::span<std::byte> section, std::uint32_t first, const LapState& car) {
  for (std::uint32_t i = 0; i < std::size(kVehicles); ++i) {
    const std::uint32_t record = first + i * kScoringBytes;
    put(section, record + scoring::kId, kVehicles[i].slot_id);
    put_text(section, record + scoring::kDriver, kVehicles[i].driver);
    put_text(section, record + scoring::kVehicle, i == kPlayer ? std::string_view(car.car) : "other car");
    put_text(section, record + scoring::kClass, "GT3");
    put(section, record + scoring::kIsPlayer, std::uint8_t{i == kPlayer});
    put(section, record + scoring::kControl, std::uint8_t{i != kPlayer});  // 0 is the player, 1 the computer
    put(section, record + scoring::kPlace, static_cast<std::uint8_t>(i + 1));
  }
}

void prepare_telemetry(std::span<std::byte> section, std::uint32_t first, const LapState& car) {
  for (std::uint32_t i = 0; i < kTelemetryOrder.size(); ++i) {
    const std::uint32_t record = first + i * kTelemetryBytes;
    put(section, record + telemetry::kId, kVehicles[kTelemetryOrder[i]].slot_id);
    put_text(section, record + telemetry::kTrack, car.track);
    put(section, record + telemetry::kIgnition, std::uint8_t{1});
    if (i == kPlayerInTelemetry) continue;
    put_text(section, record + telemetry::kVehicle, "other car");
    put(section, record + telemetry::kRpm, kOthersRpm);
  }
}

void prepare_rfactor(const Place& place, const LapState& car) {
  const Records records = records_of(place.mapping);
  constexpr auto kVehicleCount = static_cast<std::int32_t>(std::size(kVehicles));
  if (records.session) {
    put(place.section, *records.session + session::kVehicles, kVehicleCount);
    put(place.section, *records.session + session::kEndTime, 3600.0);
  }
  if (records.scoring) prepare_scoring(place.section, *records.scoring, car);
  if (!records.telemetry) return;
  prepare_telemetry(place.section, *records.telemetry, car);
  if (place.mapping != "LMU_Data") return put(place.section, *records.telemetry - 4, kVehicleCount);
  // Le Mans Ultimate alone: which events were fired (10 Scoring, 11 Telemetry), that the car is on the track,
  // and the count and the player's index in front of Telemetry.
  for (const std::uint32_t event : {10U, 11U}) put(place.section, std::uint64_t{event} * 4, std::uint32_t{1});
  put(place.section, 96, std::uint8_t{3});
  put(place.section, *records.telemetry - 4, static_cast<std::uint8_t>(kVehicleCount));
  put(place.section, *records.telemetry - 3, static_cast<std::uint8_t>(kPlayerInTelemetry));
}

void write_telemetry(std::span<std::byte> section, std::uint32_t first, const Moment& moment) {
  for (std::uint32_t i = 0; i < kTelemetryOrder.size(); ++i) {
    const std::uint32_t record = first + i * kTelemetryBytes;
    put(section, record + telemetry::kDeltaTime, 0.02);
    put(section, record + telemetry::kElapsedTime, moment.clock_seconds);
    // The lap that is driven, counted from 0: clients add 1.
    put(section, record + telemetry::kLapNumber,
        static_cast<std::int32_t>(moment.car.number(Quantity::kLap)));
    put(section, record + telemetry::kLapStart, moment.clock_seconds - moment.car.number(Quantity::kLapTime));
  }
  const std::uint32_t wheels = first + kPlayerInTelemetry * kTelemetryBytes + telemetry::kFirstWheel;
  for (int wheel = 0; wheel < 4; ++wheel) {
    const std::uint32_t record = wheels + static_cast<std::uint32_t>(wheel) * kWheelBytes;
    const double tread = moment.car.number(Quantity::kTyreTemperature, wheel) + kKelvinAtZero;
    // Left and right of the centre, which is a value of its own; the carcass is warmer than the tread.
    put(section, record + telemetry::kTread, tread - 3);
    put(section, record + telemetry::kTread + 16, tread + 3);
    put(section, record + telemetry::kCarcass, tread + 6);
  }
}

void write_rfactor(const Place& place, const Moment& moment) {
  const Records records = records_of(place.mapping);
  if (records.session) put(place.section, *records.session + session::kCurrentTime, moment.clock_seconds);
  if (records.scoring) {
    for (std::uint32_t i = 0; i < std::size(kVehicles); ++i) {
      const std::uint32_t record = *records.scoring + i * kScoringBytes;
      put(place.section, record + scoring::kTotalLaps,
          static_cast<std::int16_t>(moment.car.number(Quantity::kLap)));
      put(place.section, record + scoring::kLapDistance, 40 * moment.car.number(Quantity::kLapTime));
      put(place.section, record + scoring::kTimeIntoLap, moment.car.number(Quantity::kLapTime));
    }
  }
  if (records.telemetry) write_telemetry(place.section, *records.telemetry, moment);
}

std::uint64_t player_shift_bytes(std::string_view mapping, std::uint32_t offset_bytes) {
  const Records records = records_of(mapping);
  if (records.telemetry && offset_bytes >= *records.telemetry)
    return std::uint64_t{kPlayerInTelemetry} * kTelemetryBytes;
  return std::uint64_t{kPlayer} * kScoringBytes;
}

}  // namespace

constexpr Scene kRfactor2Scene = {player_shift_bytes, prepare_rfactor, write_rfactor, "3.7.15.1"};
constexpr Scene kLeMansUltimateScene = {player_shift_bytes, prepare_rfactor, write_rfactor, "14200"};

}  // namespace pitbridge::model
