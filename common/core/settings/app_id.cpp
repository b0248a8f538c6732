// SPDX-License-Identifier: MIT
#include "common/core/settings/app_id.hpp"

#include <limits>

#include "common/core/sim/number_text.hpp"

namespace pitbridge {

std::optional<std::uint32_t> parse_app_id(std::string_view text) {
  const auto id = number_from<std::uint32_t>(text);
  return id && *id != 0 ? id : std::nullopt;
}

std::optional<std::uint32_t> app_id_from(const Environment& environment) {
  for (const char* name : {"SteamAppId", "STEAM_COMPAT_APP_ID", "SteamGameId"}) {
    const auto number = number_from<std::uint64_t>(value_or_empty(environment, name));
    // A shortcut's number fills 64 bits in SteamGameId, and has the highest bit of 32 set elsewhere.
    if (number && *number != 0 && *number < std::numeric_limits<std::int32_t>::max())
      return static_cast<std::uint32_t>(*number);
  }
  // umu-run is told by GAMEID, and tells its children by UMU_ID: "umu-244210". A game that has none is
  // "umu-0" or "umu-default".
  constexpr std::string_view kUmu = "umu-";
  for (const char* name : {"UMU_ID", "GAMEID"})
    if (const std::string id = value_or_empty(environment, name); id.starts_with(kUmu))
      if (const auto number = parse_app_id(std::string_view(id).substr(kUmu.size()))) return number;
  return std::nullopt;
}

std::optional<std::uint32_t> app_id_of_bridge(const Environment& environment) {
  if (const auto id = app_id_from(environment)) return id;
  // Nothing of use for a game that was added to Steam by hand; its prefix has a number all the same.
  constexpr std::string_view kParent = "/compatdata/";
  const std::string prefix = value_or_empty(environment, "WINEPREFIX");
  const auto at = prefix.rfind(kParent);
  if (at == std::string::npos) return std::nullopt;
  const auto begin = at + kParent.size();
  return parse_app_id(std::string_view(prefix).substr(begin, prefix.find('/', begin) - begin));
}

}  // namespace pitbridge
