// SPDX-License-Identifier: MIT
#include "common/posix/session/simd.hpp"

#include <algorithm>
#include <array>

#include "common/posix/system/small_file.hpp"

namespace pitbridge {

std::optional<ProcessId> find_simd(const std::string& root) {
  for (const ProcessInfo& process : own_processes(root))
    if (process.comm == "simd") return process.id;
  return std::nullopt;
}

bool simd_serves(const Title& title, const Environment& game, const std::string& home,
                 const std::string& root) {
  // Hard-coded in simd, 2026-04-30.
  constexpr std::array<std::string_view, 6> kTitles = {"assetto_corsa",     "assetto_corsa_competizione",
                                                       "assetto_corsa_evo", "assetto_corsa_rally",
                                                       "automobilista_2",   "raceroom"};
  if (std::find(kTitles.begin(), kTitles.end(), title.id) == kTitles.end()) return false;
  for (const char* name : {"SIMD_BRIDGE_EXE", "STEAM_COMPAT_DATA_PATH", "STEAM_COMPAT_TOOL_PATHS"})
    if (value_or_empty(game, name).empty()) return false;
  return small_file(root + home + "/.config/simd/simd.config", 1).has_value();
}

}  // namespace pitbridge
