// SPDX-License-Identifier: MIT
#include "bridges/doctor/own_options.hpp"

#include "bridges/doctor/gather.hpp"
#include "build_info.hpp"
#include "common/posix/launch/watch_notice.hpp"
#include "common/posix/session/sandbox_shm.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge::doctor {
namespace {

std::vector<std::string> config_faults(const UserSettings& user) {
  std::vector<std::string> all;
  for (const ConfigFault& fault : user.config.faults())
    if (!fault.warning) all.push_back(fault.text());
  return all;
}

}  // namespace

GatherOptions options_of(const UserSettings& user, std::string_view sim) {
  GatherOptions options;
  options.shm_directory = directory_with_bridge(sim, shm_directories_of(user, sim));
  options.home = home_directory();
  options.runtime_directory = environment_or("XDG_RUNTIME_DIR", "");
  options.data_directory = data_directory();
  options.version = kVersion;
  options.watcher_runs = running_watch(runtime_directory()).has_value();
  options.config_faults = config_faults(user);
  return options;
}

std::vector<const Sim*> sims_in_question(const std::function<GatherOptions(std::string_view sim)>& options) {
  auto sims = running_sims(options(""));
  if (sims.empty())
    for (const Sim* sim : all_sims())
      if (has_traces(*sim, options(sim->name))) sims.push_back(sim);
  return sims;
}

}  // namespace pitbridge::doctor
