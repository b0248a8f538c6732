// SPDX-License-Identifier: MIT
#include "common/core/decode/telemetry.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "common/core/decode/title.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

using enum FieldType;

// A toy sim: one mapping with absolute fields, one with records of 32 bytes.
constexpr Field kCarFields[] = {
    {"rpm", 0, kInt32},      {"speed", 4, kFloat32},        {"gear", 8, kInt32},
    {"name", 12, kText8, 8}, {"pressure", 20, kFloat32, 4}, {"wheel0.temp", 36, kFloat32},
    {"beyond", 96, kInt32},  {"blob", 0, kBytes, 16},       {"status", 92, kInt32},
};
constexpr std::uint32_t kWheelStride = 12;
constexpr std::size_t kCarBytes = 96;
constexpr std::size_t kStatusOffset = 92;
constexpr std::int32_t kStatusLive = 2;

constexpr Field kRaceFields[] = {
    {"player", 0, kInt32},
    {"car0.lap", 8, kInt32},
    {"car0.driver", 12, kText8, 8},
};
constexpr std::uint32_t kRecordBytes = 32;
constexpr std::size_t kRaceBytes = 8 + 4 * kRecordBytes;

constexpr Layout kLayouts[] = {{"toy_car", kCarBytes, kCarFields}, {"toy_race", kRaceBytes, kRaceFields}};

constexpr Channel kChannels[] = {
    {.quantity = Quantity::kRpm, .field = "rpm", .mapping = "toy_car"},
    {.quantity = Quantity::kGear, .field = "gear", .offset = -1, .mapping = "toy_car"},
    {.quantity = Quantity::kSpeed, .field = "speed", .scale = 3.6, .offset = 2, .mapping = "toy_car"},
    {.quantity = Quantity::kCar, .field = "name", .mapping = "toy_car"},
    {.quantity = Quantity::kTyrePressure, .field = "pressure", .scale = 2, .mapping = "toy_car"},
    {.quantity = Quantity::kTyreTemperature,
     .field = "wheel0.temp",
     .offset = -273,
     .stride_bytes = kWheelStride,
     .mapping = "toy_car"},
    {.quantity = Quantity::kLap, .field = "car0.lap", .of_player = true, .mapping = "toy_race"},
    {.quantity = Quantity::kDriver, .field = "car0.driver", .of_player = true, .mapping = "toy_race"},
    {.quantity = Quantity::kPosition, .field = "player", .mapping = "toy_race"},
    {.quantity = Quantity::kFuel, .field = "beyond", .mapping = "toy_car"},
    {.quantity = Quantity::kBrake, .field = "no such field", .mapping = "toy_car"},
    {.quantity = Quantity::kClutch, .field = "rpm", .mapping = "no such mapping"},
    {.quantity = Quantity::kSession, .field = "blob", .mapping = "toy_car"},
};

constexpr ActivityRule kActivity[] = {
    {.activity = Activity::kMenu, .field = "no such field", .value = 0, .mapping = "toy_car"},
    {.activity = Activity::kPaused,
     .field = "speed",
     .value = 0,
     .mapping = "toy_car"},  // a float is no rule
    {.activity = Activity::kOff, .field = "status", .value = 0, .mapping = "toy_car"},
    {.activity = Activity::kReplay, .field = "player", .value = -1, .mapping = "toy_race"},
    {.activity = Activity::kLive, .field = "status", .value = 2, .mapping = "toy_car"},
};

std::optional<std::uint32_t> player_offset(const Snapshot& snapshot, const Channel& channel) {
  const auto player = snapshot.integer(channel.mapping, kRaceFields[0]);
  if (channel.mapping != "toy_race" || !player || *player < 0) return std::nullopt;
  return static_cast<std::uint32_t>(*player) * kRecordBytes;
}

