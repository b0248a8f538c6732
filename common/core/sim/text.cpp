// SPDX-License-Identifier: MIT
#include "common/core/sim/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>

namespace pitbridge {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

/// Windows-1252 from 0x80 on, by Microsoft's table cp1252.txt at unicode.org; above 0x9F it is Latin-1. Five
/// bytes mean nothing.
constexpr char32_t kWindows1252[32] = {
    0x20AC,       kReplacement, 0x201A, 0x0192, 0x201E, 0x2026,       0x2020, 0x2021,
    0x02C6,       0x2030,       0x0160, 0x2039, 0x0152, kReplacement, 0x017D, kReplacement,
    kReplacement, 0x2018,       0x2019, 0x201C, 0x201D, 0x2022,       0x2013, 0x2014,
    0x02DC,       0x2122,       0x0161, 0x203A, 0x0153, kReplacement, 0x017E, 0x0178};

void append(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

bool is_c1(char32_t c) {
  return c >= 0x80 && c <= 0x9F;
}
bool is_surrogate(char32_t c) {
  return c >= 0xD800 && c <= 0xDFFF;
}

struct Range {
  char32_t first, last;
};
/// What a terminal obeys, or what hides or turns around the letters beside it. By Unicode 15: the controls,
/// the format characters (Cf), the line and paragraph separators, and what is no character.
constexpr Range kUnprintable[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},       {0xAD, 0xAD},       {0x034F, 0x034F},   {0x0600, 0x0605},
    {0x061C, 0x061C}, {0x06DD, 0x06DD},   {0x070F, 0x070F},   {0x180B, 0x180F},   {0x200B, 0x200F},
    {0x2028, 0x202E}, {0x2060, 0x206F},   {0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},   {0xFFF0, 0xFFFB},
    {0xFFFE, 0xFFFF}, {0x110BD, 0x110BD}, {0x1D173, 0x1D17A}, {0xE0000, 0x10FFFF}};

bool is_printable(char32_t c) {
  return std::none_of(std::begin(kUnprintable), std::end(kUnprintable),
                      [&](const Range& range) { return c >= range.first && c <= range.last; });
}

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80;
}
/// How many bytes of UTF-8 follow this one; 0: it is none that a longer character starts with.
std::size_t continuations_after(char32_t lead) {
  if (lead < 0xC2 || lead > 0xF4) return 0;
  return lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
}
/// Whether all of `rest` is the beginning of one character.
bool is_cut_character(std::string_view rest) {
  const auto lead = static_cast<unsigned char>(rest.front());
  return rest.size() <= continuations_after(lead) &&
         std::all_of(rest.begin() + 1, rest.end(), is_continuation);
}

std::string utf8_from_windows_1252(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const char32_t byte = static_cast<unsigned char>(c);
    append(out, is_c1(byte) ? kWindows1252[byte - 0x80] : byte);
  }
  return out;
}

}  // namespace

std::string utf8_from_utf16le(std::span<const std::byte> bytes) {
  const auto unit = [&](std::size_t i) {
    return static_cast<char32_t>(std::to_integer<std::uint32_t>(bytes[2 * i]) |
                                 (std::to_integer<std::uint32_t>(bytes[2 * i + 1]) << 8));
  };
  const std::size_t units = bytes.size() / 2;
  std::string out;
  for (std::size_t i = 0; i < units; ++i) {
    const char32_t first = unit(i);
    if (first == 0) break;
    if (!is_surrogate(first)) {
      append(out, is_c1(first) ? kReplacement : first);
    } else if (first < 0xDC00 && i + 1 < units && unit(i + 1) >= 0xDC00 && unit(i + 1) <= 0xDFFF) {
      append(out, 0x10000 + ((first - 0xD800) << 10) + (unit(++i) - 0xDC00));
    } else {
      append(out, kReplacement);
    }
  }
  return out;
}

std::string utf8_from_8_bit(std::span<const std::byte> bytes) {
  const std::string_view field(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string_view text = field.substr(0, field.find('\0'));
  // With its NUL or without, depending on who cut it.
  return utf8_by_its_bytes(text, text.size() + 1 >= field.size());
}

std::string utf8_by_its_bytes(std::string_view text, bool may_be_cut) {
  std::string out;
  bool is_utf8_for_sure = false;  // a character of several bytes was whole
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const auto c = next_character(text, at);
    if (!c) {
      // One byte alone may as well be a letter of Windows-1252.
      const bool is_cut = may_be_cut && is_cut_character(rest) && (is_utf8_for_sure || rest.size() > 1);
      return is_cut ? out : utf8_from_windows_1252(text);
    }
    is_utf8_for_sure |= *c >= 0x80;
    append(out, is_c1(*c) ? kReplacement : *c);
  }
  return out;
}

std::optional<char32_t> next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t k) { return static_cast<char32_t>(static_cast<unsigned char>(text[k])); };
  const std::size_t start = at++;
  const char32_t lead = byte(start);
  if (lead < 0x80) return lead;
  const std::size_t extra = continuations_after(lead);
  if (extra == 0 || start + extra >= text.size()) return std::nullopt;
  char32_t c = lead & (0x3FU >> extra);
  for (std::size_t k = 1; k <= extra; ++k) {
    if (!is_continuation(text[start + k])) return std::nullopt;
    c = (c << 6) | (byte(start + k) & 0x3F);
  }
  constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  if (c < kLeast[extra] || c > 0x10FFFF || is_surrogate(c)) return std::nullopt;
  at = start + extra + 1;
  return c;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t start = i;
    const auto c = next_character(text, i);
    if (!c) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[start]));
    } else if (is_printable(*c)) {
      out.append(text.substr(start, i - start));
    } else if (*c == '\n') {
      out += "\\n";
    } else if (*c == '\t') {
      out += "\\t";
    } else {
      const auto number = static_cast<std::uint32_t>(*c);
      out += number < 0x10000 ? fmt::format("\\u{:04x}", number) : fmt::format("\\U{:08x}", number);
    }
  }
  return out;
}

void put_text(std::span<char> out, std::string_view text) {
  std::size_t n = std::min(text.size(), out.size() - 1);
  while (n < text.size() && n > 0 && is_continuation(text[n])) --n;
  std::copy_n(text.begin(), n, out.begin());
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(n), out.end(), '\0');
}

}  // namespace pitbridge
