// SPDX-License-Identifier: MIT
#include "bridges/doctor/gather.hpp"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <unistd.h>

#include <algorithm>

#include "bridges/doctor/gather_bridge.hpp"
#include "bridges/doctor/gather_data.hpp"
#include "bridges/doctor/gather_host.hpp"
#include "bridges/doctor/gather_native.hpp"
#include "bridges/doctor/gather_session.hpp"
#include "bridges/doctor/path_facts.hpp"
#include "bridges/doctor/trial.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/shm/status_file.hpp"

namespace pitbridge::doctor {
namespace {

/// The game that is asked for; else the one that the bridge has joined; else the first.
std::optional<GameFacts> chosen_game(const Facts& facts, const std::vector<SeenBridge>& bridges,
                                     const std::vector<ProcessInfo>& processes,
                                     const GatherOptions& options) {
  std::optional<GameFacts> chosen;
  for (const RunningGame& game : facts.games) {
    if (options.game && game.process.id.pid != *options.game) continue;
    GameFacts found = game_facts(game, processes, options.root);
    const bool is_joined = std::any_of(bridges.begin(), bridges.end(), [&](const SeenBridge& bridge) {
      return bridge.facts.holds_the_page && bridge.session && found.session &&
             is_one_session(*bridge.session, *found.session, options.root);
    });
    if (is_joined) return found;
    if (!chosen) chosen = std::move(found);
  }
  return chosen;
}

}  // namespace

Facts gather(const Sim& sim, const GatherOptions& options) {
  const std::string& root = options.root;
  Facts facts;
  facts.sim = &sim;
  facts.program = options.program;
  facts.watcher_runs = options.watcher_runs;
  facts.own_user = ::geteuid();
  facts.config_faults = options.config_faults;
  facts.shm = shm_facts(options);
  facts.steam = steam_facts(sim, options);
  facts.own_glibc = parse_glibc_version(::gnu_get_libc_version()).value_or(GlibcVersion{});

  const PageReader page(root + options.shm_directory, sim.name);
  facts.page = page.first();
  const auto processes = own_processes(root);
  for (RunningGame& game : running_games(root))
    if (game.known.sim == &sim) facts.games.push_back(std::move(game));
  auto bridges = seen_bridges(sim, facts.page, root);
  facts.game = chosen_game(facts, bridges, processes, options);
  if (!facts.game) {
    facts.strange_exes = strange_exes(sim, processes, options);
    facts.launchers = running_launchers(sim, processes, options);
    // One that sends packets is a game like any, out here or under Wine.
    if (sim.packets == nullptr) facts.native = native_game(sim, processes, options);
  }
  facts.plugins = plugin_facts(facts.steam, options);

  const WineSession* session = facts.session();
  const ChosenBridge chosen = session != nullptr ? bridge_chosen_for(sim, *session, root) : ChosenBridge();
  facts.bridge_file = bridge_file_facts(sim, chosen, options);
  for (SeenBridge& bridge : bridges) {
    bridge.facts.is_in_the_games_session =
        session != nullptr && bridge.session && is_one_session(*bridge.session, *session, root);
    bridge.facts.runs_the_installed_file = runs_installed_file(bridge, facts.bridge_file.installed, root);
    if (bridge.facts.holds_the_page || bridge.facts.is_in_the_games_session)
      facts.bridges.push_back(std::move(bridge.facts));
  }
  if (session != nullptr)
    facts.bridge_file.is_readable_inside = is_readable_inside(facts.bridge_file, *session, root);
  facts.trial = run_trial(facts, root);
  read_again(facts, page, options.interval_ms);
  if (facts.native) look_again(*facts.native, options);
  facts.values = values_facts(facts, options);
  facts.files = file_facts(facts, options);
  facts.simd = simd_facts(facts, options);
  return facts;
}

std::vector<const Sim*> running_sims(const GatherOptions& options) {
  std::vector<const Sim*> all;
  for (const RunningGame& game : running_games(options.root)) {
    const bool is_wanted = !options.game || game.process.id.pid == *options.game;
    if (is_wanted && std::find(all.begin(), all.end(), game.known.sim) == all.end())
      all.push_back(game.known.sim);
  }
  if (!all.empty()) return all;
  const auto processes = own_processes(options.root);
  for (const Sim* sim : all_sims())
    if ((sim->packets == nullptr && native_game(*sim, processes, options)) ||
        !running_launchers(*sim, processes, options).empty())
      all.push_back(sim);
  return all;
}

bool has_traces(const Sim& sim, const GatherOptions& options) {
  const auto is_there = [&](const std::string& name) {
    return path_facts(fmt::format("{}{}/{}", options.root, options.shm_directory, name)).exists;
  };
  const auto names = file_names(sim);
  return is_there(status_file_name(sim.name)) || std::any_of(names.begin(), names.end(), is_there) ||
         !steam_facts(sim, options).apps.empty();
}

}  // namespace pitbridge::doctor
