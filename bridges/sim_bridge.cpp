// SPDX-License-Identifier: MIT
#include "bridges/sim_bridge.hpp"

#include "bridges/bridge_run.hpp"
#include "common/core/settings/app_id.hpp"
#include "common/core/settings/sim_names.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/settings/config_file.hpp"
#include "common/posix/settings/own_environment.hpp"

namespace pitbridge {

int run_sim_bridge(const Sim& sim, std::span<const char* const> arguments) {
  const std::string program = bridge_program(sim);
  UserSettings user = {.environment = own_environment()};
  user.config = read_config(sim_names(), user.environment);
  const ConfigTarget target = {.sim = std::string(sim.name), .app_id = app_id_of_bridge(user.environment)};
  auto options = parse_bridge_options(program, arguments, user, target);
  std::vector<ConfigFault> faults = user.config.faults();
  if (options && !options->title.empty()) {
    const auto meant = title_of_word(options->title);
    options->title = meant && meant->title != nullptr ? meant->title->id : "";
    // A wrong word costs itself: a bridge is there without it.
    if (options->title.empty())
      faults.push_back({.path = "title",
                        .message = meant ? "name one of the titles of " + program : meant.error().message});
  }
  if (options && target.app_id)
    if (const auto known = title_of_app(*target.app_id); known && known->sim == &sim)
      options->expected_title = known->title->id;
  AcceptedMaps extra = accept_maps(sim, options ? options->maps : std::vector<MapSpec>());
  const Resolved maps = configured(setting("extra_maps"), user.config, target);
  for (std::string& message : extra.faults)
    faults.push_back({.path = maps.file->path, .line = maps.entry->line, .message = std::move(message)});
  const ExtendedSim extended(sim, std::move(extra.specs));
  return run_program(program, extended.sim(), options, faults, run_bridge);
}

}  // namespace pitbridge
