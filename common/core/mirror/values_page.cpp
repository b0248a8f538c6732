// SPDX-License-Identifier: MIT
#include "common/core/mirror/values_page.hpp"

#include <algorithm>
#include <cstring>

#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

void put_value(ValuesEntry& entry, const std::optional<Value>& value, AbsentReason reason) {
  entry.kind = static_cast<std::uint32_t>(ValueKind::kAbsent);
  entry.count = static_cast<std::uint32_t>(reason);
  std::fill(std::begin(entry.number), std::end(entry.number), 0.0);
  std::memset(entry.text, 0, sizeof entry.text);
  if (!value) return;
  if (const auto* text = std::get_if<std::string>(&*value)) {
    entry.kind = static_cast<std::uint32_t>(ValueKind::kText);
    entry.count = 1;
    put_text(entry.text, *text);
    return;
  }
  const auto* list = std::get_if<std::vector<double>>(&*value);
  const std::span<const double> numbers =
      list != nullptr ? std::span<const double>(*list) : std::span(&std::get<double>(*value), 1);
  entry.kind = static_cast<std::uint32_t>(ValueKind::kNumber);
  entry.count = static_cast<std::uint32_t>(std::min(numbers.size(), std::size(entry.number)));
  std::copy_n(numbers.begin(), entry.count, entry.number);
}

double number_of(const std::optional<Value>& value) {
  const auto* number = value ? std::get_if<double>(&*value) : nullptr;
  return number != nullptr ? *number : 0;
}

template <std::size_t kSize>
void put_car_text(char (&place)[kSize], const std::optional<Value>& value) {
  if (const auto* text = value ? std::get_if<std::string>(&*value) : nullptr) put_text(place, *text);
}

CarEntry car_entry(const CarRow& row) {
  using enum Quantity;
  CarEntry entry = {};
  for (std::size_t i = 0; i < kCarQuantities.size(); ++i)
    if (row.values[i]) entry.present |= 1U << i;
  entry.is_player = row.is_player ? 1 : 0;
  put_car_text(entry.car_number, row[kCarNumber]);
  put_car_text(entry.driver, row[kDriver]);
  put_car_text(entry.car, row[kCar]);
  put_car_text(entry.car_class, row[kCarClass]);
  entry.position = number_of(row[kPosition]);
  entry.class_position = number_of(row[kClassPosition]);
  entry.lap = number_of(row[kLap]);
  entry.lap_distance = number_of(row[kLapDistance]);
  entry.last_lap_time = number_of(row[kLastLapTime]);
  entry.best_lap_time = number_of(row[kBestLapTime]);
  entry.gap_ahead = number_of(row[kGapAhead]);
  entry.pit_state = number_of(row[kPitState]);
  if (const auto& at = row[kWorldPosition])
    std::ranges::copy(std::get<std::vector<double>>(*at), entry.world_position);
  entry.heading = number_of(row[kHeading]);
  return entry;
}

}  // namespace

ValuesWriter::ValuesWriter(Sink& file, std::uint64_t seed) : file_(file) {
  std::memcpy(header_.magic, kValuesMagic, sizeof header_.magic);
  header_.version = kValuesVersion;
  header_.header_bytes = sizeof(ValuesHeader);
  header_.entry_bytes = sizeof(ValuesEntry);
  header_.entry_count = kFirstEntries;
  header_.more_offset = kValuesMoreOffset;
  header_.more_count = kQuantities.size() - kFirstEntries;
  header_.sequence = static_cast<std::uint32_t>(seed) & ~1U;
  header_.details_offset = kValuesDetailsOffset;
  header_.details_bytes = sizeof(ValuesDetails);
  details_.cars_offset = kValuesCarsOffset;
  details_.car_bytes = sizeof(CarEntry);
  for (const QuantityInfo& info : kQuantities) {
    ValuesEntry& entry = entries_[static_cast<std::size_t>(info.quantity)];
    put_text(entry.name, info.name);
    put_text(entry.unit, info.unit);
  }
}

void ValuesWriter::publish(const Telemetry& telemetry, std::string_view title, std::uint64_t now_ns) {
  for (const QuantityInfo& info : kQuantities)
    put_value(entries_[static_cast<std::size_t>(info.quantity)], telemetry[info.quantity],
              telemetry.reason(info.quantity));
  put_text(details_.title, title);
  put_text(details_.version, telemetry.version);
  put_text(details_.fault, telemetry.version_fault);
  details_.implausible_count =
      static_cast<std::uint32_t>(telemetry.absent_because(AbsentReason::kImplausible).size());
  // Those that have left are cleared.
  cars_.assign(std::max<std::size_t>(telemetry.cars.size(), details_.car_count), CarEntry{});
  std::ranges::transform(telemetry.cars, cars_.begin(), car_entry);
  details_.car_count = static_cast<std::uint32_t>(telemetry.cars.size());
  header_.activity = static_cast<std::uint32_t>(telemetry.activity);
  header_.updated_ns = now_ns;
  constexpr std::size_t kSequence = offsetof(ValuesHeader, sequence);
  constexpr std::size_t kAfter = kSequence + sizeof header_.sequence;
  const std::uint32_t odd = header_.sequence + 1;
  header_.sequence += 2;
  const auto header = std::as_bytes(std::span(&header_, 1));
  const Store stores[] = {{kSequence, std::as_bytes(std::span(&odd, 1))},
                          {0, header.first(kSequence)},
                          {kAfter, header.subspan(kAfter)},
                          {sizeof header_, std::as_bytes(std::span(entries_).first(kFirstEntries))},
                          {kValuesDetailsOffset, std::as_bytes(std::span(&details_, 1))},
                          {kValuesMoreOffset, std::as_bytes(std::span(entries_).subspan(kFirstEntries))},
                          {kValuesCarsOffset, std::as_bytes(std::span(cars_))},
                          {kSequence, header.subspan(kSequence, sizeof header_.sequence)}};
  file_.publish(stores);
}

}  // namespace pitbridge
