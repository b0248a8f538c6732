// SPDX-License-Identifier: MIT
#include "common/core/sim/text.hpp"

#include <gtest/gtest.h>

#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

Bytes utf16(std::initializer_list<unsigned> units) {
  Bytes out;
  for (const unsigned unit : units) {
    out.push_back(static_cast<std::byte>(unit & 0xFFU));
    out.push_back(static_cast<std::byte>(unit >> 8U));
  }
  return out;
}

/// What a field holds whose end lies well behind the text.
std::string from_8_bit(std::string_view text) {
  Bytes field = bytes_of(text);
  field.resize(text.size() + 8);
  return utf8_from_8_bit(field);
}

/// The characters of UTF-8, with U+FFFD for each byte that starts none.
std::string from_utf8(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    if (next_character(text, at)) {
      out += text.substr(start, at - start);
    } else {
      out += kReplacement;
    }
  }
  return out;
}

std::string with_replacements(std::string text) {
  for (auto at = text.find('?'); at != std::string::npos; at = text.find('?', at + kReplacement.size()))
    text.replace(at, 1, kReplacement);
  return text;
}

/// By the table of Unicode 15, 3-7, written apart from the code under test.
bool is_valid_utf8(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return at(i) >= low && at(i) <= high;
  };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = at(i);
    if (lead < 0x80) {
      i += 1;
    } else if (lead >= 0xC2 && lead <= 0xDF && tail(i + 1)) {
      i += 2;
    } else if (lead >= 0xE0 && lead <= 0xEF && tail(i + 2) &&
               tail(i + 1, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF)) {
      i += 3;
    } else if (lead >= 0xF0 && lead <= 0xF4 && tail(i + 2) && tail(i + 3) &&
               tail(i + 1, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF)) {
      i += 4;
    } else {
      return false;
    }
  }
  return true;
}

TEST(Printable, LeavesWhatIsSeenAsItIs) {
  for (const char* text : {"", "plain", "C:\\\\games \\n", "Zürich ☕ 東京 🏎", "\"quoted\" 'too'"})
    EXPECT_EQ(printable(text), text);
}

TEST(Printable, EscapesWhatATerminalObeysOrThatHides) {
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\u0000b");
  EXPECT_EQ(printable("\x1b[2J\r\b\x7f"), "\\u001b[2J\\u000d\\u0008\\u007f");
  EXPECT_EQ(printable("two\nlines\tand"), "two\\nlines\\tand");
  EXPECT_EQ(printable("\xC2\x9b"
                      "31m"),
            "\\u009b31m");
  EXPECT_EQ(printable("\xE2\x80\xAE\xE2\x81\xA6\xD8\x9C\xEF\xBB\xBF"), "\\u202e\\u2066\\u061c\\ufeff");
  EXPECT_EQ(printable("\xE2\x80\xA8\xC2\xAD"), "\\u2028\\u00ad");
  EXPECT_EQ(printable("\xF3\xA0\x81\x81"), "\\U000e0041");
}

TEST(Printable, EscapesEachByteThatIsNotUtf8) {
  EXPECT_EQ(printable("\x9b"
                      "31m"),
            "\\x9b31m");
  EXPECT_EQ(printable("\xC0\x9b\xED\xA0\x80\xF0\x9F"), "\\xc0\\x9b\\xed\\xa0\\x80\\xf0\\x9f");
}

TEST(Utf16Text, EndsAtTheFirstNul) {
  EXPECT_EQ(utf8_from_utf16le(utf16({'a', 'b', 0, 'c'})), "ab");
  EXPECT_EQ(utf8_from_utf16le(utf16({0, 'x'})), "");
}

TEST(Utf16Text, EndsWithTheFieldWhenThereIsNoNul) {
  EXPECT_EQ(utf8_from_utf16le(utf16({'s', 'p', 'a'})), "spa");
  EXPECT_EQ(utf8_from_utf16le({}), "");
}

TEST(Utf16Text, EncodesEachLengthOfUtf8) {
  EXPECT_EQ(utf8_from_utf16le(utf16({0x7F, 0xA0, 0x7FF, 0x800, 0xFFFF})),
            "\x7F\xC2\xA0\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF");
}

TEST(Utf16Text, HasNoC1Controls) {
  EXPECT_EQ(utf8_from_utf16le(utf16({'a', 0x80, 0x9F, 'b'})), with_replacements("a??b"));
}

TEST(Utf16Text, JoinsSurrogatePairs) {
  EXPECT_EQ(utf8_from_utf16le(utf16({'x', 0xD83D, 0xDE97, 'y'})), "x\xF0\x9F\x9A\x97y");
  EXPECT_EQ(utf8_from_utf16le(utf16({0xD800, 0xDC00})), "\xF0\x90\x80\x80");
  EXPECT_EQ(utf8_from_utf16le(utf16({0xDBFF, 0xDFFF})), "\xF4\x8F\xBF\xBF");
}

TEST(Utf16Text, ReplacesLoneSurrogatesAndKeepsWhatFollows) {
  EXPECT_EQ(utf8_from_utf16le(utf16({0xD83D, 'y'})), with_replacements("?y"));
  EXPECT_EQ(utf8_from_utf16le(utf16({0xDE97, 'y'})), with_replacements("?y"));
  EXPECT_EQ(utf8_from_utf16le(utf16({0xD83D, 0xD83D, 0xDE97})), with_replacements("?\xF0\x9F\x9A\x97"));
  EXPECT_EQ(utf8_from_utf16le(utf16({'x', 0xD83D})), with_replacements("x?"));
  EXPECT_EQ(utf8_from_utf16le(utf16({0xD83D, 0, 'z'})), with_replacements("?"));
}

