// SPDX-License-Identifier: MIT
#pragma once

/// From the units of sims to those of quantities (`quantity.hpp`). What one sim alone needs stands with it.
namespace pitbridge {

inline constexpr double kKelvinAtZeroCelsius = 273.15;
inline constexpr double kStandardGravity = 9.80665;  ///< m/s2
inline constexpr double kKmhPerMps = 3.6;
inline constexpr double kKpaPerBar = 100;
inline constexpr double kKpaPerPsi = 6.894757293168361;
inline constexpr double kMetresPerMillimetre = 0.001;
inline constexpr double kRpmPerRadPerSecond = 9.549296585513721;  ///< 60 / (2 pi)
inline constexpr double kSecondsPerMs = 0.001;

}  // namespace pitbridge