constexpr Title kTitle = {.id = "toy",
                          .name = "Toy",
                          .exe_names = {},
                          .app_ids = {},
                          .layouts = kLayouts,
                          .channels = kChannels,
                          .activity_rules = kActivity,
                          .player_offset_bytes = player_offset};

class ToySnapshot : public testing::Test {
 protected:
  Bytes car_ = Bytes(kCarBytes);
  Bytes race_ = Bytes(kRaceBytes);

  ToySnapshot() { put(car_, kStatusOffset, kStatusLive); }

  Telemetry decoded(const Title& title = kTitle) const {
    Snapshot snapshot;
    snapshot.set("toy_car", car_);
    snapshot.set("toy_race", race_);
    return decode(title, snapshot);
  }
};

using Decode = ToySnapshot;

TEST_F(Decode, TakesAPlainFieldAsItIs) {
  put<std::int32_t>(car_, 0, 7250);
  EXPECT_EQ(decoded().number(Quantity::kRpm), 7250);
}

TEST_F(Decode, AppliesScaleThenOffset) {
  put<float>(car_, 4, 10);
  put<std::int32_t>(car_, 8, 0);
  EXPECT_DOUBLE_EQ(*decoded().number(Quantity::kSpeed), 38);
  EXPECT_EQ(decoded().number(Quantity::kGear), -1);
}

TEST_F(Decode, ReadsTexts) {
  std::memcpy(car_.data() + 12, "lotus", 5);
  EXPECT_EQ(decoded().text(Quantity::kCar), "lotus");
  EXPECT_FALSE(decoded().number(Quantity::kCar));
  EXPECT_FALSE(decoded().text(Quantity::kRpm));
}

TEST_F(Decode, ReadsAdjacentWheels) {
  for (std::size_t i = 0; i < 4; ++i) put<float>(car_, 20 + 4 * i, static_cast<float>(i + 1));
  const auto telemetry = decoded();
  const auto& value = telemetry[Quantity::kTyrePressure];
  ASSERT_TRUE(value);
  EXPECT_EQ(std::get<std::vector<double>>(*value), (std::vector<double>{2, 4, 6, 8}));
  EXPECT_FALSE(telemetry.number(Quantity::kTyrePressure));
}

TEST_F(Decode, ReadsWheelsInRecords) {
  for (std::size_t i = 0; i < 4; ++i) put<float>(car_, 36 + kWheelStride * i, 273.0F + static_cast<float>(i));
  const auto telemetry = decoded();
  const auto& value = telemetry[Quantity::kTyreTemperature];
  ASSERT_TRUE(value);
  EXPECT_EQ(std::get<std::vector<double>>(*value), (std::vector<double>{0, 1, 2, 3}));
}

TEST_F(Decode, WheelsAreAllThereOrAbsent) {
  for (std::size_t i = 0; i < 4; ++i) put(car_, 36 + kWheelStride * i, 300.0F);
  car_.resize(36 + 3 * kWheelStride + 3);  // one byte short of the fourth
  EXPECT_FALSE(decoded()[Quantity::kTyreTemperature]);
  EXPECT_TRUE(decoded()[Quantity::kTyrePressure]) << "what lies before is there";
  car_.resize(car_.size() + 1);
  put(car_, 36 + kWheelStride * 3, 300.0F);
  EXPECT_TRUE(decoded()[Quantity::kTyreTemperature]);
}

TEST_F(Decode, FollowsThePlayersRecord) {
  put<std::int32_t>(race_, 0, 2);
  put<std::int32_t>(race_, 8, 1);
  put<std::int32_t>(race_, 8 + 2 * kRecordBytes, 17);
  std::memcpy(race_.data() + 12 + 2 * kRecordBytes, "me", 2);
  const auto telemetry = decoded();
  EXPECT_EQ(telemetry.number(Quantity::kLap), 17);
  EXPECT_EQ(telemetry.text(Quantity::kDriver), "me");
  // Not of the player: stays where it is.
  EXPECT_EQ(telemetry.number(Quantity::kPosition), 2);
}

