// SPDX-License-Identifier: MIT
// `pitbridge install --flatpak`: puts a copy where Steam as a Flatpak sees it.
#include "bridges/command/command.hpp"
#include "bridges/output/output.hpp"
#include "common/core/launch/command_line.hpp"
#include "common/posix/launch/bridge_files.hpp"
#include "common/posix/launch/flatpak_copy.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::install_command {
namespace {

bool g_flatpak = false;

Expected<void> run() {
  if (!g_flatpak)
    return fail(ExitCode::kUsage,
                "say --flatpak, for Steam as a Flatpak; on this system itself make install and install.sh "
                "install pitbridge");
  const std::string home = home_directory();
  if (home.empty()) return fail(ExitCode::kFailure, "there is no home directory; set HOME");
  // All bridges lie in one directory.
  const auto bridge = installed_bridge("acbridge");
  if (!bridge) return tl::unexpected<Error>(bridge.error());
  const auto self = link_target("/proc/self/exe");
  if (!self) return fail(ExitCode::kFailure, "cannot read /proc/self/exe; mount /proc");
  const auto command = copy_into_flatpak(*self, parent_of(*bridge), home);
  if (!command) return tl::unexpected<Error>(command.error());
  print_line("{} and the bridges are where Steam as a Flatpak sees them.", *command);
  print_line("For a game, paste this into its launch options in Steam: {} %command%",
             quoted_where_needed(*command));
  print_line("After an update of pitbridge run this again. Remove it with: pitbridge clean --flatpak");
  return {};
}

constexpr Command kCommand = {
    .name = "install",
    .description = "Put a copy where Steam as a Flatpak sees it",
    .add_options =
        [](CLI::App& app) {
          app.add_flag("--flatpak", g_flatpak,
                       "Copy this command and the bridges into the data directory of Steam's Flatpak");
        },
    .run = run,
    .tells_of_killed_bridges = false,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::install_command
