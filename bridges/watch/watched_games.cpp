// SPDX-License-Identifier: MIT
#include "bridges/watch/watched_games.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/core/settings/app_id.hpp"
#include "common/posix/session/sandbox_shm.hpp"
#include "common/posix/session/simd.hpp"
#include "common/posix/session/steam.hpp"
#include "common/posix/shm/lock_file.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kSecondNs = WatchPlan::kSecondNs;
/// So long a session may be incomplete: Wine is still loading, or its server does not listen yet.
constexpr std::int64_t kLoadingNs = 30 * kSecondNs;
/// So long a bridge that was started inside a sandbox has to show its status page.
constexpr std::int64_t kInsideNs = 10 * kSecondNs;
constexpr std::int64_t kSimdSearchEveryNs = 5 * kSecondNs;

bool is_same_prefix_path(const std::string& a, const std::string& b) {
  return a == b || is_same_file(a, b);
}

/// A program under Wine that the tables do not know, as a game of this sim.
std::optional<RunningGame> as_game_of(const Sim& sim, const ProcessInfo& process, const std::string& root) {
  const auto exe = exe_of(process.id, root);
  if (!exe || !is_wine_loader(*exe)) return std::nullopt;
  return RunningGame{process, std::string(base_name(process.argv.front())), {&sim, nullptr}};
}

ConfigTarget target_of(const RunningGame& game, const WineSession& session) {
  return {.sim = std::string(game.known.sim->name), .app_id = app_id_from(session.environment)};
}

bool has_files_of_its_own(const WineSession& session) {
  return session.sandbox == Sandbox::kFlatpak || session.sandbox == Sandbox::kSnap;
}

}  // namespace

WatchedGames::WatchedGames(GameFilter filter, const UserSettings& user)
    : filter_(std::move(filter)), user_(user) {
  if (filter_.command) family_.emplace(filter_.command->id);
  start_anew();
}

void WatchedGames::start_anew() {
  known_.clear();
  games_.clear();
  const bool any_exe = filter_.command || settings_name_sims();
  scan_.set_judge(
      [this](const ProcessInfo& process, const std::string& root) { return judge(process, root); }, any_exe);
}

std::optional<RunningGame> WatchedGames::judge(const ProcessInfo& process, const std::string& root) const {
  if (filter_.command) return judge_by_command(process, root);
  auto game = judge_by_settings(process, root);
  if (!game || filter_.prefixes.empty()) return game;
  const auto environment = environment_of(process.id, root);
  if (!environment) return std::nullopt;
  const std::string prefix = prefix_from(*environment).path;
  const bool is_wanted =
      std::any_of(filter_.prefixes.begin(), filter_.prefixes.end(),
                  [&](const std::string& wanted) { return is_same_prefix_path(wanted, prefix); });
  return is_wanted ? game : std::nullopt;
}

std::optional<RunningGame> WatchedGames::judge_by_settings(const ProcessInfo& process,
                                                           const std::string& root) const {
  const auto environment = environment_of(process.id, root);
  if (!environment) return std::nullopt;
  const Sim* sim = configured_sim(*environment);
  auto game = game_of(process, root);
  if (game && sim != nullptr) game->known = {sim, sim->title_of_exe(game->exe_name)};
  if (game || sim == nullptr || process.argv.empty() || is_of_windows(process.argv.front()) ||
      bridge_of(process, root))
    return game;
  return as_game_of(*sim, process, root);
}

std::optional<RunningGame> WatchedGames::judge_by_command(const ProcessInfo& process,
                                                          const std::string& root) const {
  const LaunchedCommand& command = *filter_.command;
  // A game that was there before is not the command's.
  if (process.id.start_ticks < command.id.start_ticks) return std::nullopt;
  if (auto known = game_of(process, root)) {
    // Nor is one that somebody else has started meanwhile.
    if (known->known.sim != command.sim || !family_->has(process)) return std::nullopt;
    return known;
  }
  if (command.exe_name.empty() || process.argv.empty() ||
      base_name(process.argv.front()) != command.exe_name || !family_->has(process))
    return std::nullopt;
  return as_game_of(*command.sim, process, root);
}

const Sim* WatchedGames::configured_sim(const Environment& game) const {
  const auto app_id = app_id_from(game);
  if (!app_id) return nullptr;
  const Resolved sim = configured(setting("sim"), user_.config, {.sim = {}, .app_id = app_id});
  return sim.source == Resolved::Source::kFile ? find_sim(sim.text()) : nullptr;
}

bool WatchedGames::settings_name_sims() const {
  for (const ConfigFile& file : user_.config.files)
    for (const ConfigEntry& entry : file.entries)
      if (entry.setting == &setting("sim")) return true;
  return false;
}

