// SPDX-License-Identifier: MIT
// The native `pitbridge` command: finds the subcommand and maps its error to an exit code.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

#include "bridges/pitbridge/command.hpp"
#include "build_info.hpp"
#include "common/core/describe.hpp"
#include "common/posix/abandoned.hpp"
#include "common/posix/fault_guard.hpp"
#include "common/posix/paths.hpp"

namespace pitbridge {
namespace {

std::vector<const Command*>& registry() {
  static std::vector<const Command*> commands;
  return commands;
}

std::string g_shm_directory;

/// Whoever looks must not take a killed bridge's last bytes for a running game.
void clean_up_after_killed_bridges() {
  for (const Sim* sim : all_sims())
    if (const auto pid = clean_up_after_killed_bridge(g_shm_directory, sim->name, extra_file_names(*sim)))
      fmt::print(stderr, "pitbridge: {} (pid {}) was killed; its files are cleared\n", bridge_program(*sim),
                 *pid);
}

int run_command_line(int argc, char** argv) {
  CLI::App app("pitbridge: Windows sims' telemetry for native Linux programs");
  app.name("pitbridge");
  app.footer(
      "Exit status: 0 ok, 1 failure, 2 usage, 4 output refused.\n"
      "Example: pitbridge read ac --once\nSee also: pitbridge(1)");
  app.require_subcommand(1);
  app.set_version_flag("-V,--version", fmt::format("pitbridge {} ({})", kVersion, kCompiler));
  app.add_option("--shm-dir", g_shm_directory, "Directory of the mirrored files [/dev/shm]")
      ->envname("PITBRIDGE_SHM_DIR")
      ->type_name("PATH");
  app.fallthrough();
  for (const Command* command : all_commands()) {
    CLI::App* sub = app.add_subcommand(command->name, command->description);
    command->add_options(*sub);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help and --version
    fmt::print(stderr, "pitbridge: {}; see pitbridge --help\n", error.what());
    return static_cast<int>(ExitCode::kUsage);
  }
  if (g_shm_directory.empty()) g_shm_directory = kDefaultShmDirectory;
  install_fault_guard();
  clean_up_after_killed_bridges();
  for (const Command* command : all_commands()) {
    if (!app.got_subcommand(command->name)) continue;
    const auto done = command->run();
    if (done) return static_cast<int>(ExitCode::kOk);
    fmt::print(stderr, "pitbridge {}: {}\n", command->name, done.error().message);
    return static_cast<int>(done.error().code);
  }
  return static_cast<int>(ExitCode::kUsage);
}

}  // namespace

CommandRegistration::CommandRegistration(const Command& command) {
  auto& commands = registry();
  const auto by_name = [](const Command* a, const Command* b) { return std::strcmp(a->name, b->name) < 0; };
  commands.insert(std::upper_bound(commands.begin(), commands.end(), &command, by_name), &command);
}

std::span<const Command* const> all_commands() {
  return registry();
}

const std::string& shm_directory() {
  return g_shm_directory;
}

}  // namespace pitbridge

int main(int argc, char** argv) {
  // Nothing of ours throws, but the libraries may when memory runs out.
  try {
    return pitbridge::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pitbridge: %s\n", error.what());
    return static_cast<int>(pitbridge::ExitCode::kFailure);
  }
}
