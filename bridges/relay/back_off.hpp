// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>

namespace pitbridge {

/// When to try again what has failed: after a second, and after twice as long each time, up to a minute.
class BackOff {
 public:
  static constexpr std::int64_t kFirstNs = 1'000'000'000, kLastNs = 60'000'000'000;

  void failed(std::int64_t now_ns) {
    next_ns_ = now_ns + delay_ns_;
    delay_ns_ = std::min(delay_ns_ * 2, kLastNs);
  }
  void succeeded() {
    next_ns_ = 0;
    delay_ns_ = kFirstNs;
  }
  bool is_over(std::int64_t now_ns) const { return now_ns >= next_ns_; }
  std::int64_t next_ns() const { return next_ns_; }

 private:
  std::int64_t next_ns_ = 0, delay_ns_ = kFirstNs;
};

}  // namespace pitbridge
