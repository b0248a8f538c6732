// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

namespace pitbridge {

/// Writes as much as can be written at once, and says how many bytes that were. Never waits: not for a pipe
/// that nobody reads, not for a terminal that is stopped or whose lock another program holds, and not for a
/// socket. Who shares the descriptor, as the game does with stderr, notices nothing of it.
std::size_t write_without_waiting(int fd, std::string_view text);

/// From now on nobody in this process waits for stderr, Wine with its own messages neither. Other processes
/// that have the same pipe or terminal go on as before. Where that cannot be had nothing changes.
void keep_stderr_from_waiting();

}  // namespace pitbridge
