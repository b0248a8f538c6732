// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/mirror/ports.hpp"

namespace pitbridge {

/// How late the system may end this thread's sleeps, to wake several threads at once; 50 us unless it is
/// told.
void set_timer_slack(std::int64_t slack_ns);

/// Since 1970, for what people and other machines read; it may jump.
std::int64_t unix_now_ns();

/// CLOCK_MONOTONIC.
class MonotonicClock final : public Clock {
 public:
  std::int64_t now_ns() override;
  /// Returns at `deadline_ns`, or earlier when a signal arrives.
  void sleep_until(std::int64_t deadline_ns);
};

}  // namespace pitbridge
