// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Times and sizes as people write them.
namespace pitbridge::record {

/// "12:30", "1:02:30.5", "90.5" (seconds); nothing for anything else, or more than 40 days.
std::optional<std::int64_t> parse_time(std::string_view text);
/// As programs read it.
inline double in_seconds(std::int64_t time_ns) {
  return static_cast<double>(time_ns) / 1e9;
}
/// "12:30.500", "1:02:30.500".
std::string time_text(std::int64_t time_ns);
/// "4.2 MiB".
std::string size_text(std::uint64_t bytes);
/// Local time: "2026-11-29 05:36:03".
std::string date_text(std::int64_t unix_ns);
/// For a file's name: "2026-11-29-053603".
std::string date_for_file(std::int64_t unix_ns);
/// By strftime; empty when the system cannot say it.
std::string date_by(const char* format, std::int64_t unix_ns);
/// "20G", "500M": bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace pitbridge::record
