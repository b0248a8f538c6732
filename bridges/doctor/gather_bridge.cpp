// SPDX-License-Identifier: MIT
// The bridge's file, and the bridges that run.
#include "bridges/doctor/gather_bridge.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "bridges/doctor/gather_session.hpp"
#include "bridges/doctor/path_facts.hpp"
#include "common/core/launch/watch_plan.hpp"
#include "common/core/settings/app_id.hpp"
#include "common/core/settings/bridge_options.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/launch/bridge_files.hpp"
#include "common/posix/session/wine_traits.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::doctor {
namespace {

/// The directory that a running bridge writes to, found as the bridge itself has found it.
std::string directory_of(const RunningBridge& bridge, const UserSettings& settings) {
  const ConfigTarget target = {.sim = std::string(bridge.sim->name),
                               .app_id = app_id_of_bridge(settings.environment)};
  std::vector<const char*> arguments;
  for (const std::string& word : bridge.process.argv) arguments.push_back(word.c_str());
  const auto options =
      parse_bridge_options(bridge.program, std::span(arguments).subspan(1), settings, target);
  // A bridge that refuses its options has ended, or is just about to.
  return options ? options->shm_directory : shm_directory_of(settings, target);
}

/// The page of a twin names its native half, and that is of the same prefix.
bool holds(const StatusHeader& page, const RunningBridge& bridge, const std::string& prefix) {
  if (page.bridge_pid == bridge.process.id.pid) return true;
  const auto native = find_process(page.bridge_pid);
  return native && !native->comm.empty() && kTwinsNativeHalf.starts_with(native->comm) &&
         is_same_prefix(fixed_text(page.prefix), prefix);
}

/// It mirrors nothing: a user's own debug command runs in its place (bridge_run.cpp).
bool is_stand_in(const ProcessInfo& process) {
  return std::find(process.argv.begin(), process.argv.end(), "--") != process.argv.end();
}

}  // namespace

std::vector<SeenBridge> seen_bridges(const Sim& sim, const PageFacts& page, const std::string& root) {
  std::vector<SeenBridge> all;
  for (RunningBridge& bridge : running_bridges(root)) {
    if (bridge.sim != &sim || is_stand_in(bridge.process)) continue;
    SeenBridge seen;
    const ProcessId id = bridge.process.id;
    if (auto session = wine_session_of(id, root)) {
      seen.facts.shm_directory = directory_of(bridge, settings_of(*session, root));
      seen.facts.server_directory = session->server_directory;
      seen.facts.prefix = session->prefix.path;
      seen.session = std::move(*session);
    }
    seen.facts.holds_the_page =
        page.is_locked && page.first && holds(page.first->header, bridge, seen.facts.prefix);
    for (const std::string& file : mapped_files(id, root).value_or(std::vector<std::string>()))
      if (const std::string name = file_name_of(without_deleted_mark(file));
          name == bridge.program + ".exe.so" || name == bridge.program + ".exe")
        seen.facts.file = file;
    seen.facts.bridge = std::move(bridge);
    all.push_back(std::move(seen));
  }
  return all;
}

ChosenBridge bridge_chosen_for(const Sim& sim, const WineSession& session, const std::string& root) {
  const ConfigTarget target = {.sim = std::string(sim.name), .app_id = app_id_from(session.environment)};
  return choose_bridge(settings_of(session, root).find_or_configured(setting("twin"), target).text(),
                       wine_traits(session, root));
}

BridgeFileFacts bridge_file_facts(const Sim& sim, const ChosenBridge& chosen, const GatherOptions& options) {
  BridgeFileFacts file;
  file.chosen = chosen;
  const std::string program = bridge_program(sim);
  const std::string name = bridge_file(program, chosen.kind);
  file.has_twin = installed_bridge(program, BridgeKind::kTwin).has_value();
  if (auto installed = installed_bridge(program, chosen.kind)) {
    file.installed = *installed;
    const std::string directory = installed->substr(0, installed->size() - name.size());
    // What a twin needs of the system, its native half does.
    const std::string native = chosen.is_twin() ? directory + std::string(kTwinsNativeHalf) : *installed;
    file.needs = elf_needs(small_file(native, kMaxProgramBytes).value_or(""));
  } else {
    file.why_not_installed = installed.error().message;
  }
  if (options.data_directory.empty()) return file;
  file.staged = fmt::format("{}/{}/{}", options.data_directory, options.version, name);
  file.is_staged = path_facts(file.staged).exists;
  file.staged_is_same = file.is_staged && is_same_content(file.staged, file.installed);
  for (const std::string& version : directory_entries(options.data_directory))
    if (version != options.version &&
        path_facts(fmt::format("{}/{}/{}", options.data_directory, version, name)).exists)
      file.other_staged_versions.push_back(version);
  return file;
}

std::optional<bool> is_readable_inside(const BridgeFileFacts& file, const WineSession& session,
                                       const std::string& root) {
  const std::string& used = file.is_staged ? file.staged : file.installed;
  if (used.empty()) return std::nullopt;
  const std::string inside = session.shares_mounts ? used : path_from_here(session, used, root);
  // Another file at the same path inside would be as wrong as none.
  return ::access(inside.c_str(), R_OK) == 0 && is_same_content(inside, used);
}

bool runs_installed_file(const SeenBridge& bridge, const std::string& installed, const std::string& root) {
  if (bridge.facts.file.empty() || installed.empty() || !bridge.session) return true;
  if (without_deleted_mark(bridge.facts.file) != bridge.facts.file) return false;
  return is_same_content(path_from_here(*bridge.session, bridge.facts.file, root), installed);
}

}  // namespace pitbridge::doctor
