// SPDX-License-Identifier: MIT
#include "bridges/doctor/simd_config.hpp"

#include <algorithm>

#include "common/core/sim/number_text.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::doctor {
namespace {

/// Where a comment or string that begins at `at` ends; `at` itself where none does.
std::size_t end_of_skipped(std::string_view text, std::size_t at) {
  const auto behind = [&](std::string_view closing) {
    const auto found = text.find(closing, at + 1);
    return found == std::string_view::npos ? text.size() : found + closing.size();
  };
  const std::string_view rest = text.substr(at);
  // The end of the line is no part of the comment.
  if (rest.starts_with('#') || rest.starts_with("//")) return behind("\n") - (behind("\n") < text.size());
  if (rest.starts_with("/*")) return behind("*/");
  if (!rest.starts_with('"')) return at;
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return text.size();
}

/// libconfig.so.9 is 1.5, .11 is 1.7.
constexpr int kFirstThatTakesIt = 11;

}  // namespace

std::optional<std::size_t> line_of_trailing_comma(std::string_view text) {
  std::size_t line = 1;
  std::optional<std::size_t> comma;  // the line of the one that nothing has followed yet
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of_skipped(text, at);
    if (end != at) {
      if (text[at] == '"') comma.reset();
      line += static_cast<std::size_t>(std::count(text.begin() + static_cast<std::ptrdiff_t>(at),
                                                  text.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
      at = end;
      continue;
    }
    const char letter = text[at++];
    if (letter == '\n') ++line;
    if (letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n' || letter == '\f') continue;
    if ((letter == ')' || letter == ']') && comma) return comma;
    comma = letter == ',' ? std::optional(line) : std::nullopt;
  }
  return std::nullopt;
}

std::optional<bool> takes_trailing_commas(const std::vector<std::string>& mapped_files) {
  constexpr std::string_view kName = "libconfig.so.";
  for (const std::string& path : mapped_files) {
    const std::string name = file_name_of(path);
    if (!name.starts_with(kName)) continue;
    const std::string version = name.substr(kName.size());
    if (const auto number = number_from<int>(version.substr(0, version.find('.'))))
      return *number >= kFirstThatTakesIt;
  }
  return std::nullopt;
}

}  // namespace pitbridge::doctor
