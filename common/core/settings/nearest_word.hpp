// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace pitbridge {

/// The word of `known` that needs the fewest edits to become `word`, for "did you mean"; empty when `known`
/// is.
std::string_view nearest_word(std::string_view word, std::span<const std::string_view> known);

}  // namespace pitbridge
