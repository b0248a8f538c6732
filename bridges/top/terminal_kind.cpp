// SPDX-License-Identifier: MIT
#include "bridges/top/terminal_kind.hpp"

#include <curses.h>
// After curses.h, for whose types it asks.
#include <term.h>

namespace pitbridge {

bool can_place_cursor() {
  return cursor_address != nullptr && cursor_address != reinterpret_cast<char*>(-1);
}

}  // namespace pitbridge
