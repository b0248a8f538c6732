// SPDX-License-Identifier: MIT
#include "common/core/known_title.hpp"

#include <algorithm>

namespace pitbridge {

std::optional<KnownTitle> title_of_exe_name(std::string_view exe_name) {
  for (const Sim* sim : all_sims())
    if (const Title* title = sim->title_of_exe(exe_name)) return KnownTitle{sim, title};
  return std::nullopt;
}

std::optional<KnownTitle> title_of_app(std::uint32_t app_id) {
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles)
      if (std::find(title.app_ids.begin(), title.app_ids.end(), app_id) != title.app_ids.end())
        return KnownTitle{sim, &title};
  return std::nullopt;
}

std::string_view base_name(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace pitbridge
