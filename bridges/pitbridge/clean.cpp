// SPDX-License-Identifier: MIT
// `pitbridge clean`: clears the files of bridges that were killed together with their janitors, or takes away
// all that pitbridge has made for this user.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "bridges/command/command.hpp"
#include "bridges/command/places.hpp"
#include "bridges/output/output.hpp"
#include "common/posix/launch/own_traces.hpp"
#include "common/posix/launch/watch_notice.hpp"
#include "common/posix/session/simd.hpp"
#include "common/posix/settings/config_file.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge::clean_command {
namespace {

bool g_all = false;
bool g_flatpak = false;

std::vector<std::string> all_directories() {
  std::vector<std::string> all = directories_to_look_at();
  for (std::string& own : shm_directories())
    if (std::find(all.begin(), all.end(), own) == all.end()) all.push_back(std::move(own));
  return all;
}

/// What runs would make its files anew, or lose those that readers look at.
Expected<void> check_that_nothing_runs() {
  if (running_watch(runtime_directory()))
    return fail(ExitCode::kAlreadyRunning,
                "pitbridge watch runs; end it with systemctl --user disable --now pitbridge, or with its "
                "signal TERM, and try again");
  for (const std::string& directory : all_directories())
    for (const StatusEntry& entry : status_entries(directory))
      if (entry.bridge_runs)
        return fail(ExitCode::kAlreadyRunning,
                    fmt::format("the bridge of {} runs (pid {}); end its game and try again", entry.sim,
                                entry.status.header.bridge_pid));
  return {};
}

/// Only where a page of ours shows that a bridge was there; and not under the eyes of simd, which has them
/// too.
void remove_from_shm(Removal& removal) {
  const bool shared_with_simd = find_simd().has_value();
  for (const std::string& directory : all_directories()) {
    std::vector<std::string> names;
    for (const StatusEntry& entry : status_entries(directory))
      if (const Sim* sim = find_sim(entry.sim); sim != nullptr && !shared_with_simd)
        for (std::string& name : file_names_of(user_settings(), *sim)) names.push_back(std::move(name));
    remove_shm_files(directory, names, removal);
  }
}

Expected<void> remove_all() {
  if (auto idle = check_that_nothing_runs(); !idle) return idle;
  const std::string home = home_directory();
  Removal removal;
  if (g_all) {
    remove_from_shm(removal);
    remove_traces(own_trace_home(), removal);
    remove_traces(snap_trace_home(home), removal);
  }
  remove_traces(flatpak_trace_home(home), removal);
  for (const std::string& path : removal.removed) print_line("removed {}", path);
  if (removal.removed.empty()) put_line("there was nothing to remove");
  if (g_all)
    for (const std::string& path : config_paths(user_settings().environment))
      if (::access(path.c_str(), F_OK) == 0) print_line("kept {}, which is yours", path);
  if (removal.failed.empty()) return {};
  return fail(ExitCode::kFailure, fmt::format("cannot remove {}; make its directory writable and try again",
                                              removal.failed.front()));
}

Expected<void> run() {
  if (g_all || g_flatpak) return remove_all();
  const auto lines = clear_after_killed_bridges();
  for (const std::string& line : lines) put_line(line);
  if (lines.empty()) put_line("no killed bridge has left anything");
  return {};
}

constexpr Command kCommand = {
    .name = "clean",
    .description = "Clear the files that a killed bridge has left, or remove all that pitbridge made",
    .add_options =
        [](CLI::App& app) {
          app.add_flag("--all", g_all,
                       "Remove what pitbridge has made for you: copies of bridges, logs, files of bridges, "
                       "the link of systemd's unit");
          app.add_flag("--flatpak", g_flatpak, "Remove what is in the data directory of Steam's Flatpak");
        },
    .run = run,
    .tells_of_killed_bridges = false,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::clean_command
