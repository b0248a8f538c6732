// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/mirror/ports.hpp"

namespace pitbridge {

struct LogLine {
  LogLevel level;
  std::string text;
};

/// Keeps a log from being filled with one thing: a game that makes its section anew all day, or a bridge that
/// dies at each start. Lines that differ in their numbers only are one thing. Of each thing some lines pass
/// in a minute, and of all together some more; how many were held back is told when the minute is over and
/// another line comes.
class RepeatedLines {
 public:
  static constexpr std::int64_t kWindowNs = 60'000'000'000;
  static constexpr std::uint64_t kMostOfOneThing = 10;
  static constexpr std::uint64_t kMostOfAll = 300;

  /// What is to be written now that this line has come.
  std::vector<LogLine> admit(LogLevel level, std::string_view text, std::int64_t now_ns);

 private:
  struct Thing {
    std::string key;
    LogLine first;
    std::int64_t since_ns;
    std::uint64_t passed;
    std::uint64_t held_back;
  };

  void take_summaries(std::int64_t now_ns, std::vector<LogLine>& out);

  std::vector<Thing> things_;  ///< kMostOfAll at most, because each has let a line pass
  std::int64_t window_since_ns_ = 0;
  std::uint64_t passed_ = 0, held_back_ = 0;
};

}  // namespace pitbridge
