// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "bridges/doctor/gather_options.hpp"
#include "common/core/settings/user_settings.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge::doctor {

/// Where to look by the settings of this user; without `program`.
GatherOptions options_of(const UserSettings& user, std::string_view sim);

/// The sims that somebody means who names none: whose games run, else those that have traces.
std::vector<const Sim*> sims_in_question(const std::function<GatherOptions(std::string_view sim)>& options);

}  // namespace pitbridge::doctor
