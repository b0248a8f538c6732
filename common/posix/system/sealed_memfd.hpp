// SPDX-License-Identifier: MIT
#pragma once

#include <fcntl.h>

#include "common/posix/system/fd.hpp"

// Newer (Linux 5.1) than the oldest headers that we build with.
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace pitbridge {

/// With both, memory keeps its size whatever its holders do.
inline constexpr int kSizeSeals = F_SEAL_SHRINK | F_SEAL_GROW;

/// New anonymous memory of no bytes, to be sealed. `label` is for /proc/PID/maps. Empty, with errno, where
/// none can be had.
UniqueFd make_memfd(const char* label);

/// Touching a page of it, as somebody else has sent it, never ends in SIGBUS.
bool is_safe_to_touch(int fd);

}  // namespace pitbridge
