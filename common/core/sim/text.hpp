// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pitbridge {

/// Each stops at the first NUL or at the end of `bytes`, and gives valid UTF-8 without C1 controls whatever
/// comes in: what cannot be decoded becomes U+FFFD.
std::string utf8_from_utf16le(std::span<const std::byte> bytes);
/// `bytes` are the whole field, whose end may cut a character in two; that one is left out.
std::string utf8_from_8_bit(std::span<const std::byte> bytes);

/// Few sims say which code their 8-bit text has, and names of players and mods follow none: so the bytes
/// tell. What is valid UTF-8 is that, else it is Windows-1252. No C1 controls.
std::string utf8_by_its_bytes(std::string_view text, bool may_be_cut = false);

/// The character of UTF-8 that starts at `at`, and moves `at` past it; nothing where none does (then `at`
/// moves past one byte, so that the next valid character is not lost).
std::optional<char32_t> next_character(std::string_view text, std::size_t& at);

/// An ASCII letter in lower case; all else as it is.
constexpr char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
/// Whatever the case of ASCII letters; others must be the same.
constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower_case(x) == lower_case(y); });
}

/// Whether a file's name ends in ".exe", in any case, and has something before it.
constexpr bool is_exe_name(std::string_view name) {
  constexpr std::string_view kSuffix = ".exe";
  return name.size() > kSuffix.size() &&
         equals_ignoring_case(name.substr(name.size() - kSuffix.size()), kSuffix);
}

/// What somebody else wrote, as it may reach a terminal or a log: one line without controls. Each character
/// that is not seen, or that turns others around (C0, C1, direction marks, tags), and each byte that is not
/// UTF-8, becomes an escape: "\\n", "\\u001b", "\\x9b". All others stay, backslashes too.
std::string printable(std::string_view text);

/// Fills `out` with UTF-8 text and NULs, at least one of them; what does not fit is cut between characters.
void put_text(std::span<char> out, std::string_view text);

}  // namespace pitbridge
