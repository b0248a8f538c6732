// SPDX-License-Identifier: MIT
// A value is true, or absent with a reason: the sims' marks for "none", what no vehicle can do, what nobody
// has filled.
#include <gtest/gtest.h>

#include <limits>

#include "common/core/decode/telemetry.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

constexpr Field kFields[] = {{"a", 0, kFloat64},
                             {"b", 8, kFloat64},
                             {"wheels", 16, kFloat64, 4},
                             {"name", 48, kText8, 8},
                             {"other_name", 56, kText8, 8}};
constexpr std::size_t kSizeBytes = 64;

/// A toy whose channels are given, with one number in "a".
class Toy {
 public:
  explicit Toy(std::vector<Channel> channels) : channels_(std::move(channels)) {
    for (Channel& channel : channels_) channel.mapping = "toy";
    title_.channels = channels_;
    bytes_.at(kSizeBytes - 1) = std::byte{1};  // somebody has filled it
  }
  Toy& holds(std::size_t at, double value) {
    put(bytes_, at, value);
    return *this;
  }
  Toy& holds(std::size_t at, std::string_view text) {
    std::memcpy(bytes_.data() + at, text.data(), text.size());
    return *this;
  }
  Telemetry decoded() const {
    Snapshot snapshot;
    snapshot.set("toy", bytes_);
    return decode(title_, snapshot);
  }
  void clear() { bytes_ = Bytes(kSizeBytes); }

 private:
  Layout layouts_[1] = {{"toy", kSizeBytes, kFields}};
  std::vector<Channel> channels_;
  Title title_ = {.id = "toy",
                  .name = "Toy",
                  .exe_names = {},
                  .app_ids = {},
                  .layouts = layouts_,
                  .channels = {},
                  .activity_rules = {}};
  Bytes bytes_ = Bytes(kSizeBytes);
};

/// The reason why `quantity` has no value where its field holds `raw`.
AbsentReason why_absent(Quantity quantity, double raw, Few<double, 3> no_value = {}) {
  const Telemetry got =
      Toy({{.quantity = quantity, .field = "a", .no_value = no_value}}).holds(0, raw).decoded();
  EXPECT_FALSE(got[quantity]) << raw;
  return got.reason(quantity);
}
std::optional<double> value_of(Quantity quantity, double raw, Few<double, 3> no_value = {}) {
  return Toy({{.quantity = quantity, .field = "a", .no_value = no_value}})
      .holds(0, raw)
      .decoded()
      .number(quantity);
}

TEST(AbsentValues, ASimsMarkIsNoValue) {
  const Few<double, 3> marks = {-1.0, 2147483647.0};
  EXPECT_EQ(why_absent(Quantity::kSession, -1, marks), AbsentReason::kNotYet);
  EXPECT_EQ(why_absent(Quantity::kSession, 2147483647, marks), AbsentReason::kNotYet);
  EXPECT_EQ(value_of(Quantity::kSession, -2, marks), -2);
  EXPECT_EQ(value_of(Quantity::kSession, 0, marks), 0);
}

TEST(AbsentValues, AMarkIsComparedBeforeItIsScaled) {
  Toy toy(
      {{.quantity = Quantity::kTyreTemperature, .field = "wheels", .offset = -273.15, .no_value = {0.0}}});
  EXPECT_EQ(toy.decoded().reason(Quantity::kTyreTemperature), AbsentReason::kNotYet) << "0 K";
  for (std::size_t i = 0; i < 4; ++i) toy.holds(16 + 8 * i, 353.15);
  EXPECT_TRUE(toy.decoded()[Quantity::kTyreTemperature]);
}

TEST(AbsentValues, ZeroIsNoneWhereItCannotBe) {
  for (const Quantity q :
       {Quantity::kLastLapTime, Quantity::kBestLapTime, Quantity::kPosition, Quantity::kMaxRpm})
    EXPECT_EQ(why_absent(q, 0), AbsentReason::kNotYet) << quantity_info(q).name;
  for (const Quantity q : {Quantity::kRpm, Quantity::kSpeed, Quantity::kLap, Quantity::kLapTime,
                           Quantity::kGear, Quantity::kFuel})
    EXPECT_EQ(value_of(q, 0), 0) << quantity_info(q).name;
}

