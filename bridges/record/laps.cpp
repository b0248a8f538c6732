// SPDX-License-Identifier: MIT
#include "bridges/record/laps.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pitbridge::record {
namespace {

/// So much of a new lap may be over when its begin is seen.
constexpr double kSeenWithinSeconds = 3;
/// Sims give the time of a lap some moments after its end.
constexpr std::int64_t kTimeComesWithinNs = 5'000'000'000;
/// A lap time that falls by less is a correction.
constexpr double kLeastFallSeconds = 1;

}  // namespace

void LapFinder::look(std::int64_t time_ns, const Telemetry& telemetry) {
  if (telemetry.activity == Activity::kOff || telemetry.activity == Activity::kMenu) return leave(time_ns);
  const auto count = telemetry.number(Quantity::kLap);
  const auto lap_time = telemetry.number(Quantity::kLapTime);
  const auto last = telemetry.number(Quantity::kLastLapTime);
  if (!count && !lap_time) return;
  const bool has_fallen = lap_time && lap_time_ && *lap_time < *lap_time_ - kLeastFallSeconds;
  // Where the line was, as far as the sim tells how long the lap is driven already.
  const bool is_fresh = lap_time && *lap_time >= 0 && *lap_time < kSeenWithinSeconds;
  const std::int64_t line_ns =
      is_fresh ? std::max<std::int64_t>(time_ns - std::llround(*lap_time * 1e9), 0) : time_ns;
  const int number = count ? static_cast<int>(*count) + 1 : lap_ ? lap_->number + (has_fallen ? 1 : 0) : 1;
  if (lap_ && number < lap_->number) leave(time_ns);  // the session begins anew
  if (!lap_) {
    lap_ = Lap{.number = number, .begin_ns = is_fresh ? line_ns : time_ns};
    began_at_line_ = is_fresh;
  } else if (number != lap_->number) {
    old_last_lap_time_ = last_lap_time_;
    cross_line(std::max(line_ns, lap_->begin_ns), number);
  }
  if (awaits_time_ && last && last != old_last_lap_time_) {
    laps_.back().seconds = *last;
    awaits_time_ = false;
  }
  awaits_time_ = awaits_time_ && time_ns - crossed_ns_ < kTimeComesWithinNs;
  lap_time_ = lap_time;
  last_lap_time_ = last;
}

void LapFinder::cross_line(std::int64_t time_ns, int next_number) {
  lap_->end_ns = time_ns;
  lap_->is_whole = began_at_line_;
  if (lap_->is_whole) lap_->seconds = static_cast<double>(lap_->end_ns - lap_->begin_ns) / 1e9;
  laps_.push_back(*lap_);
  lap_ = Lap{.number = next_number, .begin_ns = time_ns};
  began_at_line_ = true;
  crossed_ns_ = time_ns;
  awaits_time_ = true;
}

void LapFinder::leave(std::int64_t time_ns) {
  if (lap_) {
    lap_->end_ns = time_ns;
    laps_.push_back(*lap_);
  }
  lap_.reset();
  lap_time_.reset();
  awaits_time_ = false;
}

std::vector<Lap> LapFinder::finish(std::int64_t end_ns) {
  leave(end_ns);
  return std::move(laps_);
}

const Lap* fastest(const std::vector<Lap>& laps) {
  const Lap* best = nullptr;
  for (const Lap& lap : laps)
    if (lap.is_whole && lap.seconds && (best == nullptr || *lap.seconds < *best->seconds)) best = &lap;
  return best;
}

}  // namespace pitbridge::record
