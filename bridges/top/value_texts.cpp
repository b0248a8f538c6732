// SPDX-License-Identifier: MIT
#include "bridges/top/value_texts.hpp"

#include <fmt/format.h>

#include <cmath>
#include <variant>

namespace pitbridge {

std::string number_text(std::optional<double> value, int decimals, std::string_view unit) {
  if (!value || !std::isfinite(*value)) return kAbsentText;
  return fmt::format("{:.{}f}{}{}", *value, decimals, unit.empty() ? "" : " ", unit);
}

std::string time_text(std::optional<double> seconds) {
  constexpr double kMostSeconds = 360'000;
  if (!seconds || !(*seconds >= 0 && *seconds < kMostSeconds)) return kAbsentText;
  // Rounded first: 59.9996 is a minute.
  const auto ms = std::llround(*seconds * 1000);
  return fmt::format("{}:{:02}.{:03}", ms / 60'000, ms / 1000 % 60, ms % 1000);
}

std::string delta_text(std::optional<double> seconds) {
  if (!seconds || !std::isfinite(*seconds)) return kAbsentText;
  return fmt::format("{:+.3f}", *seconds);
}

std::string gear_text(std::optional<double> gear) {
  if (!gear) return kAbsentText;
  if (*gear == 0) return "N";
  if (*gear == -1) return "R";
  return *gear < 0 ? fmt::format("R{:.0f}", -*gear) : fmt::format("{:.0f}", *gear);
}

std::string word_text(const Telemetry& telemetry, Quantity quantity) {
  const auto number = telemetry.number(quantity);
  const auto& words = quantity_info(quantity).codes;
  if (!number || !(*number >= 0 && *number < static_cast<double>(words.size()))) return kAbsentText;
  return std::string(words[static_cast<std::size_t>(*number)]);
}

std::optional<double> wheel(const Telemetry& telemetry, Quantity quantity, std::size_t which) {
  const auto& value = telemetry[quantity];
  const auto* list = value ? std::get_if<std::vector<double>>(&*value) : nullptr;
  if (list == nullptr || which >= list->size()) return std::nullopt;
  return (*list)[which];
}

std::optional<double> number_of(const CarRow& car, Quantity quantity) {
  const auto& value = car[quantity];
  const double* number = value ? std::get_if<double>(&*value) : nullptr;
  return number != nullptr ? std::optional(*number) : std::nullopt;
}

std::string text_of(const CarRow& car, Quantity quantity) {
  const auto& value = car[quantity];
  const std::string* text = value ? std::get_if<std::string>(&*value) : nullptr;
  return text != nullptr && !text->empty() ? *text : kAbsentText;
}

Style tyre_style(std::optional<double> degrees) {
  constexpr double kCold = 55, kCool = 70, kWarm = 100, kHot = 115;
  if (!degrees) return Style::kDim;
  if (*degrees < kCold) return Style::kBlue;
  if (*degrees < kCool) return Style::kCyan;
  if (*degrees < kWarm) return Style::kGreen;
  return *degrees < kHot ? Style::kYellow : Style::kRed;
}

Style flag_style(std::string_view flag) {
  if (flag == "green") return Style::kGreen;
  if (flag == "blue") return Style::kBlue;
  if (flag == "yellow" || flag == "double yellow" || flag == "slippery") return Style::kYellow;
  if (flag == "red" || flag == "meatball" || flag == "penalty") return Style::kRed;
  return flag == "none" || flag == kAbsentText ? Style::kDim : Style::kReversed;
}

}  // namespace pitbridge
