// SPDX-License-Identifier: MIT
#include "common/posix/steam_app_id.hpp"

#include "common/core/config.hpp"
#include "common/posix/paths.hpp"

namespace pitbridge {

std::optional<std::uint32_t> running_app_id() {
  // Both are 0 for a game that was added to Steam by hand; its prefix has a number all the same.
  for (const char* name : {"SteamAppId", "STEAM_COMPAT_APP_ID"})
    if (const auto id = parse_app_id(environment_or(name, ""))) return id;
  constexpr std::string_view kParent = "/compatdata/";
  const std::string prefix = wine_prefix();
  const auto at = prefix.rfind(kParent);
  if (at == std::string::npos) return std::nullopt;
  const auto begin = at + kParent.size();
  return parse_app_id(std::string_view(prefix).substr(begin, prefix.find('/', begin) - begin));
}

}  // namespace pitbridge
