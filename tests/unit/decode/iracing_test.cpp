// SPDX-License-Identifier: MIT
// iRacing's map describes itself, so each of its numbers may be a lie: the fields are then refused, one and
// all or one by one, and nothing is read that is not there.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "common/core/decode/telemetry.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

// Where a hand-made map has its parts.
constexpr std::size_t kVariableHeaders = 112;
constexpr std::size_t kVariableHeaderBytes = 144;
constexpr std::size_t kSessionText = 1024;
constexpr std::size_t kFirstLine = 2048;
constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kMapBytes = kFirstLine + 3 * kLineBytes;

// The header's words that are made to lie, by their offsets in irsdk_header.
constexpr std::size_t kSessionInfoLen = 16;
constexpr std::size_t kSessionInfoOffset = 20;
constexpr std::size_t kNumVars = 24;
constexpr std::size_t kVarHeaderOffset = 28;
constexpr std::size_t kNumBuf = 32;
constexpr std::size_t kBufLen = 36;
constexpr std::size_t tick_count(std::size_t line) {
  return 48 + 16 * line;
}
constexpr std::size_t line_offset(std::size_t line) {
  return tick_count(line) + 4;
}
// And those of the first variable, RPM.
constexpr std::size_t kType = kVariableHeaders;
constexpr std::size_t kOffset = kVariableHeaders + 4;
constexpr std::size_t kCount = kVariableHeaders + 8;
constexpr std::size_t kName = kVariableHeaders + 16;

constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();

void put_word(Bytes& bytes, std::size_t at, std::int32_t value) {
  put(bytes, at, value);
}
void put_text(Bytes& bytes, std::size_t at, std::string_view text) {
  std::memcpy(bytes.data() + at, text.data(), text.size());
}

/// Three lines, of which the second is the newest; RPM as a float, Gear as an int, IsOnTrack as a bool, and
/// a driver who turns the wheel right.
Bytes good_map() {
  Bytes map(kMapBytes);
  constexpr std::string_view kSession =
      "WeekendInfo:\n TrackDisplayName: Spa\nDriverInfo:\n DriverCarIdx: 7\n Drivers:\n - CarIdx: 2\n"
      "   UserName: Other\n - CarIdx: 7\n   UserName: Jos\xE9\n   CarScreenName: Toy\n";
  constexpr std::int32_t kHeader[] = {
      2, 1,         60, 1, static_cast<std::int32_t>(kSession.size()), kSessionText, 6, kVariableHeaders,
      3, kLineBytes};
  for (std::size_t i = 0; i < std::size(kHeader); ++i) put_word(map, 4 * i, kHeader[i]);
  put_text(map, kSessionText, kSession);
  struct Variable {
    std::string_view name;
    std::int32_t type, offset;
  };
  constexpr Variable kVariables[] = {{"RPM", 4, 0},
                                     {"Gear", 2, 4},
                                     {"IsOnTrack", 1, 8},
                                     {"SteeringWheelAngle", 4, 12},
                                     {"SteeringWheelAngleMax", 4, 16},
                                     {"ClutchRaw", 4, 20}};
  for (std::size_t i = 0; i < std::size(kVariables); ++i) {
    const std::size_t record = kVariableHeaders + i * kVariableHeaderBytes;
    put_word(map, record, kVariables[i].type);
    put_word(map, record + 4, kVariables[i].offset);
    put_word(map, record + 8, 1);
    put_text(map, record + 16, kVariables[i].name);
  }
  constexpr std::int32_t kTicks[] = {100, 102, 101};
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t line = kFirstLine + i * kLineBytes;
    put_word(map, tick_count(i), kTicks[i]);
    put_word(map, line_offset(i), static_cast<std::int32_t>(line));
    put(map, line, static_cast<float>(100 * kTicks[i]));
    put_word(map, line + 4, kTicks[i] - 100);
    map[line + 8] = std::byte{1};
    put(map, line + 12, -3.0F);  // radians; left is positive
    put(map, line + 16, 8.0F);   // from lock to lock
    put(map, line + 20, 0.25F);  // 1 is released
  }
  return map;
}

Telemetry decode_map(Bytes map) {
  Snapshot snapshot;
  snapshot.set("IRSDKMemMapFileName", std::move(map));
  return decode(find_sim("ir")->titles.front(), snapshot);
}

