// SPDX-License-Identifier: MIT
#include "common/posix/net/wait_readable.hpp"

#include <poll.h>

#include <algorithm>
#include <ctime>
#include <vector>

#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {

void wait_readable(std::span<const int> fds, std::int64_t deadline_ns) {
  constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  std::vector<pollfd> all;
  all.reserve(fds.size());
  for (const int fd : fds) all.push_back({fd, POLLIN, 0});
  MonotonicClock clock;
  const std::int64_t rest_ns = std::max<std::int64_t>(deadline_ns - clock.now_ns(), 0);
  const timespec rest = {rest_ns / kNsPerSecond, rest_ns % kNsPerSecond};
  (void)::ppoll(all.data(), static_cast<nfds_t>(all.size()), &rest, nullptr);
}

}  // namespace pitbridge
