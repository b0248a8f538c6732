// SPDX-License-Identifier: MIT
// The links outside of any game: configuration, output directory, Steam, simd.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "bridges/doctor/checks.hpp"
#include "bridges/doctor/remedies.hpp"
#include "common/core/settings/app_id.hpp"

namespace pitbridge::doctor::judge {
namespace {

/// What simd makes, cuts, zeroes and unlinks (simapi/simmapper.c).
constexpr std::array<std::string_view, 6> kFilesOfSimd = {"acpmf_physics",   "acpmf_graphics", "acpmf_static",
                                                          "acpmf_crewchief", "$pcars2$",       "$R3E"};

bool shares_files_with_simd(const Sim& sim) {
  return std::any_of(sim.mappings.begin(), sim.mappings.end(), [](const Mapping& mapping) {
    return std::find(kFilesOfSimd.begin(), kFilesOfSimd.end(), mapping.file_name()) != kFilesOfSimd.end();
  });
}

/// What the files still need: those that are there have their space.
std::uint64_t missing_bytes(const Facts& facts) {
  std::uint64_t bytes = facts.page.kind == PageKind::kAbsent ? kStatusPageBytes : 0;
  for (const FileFacts& file : facts.files)
    if (file.wanted_bytes > file.outside.size_bytes) bytes += file.wanted_bytes - file.outside.size_bytes;
  return bytes;
}

}  // namespace

Finding config(const Facts& facts) {
  if (facts.config_faults.empty()) return ok("no fault");
  return broken(fmt::format("{}", fmt::join(facts.config_faults, "; ")),
                "correct the file, whose keys are in pitbridge.toml(5), and look at it again",
                {pitbridge_command(facts, "config")});
}

Finding shm_dir(const Facts& facts) {
  const std::string& directory = facts.shm.directory;
  if (!facts.shm.is_directory)
    return broken(fmt::format("{} is no directory", directory), "make it",
                  {command_of("mkdir -p", std::array{directory})});
  if (!facts.shm.is_writable)
    return broken(fmt::format("{} is not writable for user {}", directory, facts.own_user),
                  "let everybody write there, unless it is mounted read-only",
                  {command_of("sudo chmod 1777", std::array{directory})});
  return ok(directory);
}

Finding shm_readers(const Facts& facts) {
  if (facts.shm.is_where_readers_look) return ok("readers open their files in /dev/shm");
  if (facts.shm.is_flatpak_directory)
    return ok("this is Flatpak Steam's /dev/shm; readers need this path, or links to its files in /dev/shm");
  return broken(fmt::format("readers open their files in /dev/shm, and not in {}", facts.shm.directory),
                "take PITBRIDGE_SHM_DIR, --shm-dir and shm_dir out of what starts the bridge, unless your "
                "readers know this directory");
}

Finding shm_space(const Facts& facts) {
  if (!facts.shm.free_bytes) return unknown(fmt::format("{} cannot be looked at", facts.shm.directory));
  const std::uint64_t missing = missing_bytes(facts);
  if (*facts.shm.free_bytes < missing)
    return broken(fmt::format("{} bytes are free, and {} more are needed", *facts.shm.free_bytes, missing),
                  "remove what nobody needs; this shows what is there",
                  {command_of("du -a", std::array{facts.shm.directory})});
  return ok(fmt::format("{} MB are free", *facts.shm.free_bytes >> 20U));
}

Finding steam(const Facts& facts) {
  if (facts.steam.installations.empty())
    return unknown("no Steam was found below the home directory; a game may be started without it");
  std::vector<std::string> all;
  for (const SteamInstallation& installation : facts.steam.installations)
    all.push_back(fmt::format("{}: {}", steam_flavour_name(installation.flavour), installation.directory));
  return ok(fmt::format("{}", fmt::join(all, "; ")));
}

Finding app_id(const Facts& facts) {
  if (const WineSession* session = facts.session()) {
    const auto id = app_id_from(session->environment);
    if (!id) return ok("none: the game was not started by Steam, or was added to it by hand");
    const auto known = title_of_app(*id);
    if (!known) return ok(fmt::format("{}, which is no known game's; its exe tells the sim", *id));
    if (known->sim == facts.sim) return ok(fmt::format("{}: {}", *id, known->title->name));
    return broken(fmt::format("{} belongs to {}, but the exe is {} of {}", *id, known->title->name,
                              facts.game->game.exe_name, facts.sim->description),
                  start_a_bridge(facts));
  }
  if (facts.steam.apps.empty()) return unknown("no game of this sim runs, and none is installed by Steam");
  std::vector<std::string> all;
  for (const InstalledApp& app : facts.steam.apps)
    all.push_back(fmt::format("{}: {} in {}", app.app_id, app.name, app.library));
  return ok(fmt::format("installed: {}", fmt::join(all, "; ")));
}

Finding simd(const Facts& facts) {
  const SimdFacts& s = facts.simd;
  if (s.pids.empty()) {
    if (s.bridge_exe.empty()) return ok("does not run");
    return broken("SIMD_BRIDGE_EXE is set for the game, but simd does not run",
                  "start simd, which is to start the bridge");
  }
  const std::string runs = fmt::format("simd runs (pid {})", fmt::join(s.pids, ", "));
  if (!s.bridge_exe.empty() && !s.bridge_exe_is_there)
    return broken(fmt::format("{}; SIMD_BRIDGE_EXE={} is no file", runs, s.bridge_exe),
                  "give the whole path: simd expands no ~ and splits off no arguments");
  const WineSession* session = facts.session();
  if (!s.bridge_exe.empty() && session != nullptr && session->sync.is_proven &&
      session->sync.mode != SyncMode::kFsync)
    return broken(
        fmt::format("{} and starts its bridge with WINEFSYNC=1, but the game uses {}", runs,
                    sync_mode_name(session->sync.mode)),
        "write this into the launch options of the game, without SIMD_BRIDGE_EXE, and start it again",
        {pitbridge_command(facts, "%command%")});
  const bool started_by_simd =
      s.bridge_parent && std::find(s.pids.begin(), s.pids.end(), *s.bridge_parent) != s.pids.end();
  if (s.bridge_parent && !started_by_simd && shares_files_with_simd(*facts.sim))
    return broken(
        fmt::format("{} as well, and did not start the bridge: it cuts, zeroes and unlinks the same "
                    "files",
                    runs),
        "end simd, unless it is to start the bridge: then see pitbridge-bridge(1)", {kill_command(s.pids)});
  return ok(runs);
}

Finding simd_config(const Facts& facts) {
  const SimdFacts& s = facts.simd;
  if (s.config.empty()) return ok("there is no simd.config");
  if (!s.comma_line) return ok(fmt::format("{}: no comma before a closing bracket", s.config));
  const std::string where =
      fmt::format("{} has a comma before a closing bracket, in line {}", s.config, *s.comma_line);
  if (s.takes_commas.value_or(false)) return ok(where + ", which the libconfig of this simd takes");
  if (s.pids.empty() && s.bridge_exe.empty()) return ok(where + ", but simd is not in use");
  return broken(where +
                    ": libconfig before 1.7 (Debian 12) refuses the whole file, and simd then starts no "
                    "bridge and says nothing",
                "take that comma away, and start simd again");
}

Finding simd_pid_file(const Facts& facts) {
  if (!facts.simd.has_pid_file) return ok("there is no /tmp/simd.pid");
  if (!facts.simd.pids.empty()) return ok("/tmp/simd.pid belongs to the simd that runs");
  return broken("/tmp/simd.pid is there, though no simd runs: simd will not start", "remove it",
                {"rm /tmp/simd.pid"});
}

}  // namespace pitbridge::doctor::judge