TEST(AbsentValues, NanIsNoValueYetAndInfinityIsImplausible) {
  EXPECT_EQ(why_absent(Quantity::kFuel, kNan), AbsentReason::kNotYet);
  EXPECT_EQ(why_absent(Quantity::kFuel, kInfinity), AbsentReason::kImplausible);
  EXPECT_EQ(why_absent(Quantity::kSession, -kInfinity), AbsentReason::kImplausible);
}

TEST(AbsentValues, WhatNoVehicleCanDoIsImplausible) {
  const struct {
    Quantity quantity;
    double raw;
  } kCases[] = {{Quantity::kFuel, -3},       {Quantity::kGear, 200},    {Quantity::kSpeed, 3200},
                {Quantity::kRpm, 1.2e9},     {Quantity::kThrottle, 42}, {Quantity::kSteering, -7},
                {Quantity::kPosition, 5000}, {Quantity::kLapTime, -20}};
  for (const auto& c : kCases)
    EXPECT_EQ(why_absent(c.quantity, c.raw), AbsentReason::kImplausible) << quantity_info(c.quantity).name;
  EXPECT_EQ(value_of(Quantity::kGear, 18), 18) << "a truck's";
  EXPECT_EQ(value_of(Quantity::kThrottle, 1.0001), 1.0001) << "a rounding error";
}

TEST(AbsentValues, OneImplausibleWheelIsEnough) {
  Toy toy({{.quantity = Quantity::kTyrePressure, .field = "wheels"}});
  toy.holds(40, 1e30);
  EXPECT_EQ(toy.decoded().absent_because(AbsentReason::kImplausible),
            std::vector<Quantity>{Quantity::kTyrePressure});
}

TEST(AbsentValues, AFurtherFieldStepsIn) {
  Toy numbers({{.quantity = Quantity::kMaxRpm, .field = "a"}, {.quantity = Quantity::kMaxRpm, .field = "b"}});
  EXPECT_EQ(numbers.decoded().reason(Quantity::kMaxRpm), AbsentReason::kNotYet);
  EXPECT_EQ(numbers.holds(8, 7500).decoded().number(Quantity::kMaxRpm), 7500);
  EXPECT_EQ(numbers.holds(0, 8000).decoded().number(Quantity::kMaxRpm), 8000) << "the first that has one";
  Toy texts({{.quantity = Quantity::kTrack, .field = "name"},
             {.quantity = Quantity::kTrack, .field = "other_name"}});
  EXPECT_EQ(texts.decoded().reason(Quantity::kTrack), AbsentReason::kNotYet) << "an empty text is none";
  EXPECT_EQ(texts.holds(56, "Spa").decoded().text(Quantity::kTrack), "Spa");
}

TEST(AbsentValues, AMappingThatNobodyHasFilledIsNotDecoded) {
  Toy toy({{.quantity = Quantity::kTyreTemperature, .field = "wheels", .offset = -273.15}});
  toy.clear();
  EXPECT_EQ(toy.decoded().reason(Quantity::kTyreTemperature), AbsentReason::kNotYet);
  EXPECT_EQ(toy.decoded().activity, Activity::kUnknown);
}

TEST(AbsentValues, WhatTheSimDoesNotGiveIsSaidToBeSo) {
  EXPECT_EQ(Toy({}).decoded().reason(Quantity::kClutch), AbsentReason::kNotGiven);
}

TEST(AbsentReasons, EachHasAName) {
  EXPECT_EQ(reason_name(AbsentReason::kUnknown), "unknown");
  EXPECT_EQ(reason_name(AbsentReason::kImplausible), "implausible");
  EXPECT_EQ(reason_name(AbsentReason::kCutOff), "cut_off");
}

}  // namespace
}  // namespace pitbridge
