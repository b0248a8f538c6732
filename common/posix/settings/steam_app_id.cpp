// SPDX-License-Identifier: MIT
#include "common/posix/settings/steam_app_id.hpp"

#include "common/core/settings/app_id.hpp"
#include "common/posix/settings/own_environment.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge {

std::optional<std::uint32_t> running_app_id() {
  if (const auto id = app_id_from(own_environment())) return id;
  // Nothing of use for a game that was added to Steam by hand; its prefix has a number all the same.
  constexpr std::string_view kParent = "/compatdata/";
  const std::string prefix = wine_prefix();
  const auto at = prefix.rfind(kParent);
  if (at == std::string::npos) return std::nullopt;
  const auto begin = at + kParent.size();
  return parse_app_id(std::string_view(prefix).substr(begin, prefix.find('/', begin) - begin));
}

}  // namespace pitbridge
