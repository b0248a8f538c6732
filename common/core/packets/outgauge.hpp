// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "common/core/sim/quantity.hpp"

/// OutGauge as a sender of it: what dashboards and boxes of lamps have understood for twenty years. Layout,
/// bits and gears as the document of Live for Speed has them, which simbroadcasts/node-insim and
/// alexmcbride/insimdotnet quote; BeamNG's own sender agrees.
namespace pitbridge {

inline constexpr std::size_t kOutgaugeBytes = 96;

/// What is known of a car: nothing for what has no value.
using NumberOf = std::function<std::optional<double>(Quantity)>;

/// OutGauge has no mark for what is not known: that is 0, and its lamp is one that the car does not have.
std::array<std::byte, kOutgaugeBytes> outgauge_packet(const NumberOf& number, std::string_view car,
                                                      std::uint32_t time_ms);

}  // namespace pitbridge
