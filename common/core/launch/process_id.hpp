// SPDX-License-Identifier: MIT
#pragma once

#include <compare>
#include <cstdint>

namespace pitbridge {

/// Pids are used again; a pid together with its start is not, until the machine is started anew.
struct ProcessId {
  std::int32_t pid = 0;
  std::uint64_t start_ticks = 0;  ///< since the start of the machine, in clock ticks

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the zero of the comparison for a pointer.
  friend auto operator<=>(const ProcessId&, const ProcessId&) = default;
};

}  // namespace pitbridge