TEST_F(Decode, WithoutAPlayerHisFieldsAreAbsent) {
  put<std::int32_t>(race_, 0, -1);
  EXPECT_FALSE(decoded()[Quantity::kLap]);
  EXPECT_FALSE(decoded()[Quantity::kDriver]);
  EXPECT_EQ(decoded().reason(Quantity::kLap), AbsentReason::kNotYet);
}

TEST_F(Decode, APlayerOutsideTheBytesIsAbsent) {
  for (const std::int32_t player : {4, 1'000'000, std::numeric_limits<std::int32_t>::max()}) {
    put<std::int32_t>(race_, 0, player);
    EXPECT_FALSE(decoded()[Quantity::kLap]) << player;
  }
}

TEST_F(Decode, WithoutTheHookChannelsAreAbsolute) {
  Title title = kTitle;
  title.player_offset_bytes = nullptr;
  put<std::int32_t>(race_, 0, 2);
  put<std::int32_t>(race_, 8, 5);
  EXPECT_EQ(decoded(title).number(Quantity::kLap), 5);
}

TEST_F(Decode, AGameThatIsOffGivesNothing) {
  put<std::int32_t>(car_, 0, 7250);
  put<std::int32_t>(car_, kStatusOffset, 0);
  const auto telemetry = decoded();
  EXPECT_EQ(telemetry.activity, Activity::kOff);
  for (const auto& value : telemetry.values) EXPECT_FALSE(value) << "a cleared file is no reverse gear";
}

TEST_F(Decode, LeavesOutWhatIsMissing) {
  const auto telemetry = decoded();
  EXPECT_FALSE(telemetry[Quantity::kFuel]) << "outside the bytes";
  EXPECT_FALSE(telemetry[Quantity::kBrake]) << "no such field";
  EXPECT_FALSE(telemetry[Quantity::kClutch]) << "no such mapping";
  EXPECT_FALSE(telemetry[Quantity::kSession]) << "no number";
  EXPECT_FALSE(telemetry[Quantity::kTrack]) << "no channel";
}

TEST_F(Decode, AnEmptySnapshotGivesNothing) {
  const auto telemetry = decode(kTitle, Snapshot());
  EXPECT_EQ(telemetry.activity, Activity::kUnknown);
  for (const auto& value : telemetry.values) EXPECT_FALSE(value);
}

TEST_F(Decode, TheFirstChannelThatGivesAValueWins) {
  constexpr Channel kTwice[] = {
      {.quantity = Quantity::kFuel, .field = "beyond", .mapping = "toy_car"},
      {.quantity = Quantity::kFuel, .field = "rpm", .mapping = "toy_car"},
      {.quantity = Quantity::kFuel, .field = "gear", .mapping = "toy_car"},
  };
  Title title = kTitle;
  title.channels = kTwice;
  put<std::int32_t>(car_, 0, 1);
  put<std::int32_t>(car_, 8, 2);
  EXPECT_EQ(decoded(title).number(Quantity::kFuel), 1);
}

using DecodeActivity = ToySnapshot;

TEST_F(DecodeActivity, TheFirstRuleThatHoldsDecides) {
  put<std::int32_t>(car_, 0, 1);
  put<std::int32_t>(race_, 0, -1);
  put<std::int32_t>(car_, kStatusOffset, 0);
  EXPECT_EQ(decoded().activity, Activity::kOff) << "both off and replay hold";
  put(car_, kStatusOffset, kStatusLive);
  EXPECT_EQ(decoded().activity, Activity::kReplay) << "both replay and live hold";
  put<std::int32_t>(race_, 0, 0);
  EXPECT_EQ(decoded().activity, Activity::kLive);
  put<std::int32_t>(car_, kStatusOffset, 3);
  EXPECT_EQ(decoded().activity, Activity::kUnknown);
}

// --- A sim with no word for what it does: its counter tells ---

