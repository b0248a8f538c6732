// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <limits>

#include "common/posix/system/monotonic_clock.hpp"

namespace pitshm::detail {

/// Of CLOCK_MONOTONIC; 0, which has been, for a timeout of 0.
inline std::int64_t deadline_ns(std::int64_t timeout_ms) {
  constexpr std::int64_t kNsPerMs = 1'000'000;
  constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  if (timeout_ms == 0) return 0;
  const std::int64_t now = pitbridge::MonotonicClock().now_ns();
  return timeout_ms < 0 || timeout_ms > (kNever - now) / kNsPerMs ? kNever : now + timeout_ms * kNsPerMs;
}

}  // namespace pitshm::detail
