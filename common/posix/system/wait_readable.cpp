// SPDX-License-Identifier: MIT
#include "common/posix/system/wait_readable.hpp"

#include <poll.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <vector>

#include "common/posix/system/monotonic_clock.hpp"

namespace pitbridge {

std::uint64_t wait_readable(std::span<const int> fds, std::int64_t deadline_ns) {
  constexpr std::int64_t kNsPerSecond = 1'000'000'000;
  constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
  std::vector<pollfd> all;
  all.reserve(fds.size());
  for (const int fd : fds) all.push_back({fd, POLLIN, 0});
  timespec rest = {};
  if (deadline_ns != kNever) {
    const std::int64_t rest_ns = std::max<std::int64_t>(deadline_ns - MonotonicClock().now_ns(), 0);
    rest = {rest_ns / kNsPerSecond, rest_ns % kNsPerSecond};
  }
  // A timer that never ends would still have to be set, and stopped while somebody waits for what has come.
  const timespec* const limit = deadline_ns != kNever ? &rest : nullptr;
  std::uint64_t readable = 0;
  if (::ppoll(all.data(), static_cast<nfds_t>(all.size()), limit, nullptr) <= 0) return readable;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].revents != 0) readable |= std::uint64_t{1} << std::min<std::size_t>(i, 63);
  return readable;
}

}  // namespace pitbridge
