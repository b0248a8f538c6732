// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/settings/config.hpp"
#include "common/core/settings/environment.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// All settings that one process has been given: on its command line, in its environment and by the
/// configuration files. Whose process it is, the caller decides: one's own, or a bridge or game that is
/// looked at. Nobody else decides which value holds.
struct UserSettings {
  std::map<const Setting*, SettingValue> options = {};
  Environment environment = {};
  Config config = {};

  /// Option > environment > files > default. An error names the variable whose value is wrong. The answer
  /// points into `config`.
  Expected<Resolved> find(const Setting& setting, const ConfigTarget& target = {}) const;

  /// The value that `find` finds; where a variable is wrong, that of the files.
  Resolved find_or_configured(const Setting& setting, const ConfigTarget& target = {}) const;
};

/// Where the files of a target are published.
std::string shm_directory_of(const UserSettings& user, const ConfigTarget& target = {});

/// Everywhere that the files of this sim may be, by these settings: first where they are without a Steam app,
/// then where each [app.N] that has this sim puts them. Each directory once.
std::vector<std::string> shm_directories_of(const UserSettings& user, std::string_view sim);

/// The name of every file that a bridge of this sim may have, by the sim's tables and these settings. Each
/// once.
std::vector<std::string> file_names_of(const UserSettings& user, const Sim& sim);

}  // namespace pitbridge
