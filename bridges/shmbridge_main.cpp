// SPDX-License-Identifier: MIT
// The generic bridge: mirrors any named mapping to a file, makes files visible as named mappings (--to-wine),
// or lets both sides write (--both).
#include "bridges/bridge_run.hpp"
#include "bridges/shmbridge_run.hpp"
#include "common/core/settings/sim_names.hpp"
#include "common/posix/settings/config_file.hpp"
#include "common/posix/settings/own_environment.hpp"

namespace pitbridge {
namespace {

using Work = Expected<void> (*)(const Sim&, const BridgeOptions&, Log&);

Work work_of(const Expected<BridgeOptions>& options) {
  if (options && options->both) return run_both;
  return options && options->to_wine ? run_to_wine : run_bridge;
}

int shmbridge_main(std::span<const char* const> arguments) {
  UserSettings user = {.environment = own_environment()};
  user.config = read_config(sim_names(), user.environment);
  const auto options = parse_shmbridge_options(arguments, user);
  const ExtendedSim generic({.name = options ? std::string_view(options->status_name) : "shm",
                             .description = "any program's mappings",
                             .mappings = {},
                             .titles = {},
                             .start_rule = "any order"},
                            options ? options->maps : std::vector<MapSpec>());
  return run_program("shmbridge", generic.sim(), options, user.config.faults(), work_of(options));
}

}  // namespace
}  // namespace pitbridge

int main(int argc, char** argv) {
  return pitbridge::shmbridge_main({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)});
}
