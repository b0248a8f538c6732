// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bridges/top/grid.hpp"
#include "common/core/decode/telemetry.hpp"

/// Values for people. One that is absent is "-", and never 0.
namespace pitbridge {

inline constexpr const char* kAbsentText = "-";

std::string number_text(std::optional<double> value, int decimals, std::string_view unit = {});
/// "1:23.456".
std::string time_text(std::optional<double> seconds);
/// "+0.123".
std::string delta_text(std::optional<double> seconds);
/// "R", "N", "3".
std::string gear_text(std::optional<double> gear);
/// The word that a number stands for.
std::string word_text(const Telemetry& telemetry, Quantity quantity);
/// Of four wheels one.
std::optional<double> wheel(const Telemetry& telemetry, Quantity quantity, std::size_t which);
/// Of a car of the session.
std::optional<double> number_of(const CarRow& car, Quantity quantity);
std::string text_of(const CarRow& car, Quantity quantity);

/// Cold is blue, right is green, hot is red: by what racing slicks like.
Style tyre_style(std::optional<double> degrees);
Style flag_style(std::string_view flag);

}  // namespace pitbridge
