// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace pitbridge {

/// Returns when one of `fds` can be read, at `deadline_ns` of CLOCK_MONOTONIC, or when a signal arrives.
void wait_readable(std::span<const int> fds, std::int64_t deadline_ns);

}  // namespace pitbridge
