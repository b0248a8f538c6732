// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

/// The bits of OutGauge's two fields of lamps: which a car has, and which are lit. From docs/InSim.txt of
/// Live for Speed, as simbroadcasts/node-insim and alexmcbride/insimdotnet quote it; BeamNG sends the same.
namespace pitbridge::outgauge_lamps {

inline constexpr std::uint32_t kShift = 1U << 0U;
inline constexpr std::uint32_t kFullBeam = 1U << 1U;
inline constexpr std::uint32_t kHandbrake = 1U << 2U;
inline constexpr std::uint32_t kPitSpeed = 1U << 3U;
inline constexpr std::uint32_t kTc = 1U << 4U;
inline constexpr std::uint32_t kSignalLeft = 1U << 5U;
inline constexpr std::uint32_t kSignalRight = 1U << 6U;
inline constexpr std::uint32_t kSignalBoth = 1U << 7U;
inline constexpr std::uint32_t kAbs = 1U << 10U;
inline constexpr std::uint32_t kDipped = 1U << 14U;

}  // namespace pitbridge::outgauge_lamps
