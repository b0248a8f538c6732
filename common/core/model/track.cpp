// SPDX-License-Identifier: MIT
#include "common/core/model/track.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace pitbridge::model {
namespace {

constexpr double kMeanKmh = 165, kOfCornersKmh = 85, kOfHalvesKmh = 18;
constexpr int kCorners = 7, kHalves = 3;

/// By how much each corner turns to the left. Together once around; three of them were solved for so that the
/// line ends where it begins.
constexpr std::array<double, kCorners> kTurns = {1.8416934563123812, -0.9321123591928706, 1.8136901088717037,
                                                 1.8305705877432732, -0.8438612275765573, 1.7594391119854589,
                                                 0.8137656290361973};
constexpr double kHalfCornerSeconds = 3.25;
/// Where the car is slowest.
constexpr double middle_of(std::size_t corner) {
  return kLapSeconds / kCorners * (0.75 + static_cast<double>(corner));
}

double heading_at(double lap_seconds) {
  double heading = 0;
  for (std::size_t i = 0; i < kTurns.size(); ++i) {
    const double at = std::clamp((lap_seconds - middle_of(i)) / kHalfCornerSeconds, -1.0, 1.0);
    heading += kTurns[i] * (1 + at + std::sin(kPi * at) / kPi) / 2;
  }
  return heading;
}

double yaw_rate_at(double lap_seconds) {
  double rate = 0;
  for (std::size_t i = 0; i < kTurns.size(); ++i) {
    const double at = std::clamp((lap_seconds - middle_of(i)) / kHalfCornerSeconds, -1.0, 1.0);
    rate += kTurns[i] * (1 + std::cos(kPi * at)) / (2 * kHalfCornerSeconds);
  }
  return rate;
}

double distance_at(double lap_seconds) {
  const auto integral = [&](double kmh, int times) {
    const double pace = 2 * kPi * times / kLapSeconds;
    return kmh / pace * (1 - std::cos(pace * lap_seconds));
  };
  return (kMeanKmh * lap_seconds + integral(kOfCornersKmh, kCorners) + integral(kOfHalvesKmh, kHalves)) / 3.6;
}

struct Place {
  double x = 0, y = 0;
};
constexpr std::size_t kSteps = 7400;
using Line = std::array<Place, kSteps + 1>;

Line drawn_line() {
  constexpr double kStepSeconds = kLapSeconds / kSteps;
  const auto step_at = [](std::size_t i) {
    const double at = kStepSeconds * static_cast<double>(i);
    const double metres = speed_kmh_at(at) / 3.6 * kStepSeconds;
    return Place{metres * std::cos(heading_at(at)), metres * std::sin(heading_at(at))};
  };
  Line line = {};
  Place before = step_at(0);
  for (std::size_t i = 1; i < line.size(); ++i) {
    const Place now = step_at(i);
    line[i] = {line[i - 1].x + (before.x + now.x) / 2, line[i - 1].y + (before.y + now.y) / 2};
    before = now;
  }
  return line;
}

}  // namespace

double speed_kmh_at(double lap_seconds) {
  const double corner = std::sin(2 * kPi * kCorners * lap_seconds / kLapSeconds);
  return kMeanKmh + kOfCornersKmh * corner +
         kOfHalvesKmh * std::sin(2 * kPi * kHalves * lap_seconds / kLapSeconds);
}

double track_length_m() {
  return distance_at(kLapSeconds);
}

TrackPoint track_at(double lap_seconds) {
  static const Line kLine = drawn_line();
  const double at = lap_seconds - std::floor(lap_seconds / kLapSeconds) * kLapSeconds;
  const double step = std::clamp(at / kLapSeconds * kSteps, 0.0, static_cast<double>(kSteps));
  const auto before = std::min(static_cast<std::size_t>(step), kSteps - 1);
  const double part = step - static_cast<double>(before);
  // Hills, of which the lap has two.
  const double around = 2 * kPi * at / kLapSeconds;
  const double climb = (8 * std::cos(around) + 6 * std::cos(2 * around)) * 2 * kPi / kLapSeconds;
  TrackPoint point;
  point.distance_m = distance_at(at);
  point.x = kLine[before].x + part * (kLine[before + 1].x - kLine[before].x);
  point.y = kLine[before].y + part * (kLine[before + 1].y - kLine[before].y);
  point.z = 8 * std::sin(around) + 3 * std::sin(2 * around);
  point.heading = std::remainder(heading_at(at), 2 * kPi);
  point.pitch = -std::atan(climb / (speed_kmh_at(at) / 3.6));
  point.yaw_rate = yaw_rate_at(at);
  return point;
}

}  // namespace pitbridge::model
