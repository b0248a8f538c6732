// SPDX-License-Identifier: MIT
#include "bridges/serve/sims_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bridges/command/places.hpp"
#include "bridges/output/json_text.hpp"

namespace pitbridge::serve {

using Json = nlohmann::ordered_json;

std::vector<std::string> directories_of_bridges() {
  std::vector<std::string> directories = shm_directories();
  std::string sandbox = directory_to_read();
  if (std::find(directories.begin(), directories.end(), sandbox) == directories.end())
    directories.push_back(std::move(sandbox));
  return directories;
}

std::string sims_json(const std::vector<BridgeView>& bridges) {
  const Sim* driven = driven_sim();
  Json all = Json::array();
  for (const Sim* sim : all_sims()) {
    Json titles = Json::array();
    for (const Title& title : sim->titles) titles.push_back({{"id", title.id}, {"name", title.name}});
    Json of_sim = Json::array();
    for (const BridgeView& bridge : bridges)
      if (bridge.entry.sim == sim->name) of_sim.push_back(bridge_json(bridge));
    all.push_back({{"sim", sim->name},
                   {"description", sim->description},
                   {"driven", sim == driven},
                   {"titles", titles},
                   {"bridges", of_sim}});
  }
  return json_text(all, JsonForm::kOneLine);
}

}  // namespace pitbridge::serve
