// SPDX-License-Identifier: MIT
// The generic bridge: mirrors any named mapping to a file, or (--to-wine) makes files visible as named
// mappings.
#include "bridges/bridge_run.hpp"
#include "common/posix/settings/config_file.hpp"
#include "common/posix/settings/own_environment.hpp"
#include "common/posix/shm/shm_file.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/stop_signals.hpp"
#include "common/win32/file_mapping.hpp"
#include "sim_names.hpp"

namespace pitbridge {
namespace {

/// Holds the mappings until a signal comes. The game writes and reads the files' own pages: nothing is
/// copied.
Expected<void> run_to_wine(const Sim& sim, const BridgeOptions& options, Log& log) {
  auto directory = ShmDirectory::open(options.shm_directory);
  if (!directory) return tl::unexpected<Error>(std::move(directory.error()));
  std::vector<std::unique_ptr<ShmFile>> files;
  std::vector<UniqueHandle> mappings;
  for (const Mapping& mapping : sim.mappings) {
    auto file = ShmFile::open(*directory, mapping.file_name(), mapping.size_bytes, options.file_mode);
    if (!file) return tl::unexpected<Error>(std::move(file.error()));
    auto made = make_file_mapping(mapping.name, (*file)->path());
    if (!made) return tl::unexpected<Error>(std::move(made.error()));
    log.write(LogLevel::kInfo, (*file)->path() + " is now the mapping " + std::string(mapping.name));
    files.push_back(std::move(*file));
    mappings.push_back(std::move(*made));
  }
  MonotonicClock clock;
  while (stop_signal() == 0) clock.sleep_until(clock.now_ns() + 1'000'000'000);
  return {};
}

int shmbridge_main(std::span<const char* const> arguments) {
  UserSettings user = {.environment = own_environment()};
  user.config = read_config(kSimNames, user.environment);
  const auto options = parse_shmbridge_options(arguments, user);
  const ExtendedSim generic({.name = options ? std::string_view(options->status_name) : "shm",
                             .description = "any program's mappings",
                             .mappings = {},
                             .titles = {},
                             .start_rule = "any order"},
                            options ? options->maps : std::vector<MapSpec>());
  return run_program("shmbridge", generic.sim(), options, user.config.faults(),
                     options && options->to_wine ? run_to_wine : run_bridge);
}

}  // namespace
}  // namespace pitbridge

int main(int argc, char** argv) {
  return pitbridge::shmbridge_main({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)});
}
