// SPDX-License-Identifier: MIT
#include "tests/e2e/launch_run.hpp"

#include <algorithm>
#include <filesystem>

#include "build_info.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::e2e {

namespace fs = std::filesystem;

Words operator+(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

void LaunchRun::SetUp() {
  WineRun::SetUp();
  fs::create_directories(home());
}

Variables LaunchRun::desktop() const {
  Variables all = environment();
  all.erase("WINEPREFIX");
  all["HOME"] = home();
  // Empty counts as unset; whoever runs the tests may have them.
  for (const char* name : {"XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "SteamAppId", "SteamGameId",
                           "STEAM_COMPAT_APP_ID", "PROTON_REMOTE_DEBUG_CMD", "PITBRIDGE"})
    all[name] = "";
  return all;
}

Variables LaunchRun::desktop_with_prefix() const {
  Variables all = desktop();
  all["WINEPREFIX"] = prefix();
  return all;
}

Process LaunchRun::launch(const Words& words, const Variables& environment) {
  return Process({.arguments = words, .environment = environment});
}

Words LaunchRun::pitbridge(const Words& words) {
  return Words{built("bin/pitbridge")} + words;
}

Words LaunchRun::wine_game(const GameSetup& setup) const {
  return Words{"wine", place_game(setup, directory())} + setup.arguments;
}

std::string LaunchRun::state_log(const std::string& program) const {
  return small_file(home() + "/.local/state/pitbridge/" + program + ".log").value_or("(no log)\n");
}

std::string LaunchRun::staged(const std::string& program) const {
  return home() + "/.local/share/pitbridge/" + kVersion + "/" + program + ".exe.so";
}

std::optional<RunningGame> LaunchRun::running_game() const {
  for (const RunningGame& game : running_games()) {
    const auto environment = environment_of(game.process.id);
    if (environment && value_or_empty(*environment, "PITBRIDGE_SHM_DIR") == shm_path()) return game;
  }
  return std::nullopt;
}

std::vector<ProcessInfo> LaunchRun::processes_named(const std::string& comm) const {
  std::vector<ProcessInfo> found;
  for (const ProcessInfo& process : own_processes()) {
    if (process.comm != comm) continue;
    const auto environment = environment_of(process.id);
    if (environment && value_or_empty(*environment, "PITBRIDGE_SHM_DIR") == shm_path())
      found.push_back(process);
  }
  return found;
}

bool LaunchRun::has_gone(const std::string& comm) const {
  return eventually([&] { return processes_named(comm).empty(); });
}

}  // namespace pitbridge::e2e
