// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace pitbridge::bench {

/// What a process has used since it began, summed over its threads that still live.
struct Usage {
  std::int64_t cpu_ns = 0;    ///< of /proc/PID/task/TID/schedstat: exact, unlike the ticks of `stat`
  std::int64_t wake_ups = 0;  ///< voluntary context switches: each is a sleep that ended

  Usage& operator+=(const Usage& other);
  Usage operator-(const Usage& other) const;
};

/// Zero for a process that is not there.
Usage usage_of(pid_t pid);
Usage usage_of(const std::vector<pid_t>& pids);

/// The process and its children, as they are now.
std::vector<pid_t> with_children(pid_t pid);

}  // namespace pitbridge::bench
