// SPDX-License-Identifier: MIT
// The links between the game and whoever wants to join its Wine session.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "bridges/doctor/checks.hpp"
#include "bridges/doctor/remedies.hpp"

namespace pitbridge::doctor::judge {
namespace {

/// Why there is no session to judge; nothing when there is one.
std::optional<Finding> no_session(const Facts& facts) {
  if (facts.session() != nullptr) return std::nullopt;
  return unknown(facts.game ? facts.game->why_no_session : "no game runs");
}

std::string names_of(const std::vector<StrangeExe>& exes) {
  std::vector<std::string> names;
  names.reserve(exes.size());
  for (const StrangeExe& exe : exes) names.push_back(fmt::format("{} (pid {})", exe.exe_name, exe.pid));
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Of a game that has not been found.
Remedy start_the_game(const Facts& facts) {
  if (!facts.strange_exes.empty())
    return {fmt::format("go on from {} to the game; where it is the game, report its name",
                        facts.strange_exes.front().exe_name)};
  if (!facts.launchers.empty())
    return {fmt::format("go on from {} to the game: drive", facts.launchers.front().exe_name)};
  if (facts.page.is_locked || facts.watcher_runs)
    return {"start the game, as the user who runs pitbridge, and run pitbridge outside of any container"};
  return {"start the game with this in its launch options", {pitbridge_command(facts, "%command%")}};
}

std::string_view sync_variable(SyncMode mode) {
  return mode == SyncMode::kFsync ? "WINEFSYNC" : mode == SyncMode::kEsync ? "WINEESYNC" : "WINENTSYNC";
}

}  // namespace

Finding game(const Facts& facts) {
  if (!facts.game)
    return broken(facts.launchers.empty()
                      ? "no process of this sim's exes runs under Wine as this user"
                      : fmt::format("only its launcher runs: {}", names_of(facts.launchers)),
                  start_the_game(facts));
  const RunningGame& game = facts.game->game;
  std::string found =
      fmt::format("{}, {}, pid {}", game.known.title->name, game.exe_name, game.process.id.pid);
  for (const RunningGame& other : facts.games)
    if (other.process.id != game.process.id)
      found += fmt::format("; also runs: pid {} (look at it with --pid)", other.process.id.pid);
  return ok(found);
}

Finding game_exe(const Facts& facts) {
  if (facts.game) return ok(facts.game->game.exe_name);
  if (facts.strange_exes.empty()) return unknown("no game runs");
  return broken(
      fmt::format("an app id of this sim runs {}, which is no known exe", names_of(facts.strange_exes)),
      start_the_game(facts));
}

Finding prefix(const Facts& facts) {
  if (facts.session() == nullptr) {
    for (std::size_t i = 0; i < facts.steam.apps.size(); ++i)
      if (facts.steam.compat[i]) return ok(fmt::format("{} (no game runs)", facts.steam.compat[i]->prefix));
    return *no_session(facts);
  }
  const FoundPath& prefix = facts.session()->prefix;
  const PathFacts& path = facts.game->prefix;
  if (prefix.path.empty())
    return broken("the game's environment names none", "set WINEPREFIX in the game's launch options");
  const std::string name = fmt::format("{} (from {})", prefix.path, prefix.source);
  if (!path.exists || !S_ISDIR(path.mode))
    return broken(fmt::format("{} is not there", name),
                  "it was moved or removed under the running game: end the game, put it back, start again");
  if (!prefix.path.starts_with('/'))
    return broken(fmt::format("{} is no whole path, so every program takes another one for it", name),
                  "set WINEPREFIX in the game's launch options to a path from the root on");
  if (path.owner != facts.own_user)
    return broken(fmt::format("{} belongs to user {}, and not to {}; Wine refuses it", name, path.owner,
                              facts.own_user),
                  "end the game, give the prefix to the user who plays, and start it again",
                  {command_of(fmt::format("sudo chown -R {}", facts.own_user), std::array{prefix.path})});
  if (!facts.game->prefix_is_one)
    return broken(fmt::format("{} holds no system.reg, so it is no Wine prefix", name),
                  "end the game and start it again: Steam and Wine make what is missing");
  return ok(name);
}

Finding proton(const Facts& facts) {
  const WineSession* session = facts.session();
  if (session == nullptr) {
    for (std::size_t i = 0; i < facts.steam.apps.size(); ++i) {
      const auto& compat = facts.steam.compat[i];
      if (!compat || compat->proton.empty()) continue;
      if (!facts.steam.proton_is_there[i])
        return broken(fmt::format("the prefix of {} was made by {}, which is not there",
                                  facts.steam.apps[i].name, compat->proton),
                      "install this Proton again, or choose another in the game's properties in Steam and "
                      "start the game once");
      return ok(fmt::format("{}, prefix {} (no game runs)", compat->proton, compat->prefix_version));
    }
    return *no_session(facts);
  }
  const std::string tools = value_or_empty(session->environment, "STEAM_COMPAT_TOOL_PATHS");
  std::string tool = tools.substr(0, tools.find(':'));
  while (tool.size() > 1 && tool.back() == '/') tool.pop_back();
  if (tool.empty()) return ok("none: plain Wine");
  if (!session->loader.path.empty() && !session->loader.path.starts_with(tool + "/"))
    return broken(fmt::format("Steam says {}, but the game runs with {} (from {})", tool,
                              session->loader.path, session->loader.source),
                  "take WINELOADER and PATH out of the game's launch options");
  return ok(tool);
}

Finding wine_loader(const Facts& facts) {
  if (auto none = no_session(facts)) return *none;
  const FoundPath& loader = facts.session()->loader;
  if (loader.path.empty())
    return broken("no program wine or wine64 was found beside what the game executes",
                  start_with_the_game(facts));
  return ok(fmt::format("{} (from {})", loader.path, loader.source));
}

Finding wineserver(const Facts& facts) {
  if (auto none = no_session(facts)) return *none;
  const WineSession& session = *facts.session();
  if (session.server_directory.empty()) return unknown("the prefix is not there");
  const auto& pids = facts.game->wineservers;
  const std::string who = pids.empty() ? "" : fmt::format(", pid {}", fmt::join(pids, ", "));
  if (!session.server_listens)
    return broken(fmt::format("{}/socket is not there{}", session.server_directory,
                              pids.empty() ? "" : ", though the wineserver runs" + who),
                  "something cleaned /tmp, or the session is just ending: end the game and start it again");
  return ok(session.server_directory + who);
}

Finding wineserver_alone(const Facts& facts) {
  if (auto none = no_session(facts)) return *none;
  const auto& pids = facts.game->wineservers;
  if (pids.empty()) return unknown("no wineserver process of this prefix is visible from here");
  if (pids.size() == 1) return ok(fmt::format("pid {}", pids.front()));
  return broken(
      fmt::format("{} wineservers serve this prefix (pids {}): they do not see each other's mappings",
                  pids.size(), fmt::join(pids, ", ")),
      "end the game and all else in the prefix, then these, and start the game again", {kill_command(pids)});
}

Finding sync_mode(const Facts& facts) {
  if (auto none = no_session(facts)) return *none;
  const WineSession& session = *facts.session();
  const SyncMode declared = sync_from(session.environment, {}, {}).mode;
  const std::string_view mode = sync_mode_name(session.sync.mode);
  if (!session.sync.is_proven && declared != SyncMode::kServer)
    return broken(fmt::format("the game's variables ask for {}, but nothing shows that it is in use", mode),
                  fmt::format("this Wine or kernel does not have it: take {} out of the launch options",
                              sync_variable(declared)));
  if (const BridgeFacts* holder = facts.holder(); holder != nullptr && !holder->is_in_the_games_session)
    return ok(fmt::format("{}; the bridge is of another session", mode));
  return ok(fmt::format("{}{}", mode, session.sync.is_proven ? ", seen in use" : ""));
}

Finding namespaces(const Facts& facts) {
  if (auto none = no_session(facts)) return *none;
  const WineSession& session = *facts.session();
  const std::string found =
      fmt::format("mounts {}, pids {}, sandbox {}", session.shares_mounts ? "shared" : "of its own",
                  session.shares_pids ? "shared" : "of its own", sandbox_name(session.sandbox));
  const bool is_known_to_share =
      session.shares_mounts || (session.sandbox == Sandbox::kPressureVessel && !facts.game->has_own_shm);
  if (!session.shares_pids)
    return broken(found + ": pids mean nothing across the border", start_with_the_game(facts));
  if (!is_known_to_share && facts.game->has_own_shm)
    return broken(found + ": its /dev/shm is another than ours",
                  session.sandbox == Sandbox::kFlatpak ? reach_flatpak_files(facts)
                                                       : Remedy{"let the sandbox share our /dev/shm"});
  return ok(found);
}

Finding join(const Facts& facts) {
  if (auto none = no_session(facts)) return *none;
  for (const BridgeFacts& bridge : facts.bridges)
    if (bridge.is_in_the_games_session)
      return ok(fmt::format("a bridge has joined, pid {}", bridge.bridge.process.id.pid));
  const WineSession& session = *facts.session();
  if (!session.join_obstacle.empty()) return broken(session.join_obstacle, start_with_the_game(facts));
  return ok("a bridge that is started out here would join");
}

Finding flatpak_shm(const Facts& facts) {
  const bool installed =
      std::any_of(facts.steam.installations.begin(), facts.steam.installations.end(),
                  [](const SteamInstallation& i) { return i.flavour == SteamFlavour::kFlatpak; });
  const WineSession* session = facts.session();
  if (session == nullptr ? !installed : session->sandbox != Sandbox::kFlatpak)
    return ok("the game does not run in Flatpak");
  const ShmFacts& shm = facts.shm;
  if (shm.is_flatpak_directory) return ok(fmt::format("{} is looked at", shm.flatpak_directory));
  if (session != nullptr && !facts.game->has_own_shm) return ok("Flatpak shares our /dev/shm");
  if (!shm.flatpak_directory.empty())
    return broken(
        fmt::format("Flatpak Steam has a /dev/shm of its own; out here it is {}", shm.flatpak_directory),
        reach_flatpak_files(facts));
  if (session == nullptr) return unknown("no game runs");
  return broken("Flatpak Steam has a /dev/shm of its own, which cannot be reached from out here",
                reach_flatpak_files(facts));
}

}  // namespace pitbridge::doctor::judge
