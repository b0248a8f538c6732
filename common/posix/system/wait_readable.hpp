// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>

namespace pitbridge {

/// Returns when one of `fds` (those below 0 are passed over) can be read or has been closed at its other end,
/// at `deadline_ns` of CLOCK_MONOTONIC, or when a signal arrives. Bit i tells of fds[i], and bit 63 of all
/// from there on; no bit: the deadline, or a signal.
std::uint64_t wait_readable(std::span<const int> fds, std::int64_t deadline_ns);

}  // namespace pitbridge