TEST(Utf16Text, APairDoesNotReachBeyondTheField) {
  const Bytes bytes = utf16({'x', 0xD83D, 0xDE97});
  EXPECT_EQ(utf8_from_utf16le(std::span(bytes).first(4)), with_replacements("x?"));
  EXPECT_EQ(utf8_from_utf16le(std::span(bytes).first(5)), with_replacements("x?"));
}

TEST(Utf16Text, LeavesOutAnOddLastByte) {
  Bytes bytes = utf16({'a'});
  bytes.push_back(std::byte{'b'});
  EXPECT_EQ(utf8_from_utf16le(bytes), "a");
  EXPECT_EQ(utf8_from_utf16le(bytes_of("a")), "");
}

TEST(Text8, IsUtf8WhereTheBytesAre) {
  for (const std::string_view text :
       {"", "plain", "Autódromo", "Mikołaj", "€", "🚗", "\xED\x9F\xBF", "\xEE\x80\x80"})
    EXPECT_EQ(from_8_bit(text), text);
}

TEST(Text8, IsWindows1252WhereTheyAreNot) {
  EXPECT_EQ(from_8_bit("N\xFCrburgring"), "Nürburgring");
  EXPECT_EQ(from_8_bit("Imre Horv\xE1th"), "Imre Horváth");
  EXPECT_EQ(from_8_bit("\x80 \x8A\x9E \x93x\x94 \xFF"), "€ Šž “x” ÿ");
  EXPECT_EQ(from_8_bit("Sp\xE4t \xC3\xA4"), "Spät Ã¤") << "one code for the whole text";
}

TEST(Text8, HasNoC1Controls) {
  EXPECT_EQ(from_8_bit("\x81\x8D\x8F\x90\x9D"), with_replacements("?????")) << "bytes without a meaning";
  EXPECT_EQ(from_8_bit("a\xC2\x9B"
                       "b"),
            with_replacements("a?b"))
      << "UTF-8 of a control";
}

TEST(Text8, EndsAtItsNulOrItsField) {
  EXPECT_EQ(from_8_bit(std::string_view("a\0b", 3)), "a");
  EXPECT_EQ(utf8_from_8_bit(bytes_of("full")), "full");
  EXPECT_EQ(utf8_from_8_bit({}), "");
}

TEST(Text8, LeavesOutACharacterThatTheFieldCuts) {
  EXPECT_EQ(utf8_from_8_bit(bytes_of("Autó \xC3")), "Autó ");
  EXPECT_EQ(utf8_from_8_bit(bytes_of("Tor \xE2\x82")), "Tor ");
  EXPECT_EQ(utf8_from_8_bit(bytes_of(std::string_view("Tor \xE2\x82\0", 7))), "Tor ") << "cut before the NUL";
  EXPECT_EQ(from_8_bit("Tor \xE2\x82"), "Tor â‚") << "not at the end of the field: nobody cut it";
  EXPECT_EQ(utf8_from_8_bit(bytes_of("Jos\xE9")), "José") << "nothing before it says UTF-8";
}

TEST(NextCharacter, SkipsAnInvalidByteAndKeepsTheNextCharacter) {
  const struct {
    const char* bytes;
    const char* expected;  // ? stands for U+FFFD
    const char* what;
  } kCases[] = {
      {"\x80z", "?z", "lone continuation"},
      {"\xFFz", "?z", "never a lead byte"},
      {"\xF5\x80\x80\x80z", "????z", "beyond U+10FFFF by its lead byte"},
      {"\xF4\x90\x80\x80z", "????z", "beyond U+10FFFF"},
      {"\xC0\x80z", "??z", "overlong NUL"},
      {"\xC1\xBFz", "??z", "overlong, two bytes"},
      {"\xE0\x9F\xBFz", "???z", "overlong, three bytes"},
      {"\xF0\x8F\xBF\xBFz", "????z", "overlong, four bytes"},
      {"\xED\xA0\x80z", "???z", "surrogate"},
      {"\xC3z", "?z", "cut by another character"},
      {"\xE2\x82z", "??z", "three bytes cut short"},
      {"\xC3\xC3\xBC", "?\xC3\xBC", "cut by another lead byte"},
      {"\xE2\x82\xE2\x82\xAC", "??\xE2\x82\xAC", "cut by the same lead byte"},
      {"z\xC3", "z?", "cut by the end, two bytes"},
      {"z\xE2\x82", "z??", "cut by the end, three bytes"},
      {"z\xF0\x9F\x9A", "z???", "cut by the end, four bytes"},
  };
  for (const auto& c : kCases) EXPECT_EQ(from_utf8(c.bytes), with_replacements(c.expected)) << c.what;
}

TEST(AllTexts, RandomBytesGiveValidUtf8) {
  Dice dice(1);
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = dice.bytes(dice.below(24));
    // Random bytes alone hardly ever make a long sequence: some of them are turned into likely ones.
    for (std::byte& b : bytes)
      if (dice.below(3) == 0) b = (b & std::byte{0x0F}) | std::byte{0xE0};
    EXPECT_TRUE(is_valid_utf8(utf8_from_utf16le(bytes)));
    EXPECT_TRUE(is_valid_utf8(utf8_from_8_bit(bytes)));
  }
}

TEST(AllTexts, ValidUtf8ComesBackUnchanged) {
  Dice dice(2);
  for (int i = 0; i < 2'000; ++i) {
    const Bytes bytes = dice.bytes(32);
    const std::string valid = utf8_from_utf16le(bytes);
    EXPECT_EQ(from_8_bit(valid), valid);
  }
}

}  // namespace
}  // namespace pitbridge
