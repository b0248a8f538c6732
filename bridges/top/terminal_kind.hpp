// SPDX-License-Identifier: MIT
#pragma once

namespace pitbridge {

/// Whether the terminal that ncurses has taken lets us write anywhere. Apart from the screen, since term.h
/// takes many common words for its macros.
bool can_place_cursor();

}  // namespace pitbridge
