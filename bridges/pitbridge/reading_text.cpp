// SPDX-License-Identifier: MIT
#include "bridges/pitbridge/reading_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "bridges/output/values_json.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::ordered_json;

std::string_view state_of(const MirrorReading& reading) {
  if (!reading.status) return reading.foreign_owner ? "foreign" : "none";
  if (reading.hang()) return kHangs;
  return reading.bridge_runs ? state_name(static_cast<BridgeState>(reading.status->header.state)) : "stopped";
}

Json raw_json(const Title& title, const Snapshot& snapshot) {
  Json all = Json::object();
  for (const Layout& layout : title.layouts) all[std::string(layout.mapping)] = fields_json(layout, snapshot);
  return all;
}

std::vector<std::string_view> names_of(const std::vector<Quantity>& quantities) {
  std::vector<std::string_view> names;
  names.reserve(quantities.size());
  for (const Quantity quantity : quantities) names.push_back(quantity_info(quantity).name);
  return names;
}

Json json_of(const Sim& sim, const MirrorReading& reading, const Telemetry& telemetry, bool with_raw) {
  Json values = Json::object();
  Json absent = Json::object();
  for (const QuantityInfo& info : kQuantities) {
    if (const auto& value = telemetry[info.quantity]) {
      values[std::string(info.name)] = value_json(info, *value);
    } else {
      absent[std::string(info.name)] = reason_name(telemetry.reason(info.quantity));
    }
  }
  Json out = {{"sim", sim.name},
              {"title", reading.title != nullptr ? Json(reading.title->id) : Json()},
              {"state", state_of(reading)},
              {"activity", activity_name(telemetry.activity)},
              {"version", telemetry.version.empty() ? Json() : Json(telemetry.version)},
              {"version_fault", telemetry.version_fault.empty() ? Json() : Json(telemetry.version_fault)},
              {"values", values},
              {"absent", absent},
              {"cars", cars_json(telemetry.cars)},
              {"missing", names_of(telemetry.absent_because(AbsentReason::kCutOff))}};
  if (reading.foreign_owner) out["foreign_owner"] = *reading.foreign_owner;
  if (const auto hang = reading.hang()) {
    out["silent_s"] = hang->silent_s;
    out["remedy"] = hang->remedy();
  }
  if (with_raw && reading.title != nullptr) out["raw"] = raw_json(*reading.title, reading.snapshot);
  return out;
}

std::string number_text(const QuantityInfo& info, double number) {
  if (!info.codes.empty()) return std::string(info.codes[static_cast<std::size_t>(number)]);
  return info.count == 1 ? fmt::format("{:.6g}", number) : fmt::format("{:.4g}", number);
}

std::string text_of(const QuantityInfo& info, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<double>(&value)) return number_text(info, *number);
  std::string all;
  for (const double number : std::get<std::vector<double>>(value))
    all += (all.empty() ? "" : info.codes.empty() ? " " : ", ") + number_text(info, number);
  return all;
}

/// Whoever leads stands first; cars without a position last.
void print_cars(std::vector<CarRow> cars) {
  if (cars.empty()) return;
  const auto number = [](const CarRow& row, Quantity quantity) {
    const auto& value = row[quantity];
    return value ? std::get<double>(*value) : std::numeric_limits<double>::infinity();
  };
  const auto text = [](const CarRow& row, Quantity quantity) -> std::string {
    const auto& value = row[quantity];
    return value ? text_of(quantity_info(quantity), *value) : "-";
  };
  std::ranges::stable_sort(cars, {}, [&](const CarRow& row) { return number(row, Quantity::kPosition); });
  print_line("{:<24}{}", "cars", cars.size());
  for (const CarRow& row : cars)
    print_line("  {}{:>3} {:>4}  {}  {}  lap {}  last {}  {}", row.is_player ? '>' : ' ',
               text(row, Quantity::kPosition), text(row, Quantity::kCarNumber), text(row, Quantity::kDriver),
               text(row, Quantity::kCar), text(row, Quantity::kLap), text(row, Quantity::kLastLapTime),
               text(row, Quantity::kPitState));
}

}  // namespace

void print_table(const Sim& sim, const Look& look) {
  const MirrorReading& reading = look.reading;
  const Telemetry& telemetry = look.telemetry;
  print_line("{:<24}{}", "title", reading.title != nullptr ? reading.title->name : sim.description);
  if (!telemetry.version.empty()) print_line("{:<24}{}", "version", telemetry.version);
  if (!telemetry.version_fault.empty()) print_line("{:<24}{}", "no values", telemetry.version_fault);
  const auto hang = reading.hang();
  print_line("{:<24}{}{}", "bridge", state_of(reading), hang ? ": " + hang->text() : "");
  if (hang) print_line("{:<24}{}", "remedy", hang->remedy());
  if (reading.foreign_owner) print_line("{:<24}of user {}, not read", "other files", *reading.foreign_owner);
  print_line("{:<24}{}", "activity", activity_name(telemetry.activity));
  for (const QuantityInfo& info : kQuantities)
    if (const auto& value = telemetry[info.quantity])
      print_line("{:<24}{} {}", info.name, text_of(info, *value), info.codes.empty() ? info.unit : "");
  const auto print_absent = [&](std::string_view what, AbsentReason reason, std::string_view why) {
    if (const auto names = names_of(telemetry.absent_because(reason)); !names.empty())
      print_line("{:<24}{} ({})", what, fmt::join(names, ", "), why);
  };
  print_absent("missing", AbsentReason::kCutOff, "the game's section ends before");
  print_absent("no value yet", AbsentReason::kNotYet, "by the game's own word");
  print_absent("implausible", AbsentReason::kImplausible, "no car does that: is the game's version known?");
  print_cars(telemetry.cars);
}

std::string json_line(const Sim& sim, const Look& look, bool with_raw) {
  return json_text(json_of(sim, look.reading, look.telemetry, with_raw), JsonForm::kOneLine) + "\n";
}

void print_values(const Sim& sim, const Look& look, bool names_sim) {
  const MirrorReading& reading = look.reading;
  const Telemetry& t = look.telemetry;
  if (!t.version_fault.empty()) return put_over_last_line(t.version_fault);
  // What is absent is no zero.
  const auto number = [&](Quantity q, int decimals) {
    const auto value = t.number(q);
    return value ? fmt::format("{:.{}f}", *value, decimals) : "-";
  };
  put_over_last_line(fmt::format(
      "{}{:<8} {:>6} rpm  gear {:>2}  {:>6} km/h  lap {:>7} s  {} @ {}  [bridge: {}]",
      names_sim ? fmt::format("{:<7} ", sim.name) : "", activity_name(t.activity), number(Quantity::kRpm, 0),
      number(Quantity::kGear, 0), number(Quantity::kSpeed, 1), number(Quantity::kLapTime, 3),
      t.text(Quantity::kCar).value_or("-"), t.text(Quantity::kTrack).value_or("-"), state_of(reading)));
}

}  // namespace pitbridge
