// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "bridges/doctor/facts.hpp"
#include "bridges/doctor/gather_options.hpp"
#include "common/core/settings/user_settings.hpp"

namespace pitbridge::doctor {

/// The same wineserver: its directory, each as its own processes see it.
bool is_one_session(const WineSession& a, const WineSession& b, const std::string& root);

/// The settings of the process that this session was found by, but for its command line: its variables, and
/// the config.toml that they name, which may be another than ours.
UserSettings settings_of(const WineSession& session, const std::string& root);

GameFacts game_facts(const RunningGame& game, const std::vector<ProcessInfo>& processes,
                     const std::string& root);

/// The Wine processes that Steam started for this sim, and whose exe no table knows.
std::vector<StrangeExe> strange_exes(const Sim& sim, const std::vector<ProcessInfo>& processes,
                                     const GatherOptions& options);
/// The launchers of this sim's titles that run under Wine.
std::vector<StrangeExe> running_launchers(const Sim& sim, const std::vector<ProcessInfo>& processes,
                                          const GatherOptions& options);

}  // namespace pitbridge::doctor
