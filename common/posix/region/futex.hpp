// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace pitbridge {

/// Wakes all that wait on a word of shared memory, in whatever process.
void wake_all(std::uint32_t& word);

/// Sleeps while the word is `seen`, until CLOCK_MONOTONIC is at `deadline_ns`. Returns 0 when it was woken,
/// or why it was not: EAGAIN (the word is another), ETIMEDOUT, EINTR (a signal handler has run), EFAULT (the
/// page has gone). The memory need not be writable.
int wait_on(const std::uint32_t& word, std::uint32_t seen, std::int64_t deadline_ns);

}  // namespace pitbridge
