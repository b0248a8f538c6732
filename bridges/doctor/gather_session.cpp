// SPDX-License-Identifier: MIT
// The game, and its Wine session.
#include "bridges/doctor/gather_session.hpp"

#include "bridges/doctor/glibc_needs.hpp"
#include "bridges/doctor/path_facts.hpp"
#include "common/core/launch/command_line.hpp"
#include "common/core/settings/app_id.hpp"
#include "common/core/settings/sim_names.hpp"
#include "common/core/sim/describe.hpp"
#include "common/core/sim/text.hpp"
#include "common/posix/settings/config_file.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::doctor {
namespace {

/// Every wineserver that works in a directory of this name: in its own /tmp there may be a second one.
std::vector<pid_t> wineservers_of(const WineSession& session, const std::vector<ProcessInfo>& processes,
                                  const std::string& root) {
  std::vector<pid_t> pids;
  if (session.server_directory.empty()) return pids;
  const std::string name = file_name_of(session.server_directory);
  for (const ProcessInfo& process : processes) {
    if (!process.comm.starts_with("wineserver")) continue;
    const auto directory = working_directory_of(process.id, root);
    if (directory && file_name_of(without_deleted_mark(*directory)) == name) pids.push_back(process.id.pid);
  }
  return pids;
}

std::optional<GlibcVersion> glibc_of(const WineSession& session, const std::string& root) {
  const auto mapped = mapped_files(session.game, root);
  if (!mapped) return std::nullopt;
  for (const std::string& file : *mapped) {
    const std::string path = without_deleted_mark(file);
    // Before glibc 2.34 libc.so.6 was a link to libc-2.31.so.
    const std::string name = file_name_of(path);
    if (name != "libc.so.6" && !(name.starts_with("libc-") && name.ends_with(".so"))) continue;
    if (const auto bytes = small_file(path_from_here(session, path, root), kMaxProgramBytes))
      if (const auto version = glibc_of_library(*bytes)) return version;
  }
  return std::nullopt;
}

/// Where a bridge that the game's launch options start writes; empty where nobody has chosen a directory.
std::string wanted_directory(const Sim& sim, const UserSettings& settings) {
  const Resolved directory = settings.find_or_configured(
      setting("shm_dir"), {.sim = std::string(sim.name), .app_id = app_id_of_bridge(settings.environment)});
  return directory.source == Resolved::Source::kDefault ? "" : directory.text();
}

bool is_run_by_wine(const ProcessInfo& process, const std::string& root) {
  const auto exe = exe_of(process.id, root);
  return exe && is_wine_loader(*exe);
}

}  // namespace

bool is_one_session(const WineSession& a, const WineSession& b, const std::string& root) {
  if (a.server_directory.empty() && b.server_directory.empty())
    return !a.prefix.path.empty() && a.prefix.path == b.prefix.path;  // the prefix has gone
  return !a.server_directory.empty() && !b.server_directory.empty() &&
         is_same_file(path_from_here(a, a.server_directory, root),
                      path_from_here(b, b.server_directory, root));
}

UserSettings settings_of(const WineSession& session, const std::string& root) {
  UserSettings settings = {.environment = session.environment};
  for (const std::string& path : config_paths(session.environment))
    settings.config.files.push_back(read_config_file(path_from_here(session, path, root), sim_names()));
  return settings;
}

GameFacts game_facts(const RunningGame& game, const std::vector<ProcessInfo>& processes,
                     const std::string& root) {
  GameFacts facts;
  facts.game = game;
  auto session = wine_session_of(game.process.id, root);
  if (!session) {
    facts.why_no_session = session.error().message;
    return facts;
  }
  if (!session->prefix.path.empty()) {
    const std::string prefix = path_from_here(*session, session->prefix.path, root);
    facts.prefix = path_facts(prefix, true);
    facts.prefix_is_one = path_facts(prefix + "/system.reg", true).exists;
  }
  facts.wineservers = wineservers_of(*session, processes, root);
  const std::string shm(kDefaultShmDirectory);
  facts.has_own_shm =
      !session->shares_mounts && !is_same_file(root + shm, path_from_here(*session, shm, root));
  facts.glibc = glibc_of(*session, root);
  facts.bridge_directory = wanted_directory(*game.known.sim, settings_of(*session, root));
  facts.session = std::move(*session);
  return facts;
}

std::vector<StrangeExe> strange_exes(const Sim& sim, const std::vector<ProcessInfo>& processes,
                                     const GatherOptions& options) {
  const std::string& root = options.root;
  std::vector<StrangeExe> all;
  for (const ProcessInfo& process : processes) {
    if (options.game && process.id.pid != *options.game) continue;
    if (process.argv.empty() || is_of_windows(process.argv.front())) continue;
    const std::string name(base_name(process.argv.front()));
    if (!is_exe_name(name) || title_of_exe_name(name) || title_of_launcher(name) || bridge_of(process, root))
      continue;
    const auto environment = is_run_by_wine(process, root) ? environment_of(process.id, root) : std::nullopt;
    const auto app = environment ? app_id_from(*environment) : std::nullopt;
    const auto known = app ? title_of_app(*app) : std::nullopt;
    if (known && known->sim == &sim) all.push_back({process.id.pid, name});
  }
  return all;
}

std::vector<StrangeExe> running_launchers(const Sim& sim, const std::vector<ProcessInfo>& processes,
                                          const GatherOptions& options) {
  std::vector<StrangeExe> all;
  for (const ProcessInfo& process : processes) {
    if (process.argv.empty() || (options.game && process.id.pid != *options.game)) continue;
    const std::string name(base_name(process.argv.front()));
    const auto known = title_of_launcher(name);
    if (known && known->sim == &sim && is_run_by_wine(process, options.root))
      all.push_back({process.id.pid, name});
  }
  return all;
}

}  // namespace pitbridge::doctor
