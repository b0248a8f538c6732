// SPDX-License-Identifier: MIT
#include "common/core/settings/user_settings.hpp"

#include <algorithm>

namespace pitbridge {

Expected<Resolved> UserSettings::find(const Setting& setting, const ConfigTarget& target) const {
  if (const auto option = options.find(&setting); option != options.end())
    return Resolved{.value = option->second, .source = Resolved::Source::kOption};
  auto given = from_environment(setting, environment);
  if (!given) return tl::unexpected<Error>(std::move(given.error()));
  if (*given)
    return Resolved{.value = std::move((*given)->value),
                    .source = Resolved::Source::kVariable,
                    .variable = (*given)->variable};
  return configured(setting, config, target);
}

Resolved UserSettings::find_or_configured(const Setting& setting, const ConfigTarget& target) const {
  auto found = find(setting, target);
  return found ? std::move(*found) : configured(setting, config, target);
}

std::string shm_directory_of(const UserSettings& user, const ConfigTarget& target) {
  return user.find_or_configured(setting("shm_dir"), target).text();
}

std::vector<std::string> shm_directories_of(const UserSettings& user, std::string_view sim) {
  std::vector<std::string> all = {shm_directory_of(user, {.sim = std::string(sim), .app_id = {}})};
  for (const ConfigFile& file : user.config.files) {
    for (const ConfigEntry& entry : file.entries) {
      if (entry.table != ConfigTable::kApp || entry.setting != &setting("shm_dir")) continue;
      const auto app_id = parse_app_id(entry.name);
      if (!app_id || sim_of_app(*app_id, user.config) != sim) continue;
      std::string directory = shm_directory_of(user, {.sim = std::string(sim), .app_id = app_id});
      if (std::find(all.begin(), all.end(), directory) == all.end()) all.push_back(std::move(directory));
    }
  }
  return all;
}

}  // namespace pitbridge