const std::vector<WatchedGame>& WatchedGames::look(std::int64_t now_ns, bool at_once) {
  if (family_) family_->look();
  const std::vector<RunningGame>& running = scan_.look();
  const auto runs = [&](const ProcessId& id) {
    return std::any_of(running.begin(), running.end(), [&](const auto& g) { return g.process.id == id; });
  };
  std::erase_if(known_, [&](const Known& known) { return !runs(known.game.process.id); });
  std::erase_if(games_, [&](const WatchedGame& game) { return !runs(game.id); });
  for (const RunningGame& game : running) {
    if (find(game.process.id) != nullptr) continue;
    Known known;
    known.game = game;
    known.first_seen_ns = now_ns;
    // An old kernel has no pidfd; then the next look sees that the game has ended.
    if (auto watch = watch_exit(game.process.id); watch && *watch) known.exit = std::move(**watch);
    known_.push_back(std::move(known));
    games_.push_back(
        {.id = game.process.id,
         .exe_name = game.exe_name,
         .place = {game.known.sim,
                   shm_directory_of(user_, {.sim = std::string(game.known.sim->name), .app_id = {}})},
         .prefix = {}});
  }
  for (std::size_t i = 0; i < known_.size(); ++i)
    if (!known_[i].is_settled) look_up_session(known_[i], games_[i], now_ns, at_once);
  for (std::size_t i = 0; i < known_.size(); ++i) {
    // simd may come and go while the game runs.
    if (!known_[i].session) continue;
    WatchedGame& game = games_[i];
    game.has_bridge = bridge_lives_in(game.place.shm_directory, game.place.sim->name, game.prefix);
    const std::string refusal = refusal_by_user(known_[i], now_ns);
    if (!refusal.empty() || game.is_refused_by_user) game.refusal = refusal;
    game.is_refused_by_user = !refusal.empty();
  }
  return games_;
}

void WatchedGames::settle_sender(Known& known, WatchedGame& game) const {
  known.is_settled = game.is_ready = true;
  const Environment environment = environment_of(game.id).value_or(Environment());
  const ConfigTarget target = {.sim = std::string(game.place.sim->name), .app_id = app_id_from(environment)};
  const Resolved enabled = configured(setting("enabled"), user_.config, target);
  const Resolved udp = configured(setting("udp"), user_.config, target);
  if (!filter_.command && value_or_empty(environment, "PITBRIDGE") == "0") {
    game.refusal = "its launch options say PITBRIDGE=0";
  } else if (!enabled.flag()) {
    game.refusal = fmt::format("enabled = false in {}", enabled.origin(setting("enabled")));
  } else if (udp.text() == "never") {
    game.refusal = fmt::format("udp = \"never\" in {}", udp.origin(setting("udp")));
  } else if (udp.text() == "always" && !filter_.command) {
    game.refusal = "the receiver of all sims has its packets, as udp = \"always\" wants it";
  }
  game.is_refused_by_user = !game.refusal.empty();
}

void WatchedGames::look_up_session(Known& known, WatchedGame& game, std::int64_t now_ns, bool at_once) {
  if (game.place.sim->packets != nullptr) return settle_sender(known, game);
  auto session = wine_session_of(game.id);
  const std::int64_t age_ns = at_once ? kLoadingNs : now_ns - known.first_seen_ns;
  if (!session) {
    if (age_ns < kLoadingNs) return;
    known.is_settled = true;
    game.refusal = session.error().message;
    return;
  }
  game.prefix = session->prefix.path;
  known.session = std::move(*session);
  const WineSession& found = *known.session;
  const std::string inside = wanted_directory(known);
  game.place.shm_directory = inside;
  const bool could_join = found.join_obstacle.empty();
  game.is_ready = could_join && age_ns >= (filter_.command ? filter_.command->patience_ns : 0);
  if (could_join) {
    known.is_settled = game.is_ready;
  } else if (found.is_fenced_off) {
    const std::string outside = directory_out_here(found, inside, user_runtime_directory());
    game.place.shm_directory = outside.empty() ? path_from_here(found, inside) : outside;
    if (age_ns < kInsideNs) return;
    known.is_settled = true;
    game.refusal = has_files_of_its_own(found) ? sandbox_advice(found, outside) : found.join_obstacle;
  } else if (age_ns >= kLoadingNs) {
    known.is_settled = true;
    game.refusal = found.join_obstacle +
                   "; or start the bridge inside the session: pitbridge %command% in the "
                   "launch options";
  }
}

std::string WatchedGames::wanted_directory(const Known& known) const {
  const WineSession& session = *known.session;
  // The game's launch options are about this game, the watcher's settings about all.
  // What a sandbox says of a place outside of it is not listened to.
  if (!filter_.command && !session.is_fenced_off)
    if (std::string chosen = value_or_empty(session.environment, "PITBRIDGE_SHM_DIR"); !chosen.empty())
      return chosen;
  return shm_directory_of(user_, target_of(known.game, session));
}

