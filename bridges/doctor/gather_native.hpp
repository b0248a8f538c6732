// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

#include "bridges/doctor/facts.hpp"
#include "bridges/doctor/gather_options.hpp"

namespace pitbridge::doctor {

/// The first game of this sim that runs without Wine, and what its plugin has written so far.
std::optional<NativeFacts> native_game(const Sim& sim, const std::vector<ProcessInfo>& processes,
                                       const GatherOptions& options);

/// Whether its file has changed since.
void look_again(NativeFacts& native, const GatherOptions& options);

/// The plugins of the titles that need one, in the directories where Steam has installed the games.
std::vector<PluginFacts> plugin_facts(const SteamFacts& steam, const GatherOptions& options);

}  // namespace pitbridge::doctor
