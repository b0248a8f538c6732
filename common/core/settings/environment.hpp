// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace pitbridge {

/// Variables of a process as they were when it was started.
using Environment = std::map<std::string, std::string, std::less<>>;

/// The value of a variable; empty when it is not there.
inline std::string value_or_empty(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

}  // namespace pitbridge
