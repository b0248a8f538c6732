// SPDX-License-Identifier: MIT
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/mirror/status_page.hpp"

namespace pitbridge {

/// A bridge beats once a second; a machine under load may keep it waiting.
inline constexpr double kMaxSilenceSeconds = 5;

/// In the place of a state, of a bridge that hangs.
inline constexpr std::string_view kHangs = "hangs";

/// A bridge whose process lives and holds its lock, and that shows no life: it is stopped, or stuck.
struct Hang {
  std::int32_t pid = 0;
  double silent_s = 0;

  std::string text() const { return fmt::format("no heartbeat for {:.0f} s", silent_s); }
  /// The command to copy.
  std::string command() const { return fmt::format("kill -CONT {}", pid); }
  std::string otherwise() const {
    return fmt::format("where that does not help, end it with kill -KILL {}, and start the game again", pid);
  }
  std::string remedy() const { return command() + "; " + otherwise(); }
};

/// How far the last sign of life lies back.
inline double silence_s(const StatusHeader& header, std::int64_t now_ns) {
  constexpr double kNsPerSecond = 1e9;
  return (static_cast<double>(now_ns) - static_cast<double>(header.heartbeat_ns)) / kNsPerSecond;
}

/// Of a bridge that lives. Nothing: it beats as it should.
inline std::optional<Hang> hang_of(const StatusHeader& header, std::int64_t now_ns) {
  const double silent_s = silence_s(header, now_ns);
  if (silent_s <= kMaxSilenceSeconds) return std::nullopt;
  return Hang{header.bridge_pid, silent_s};
}

}  // namespace pitbridge
