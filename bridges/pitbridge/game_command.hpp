// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace pitbridge {

/// The game's command, word for word, where one stands on our command line; see split_command_line. Then the
/// configuration is not read before the command runs: `run` does it where it cannot hinder the game.
const std::vector<std::string>& game_command();

}  // namespace pitbridge
