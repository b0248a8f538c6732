// SPDX-License-Identifier: MIT
#include "common/core/packets/outgauge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <initializer_list>

#include "common/core/sim/outgauge_lamps.hpp"
#include "common/core/sim/units.hpp"

namespace pitbridge {
namespace {

using enum Quantity;

/// Of the field of flags.
constexpr std::uint16_t kShowTurbo = 0x2000, kKilometres = 0x4000, kBar = 0x8000;

class Packet {
 public:
  void put(std::size_t offset_bytes, std::uint64_t value, std::size_t width_bytes) {
    for (std::size_t i = 0; i < width_bytes; ++i)
      bytes_[offset_bytes + i] = static_cast<std::byte>(value >> (8 * i) & 0xFFU);
  }
  void put_float(std::size_t offset_bytes, std::optional<double> value) {
    put(offset_bytes, std::bit_cast<std::uint32_t>(static_cast<float>(value.value_or(0))), sizeof(float));
  }
  /// With a NUL behind it.
  void put_text(std::size_t offset_bytes, std::size_t size_bytes, std::string_view text) {
    text = text.substr(0, size_bytes - 1);
    for (std::size_t i = 0; i < text.size(); ++i)
      bytes_[offset_bytes + i] = static_cast<std::byte>(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
  }
  const auto& bytes() const { return bytes_; }

 private:
  std::array<std::byte, kOutgaugeBytes> bytes_ = {};
};

struct Lamps {
  std::uint32_t there = 0, lit = 0;

  void add(std::uint32_t lamp, std::optional<bool> is_lit) {
    if (!is_lit) return;
    there |= lamp;
    if (*is_lit) lit |= lamp;
  }
};

Lamps lamps_of(const NumberOf& number) {
  const auto is_on = [&](Quantity quantity) -> std::optional<bool> {
    const auto value = number(quantity);
    return value ? std::optional(*value > 0.5) : std::nullopt;
  };
  const auto first_of = [&](std::initializer_list<Quantity> quantities) -> std::optional<double> {
    for (const Quantity quantity : quantities)
      if (const auto value = number(quantity)) return value;
    return std::nullopt;
  };
  Lamps lamps;
  const auto rpm = number(kRpm);
  const auto shift_rpm = first_of({kShiftRpm, kLimiterRpm, kMaxRpm});
  if (rpm && shift_rpm) lamps.add(outgauge_lamps::kShift, *rpm >= *shift_rpm);
  lamps.add(outgauge_lamps::kFullBeam, is_on(kHighBeam));
  const auto parking = is_on(kParkingBrake);
  lamps.add(outgauge_lamps::kHandbrake, parking ? parking : is_on(kHandbrake));
  lamps.add(outgauge_lamps::kPitSpeed, is_on(kPitLimiter));
  lamps.add(outgauge_lamps::kTc, is_on(kTcActs));
  const auto left = is_on(kLeftBlinker);
  const auto right = is_on(kRightBlinker);
  lamps.add(outgauge_lamps::kSignalLeft, left);
  lamps.add(outgauge_lamps::kSignalRight, right);
  if (left && right) lamps.add(outgauge_lamps::kSignalBoth, *left && *right);
  lamps.add(outgauge_lamps::kAbs, is_on(kAbsActs));
  return lamps;
}

/// 0 reverse, 1 neutral, 2 the first.
std::uint8_t gear_code(const NumberOf& number) {
  return static_cast<std::uint8_t>(std::clamp(number(kGear).value_or(0) + 1, 0.0, 255.0));
}

std::optional<double> divided(std::optional<double> value, double by) {
  return value ? std::optional(*value / by) : std::nullopt;
}

std::optional<double> fuel_part(const NumberOf& number) {
  const auto fuel = number(kFuel);
  const auto capacity = number(kFuelCapacity);
  if (!fuel || !capacity || *capacity <= 0) return std::nullopt;
  return std::clamp(*fuel / *capacity, 0.0, 1.0);
}

}  // namespace

std::array<std::byte, kOutgaugeBytes> outgauge_packet(const NumberOf& number, std::string_view car,
                                                      std::uint32_t time_ms) {
  Packet packet;
  packet.put(0, time_ms, 4);
  packet.put_text(4, 4, car);
  packet.put(8, kKilometres | kBar | (number(kTurboPressure) ? kShowTurbo : 0U), 2);
  packet.put(10, gear_code(number), 1);
  packet.put(11, 1, 1);  // the player that is looked at; 0 is none
  packet.put_float(12, divided(number(kSpeed), kKmhPerMps));
  packet.put_float(16, number(kRpm));
  packet.put_float(20, divided(number(kTurboPressure), kKpaPerBar));
  packet.put_float(24, number(kCoolantTemperature));
  packet.put_float(28, fuel_part(number));
  packet.put_float(32, divided(number(kOilPressure), kKpaPerBar));
  packet.put_float(36, number(kOilTemperature));
  const Lamps lamps = lamps_of(number);
  packet.put(40, lamps.there, 4);
  packet.put(44, lamps.lit, 4);
  packet.put_float(48, number(kThrottle));
  packet.put_float(52, number(kBrake));
  packet.put_float(56, number(kClutch));
  if (const auto fuel = number(kFuel)) packet.put_text(60, 16, fmt::format("Fuel {:.1f} l", *fuel));
  if (const auto lap = number(kLap)) packet.put_text(76, 16, fmt::format("Lap {:.0f}", *lap + 1));
  return packet.bytes();
}

}  // namespace pitbridge
