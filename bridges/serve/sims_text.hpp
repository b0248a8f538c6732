// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "bridges/feed/bridge_views.hpp"

namespace pitbridge::serve {

/// Where bridges may be, by the settings of the command that runs.
std::vector<std::string> directories_of_bridges();

/// A JSON array of all sims that are known: "sim", "description", "driven", "titles", and "bridges" as
/// `pitbridge status --json` has them.
std::string sims_json(const std::vector<BridgeView>& bridges);

}  // namespace pitbridge::serve
