// SPDX-License-Identifier: MIT
#include "common/core/decode/cars.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace pitbridge {
namespace {

std::optional<std::size_t> column_of(Quantity quantity) {
  const auto it = std::ranges::find(kCarQuantities, quantity);
  if (it == kCarQuantities.end()) return std::nullopt;
  return static_cast<std::size_t>(it - kCarQuantities.begin());
}

std::optional<Value> decode_one(const Title& title, const Channel& channel, const ChannelFields& fields,
                                const Snapshot& snapshot, std::uint32_t car) {
  const CarTable& cars = *title.cars;
  if (channel.field.empty() && channel.fields.empty() && channel.compute == nullptr) {
    if (cars.find_text == nullptr) return std::nullopt;
    auto text = cars.find_text(snapshot, channel.quantity, car);
    return text && !text->empty() ? std::optional<Value>(std::move(*text)) : std::nullopt;
  }
  const auto record = cars.record_in != nullptr ? cars.record_in(snapshot, channel.mapping, car)
                                                : std::optional<std::uint32_t>(car);
  if (!record) return std::nullopt;
  auto value =
      decode_channel_at(title, channel, fields, snapshot, std::uint64_t{*record} * channel.record_bytes);
  return value ? std::optional<Value>(std::move(*value)) : std::nullopt;
}

}  // namespace

const std::optional<Value>& CarRow::operator[](Quantity quantity) const {
  static const std::optional<Value> kNone;
  const auto column = column_of(quantity);
  return column ? values[*column] : kNone;
}

std::vector<CarRow> decode_cars(const Title& title, std::span<const ChannelFields> fields,
                                const Snapshot& snapshot) {
  std::vector<CarRow> rows;
  const CarTable& cars = *title.cars;
  const std::uint32_t count = std::min({cars.count(snapshot), cars.most_cars, kMostCars});
  const auto player = cars.player != nullptr ? cars.player(snapshot) : std::nullopt;
  for (std::uint32_t car = 0; car < count; ++car) {
    if (cars.is_there != nullptr && !cars.is_there(snapshot, car)) continue;
    CarRow row;
    row.is_player = player == car;
    for (std::size_t i = 0; i < cars.channels.size(); ++i)
      if (const auto column = column_of(cars.channels[i].quantity); column && !row.values[*column])
        row.values[*column] = decode_one(title, cars.channels[i], fields[i], snapshot, car);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace pitbridge