std::string WatchedGames::refusal_by_user(const Known& known, std::int64_t now_ns) {
  // Who starts a game by pitbridge wants a bridge.
  if (filter_.command) return "";
  const Title* title = known.game.known.title;
  if (title != nullptr && simd_serves(*title, known.session->environment, home_directory()) &&
      simd_runs(now_ns))
    return fmt::format(
        "simd (pid {}) starts its bridge, as SIMD_BRIDGE_EXE in the launch options says; take that out to "
        "have "
        "pitbridge start it",
        simd_->pid);
  if (value_or_empty(known.session->environment, "PITBRIDGE") == "0")
    return "its launch options say PITBRIDGE=0";
  const Resolved enabled =
      configured(setting("enabled"), user_.config, target_of(known.game, *known.session));
  if (!enabled.flag()) return fmt::format("enabled = false in {}", enabled.origin(setting("enabled")));
  return "";
}

bool WatchedGames::simd_runs(std::int64_t now_ns) {
  if (simd_ && is_alive(*simd_)) return true;
  simd_.reset();
  if (now_ns < next_simd_search_ns_) return false;
  next_simd_search_ns_ = now_ns + kSimdSearchEveryNs;
  simd_ = find_simd();
  return simd_.has_value();
}

std::vector<WatchedPage> WatchedGames::pages(const std::vector<BridgePlace>& more) const {
  std::vector<BridgePlace> places = more;
  for (const WatchedGame& game : games_) places.push_back(game.place);
  std::vector<std::string> directories;
  directories.reserve(places.size());
  for (const BridgePlace& place : places) directories.push_back(place.shm_directory);
  std::sort(directories.begin(), directories.end());
  directories.erase(std::unique(directories.begin(), directories.end()), directories.end());
  std::vector<WatchedPage> all;
  for (const std::string& directory : directories) {
    for (const StatusEntry& entry : status_entries(directory)) {
      WatchedPage page = {
          .place = {find_sim(entry.sim), directory},
          .is_locked = entry.bridge_runs,
          .is_abandoned = entry.was_killed(),
          .was_stopped = !entry.bridge_runs &&
                         entry.status.header.state == static_cast<std::uint32_t>(BridgeState::kStopped),
          .bridge_pid = entry.status.header.bridge_pid,
          .prefix = std::string(fixed_text(entry.status.header.prefix))};
      // One prefix may have several names, by links.
      for (const WatchedGame& game : games_)
        if (game.place == page.place && is_same_prefix_path(game.prefix, page.prefix))
          page.prefix = game.prefix;
      if (page.place.sim != nullptr) all.push_back(std::move(page));
    }
  }
  return all;
}

const WatchedGames::Known* WatchedGames::known_of(const ProcessId& game) const {
  const auto found = std::find_if(known_.begin(), known_.end(),
                                  [&](const Known& known) { return known.game.process.id == game; });
  return found == known_.end() ? nullptr : &*found;
}

const WatchedGame* WatchedGames::find(const ProcessId& game) const {
  const auto found =
      std::find_if(games_.begin(), games_.end(), [&](const WatchedGame& g) { return g.id == game; });
  return found == games_.end() ? nullptr : &*found;
}

const WineSession* WatchedGames::session_of(const ProcessId& game) const {
  const Known* known = known_of(game);
  return known != nullptr && known->session ? &*known->session : nullptr;
}

const ExitWatch* WatchedGames::exit_of(const ProcessId& game) const {
  const Known* known = known_of(game);
  return known != nullptr && known->exit.fd() >= 0 ? &known->exit : nullptr;
}

std::vector<BridgeVariable> WatchedGames::variables_for(const ProcessId& game) const {
  const WineSession* session = session_of(game);
  if (session == nullptr) return {};
  auto variables = environment_for_bridge(*session);
  // Logs and configuration are those of whoever watches: by them it was decided what the bridge does.
  constexpr std::string_view kReason = "where the watcher has its logs and configuration";
  std::erase_if(variables, [](const BridgeVariable& v) {
    return v.name == "PITBRIDGE_SHM_DIR" || v.name == "HOME" || v.name.starts_with("XDG_");
  });
  variables.push_back({"HOME", home_directory(), std::string(kReason)});
  for (const char* name : {"XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"})
    if (std::string value = environment_or(name, ""); !value.empty())
      variables.push_back({name, std::move(value), std::string(kReason)});
  variables.push_back({"PITBRIDGE_SHM_DIR", find(game)->place.shm_directory, "where the files are wanted"});
  return variables;
}

}  // namespace pitbridge
