// SPDX-License-Identifier: MIT
#include "bridges/output/columns.hpp"

#include <algorithm>
#include <cstdint>

#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

/// Narrower than this no terminal is, and no text is laid out.
constexpr std::size_t kLeastRoom = 12;

/// Hangul, the scripts of China and Japan, full-width forms, and most pictures.
bool is_wide(std::uint32_t letter) {
  return (letter >= 0x1100 && letter <= 0x115F) || (letter >= 0x2E80 && letter <= 0xA4CF) ||
         (letter >= 0xAC00 && letter <= 0xD7A3) || (letter >= 0xF900 && letter <= 0xFAFF) ||
         (letter >= 0xFE30 && letter <= 0xFE6F) || (letter >= 0xFF00 && letter <= 0xFF60) ||
         (letter >= 0xFFE0 && letter <= 0xFFE6) || (letter >= 0x1F300 && letter <= 0x1FAFF) ||
         (letter >= 0x20000 && letter <= 0x3FFFD);
}

struct Letter {
  std::size_t bytes = 0;
  std::size_t columns = 0;
};

/// The first letter of a text that is not empty.
Letter first_letter(std::string_view text) {
  std::size_t bytes = 0;
  const char32_t letter = next_character(text, bytes).value_or(0);
  return {bytes, std::size_t{is_wide(letter) ? 2U : 1U}};
}

std::size_t room_after(std::size_t indent, std::size_t columns) {
  return std::max(columns, indent + kLeastRoom) - indent;
}

}  // namespace

std::string fitted(std::string_view text, std::size_t columns) {
  std::size_t used = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    const Letter letter = first_letter(text.substr(end));
    used += letter.columns;
    if (used > columns) break;
    end += letter.bytes;
  }
  return std::string(text.substr(0, end));
}

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Letter letter = first_letter(text);
    columns += letter.columns;
    text.remove_prefix(letter.bytes);
  }
  return columns;
}

std::string wrapped(std::string_view text, std::string_view first, std::size_t columns) {
  const std::size_t indent = columns_of(first);
  const std::size_t room = room_after(indent, columns);
  std::string lines(first);
  while (columns_of(text) > room) {
    std::string line = fitted(text, room);
    // A blank that stands just behind the line ends it as well.
    const auto blank = text.substr(0, line.size() + 1).rfind(' ');
    const bool breaks_a_word = blank == std::string_view::npos || blank == 0;
    if (!breaks_a_word) line.resize(blank);
    lines += line + "\n" + std::string(indent, ' ');
    text.remove_prefix(line.size() + (breaks_a_word ? 0 : 1));
  }
  return lines + std::string(text) + "\n";
}

std::string wrapped_command(std::string_view command, std::size_t indent, std::size_t columns) {
  std::string lines(indent, ' ');
  std::size_t used = indent;
  bool is_quoted = false;
  const std::size_t width = room_after(0, columns);
  while (!command.empty()) {
    Letter next = first_letter(command);
    const char c = command.front();
    const bool is_pair = c == '\\' && !is_quoted && command.size() > 1;
    if (is_pair) {
      const Letter second = first_letter(command.substr(1));
      next = {1 + second.bytes, 1 + second.columns};
    }
    const bool is_quoted_then = is_quoted != (c == '\'');
    // What ends the line behind it: the backslash, and before that the quote, which begins again.
    const std::size_t end = command.size() == next.bytes ? 0 : is_quoted_then ? 2 : 1;
    if (used + next.columns + end > width) {
      lines += is_quoted ? "'\\\n'" : "\\\n";
      used = is_quoted ? 1 : 0;
    }
    is_quoted = is_quoted_then;
    lines += command.substr(0, next.bytes);
    used += next.columns;
    command.remove_prefix(next.bytes);
  }
  return lines + "\n";
}

}  // namespace pitbridge
