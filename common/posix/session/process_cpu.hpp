// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pitbridge {

/// Ticks of the clock that a process has had of all cores, from the text of /proc/PID/stat.
std::optional<std::uint64_t> parse_cpu_ticks(std::string_view stat);

/// Seconds that a process has had of all cores; nothing where there is none.
std::optional<double> cpu_seconds_of(pid_t pid, const std::string& root = {});

}  // namespace pitbridge
