// SPDX-License-Identifier: MIT
#include "bridges/record/texts.hpp"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <limits>

#include "bridges/record/format.hpp"
#include "common/core/sim/number_text.hpp"

namespace pitbridge::record {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;

bool is_plain_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
  double seconds = 0;
  for (int part = 0;; ++part) {
    const auto colon = text.find(':');
    const std::string_view word = text.substr(0, colon);
    const auto number = is_plain_number(word) ? number_from<double>(word) : std::nullopt;
    if (!number || part == 3) return std::nullopt;
    seconds = seconds * 60 + *number;
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
  }
  if (seconds > static_cast<double>(kMostTimeNs) / static_cast<double>(kSecondNs)) return std::nullopt;
  return static_cast<std::int64_t>(seconds * static_cast<double>(kSecondNs));
}

std::string time_text(std::int64_t time_ns) {
  const std::int64_t ms = time_ns / 1'000'000;
  const std::int64_t minutes = ms / 60'000;
  const double seconds = static_cast<double>(ms % 60'000) / 1000;
  if (minutes < 60) return fmt::format("{}:{:06.3f}", minutes, seconds);
  return fmt::format("{}:{:02}:{:06.3f}", minutes / 60, minutes % 60, seconds);
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array kUnits = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return fmt::format("{} bytes", bytes);
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < kUnits.size(); ++unit) size /= 1024;
  return fmt::format("{:.1f} {}", size, kUnits[unit]);
}

std::string date_by(const char* format, std::int64_t unix_ns) {
  const auto seconds = static_cast<std::time_t>(unix_ns / kSecondNs);
  std::tm local = {};
  std::array<char, 64> text = {};
  if (::localtime_r(&seconds, &local) == nullptr) return "";
  return {text.data(), std::strftime(text.data(), text.size(), format, &local)};
}

std::string date_text(std::int64_t unix_ns) {
  return date_by("%Y-%m-%d %H:%M:%S", unix_ns);
}

std::string date_for_file(std::int64_t unix_ns) {
  return date_by("%Y-%m-%d-%H%M%S", unix_ns);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  if (text.empty()) return std::nullopt;
  unsigned shift = 0;
  switch (text.back()) {
    case 'K':
      shift = 10;
      break;
    case 'M':
      shift = 20;
      break;
    case 'G':
      shift = 30;
      break;
    case 'T':
      shift = 40;
      break;
    default:
      break;
  }
  if (shift != 0) text.remove_suffix(1);
  const auto number = number_from<std::uint64_t>(text);
  if (!number || *number > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
  return *number << shift;
}

}  // namespace pitbridge::record
