// SPDX-License-Identifier: MIT
#include "common/posix/region/futex.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>

namespace pitbridge {

// Neither of them is of the private kind: the others are other processes.

void wake_all(std::uint32_t& word) {
  ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

int wait_on(const std::uint32_t& word, std::uint32_t seen, std::int64_t deadline_ns) {
  constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  const std::int64_t until_ns = std::max<std::int64_t>(deadline_ns, 0);
  const timespec until = {until_ns / kNsPerSecond, until_ns % kNsPerSecond};
  // FUTEX_WAIT takes a span of time, this one a point in time.
  if (::syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, seen, &until, nullptr, FUTEX_BITSET_MATCH_ANY) == 0)
    return 0;
  return errno;
}

}  // namespace pitbridge
