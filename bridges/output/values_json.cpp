// SPDX-License-Identifier: MIT
#include "bridges/output/values_json.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

namespace pitbridge {

using Json = nlohmann::ordered_json;

Json value_json(const QuantityInfo& info, const Value& value) {
  const auto word = [&](double number) { return info.codes[static_cast<std::size_t>(number)]; };
  if (const auto* number = std::get_if<double>(&value); number != nullptr && !info.codes.empty())
    return word(*number);
  if (const auto* list = std::get_if<std::vector<double>>(&value); list != nullptr && !info.codes.empty()) {
    Json words = Json::array();
    for (const double number : *list) words.push_back(word(number));
    return words;
  }
  return std::visit([](const auto& v) { return Json(v); }, value);
}

Json cars_json(std::span<const CarRow> cars) {
  Json all = Json::array();
  for (const CarRow& row : cars) {
    Json car = {{"is_player", row.is_player}};
    for (std::size_t i = 0; i < kCarQuantities.size(); ++i) {
      const QuantityInfo& info = quantity_info(kCarQuantities[i]);
      if (row.values[i]) car[std::string(info.name)] = value_json(info, *row.values[i]);
    }
    all.push_back(std::move(car));
  }
  return all;
}

Json fields_json(const Layout& layout, const Snapshot& snapshot) {
  Json fields = Json::object();
  for (const Field& field : layout.fields) {
    if (is_text(field.type)) {
      if (const auto text = snapshot.text(layout.mapping, field)) fields[std::string(field.name)] = *text;
      continue;
    }
    if (field.type == FieldType::kBytes) continue;
    Json values = Json::array();
    for (std::uint32_t i = 0; i < field.count; ++i) {
      // Integers stay exact; a double could not hold every 64-bit counter.
      if (const auto exact = snapshot.integer(layout.mapping, field, i)) {
        values.push_back(*exact);
      } else if (const auto number = snapshot.number(layout.mapping, field, i)) {
        values.push_back(*number);
      }
    }
    if (values.size() == field.count)
      fields[std::string(field.name)] = field.count == 1 ? values.front() : values;
  }
  return fields;
}

}  // namespace pitbridge
