// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/core/settings/environment.hpp"

namespace pitbridge {

/// The number of a Steam app, as in [app.244210]: unsigned, 32 bits, not 0.
std::optional<std::uint32_t> parse_app_id(std::string_view text);

/// The game's number from SteamAppId, STEAM_COMPAT_APP_ID or SteamGameId, else from umu's variables. Nothing
/// for a game that the user added to Steam: its number is made up, and says nothing about the game.
std::optional<std::uint32_t> app_id_from(const Environment& environment);

/// The Steam app for which a bridge with this environment runs: `app_id_from`, else the number of its prefix
/// (`.../compatdata/244210/pfx`), which is all that simd leaves a bridge. Nothing outside Steam.
std::optional<std::uint32_t> app_id_of_bridge(const Environment& environment);

}  // namespace pitbridge
