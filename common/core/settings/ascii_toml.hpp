// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/core/error.hpp"

namespace pitbridge {

/// Neither a table that means something nor a list lies so deep. A parser that goes down by calling itself
/// needs stack for each step, and a thread of Wine's has little.
inline constexpr std::size_t kMaxTomlDepth = 32;

struct TomlFault {
  std::size_t line;
  std::string message;
};

/// The same TOML in ASCII, line for line: texts hold their other letters as escapes, comments lose them, and
/// a byte order mark goes. toml++ 3.3.0 takes letters beyond ASCII for impossible in places (its
/// is_non_ascii_horizontal_whitespace ends in __builtin_unreachable), and goes down without a bound where
/// keys have dots. Fails for what is no UTF-8, for a key with more parts or brackets within more brackets
/// than kMaxTomlDepth, and for letters beyond ASCII outside of quotes, which TOML does not allow. Whatever
/// else is wrong is left for the parser to find.
tl::expected<std::string, TomlFault> ascii_toml(std::string_view text);

}  // namespace pitbridge
