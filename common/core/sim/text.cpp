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

bool is_surrogate(char32_t c) {
  return c >= 0xD800 && c <= 0xDFFF;
}

/// The code point that starts at `i`, and moves `i` past it; nothing when the sequence is not valid UTF-8
/// (then `i` moves past one byte, so that the next valid character is not lost).
std::optional<char32_t> next_utf8(std::span<const std::byte> bytes, std::size_t& i) {
  const auto byte = [&](std::size_t k) { return std::to_integer<std::uint32_t>(bytes[k]); };
  const std::uint32_t lead = byte(i);
  const std::size_t start = i++;
  if (lead < 0x80) return lead;
  const std::size_t extra = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || start + extra >= bytes.size()) return std::nullopt;
  char32_t c = lead & (0x3FU >> extra);
  for (std::size_t k = 1; k <= extra; ++k) {
    if ((byte(start + k) & 0xC0U) != 0x80U) return std::nullopt;
    c = (c << 6) | (byte(start + k) & 0x3FU);
  }
  constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
  if (c < kLeast[extra] || c > 0x10FFFF || is_surrogate(c)) return std::nullopt;
  i = start + extra + 1;
  return c;
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
      append(out, first);
    } else if (first < 0xDC00 && i + 1 < units && unit(i + 1) >= 0xDC00 && unit(i + 1) <= 0xDFFF) {
      append(out, 0x10000 + ((first - 0xD800) << 10) + (unit(++i) - 0xDC00));
    } else {
      append(out, kReplacement);
    }
  }
  return out;
}

std::string utf8_from_latin1(std::span<const std::byte> bytes) {
  std::string out;
  for (const std::byte b : bytes) {
    if (b == std::byte{0}) break;
    append(out, std::to_integer<std::uint32_t>(b));
  }
  return out;
}

std::string utf8_from_utf8(std::span<const std::byte> bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size() && bytes[i] != std::byte{0};)
    append(out, next_utf8(bytes, i).value_or(kReplacement));
  return out;
}

std::string printable(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < bytes.size();) {
    const std::size_t start = i;
    const auto c = next_utf8(bytes, i);
    if (!c) {
      out += fmt::format("\\x{:02x}", std::to_integer<unsigned>(bytes[start]));
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
  const auto continues = [&](std::size_t i) { return (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80; };
  while (n < text.size() && n > 0 && continues(n)) --n;
  std::copy_n(text.begin(), n, out.begin());
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(n), out.end(), '\0');
}

}  // namespace pitbridge
