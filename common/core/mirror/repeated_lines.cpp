// SPDX-License-Identifier: MIT
#include "common/core/mirror/repeated_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pitbridge {
namespace {

/// The text with one sign for each number.
std::string key_of(std::string_view text) {
  std::string key;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit) {
      key += c;
    } else if (!key.ends_with('#')) {
      key += '#';
    }
  }
  return key;
}

}  // namespace

std::vector<LogLine> RepeatedLines::admit(LogLevel level, std::string_view text, std::int64_t now_ns) {
  std::vector<LogLine> out;
  take_summaries(now_ns, out);
  const std::string key = key_of(text);
  const auto thing =
      std::find_if(things_.begin(), things_.end(), [&](const Thing& t) { return t.key == key; });
  if (thing != things_.end() && thing->passed >= kMostOfOneThing) {
    ++thing->held_back;
    return out;
  }
  if (passed_ >= kMostOfAll) {
    ++held_back_;
    return out;
  }
  ++passed_;
  LogLine line = {level, std::string(text)};
  if (thing == things_.end()) {
    things_.push_back({key, line, now_ns, 1, 0});
  } else {
    ++thing->passed;
  }
  out.push_back(std::move(line));
  return out;
}

void RepeatedLines::take_summaries(std::int64_t now_ns, std::vector<LogLine>& out) {
  const auto is_over = [&](std::int64_t since_ns) { return now_ns - since_ns >= kWindowNs; };
  for (const Thing& thing : things_)
    if (is_over(thing.since_ns) && thing.held_back != 0)
      out.push_back({thing.first.level,
                     fmt::format("{} more lines like this one: {}", thing.held_back, thing.first.text)});
  std::erase_if(things_, [&](const Thing& thing) { return is_over(thing.since_ns); });
  if (!is_over(window_since_ns_)) return;
  if (held_back_ != 0)
    out.push_back(
        {LogLevel::kWarning, fmt::format("{} more lines of several kinds were left out", held_back_)});
  window_since_ns_ = now_ns;
  passed_ = held_back_ = 0;
}

}  // namespace pitbridge
