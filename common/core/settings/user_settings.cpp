// SPDX-License-Identifier: MIT
#include "common/core/settings/user_settings.hpp"

#include <algorithm>

#include "common/core/sim/describe.hpp"

namespace pitbridge {
namespace {

template <typename T>
void add_once(std::vector<T>& all, T value) {
  if (std::find(all.begin(), all.end(), value) == all.end()) all.push_back(std::move(value));
}

/// The sim itself, and each Steam app for which an [app.N] that has this sim sets `setting`.
std::vector<ConfigTarget> targets_of(const UserSettings& user, std::string_view sim, const Setting& setting) {
  std::vector<ConfigTarget> all = {{.sim = std::string(sim), .app_id = {}}};
  for (const ConfigFile& file : user.config.files) {
    for (const ConfigEntry& entry : file.entries) {
      if (entry.table != ConfigTable::kApp || entry.setting != &setting) continue;
      const auto app_id = parse_app_id(entry.name);
      if (app_id && sim_of_app(*app_id, user.config) == sim)
        all.push_back({.sim = std::string(sim), .app_id = app_id});
    }
  }
  return all;
}

}  // namespace

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
  std::vector<std::string> all;
  for (const ConfigTarget& target : targets_of(user, sim, setting("shm_dir")))
    add_once(all, shm_directory_of(user, target));
  return all;
}

std::vector<std::string> file_names_of(const UserSettings& user, const Sim& sim) {
  std::vector<std::string> all = all_file_names(sim);
  constexpr const Setting& kMaps = setting("extra_maps");
  for (const ConfigTarget& target : targets_of(user, sim.name, kMaps))
    for (const MapSpec& map : accept_maps(sim, user.find_or_configured(kMaps, target).maps()).specs)
      add_once(all, map.file_name);
  return all;
}

}  // namespace pitbridge
