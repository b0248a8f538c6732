// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace pitbridge {

/// Becomes the game's command, without a bridge, after one line that says why. Ends the program with 127 when
/// there is no such command, and with 126 when it cannot be run, as env(1) does.
[[noreturn]] void start_game_command(const std::string& why_without_bridge);

}  // namespace pitbridge
