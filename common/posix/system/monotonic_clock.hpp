// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/mirror/ports.hpp"

namespace pitbridge {

/// CLOCK_MONOTONIC.
class MonotonicClock final : public Clock {
 public:
  std::int64_t now_ns() override;
  /// Returns at `deadline_ns`, or earlier when a signal arrives.
  void sleep_until(std::int64_t deadline_ns);
};

}  // namespace pitbridge
