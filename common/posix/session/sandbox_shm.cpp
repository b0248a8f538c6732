// SPDX-License-Identifier: MIT
#include "common/posix/session/sandbox_shm.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

constexpr std::string_view kSteamApp = "com.valvesoftware.Steam";

std::string flatpak_app_of(const WineSession& session, const std::string& root) {
  const auto info = small_file(fmt::format("{}/proc/{}/root/.flatpak-info", root, session.game.pid));
  const std::string app = info ? flatpak_app_from(*info) : "";
  return app.empty() ? std::string(kSteamApp) : app;
}

/// Or of the system, as snapd makes them. Those of other users are no sandbox of ours.
bool is_directory_of_ours(const std::string& path) {
  struct stat found = {};
  return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode) &&
         (found.st_uid == ::geteuid() || found.st_uid == 0);
}

}  // namespace

std::vector<std::string> sandbox_shm_directories(const std::string& runtime_directory,
                                                 const std::string& root) {
  std::vector<std::string> all;
  const auto add = [&](std::string directory) {
    if (is_directory_of_ours(root + directory)) all.push_back(std::move(directory));
  };
  if (!runtime_directory.empty())
    for (const std::string& app : directory_entries(root + runtime_directory + "/.flatpak"))
      add(fmt::format("{}/.flatpak/{}/dev-shm", runtime_directory, app));
  const std::string shm(kDefaultShmDirectory);
  for (const std::string& name : directory_entries(root + shm))
    // Everybody may make a link there; snapd makes directories.
    if (const std::string path = fmt::format("{}/{}", shm, name);
        name.starts_with("snap.") && !link_target(root + path))
      add(path);
  return all;
}

std::string directory_with_bridge(std::string_view sim, std::vector<std::string> directories,
                                  const std::string& root) {
  std::string* first = nullptr;
  for (std::string& candidate : directories) {
    for (const StatusEntry& entry : status_entries(root + candidate)) {
      if (!sim.empty() && entry.sim != sim) continue;
      if (entry.bridge_runs) return std::move(candidate);
      if (first == nullptr) first = &candidate;
    }
  }
  return std::move(first != nullptr ? *first : directories.front());
}

std::string directory_out_here(const WineSession& session, const std::string& directory,
                               const std::string& runtime_directory, const std::string& root) {
  const std::string inside = path_from_here(session, directory, root);
  if (session.shares_mounts || is_same_file(root + directory, inside)) return directory;
  for (std::string& candidate : sandbox_shm_directories(runtime_directory, root))
    if (is_same_file(root + candidate, inside)) return std::move(candidate);
  return "";
}

std::string flatpak_app_from(std::string_view flatpak_info) {
  bool in_application = false;
  while (!flatpak_info.empty()) {
    const std::string_view line = flatpak_info.substr(0, flatpak_info.find('\n'));
    flatpak_info.remove_prefix(std::min(line.size() + 1, flatpak_info.size()));
    if (line.starts_with('[')) in_application = line == "[Application]";
    if (in_application && line.starts_with("name=")) return std::string(line.substr(5));
  }
  return "";
}

std::string sandbox_advice(const WineSession& session, const std::string& shm_directory,
                           const std::string& root) {
  std::string text = fmt::format(
      "it runs inside a {}, where a bridge from out here would start a second wineserver on the game's "
      "prefix; "
      "let pitbridge start one inside: pitbridge %command% in the launch options. ",
      sandbox_name(session.sandbox));
  if (!shm_directory.empty()) {
    text += fmt::format("Its files are then in {}", shm_directory);
    if (shm_directory != kDefaultShmDirectory)
      text += fmt::format(
          ": pitbridge status and pitbridge read find them there, other programs with PITBRIDGE_SHM_DIR={}",
          shm_directory);
  } else if (session.sandbox == Sandbox::kFlatpak) {
    text += fmt::format(
        "Its files cannot be seen from out here before you have run, once: flatpak override --user "
        "--device=shm {}",
        flatpak_app_of(session, root));
  } else {
    text += "Its files cannot be seen from out here: this sandbox keeps /dev/shm to itself";
  }
  return text;
}

}  // namespace pitbridge