TEST(Iracing, AGoodMapIsDecoded) {
  const Telemetry got = decode_map(good_map());
  EXPECT_EQ(got.activity, Activity::kLive);
  EXPECT_EQ(got.number(Quantity::kRpm), 10200.0);
  EXPECT_EQ(got.number(Quantity::kGear), 2.0);
  EXPECT_EQ(got.text(Quantity::kTrack), "Spa");
  EXPECT_EQ(got.text(Quantity::kCar), "Toy");
  EXPECT_EQ(got.text(Quantity::kDriver), "Jos\u00E9");
  EXPECT_FALSE(got[Quantity::kFuel]) << "no such variable in this map";
  EXPECT_DOUBLE_EQ(got.number(Quantity::kSteering).value_or(0), 0.75) << "right is positive";
  EXPECT_DOUBLE_EQ(got.number(Quantity::kClutch).value_or(0), 0.75) << "1 is fully pressed";
}

/// One word that lies, and what must then be absent; the rest of the map is good.
struct Lie {
  const char* name;
  std::size_t at;
  std::int32_t value;
  std::vector<Quantity> refused;
};

const std::vector<Quantity> kVariables = {Quantity::kRpm, Quantity::kGear};
const std::vector<Quantity> kTexts = {Quantity::kTrack, Quantity::kCar, Quantity::kDriver};
const std::vector<Quantity> kRpm = {Quantity::kRpm};

class CorruptMap : public testing::TestWithParam<Lie> {};

