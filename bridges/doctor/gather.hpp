// SPDX-License-Identifier: MIT
#pragma once

#include <vector>

#include "bridges/doctor/facts.hpp"
#include "bridges/doctor/gather_options.hpp"

namespace pitbridge::doctor {

/// Looks at everything, changes nothing. Where a game runs, no bridge has joined its session and one could,
/// it runs the bridge with --version in that session, for 15 s at most.
Facts gather(const Sim& sim, const GatherOptions& options);

/// The sims of the games that run, or of the one that is asked for; else of the native games and launchers
/// that run.
std::vector<const Sim*> running_sims(const GatherOptions& options);

/// There is a status page of the sim, a file that readers look for, or an installed game.
bool has_traces(const Sim& sim, const GatherOptions& options);

}  // namespace pitbridge::doctor
