// SPDX-License-Identifier: MIT
#include "common/posix/system/monotonic_clock.hpp"

#include <sys/prctl.h>

#include <ctime>

namespace pitbridge {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::int64_t read_clock_ns(clockid_t clock) {
  timespec now = {};
  ::clock_gettime(clock, &now);
  return now.tv_sec * kNsPerSecond + now.tv_nsec;
}

}  // namespace

void set_timer_slack(std::int64_t slack_ns) {
  (void)::prctl(PR_SET_TIMERSLACK, static_cast<unsigned long>(slack_ns));
}

std::int64_t unix_now_ns() {
  return read_clock_ns(CLOCK_REALTIME);
}

std::int64_t MonotonicClock::now_ns() {
  return read_clock_ns(CLOCK_MONOTONIC);
}

void MonotonicClock::sleep_until(std::int64_t deadline_ns) {
  const timespec deadline = {deadline_ns / kNsPerSecond, deadline_ns % kNsPerSecond};
  ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &deadline, nullptr);
}

}  // namespace pitbridge
