// SPDX-License-Identifier: MIT
#include "common/core/sim/sim.hpp"

#include <algorithm>
#include <vector>

#include "common/core/sim/sim_table.hpp"
#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

std::vector<const Sim*>& registry() {
  static std::vector<const Sim*> sims;
  return sims;
}

}  // namespace

std::string_view activity_name(Activity activity) {
  switch (activity) {
    case Activity::kUnknown:
      return "unknown";
    case Activity::kOff:
      return "off";
    case Activity::kMenu:
      return "menu";
    case Activity::kReplay:
      return "replay";
    case Activity::kPaused:
      return "paused";
    case Activity::kLive:
      return "live";
  }
  return "unknown";
}

const Layout* Title::find_layout(std::string_view mapping) const {
  const auto it =
      std::find_if(layouts.begin(), layouts.end(), [&](const Layout& l) { return l.mapping == mapping; });
  return it == layouts.end() ? nullptr : &*it;
}

bool Title::gives(Quantity quantity) const {
  const bool itself = std::ranges::find(channels, quantity, &Channel::quantity) != channels.end();
  return itself || (other_version != nullptr && other_version->gives(quantity));
}

bool Title::tells_of_cars() const {
  return cars != nullptr || (other_version != nullptr && other_version->tells_of_cars());
}

const Mapping* Sim::find_mapping(std::string_view file_name) const {
  const auto it = std::find_if(mappings.begin(), mappings.end(),
                               [&](const Mapping& m) { return m.file_name() == file_name; });
  return it == mappings.end() ? nullptr : &*it;
}

const Title* Sim::find_title(std::string_view id) const {
  const auto it = std::find_if(titles.begin(), titles.end(), [&](const Title& t) { return t.id == id; });
  return it == titles.end() ? nullptr : &*it;
}

const Title* Sim::title_of_exe(std::string_view exe_name) const {
  for (const Title& title : titles)
    for (const std::string_view exe : title.exe_names)
      if (equals_ignoring_case(exe, exe_name)) return &title;
  return nullptr;
}

bool Sim::is_of_another_title(const Mapping& mapping, const Title& running) const {
  const auto makes = [&](const Title& title) { return title.find_layout(mapping.file_name()) != nullptr; };
  return !mapping.optional && !makes(running) && std::any_of(titles.begin(), titles.end(), makes);
}

SimRegistration::SimRegistration(CheckedSim checked) {
  const Sim& sim = checked.sim();
  auto& sims = registry();
  const auto by_name = [](const Sim* a, const Sim* b) { return a->name < b->name; };
  sims.insert(std::upper_bound(sims.begin(), sims.end(), &sim, by_name), &sim);
}

std::span<const Sim* const> all_sims() {
  return registry();
}

const Sim* find_sim(std::string_view name) {
  const auto sims = all_sims();
  const auto it = std::find_if(sims.begin(), sims.end(), [&](const Sim* s) { return s->name == name; });
  return it == sims.end() ? nullptr : *it;
}

std::optional<KnownTitle> title_of_exe_name(std::string_view exe_name) {
  for (const Sim* sim : all_sims())
    if (const Title* title = sim->title_of_exe(exe_name)) return KnownTitle{sim, title};
  return std::nullopt;
}

std::optional<KnownTitle> title_of_native_exe(std::string_view exe_name) {
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles)
      if (sim->packets != nullptr && !title.native_exe.empty() && title.native_exe == exe_name)
        return KnownTitle{sim, &title};
  return std::nullopt;
}

std::optional<KnownTitle> title_of_launcher(std::string_view exe_name) {
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles)
      for (const std::string_view launcher : title.launchers)
        if (equals_ignoring_case(launcher, exe_name)) return KnownTitle{sim, &title};
  return std::nullopt;
}

std::optional<KnownTitle> title_of_app(std::uint32_t app_id) {
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles)
      if (std::find(title.app_ids.begin(), title.app_ids.end(), app_id) != title.app_ids.end())
        return KnownTitle{sim, &title};
  return std::nullopt;
}

}  // namespace pitbridge