constexpr Field kCounters[] = {{"menu", 0, kInt32}, {"tick", 4, kUint32}, {"clock", 8, kFloat64}};
constexpr Layout kCounterLayouts[] = {{"toy", 16, kCounters}};
constexpr ActivityRule kMoves[] = {
    {.activity = Activity::kMenu, .field = "menu", .value = 1, .mapping = "toy"},
    {.activity = Activity::kLive, .field = "tick", .changes_within_ms = 500, .mapping = "toy"}};
constexpr ActivityRule kClockMoves[] = {
    {.activity = Activity::kLive, .field = "clock", .changes_within_ms = 500, .mapping = "toy"}};

class Changes : public testing::Test {
 protected:
  static Title title_with(std::span<const ActivityRule> rules) {
    Title title = kTitle;
    title.layouts = kCounterLayouts;
    title.channels = {};
    title.activity_rules = rules;
    return title;
  }

  Activity at(std::int64_t ms) { return at(ms, title_); }
  Activity at(std::int64_t ms, const Title& title) {
    Snapshot snapshot;
    snapshot.set("toy", bytes_);
    return decode(title, snapshot, watch_, ms * 1'000'000).activity;
  }
  void tick(std::uint32_t value) { put(bytes_, 4, value); }

  const Title title_ = title_with(kMoves);
  Bytes bytes_ = Bytes(16);
  ActivityWatch watch_;
};

