// SPDX-License-Identifier: MIT
// What is outside of any game: output directory, Steam, simd.
#include "bridges/doctor/gather_host.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>

#include "bridges/doctor/path_facts.hpp"
#include "bridges/doctor/simd_config.hpp"
#include "common/core/sim/describe.hpp"
#include "common/core/sim/number_text.hpp"
#include "common/posix/launch/flatpak_copy.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::doctor {
namespace {

constexpr const char* kFlatpakShm = "/.flatpak/com.valvesoftware.Steam/dev-shm";

}  // namespace

ShmFacts shm_facts(const GatherOptions& options) {
  ShmFacts shm;
  shm.directory = options.shm_directory;
  const std::string path = options.root + shm.directory;
  shm.is_directory = is_directory(path);
  shm.is_writable = ::access(path.c_str(), W_OK | X_OK) == 0;
  shm.is_where_readers_look = is_same_file(path, options.root + std::string(kDefaultShmDirectory));
  struct statvfs space = {};
  if (shm.is_directory && ::statvfs(path.c_str(), &space) == 0)
    shm.free_bytes = std::uint64_t{space.f_bavail} * space.f_frsize;
  const std::string flatpak = options.runtime_directory + kFlatpakShm;
  if (!options.runtime_directory.empty() && is_directory(options.root + flatpak)) {
    shm.flatpak_directory = flatpak;
    shm.is_flatpak_directory = is_same_file(options.root + flatpak, path);
  }
  return shm;
}

SteamFacts steam_facts(const Sim& sim, const GatherOptions& options) {
  SteamFacts steam;
  if (options.home.empty()) return steam;
  steam.installations = steam_installations(options.home, options.root);
  steam.is_in_flatpak = is_in_flatpak(options.home, options.root);
  for (const SteamInstallation& installation : steam.installations)
    for (const std::string& library : steam_libraries(installation, options.home, options.root))
      for (InstalledApp& app : installed_apps(library, options.root)) {
        const auto known = title_of_app(app.app_id);
        if (!known || known->sim != &sim) continue;
        auto compat = compat_data(library, app.app_id, options.root);
        steam.proton_is_there.push_back(!compat || compat->proton.empty() ||
                                        is_directory(options.root + compat->proton));
        steam.compat.push_back(std::move(compat));
        steam.apps.push_back(std::move(app));
      }
  return steam;
}

SimdFacts simd_facts(const Facts& facts, const GatherOptions& options) {
  SimdFacts simd;
  // Any user's: its pid file is one for all.
  for (const std::string& name : directory_entries(options.root + "/proc")) {
    const auto pid = number_from<pid_t>(name);
    const auto process = pid ? find_process(*pid, options.root) : std::nullopt;
    if (process && process->comm == "simd") simd.pids.push_back(*pid);
  }
  std::sort(simd.pids.begin(), simd.pids.end());
  simd.has_pid_file = path_facts(options.root + "/tmp/simd.pid").exists;
  if (const WineSession* session = facts.session()) {
    simd.bridge_exe = value_or_empty(session->environment, "SIMD_BRIDGE_EXE");
    simd.bridge_exe_is_there = path_facts(options.root + simd.bridge_exe, true).exists;
  }
  const std::string config = options.home + "/.config/simd/simd.config";
  if (const auto text = small_file(options.root + config)) {
    simd.config = config;
    simd.comma_line = line_of_trailing_comma(*text);
  }
  for (const pid_t pid : simd.pids)
    if (const auto process = find_process(pid, options.root))
      if (const auto mapped = mapped_files(process->id, options.root))
        simd.takes_commas = takes_trailing_commas(*mapped);
  if (const BridgeFacts* holder = facts.holder()) simd.bridge_parent = holder->bridge.process.parent;
  return simd;
}

}  // namespace pitbridge::doctor
