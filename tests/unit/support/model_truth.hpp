// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "common/core/decode/value.hpp"
#include "common/core/model/lap.hpp"
#include "common/core/sim/sim.hpp"

/// What a reader must find of that which the model of a game has written.
namespace pitbridge::model {

struct Case {
  const Sim* sim;
  const Title* title;
};
inline std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles) cases.push_back({sim, &title});
  return cases;
}

/// How near a value comes that a sim keeps in a whole number: half of what one of it counts for.
inline double grain_of(const Title& title, Quantity quantity) {
  for (const Channel& channel : title.channels) {
    if (channel.quantity != quantity) continue;
    const Layout* layout = title.find_layout(channel.mapping);
    const Field* field = layout != nullptr ? find_field(layout->fields, channel.field) : nullptr;
    const bool is_whole =
        field != nullptr && field->type != FieldType::kFloat32 && field->type != FieldType::kFloat64;
    return is_whole ? 0.51 * std::abs(channel.scale) : 0;
  }
  return 0;
}

/// What is wrong with the value; empty: nothing.
inline std::string fault_of(const Title& title, const QuantityInfo& info, const std::optional<Value>& got,
                            const LapState& wrote) {
  if (!got) return "absent";
  if (info.text) {
    const std::string& text = std::get<std::string>(*got);
    return text == wrote.text(info.quantity) ? "" : "\"" + text + "\"";
  }
  for (int i = 0; i < info.count; ++i) {
    const double value = info.count == 1 ? std::get<double>(*got)
                                         : std::get<std::vector<double>>(*got)[static_cast<std::size_t>(i)];
    const double wanted = wrote.number(info.quantity, i);
    const double near = std::max(1e-3 * std::max(1.0, std::abs(wanted)), grain_of(title, info.quantity));
    if (!(std::abs(value - wanted) <= near))
      return std::to_string(value) + " and not " + std::to_string(wanted) + " at " + std::to_string(i);
  }
  return "";
}

/// What the bytes of a title cannot say as the model has it, and why.
struct Exception {
  std::string_view sim;
  Quantity quantity;
  std::string_view why;
};
inline constexpr Exception kExceptions[] = {
    {"f1", Quantity::kTrack, "a number stands for the track"},
    {"lfs", Quantity::kCar, "three letters stand for the car"},
    {"rf2", Quantity::kFlag, "no flag is green"},
    {"lmu", Quantity::kFlag, "no flag is green"},
    {"scs", Quantity::kTyreWear, "one number for all wheels"},
};
inline bool is_exception(const Sim& sim, Quantity quantity) {
  return std::ranges::any_of(kExceptions,
                             [&](const Exception& e) { return e.sim == sim.name && e.quantity == quantity; });
}

}  // namespace pitbridge::model
