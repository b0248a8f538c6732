// SPDX-License-Identifier: MIT
#include "common/core/packets/outgauge.hpp"

#include <gtest/gtest.h>

#include <map>

#include "common/core/packets/classify.hpp"
#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

using enum Quantity;

Bytes packet_of(const std::map<Quantity, double>& values, std::string_view car = "XRG") {
  const auto number = [&](Quantity quantity) -> std::optional<double> {
    const auto found = values.find(quantity);
    return found != values.end() ? std::optional(found->second) : std::nullopt;
  };
  const auto packet = outgauge_packet(number, car, 1234);
  return {packet.begin(), packet.end()};
}
std::uint32_t lit(const std::map<Quantity, double>& values) {
  return get<std::uint32_t>(packet_of(values), 44);
}

TEST(Outgauge, UnitsAndPlacesOfItsNumbers) {
  const Bytes packet = packet_of({{kSpeed, 180},
                                  {kRpm, 6500},
                                  {kTurboPressure, 50},
                                  {kCoolantTemperature, 88},
                                  {kFuel, 30},
                                  {kFuelCapacity, 60},
                                  {kOilPressure, 420},
                                  {kOilTemperature, 101},
                                  {kThrottle, 0.75},
                                  {kBrake, 0.25},
                                  {kClutch, 0.5},
                                  {kLap, 2}});
  ASSERT_EQ(packet.size(), 96U);
  EXPECT_EQ(get<std::uint32_t>(packet, 0), 1234U);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(packet.data() + 4)), "XRG");
  EXPECT_EQ(get<std::uint16_t>(packet, 8), 0x2000 | 0x4000 | 0x8000);
  EXPECT_FLOAT_EQ(get<float>(packet, 12), 50) << "m/s";
  EXPECT_FLOAT_EQ(get<float>(packet, 16), 6500);
  EXPECT_FLOAT_EQ(get<float>(packet, 20), 0.5F) << "bar";
  EXPECT_FLOAT_EQ(get<float>(packet, 24), 88);
  EXPECT_FLOAT_EQ(get<float>(packet, 28), 0.5F) << "of the tank";
  EXPECT_FLOAT_EQ(get<float>(packet, 32), 4.2F) << "bar";
  EXPECT_FLOAT_EQ(get<float>(packet, 36), 101);
  EXPECT_FLOAT_EQ(get<float>(packet, 48), 0.75F);
  EXPECT_FLOAT_EQ(get<float>(packet, 52), 0.25F);
  EXPECT_FLOAT_EQ(get<float>(packet, 56), 0.5F);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(packet.data() + 60)), "Fuel 30.0 l");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(packet.data() + 76)), "Lap 3");
}

TEST(Outgauge, GearsCountFromReverse) {
  for (const auto& [gear, code] : std::map<double, int>{{-2, 0}, {-1, 0}, {0, 1}, {1, 2}, {6, 7}})
    EXPECT_EQ(std::to_integer<int>(packet_of({{kGear, gear}})[10]), code) << gear;
}

TEST(Outgauge, WhatIsNotKnownIsZeroAndHasNoLamp) {
  const Bytes packet = packet_of({}, "");
  EXPECT_EQ(get<std::uint16_t>(packet, 8), 0x4000 | 0x8000);
  EXPECT_EQ(std::to_integer<int>(packet[10]), 1) << "neutral";
  EXPECT_TRUE(all_zero(std::span(packet).subspan(12)));
}

TEST(Outgauge, Lamps) {
  EXPECT_EQ(lit({{kRpm, 7000}, {kShiftRpm, 6900}, {kMaxRpm, 8000}}), 1U);
  EXPECT_EQ(lit({{kRpm, 6800}, {kShiftRpm, 6900}}), 0U);
  EXPECT_EQ(lit({{kHighBeam, 1}}), 2U);
  EXPECT_EQ(lit({{kParkingBrake, 1}}), 4U);
  EXPECT_EQ(lit({{kHandbrake, 0.8}}), 4U);
  EXPECT_EQ(lit({{kPitLimiter, 1}}), 8U);
  EXPECT_EQ(lit({{kTcActs, 1}}), 16U);
  EXPECT_EQ(lit({{kLeftBlinker, 1}, {kRightBlinker, 0}}), 32U);
  EXPECT_EQ(lit({{kLeftBlinker, 1}, {kRightBlinker, 1}}), 32U + 64 + 128);
  EXPECT_EQ(lit({{kAbsActs, 1}}), 1024U);
  EXPECT_EQ(get<std::uint32_t>(packet_of({{kPitLimiter, 0}}), 40), 8U) << "a lamp that the car has";
}

TEST(Outgauge, TextsOfGamesAreCutAndPlain) {
  const Bytes packet = packet_of({}, "Porsche \xC3\xA4");
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(packet.data() + 4)), "Por");
}

}  // namespace
}  // namespace pitbridge