TEST_P(CorruptMap, RefusesWhatItTouchesAndNothingElse) {
  Bytes map = good_map();
  put_word(map, GetParam().at, GetParam().value);
  const Telemetry got = decode_map(std::move(map));
  for (const Quantity quantity : {Quantity::kRpm, Quantity::kGear, Quantity::kTrack, Quantity::kDriver}) {
    const auto& refused = GetParam().refused;
    const bool is_refused = std::find(refused.begin(), refused.end(), quantity) != refused.end();
    EXPECT_EQ(got[quantity].has_value(), !is_refused) << quantity_info(quantity).name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Iracing, CorruptMap,
    testing::Values(
        Lie{"NumVarsNegative", kNumVars, -1, kVariables}, Lie{"NumVarsLeast", kNumVars, kLeast, kVariables},
        Lie{"NumVarsHuge", kNumVars, kMost, kVariables}, Lie{"NoVars", kNumVars, 0, kVariables},
        Lie{"VarHeadersNegative", kVarHeaderOffset, -144, kVariables},
        Lie{"VarHeadersBehindTheEnd", kVarHeaderOffset, static_cast<std::int32_t>(kMapBytes) - 16,
            kVariables},
        Lie{"VarHeadersHuge", kVarHeaderOffset, kMost, kVariables},
        Lie{"NumBufNegative", kNumBuf, -3, kVariables}, Lie{"NumBufTooMany", kNumBuf, 5, kVariables},
        Lie{"NumBufHuge", kNumBuf, kMost, kVariables}, Lie{"NoBuf", kNumBuf, 0, kVariables},
        Lie{"BufLenNegative", kBufLen, -1, kVariables}, Lie{"BufLenHuge", kBufLen, kMost, kVariables},
        Lie{"BufLenBeyondTheMap", kBufLen, 3 * kLineBytes, kVariables},
        Lie{"NoBufLen", kBufLen, 0, kVariables}, Lie{"NewestLineNegative", line_offset(1), -64, kVariables},
        Lie{"NewestLineBehindTheEnd", line_offset(1), static_cast<std::int32_t>(kMapBytes), kVariables},
        Lie{"NewestLineHuge", line_offset(1), kMost, kVariables},
        Lie{"OlderLineHuge", line_offset(0), kMost, {}}, Lie{"TickNegative", tick_count(0), -1, {}},
        Lie{"TickLeast", tick_count(1), kLeast, {}}, Lie{"TickMost", tick_count(2), kMost, {}},
        Lie{"TicksEqual", tick_count(0), 102, {}}, Lie{"TypeNegative", kType, -1, kRpm},
        Lie{"TypeUnknown", kType, 6, kRpm}, Lie{"TypeHuge", kType, kMost, kRpm},
        Lie{"TypeText", kType, 0, kRpm}, Lie{"OffsetNegative", kOffset, -4, kRpm},
        Lie{"OffsetAtTheEnd", kOffset, kLineBytes, kRpm}, Lie{"OffsetHalfOut", kOffset, kLineBytes - 2, kRpm},
        Lie{"OffsetHuge", kOffset, kMost, kRpm}, Lie{"CountNone", kCount, 0, kRpm},
        Lie{"CountNegative", kCount, -1, kRpm}, Lie{"CountBeyondTheLine", kCount, kLineBytes / 4 + 1, kRpm},
        Lie{"CountHuge", kCount, kMost, kRpm}, Lie{"SessionNegative", kSessionInfoOffset, -1, kTexts},
        Lie{"SessionBehindTheEnd", kSessionInfoOffset, static_cast<std::int32_t>(kMapBytes), kTexts},
        Lie{"SessionHuge", kSessionInfoOffset, kMost, kTexts},
        Lie{"SessionLengthNegative", kSessionInfoLen, -1, kTexts},
        Lie{"SessionLengthNone", kSessionInfoLen, 0, kTexts},
        Lie{"SessionLengthHuge", kSessionInfoLen, kMost, kTexts},
        Lie{"SessionLengthBeyondTheMap", kSessionInfoLen, kMapBytes - kSessionText + 1, kTexts}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Iracing, ANameWithoutAnEndIsNoName) {
  Bytes map = good_map();
  std::fill_n(map.begin() + kName, 32, std::byte{'R'});
  const Telemetry got = decode_map(std::move(map));
  EXPECT_FALSE(got[Quantity::kRpm]);
  EXPECT_TRUE(got[Quantity::kGear]);
}

TEST(Iracing, AMapThatIsCutAnywhereIsSurvived) {
  const Bytes whole = good_map();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Telemetry got = decode_map(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_FALSE(size < kFirstLine + 2 * kLineBytes && got[Quantity::kRpm]) << size;
  }
}

TEST(Iracing, ASessionTextWithoutItsKeysGivesNoName) {
  for (const std::string_view text : {"DriverCarIdx: 9", "DriverCarIdx:", "DriverCarIdx: 9\n- CarIdx: 9\n",
                                      "- CarIdx: ", "\n\n\n", "TrackDisp"}) {
    Bytes map = good_map();
    std::fill_n(map.begin() + kSessionText, kFirstLine - kSessionText, std::byte{0});
    put_text(map, kSessionText, text);
    const Telemetry got = decode_map(std::move(map));
    for (const Quantity quantity : kTexts) EXPECT_FALSE(got[quantity]) << text;
    EXPECT_TRUE(got[Quantity::kRpm]) << text;
  }
}

/// The session text as given, in a map that is good otherwise.
Telemetry decode_session(std::string_view text) {
  Bytes map = good_map();
  std::fill_n(map.begin() + kSessionText, kFirstLine - kSessionText, std::byte{0});
  put_word(map, kSessionInfoLen, static_cast<std::int32_t>(text.size()));
  put_text(map, kSessionText, text);
  return decode_map(std::move(map));
}

TEST(Iracing, TheSessionTextIsReadByItsBytes) {
  // node-irsdk#80: app.ini can switch it to UTF-8.
  const Telemetry utf8 = decode_session(
      "WeekendInfo:\n TrackDisplayName: Autódromo X\nDriverInfo:\n DriverCarIdx: 1\n Drivers:\n"
      " - CarIdx: 1\n   UserName: Mikołaj Testowy\n   CarScreenName: Toy\n");
  EXPECT_EQ(utf8.text(Quantity::kTrack), "Autódromo X");
  EXPECT_EQ(utf8.text(Quantity::kDriver), "Mikołaj Testowy");
}

TEST(Iracing, TheRedLineStandsInTheSessionText) {
  const std::string_view text = "DriverInfo:\n DriverCarIdx: 1\n DriverCarRedLine: 7500.000\n";
  EXPECT_EQ(decode_session(text).number(Quantity::kMaxRpm), 7500);
  EXPECT_EQ(decode_session("DriverCarRedLine: fast\n").reason(Quantity::kMaxRpm), AbsentReason::kNotYet);
}

TEST(Iracing, QuotesAroundANameAreNotOfTheName) {
  const Telemetry got = decode_session(
      "TrackDisplayName: 'Spa'\n DriverCarIdx: 1\n - CarIdx: 1\n   UserName: \"Test Driver\"\n"
      "   CarScreenName: \"half\n");
  EXPECT_EQ(got.text(Quantity::kTrack), "Spa");
  EXPECT_EQ(got.text(Quantity::kDriver), "Test Driver");
  EXPECT_EQ(got.text(Quantity::kCar), "\"half") << "no pair";
}

}  // namespace
}  // namespace pitbridge