TEST_F(Changes, OneLookCannotTell) {
  tick(7);
  EXPECT_EQ(at(1000), Activity::kUnknown);
  EXPECT_EQ(watch_.turns_at_ns(), 1'500'000'000);
  EXPECT_EQ(at(1499), Activity::kUnknown);
  Snapshot snapshot;
  snapshot.set("toy", bytes_);
  EXPECT_EQ(decode(title_, snapshot).activity, Activity::kUnknown);
}

TEST_F(Changes, LiveWhileItMovesAndPausedWhileItStands) {
  tick(7);
  at(0);
  tick(8);
  EXPECT_EQ(at(100), Activity::kLive);
  EXPECT_EQ(watch_.turns_at_ns(), 600'000'000);
  EXPECT_EQ(at(599), Activity::kLive);
  EXPECT_EQ(at(600), Activity::kPaused);
  EXPECT_FALSE(watch_.turns_at_ns());
  tick(9);
  EXPECT_EQ(at(9000), Activity::kLive);
}

TEST_F(Changes, WhatNeverMovedIsPausedInTheEnd) {
  tick(7);
  at(0);
  EXPECT_EQ(at(500), Activity::kPaused);
}

TEST_F(Changes, ACounterAt0IsOff) {
  EXPECT_EQ(at(0), Activity::kUnknown) << "nobody has filled it";
  put<std::int32_t>(bytes_, 12, 1);
  EXPECT_EQ(at(0), Activity::kOff);
  tick(7);
  EXPECT_EQ(at(100), Activity::kUnknown) << "filled, but not yet seen to move";
  tick(8);
  EXPECT_EQ(at(200), Activity::kLive);
  tick(0);
  EXPECT_EQ(at(300), Activity::kOff) << "a cleared file is no drive";
}

TEST_F(Changes, OfSeveralMappingsTheFirstThatIsFilledDecides) {
  static constexpr Layout kTwo[] = {{"other", 16, kCounters}, {"toy", 16, kCounters}};
  static constexpr ActivityRule kTwoMove[] = {
      {.activity = Activity::kLive, .field = "tick", .changes_within_ms = 500, .mapping = "other"},
      {.activity = Activity::kLive, .field = "tick", .changes_within_ms = 500, .mapping = "toy"}};
  Title title = title_with(kTwoMove);
  title.layouts = kTwo;
  tick(7);
  EXPECT_EQ(at(0, title), Activity::kUnknown);
  tick(8);
  EXPECT_EQ(at(100, title), Activity::kLive) << "nothing comes in the other";
  Snapshot both;
  const auto with_other = [&](std::int64_t ms, std::uint32_t value) {
    Bytes other(16);
    put(other, 4, value);
    both.set("toy", bytes_);
    both.set("other", other);
    return decode(title, both, watch_, ms * 1'000'000).activity;
  };
  EXPECT_EQ(with_other(200, 1), Activity::kUnknown) << "the other was not yet seen to move";
  EXPECT_EQ(with_other(300, 2), Activity::kLive);
  tick(9);
  EXPECT_EQ(with_other(900, 2), Activity::kPaused) << "the other decides, and it stands still";
}

TEST_F(Changes, AnEarlierRuleDecidesFirst) {
  tick(7);
  at(0);
  put<std::int32_t>(bytes_, 0, 1);
  tick(8);
  EXPECT_EQ(at(100), Activity::kMenu);
  EXPECT_FALSE(watch_.turns_at_ns());
  put<std::int32_t>(bytes_, 0, 0);
  EXPECT_EQ(at(200), Activity::kLive) << "the change was seen in the menu";
}

TEST_F(Changes, ARealNumberMovesToo) {
  const Title title = title_with(kClockMoves);
  put<std::int32_t>(bytes_, 0, 1);
  EXPECT_EQ(at(0, title), Activity::kOff);
  put(bytes_, 8, 0.25);
  at(1, title);
  put(bytes_, 8, 0.5);
  EXPECT_EQ(at(2, title), Activity::kLive);
  EXPECT_EQ(at(502, title), Activity::kPaused);
}

TEST_F(Changes, AnotherTitleBeginsAnew) {
  const Title other = title_with(kMoves);
  tick(7);
  at(0);
  tick(8);
  EXPECT_EQ(at(1, other), Activity::kUnknown);
}

TEST_F(Changes, AFieldThatIsNotThereTellsNothing) {
  tick(7);
  at(0);
  bytes_.resize(4);
  EXPECT_EQ(at(600), Activity::kUnknown);
}

TEST(FindTitleField, GivesNothingWhereTheTablesLackIt) {
  const Snapshot none;
  EXPECT_EQ(find_title_field(kTitle, none, "toy_car", "rpm")->offset_bytes, kCarFields[0].offset_bytes);
  EXPECT_FALSE(find_title_field(kTitle, none, "toy_car", "nothing"));
  EXPECT_FALSE(find_title_field(kTitle, none, "nothing", "rpm"));
}

// --- A section that ends before its layout does ---

/// What both mappings lack when they are cut off after so many bytes.
std::vector<Quantity> cut_off(std::size_t car_bytes, std::size_t race_bytes) {
  Bytes car(car_bytes), race(race_bytes);
  car.at(0) = race.at(0) = std::byte{1};
  for (std::size_t at = 36; at + 4 <= car_bytes && at < kStatusOffset; at += kWheelStride)
    put(car, at, 300.0F);
  if (car_bytes >= kCarBytes) put(car, kStatusOffset, kStatusLive);
  Snapshot snapshot;
  snapshot.set("toy_car", std::move(car));
  snapshot.set("toy_race", std::move(race));
  return decode(kTitle, snapshot).absent_because(AbsentReason::kCutOff);
}
using Quantities = std::vector<Quantity>;

TEST(CutOff, IsNothingOfAWholeSection) {
  // "beyond" lies outside the layout itself, and four bytes more hold it.
  EXPECT_EQ(cut_off(kCarBytes + 4, kRaceBytes), Quantities{});
}

TEST(CutOff, IsWhatLiesBehindTheEnd) {
  EXPECT_EQ(cut_off(36, kRaceBytes), (Quantities{Quantity::kFuel, Quantity::kTyreTemperature}));
  EXPECT_EQ(cut_off(kCarBytes + 4, 4), (Quantities{Quantity::kLap, Quantity::kDriver}));
  EXPECT_EQ(cut_off(kCarBytes + 4, 3), (Quantities{Quantity::kLap, Quantity::kPosition, Quantity::kDriver}))
      << "the player's number, too";
}

TEST(CutOff, TheLastWheelCounts) {
  const auto is_missing = [](std::size_t car_bytes) {
    const auto missing = cut_off(car_bytes, kRaceBytes);
    return std::find(missing.begin(), missing.end(), Quantity::kTyreTemperature) != missing.end();
  };
  constexpr std::size_t kEndOfLastWheel = 36 + 3 * kWheelStride + 4;
  EXPECT_TRUE(is_missing(kEndOfLastWheel - 1));
  EXPECT_FALSE(is_missing(kEndOfLastWheel));
}

TEST(CutOff, AMappingThatIsNotThereIsNot) {
  EXPECT_EQ(decode(kTitle, Snapshot()).absent_because(AbsentReason::kCutOff), Quantities{});
}

// --- What a channel may do with more than one field ---

constexpr Field kParts[] = {
    {"vector", 0, kFloat64, 3}, {"part", 24, kFloat32}, {"whole", 28, kFloat32}, {"zero", 32, kFloat32},
    {"tread", 40, kFloat32, 3}, {"left", 52, kFloat32}, {"right", 56, kFloat32},
};

std::optional<Value> decode_part(const Channel& channel) {
  const Layout layouts[] = {{"toy", 64, kParts}};
  const Channel channels[] = {channel};
  Bytes bytes(64);
  put(bytes, 0, 2.0);
  put(bytes, 8, 3.0);
  put(bytes, 16, -6.0);
  put(bytes, 24, 0.25F);
  put(bytes, 28, 80.0F);
  put(bytes, 40, 1.0F);
  put(bytes, 44, 2.0F);
  put(bytes, 48, 3.0F);
  put(bytes, 52, 7.0F);
  put(bytes, 56, 9.0F);
  Snapshot snapshot;
  snapshot.set("toy", bytes);
  Title title = kTitle;
  title.layouts = layouts;
  title.channels = channels;
  title.activity_rules = {};
  return decode(title, snapshot)[channel.quantity];
}

Channel combined(Combine combine, std::string_view field, std::string_view other) {
  return {.quantity = Quantity::kFuel,
          .field = field,
          .scale = 2,
          .combine = combine,
          .other_field = other,
          .mapping = "toy"};
}

TEST(Combine, TwoFieldsMakeOneValue) {
  EXPECT_EQ(decode_part(combined(Combine::kTimes, "part", "whole")), Value(40.0));
  EXPECT_EQ(decode_part(combined(Combine::kMinus, "whole", "part")), Value(159.5));
  EXPECT_EQ(decode_part(combined(Combine::kDividedBy, "whole", "part")), Value(640.0));
  EXPECT_EQ(decode_part(combined(Combine::kMagnitude, "vector", "")), Value(14.0));
}

TEST(Combine, AMissingFieldOrADivisionByZeroGivesNothing) {
  EXPECT_FALSE(decode_part(combined(Combine::kDividedBy, "whole", "zero")));
  EXPECT_FALSE(decode_part(combined(Combine::kTimes, "part", "nothing")));
  EXPECT_FALSE(decode_part(combined(Combine::kTimes, "nothing", "whole")));
}

TEST(Combine, WheelsMayHaveAFieldEach) {
  EXPECT_EQ(decode_part({.quantity = Quantity::kTyreTemperature,
                         .fields = {"left", "right", "left", "right"},
                         .mapping = "toy"}),
            Value(std::vector<double>{7, 9, 7, 9}));
}

TEST(Combine, FirstIndexPicksTheMiddleOfTheTread) {
  EXPECT_EQ(decode_part({.quantity = Quantity::kRpm, .field = "tread", .first_index = 1, .mapping = "toy"}),
            Value(2.0));
}

}  // namespace
}  // namespace pitbridge
