// SPDX-License-Identifier: MIT
#include "bridges/relay/influx_lines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "common/core/sim/quantity.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> kWheels = {"fl", "fr", "rl", "rr"};
constexpr std::array<std::string_view, 3> kAxes = {"x", "y", "z"}, kSectors = {"1", "2", "3"};

/// What tells the elements of a quantity apart.
std::string_view element_name(const QuantityInfo& info, std::size_t element) {
  if (info.count == kWheels.size()) return kWheels[element];
  return info.unit == "s" ? kSectors[element] : kAxes[element];
}

std::string with_backslashes(std::string_view text, std::string_view letters) {
  std::string out;
  for (const char c : text) {
    if (letters.find(c) != std::string_view::npos) out += '\\';
    out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return out;
}

/// Empty: it is none that the database takes.
std::string field_value(const Json& value) {
  if (value.is_string()) return influx_text(value.get<std::string>());
  if (!value.is_number() || !std::isfinite(value.get<double>())) return {};
  return fmt::format("{}", value.get<double>());
}

}  // namespace

std::string influx_key(std::string_view text) {
  std::string key = with_backslashes(text, ",= ");
  // At the end it would take the meaning of what follows.
  if (key.ends_with('\\')) key.back() = '/';
  return key.empty() ? "-" : key;
}

std::string influx_text(std::string_view text) {
  return '"' + with_backslashes(text, "\"\\") + '"';
}

std::string InfluxLines::line(const Frame& frame, std::int64_t wall_clock_ns) {
  if (frame.sim == nullptr) return {};
  // The first line of a game has all.
  if (frame.sim->name != sim_ || frame.groups.empty()) told_.clear();
  sim_ = frame.sim->name;
  std::string fields;
  const auto add = [&](std::string name, const Json& value) {
    const std::string text = field_value(value);
    std::string& told = told_[name];
    if (text.empty() || told == text) return;
    told = text;
    fields += fmt::format("{}{}={}", fields.empty() ? "" : ",", name, text);
  };
  for (const GroupValues& group : frame.groups)
    for (const auto& item : group.values.items()) {
      const Json& value = item.value();
      if (!value.is_array()) {
        add(item.key(), value);
        continue;
      }
      const auto info = std::find_if(kQuantities.begin(), kQuantities.end(),
                                     [&](const QuantityInfo& q) { return q.name == item.key(); });
      for (std::size_t i = 0; info != kQuantities.end() && i < value.size() && i < info->count; ++i)
        add(fmt::format("{}_{}", item.key(), element_name(*info, i)), value[i]);
    }
  if (fields.empty()) return {};
  return fmt::format("pitbridge,host={},sim={} {} {}\n", influx_key(host_), influx_key(sim_), fields,
                     wall_clock_ns);
}

}  // namespace pitbridge
