// SPDX-License-Identifier: MIT
#include "bridges/command/places.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bridges/command/command.hpp"
#include "bridges/output/output.hpp"
#include "common/core/settings/user_settings.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/launch/child_work.hpp"
#include "common/posix/session/sandbox_shm.hpp"
#include "common/posix/shm/abandoned.hpp"
#include "common/posix/shm/live_file.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge {

std::vector<std::string> directories_to_look_at(std::string_view sim) {
  std::vector<std::string> all = shm_directories_of(user_settings(), sim);
  const Resolved chosen =
      user_settings().find_or_configured(setting("shm_dir"), {.sim = std::string(sim), .app_id = {}});
  if (chosen.source == Resolved::Source::kDefault)
    for (std::string& sandbox : sandbox_shm_directories(user_runtime_directory()))
      all.push_back(std::move(sandbox));
  return all;
}

std::string directory_to_read(std::string_view sim) {
  return directory_with_bridge(sim, directories_to_look_at(sim));
}

std::vector<std::string> directories_of_bridges() {
  std::vector<std::string> all = shm_directories();
  std::string chosen = directory_to_read();
  if (std::find(all.begin(), all.end(), chosen) == all.end()) all.push_back(std::move(chosen));
  return all;
}

const Sim* driven_sim() {
  for (const std::string& directory : directories_of_bridges())
    if (const auto name = live_sim(directory))
      if (const Sim* sim = find_sim(*name)) return sim;
  return nullptr;
}

std::vector<std::string> shm_directories() {
  std::vector<std::string> all = {shm_directory_of(user_settings())};
  for (const Sim* sim : all_sims())
    for (std::string& own : shm_directories_of(user_settings(), sim->name))
      if (std::find(all.begin(), all.end(), own) == all.end()) all.push_back(std::move(own));
  return all;
}

void tell_of_killed_bridges() {
  for (const std::string& directory : shm_directories())
    for (const StatusEntry& entry : status_entries(directory))
      if (const Sim* sim = find_sim(entry.sim); sim != nullptr && entry.was_killed())
        say_to_stderr(
            fmt::format("{} (pid {}) was killed; its files in {} hold old values until the next one "
                        "starts, or until you run: pitbridge clean",
                        bridge_program(*sim), entry.status.header.bridge_pid, directory));
}

std::vector<std::string> clear_after_killed_bridges() {
  std::vector<std::string> lines;
  for (const Sim* sim : all_sims()) {
    const auto names = file_names_of(user_settings(), *sim);
    for (const std::string& directory : directories_to_look_at(sim->name))
      if (const auto pid = clean_up_after_killed_bridge(directory, sim->name, names))
        lines.push_back(fmt::format("{} (pid {}) was killed; its files in {} are cleared",
                                    bridge_program(*sim), *pid, directory));
  }
  return lines;
}

}  // namespace pitbridge
