// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "bridges/doctor/facts.hpp"

namespace pitbridge::doctor {

/// Runs the bridge with --version in the session of the game, with the environment of a bridge that joins.
/// Never where that would start a wineserver: then, and where a bridge has joined already, the facts say why
/// not. Looks at `facts.game`, `facts.bridges` and `facts.bridge_file`.
TrialFacts run_trial(const Facts& facts, const std::string& root);

}  // namespace pitbridge::doctor
