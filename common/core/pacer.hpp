// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace pitbridge {

/// How hard a bridge looks for updates. All times in nanoseconds.
struct PacerProfile {
  std::int64_t step_ns;       ///< between looks while an update is due
  std::int64_t early_ns;      ///< the first look, before the expected moment
  std::int64_t idle_step_ns;  ///< longest wait while the game writes nothing
};

inline constexpr PacerProfile kDefaultProfile = {
    .step_ns = 250'000, .early_ns = 150'000, .idle_step_ns = 250'000'000};

/// Learns the period of one mapping from the moments at which it was seen to change, and says when to look
/// next: just before the next update is due, then in short steps, then ever more seldom. Pure arithmetic.
class Pacer {
 public:
  Pacer(PacerProfile profile, double nominal_rate_hz);

  /// One look at `now_ns`; `changed` tells whether it found an update. Returns the time of the next look.
  std::int64_t looked(std::int64_t now_ns, bool changed);

  std::int64_t period_ns() const { return period_ns_; }

 private:
  PacerProfile profile_;
  std::int64_t period_ns_;
  std::int64_t last_change_ns_ = -1;
};

}  // namespace pitbridge
