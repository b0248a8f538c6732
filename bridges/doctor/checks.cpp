// SPDX-License-Identifier: MIT
#include "bridges/doctor/checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace pitbridge::doctor {
namespace {

constexpr auto kChecks = std::to_array<Check>({
    {"config", "configuration", judge::config},
    {"shm-dir", "output directory", judge::shm_dir},
    {"shm-readers", "readers look there", judge::shm_readers},
    {"shm-space", "room for the files", judge::shm_space},
    {"steam", "Steam", judge::steam},
    {"app-id", "Steam app id", judge::app_id},
    {"game", "the game's process", judge::game},
    {"game-exe", "the game's exe is known", judge::game_exe},
    {"plugin", "the game's plugin", judge::plugin},
    {"prefix", "Wine prefix", judge::prefix},
    {"proton", "Proton build", judge::proton},
    {"wine-loader", "the game's Wine", judge::wine_loader},
    {"wineserver", "wineserver", judge::wineserver},
    {"wineserver-alone", "one wineserver", judge::wineserver_alone},
    {"sync-mode", "sync mode", judge::sync_mode},
    {"namespaces", "namespaces", judge::namespaces},
    {"flatpak-shm", "Flatpak's /dev/shm", judge::flatpak_shm},
    {"flatpak-install", "pitbridge inside Flatpak", judge::flatpak_install},
    {"join", "a bridge can join", judge::join},
    {"bridge-file", "bridge installed", judge::bridge_file},
    {"bridge-staged", "bridge readable inside", judge::bridge_staged},
    {"glibc", "glibc new enough", judge::glibc},
    {"glibc-inside", "glibc inside", judge::glibc_inside},
    {"winelib", "Wine loads the bridge", judge::winelib},
    {"bridge", "a bridge runs", judge::bridge},
    {"bridge-session", "bridge in the session", judge::bridge_session},
    {"bridge-alone", "one bridge", judge::bridge_alone},
    {"bridge-dir", "bridge's directory", judge::bridge_dir},
    {"bridge-version", "bridge's version", judge::bridge_version},
    {"status-page", "status page", judge::status_page},
    {"heartbeat", "bridge's heartbeat", judge::heartbeat},
    {"packets", "the game's packets", judge::packets},
    {"section", "the game's sections", judge::section},
    {"in-game-option", "option in the game", judge::in_game_option},
    {"section-size", "size of the sections", judge::section_size},
    {"layout-version", "version of the memory", judge::layout_version},
    {"plausible", "values are plausible", judge::plausible},
    {"section-changing", "sections change", judge::section_changing},
    {"files-present", "files", judge::files_present},
    {"files-kind", "files are plain", judge::files_kind},
    {"files-owner", "files are ours", judge::files_owner},
    {"files-size", "size of the files", judge::files_size},
    {"files-held", "bridge holds the files", judge::files_held},
    {"files-same-inside", "same files inside", judge::files_same_inside},
    {"data", "updates reach the files", judge::data},
    {"simd", "simd", judge::simd},
    {"simd-config", "simd's configuration", judge::simd_config},
    {"simd-pid-file", "simd's pid file", judge::simd_pid_file},
});

}  // namespace

std::string_view link_state_name(LinkState state) {
  switch (state) {
    case LinkState::kOk:
      return "ok";
    case LinkState::kBroken:
      return "broken";
    case LinkState::kUnknown:
      return "unknown";
  }
  return "unknown";
}

std::string Remedy::text() const {
  return commands.empty() ? advice : fmt::format("{}: {}", advice, fmt::join(commands, "; "));
}

std::span<const Check> all_checks() {
  return kChecks;
}

Finding ok(std::string found) {
  return {LinkState::kOk, std::move(found), {}};
}

Finding broken(std::string found, Remedy remedy) {
  return {LinkState::kBroken, std::move(found), std::move(remedy)};
}

Finding broken(std::string found, std::string advice, std::vector<std::string> commands) {
  return broken(std::move(found), Remedy{std::move(advice), std::move(commands)});
}

Finding unknown(std::string because) {
  return {LinkState::kUnknown, "because " + std::move(because), {}};
}

}  // namespace pitbridge::doctor
