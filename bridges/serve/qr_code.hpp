// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pitbridge::serve {

/// The squares of a code, row by row; true is dark.
using QrCode = std::vector<std::vector<bool>>;

/// By libqrencode, which is looked up when it is needed: who has not got it does without the picture.
/// Nothing: it is not installed, or the text is too long.
std::optional<QrCode> qr_code_of(const std::string& text);

/// For a terminal, with the light border that cameras want; two rows of squares are one line of half blocks.
/// Light squares are drawn and dark ones left out, since most terminals are dark.
std::string qr_text(const QrCode& code);

}  // namespace pitbridge::serve
