// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

namespace pitbridge::model {

/// When a game makes the next update of one mapping: at its rate on average, each update late by up to
/// `jitter_seconds`, as those of a game are that waits for frames or for a millisecond timer. Without jitter
/// every update would come when a pacer expects it, which flatters it. The same numbers in each run.
class UpdateSchedule {
 public:
  UpdateSchedule(double rate_hz, double jitter_seconds)
      : period_seconds_(1 / rate_hz), jitter_seconds_(jitter_seconds) {}

  void start(double now_seconds) { planned_seconds_ = due_seconds_ = now_seconds; }
  double due_seconds() const { return due_seconds_; }

  /// An update is made. What was missed by more than a moment (a pause) is not made up for.
  void advance(double now_seconds) {
    planned_seconds_ = std::max(planned_seconds_ + period_seconds_, now_seconds - 0.1);
    due_seconds_ = planned_seconds_ + jitter_seconds_ * random_part();
  }

 private:
  /// 0 to 1, evenly distributed (xorshift64).
  double random_part() {
    random_ ^= random_ << 13U;
    random_ ^= random_ >> 7U;
    random_ ^= random_ << 17U;
    return static_cast<double>(random_ >> 11U) / static_cast<double>(std::uint64_t{1} << 53U);
  }

  double period_seconds_, jitter_seconds_;
  double planned_seconds_ = 0, due_seconds_ = 0;
  std::uint64_t random_ = 0x9E3779B97F4A7C15U;
};

}  // namespace pitbridge::model
