// SPDX-License-Identifier: MIT
// Games that need a plugin of their own, and those that run without Wine.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "bridges/doctor/checks.hpp"
#include "bridges/doctor/remedies.hpp"
#include "common/core/sim/text.hpp"

namespace pitbridge::doctor {
namespace {

/// Its links that say something of a game that runs without Wine.
constexpr std::array<std::string_view, 7> kOfNativeGames = {"config", "shm-dir", "steam", "game",
                                                            "plugin", "bridge",  "data"};

bool is_a_section_there(const Facts& facts) {
  if (!facts.page.is_locked || !facts.page.second) return false;
  const auto& mappings = facts.page.second->mappings;
  return std::any_of(mappings.begin(), mappings.end(),
                     [](const StatusMapping& mapping) { return mapping.attached != 0; });
}

bool is_there(const PluginFacts& plugin) {
  return std::any_of(plugin.libraries.begin(), plugin.libraries.end(),
                     [&](const std::string& name) { return equals_ignoring_case(name, plugin.name); });
}

}  // namespace

std::optional<Finding> finding_of_native_game(const Facts& facts, std::string_view id) {
  if (!facts.native) return std::nullopt;
  const NativeFacts& native = *facts.native;
  if (std::find(kOfNativeGames.begin(), kOfNativeGames.end(), id) == kOfNativeGames.end())
    return unknown("the game is a native one: neither Wine nor a bridge has to do with it");
  if (id == "game")
    return ok(fmt::format("{}, {}, pid {}: a native game", native.title->name, native.title->native_exe,
                          native.pid));
  if (id == "plugin") return ok("the native game has a plugin of its own: see data");
  if (id == "bridge")
    return ok(fmt::format("no bridge is needed: the plugin of a native game writes {} itself", native.file));
  if (id != "data") return std::nullopt;
  if (native.has_changed) return ok(fmt::format("the game writes {}", native.file));
  if (native.file_is_there) return unknown(fmt::format("{} does not change: a menu or a pause", native.file));
  return broken(
      fmt::format("the game has made no {}", native.file),
      "put the plugin for Linux into bin, linux_x64, plugins of the game's directory, and start the "
      "game again");
}

Remedy switch_on(const Facts& facts, const Title& title) {
  if (title.plugin.empty()) return {fmt::format("switch on in the game: {}", title.to_switch_on)};
  for (const PluginFacts& plugin : facts.plugins) {
    if (plugin.title != &title) continue;
    if (is_there(plugin))
      return {"start the game again, and agree when it asks for the advanced features of the SDK"};
    return {fmt::format("put {} into {}, and start the game again", plugin.name, plugin.directory),
            {command_of("mkdir -p", std::array{plugin.directory})}};
  }
  return {fmt::format("put {} into the game's directory, and start the game again", title.to_switch_on)};
}

namespace judge {

Finding plugin(const Facts& facts) {
  const Title* running = facts.game ? facts.game->game.known.title : nullptr;
  const auto& titles = facts.sim->titles;
  if (std::none_of(titles.begin(), titles.end(), [](const Title& title) { return !title.plugin.empty(); }))
    return ok("no game of this sim needs one");
  if (is_a_section_there(facts)) return ok("it writes");
  std::vector<std::string> found;
  std::vector<std::string> others;
  for (const PluginFacts& plugin : facts.plugins) {
    if (running != nullptr && plugin.title != running) continue;
    if (!plugin.is_for_windows && running == nullptr) {
      found.push_back(fmt::format("{} is a native game and needs no bridge", plugin.title->name));
    } else if (is_there(plugin)) {
      found.push_back(fmt::format("{}/{}", plugin.directory, plugin.name));
    } else if (plugin.libraries.empty()) {
      return broken(fmt::format("there is no {} in {}", plugin.name, plugin.directory),
                    switch_on(facts, *plugin.title));
    } else {
      others.push_back(fmt::format("{} has no {}, but {}", plugin.directory, plugin.name,
                                   fmt::join(plugin.libraries, ", ")));
    }
  }
  if (!others.empty())
    return unknown(fmt::format("{}: one of them may be the plugin", fmt::join(others, "; ")));
  if (!found.empty()) return ok(fmt::format("{}", fmt::join(found, "; ")));
  return unknown("Steam has not installed the game, so its directory is not known");
}

}  // namespace judge
}  // namespace pitbridge::doctor
