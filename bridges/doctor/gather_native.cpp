// SPDX-License-Identifier: MIT
// Games that run without Wine, and the plugins of games.
#include "bridges/doctor/gather_native.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bridges/doctor/path_facts.hpp"
#include "common/core/launch/command_line.hpp"
#include "common/core/sim/text.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::doctor {
namespace {

/// The directory `below` another one, as Wine finds it: whatever the case of its letters. Where there is
/// none, the path that it should have.
std::string directory_as_wine_finds_it(std::string directory, std::string_view below,
                                       const std::string& root) {
  while (!below.empty()) {
    const std::string_view wanted = below.substr(0, below.find('/'));
    below.remove_prefix(std::min(wanted.size() + 1, below.size()));
    std::string found(wanted);
    for (const std::string& name : directory_entries(root + directory))
      if (name != wanted && equals_ignoring_case(name, wanted) &&
          !is_directory(fmt::format("{}{}/{}", root, directory, wanted)))
        found = name;
    directory += "/" + found;
  }
  return directory;
}

bool is_dll_name(std::string_view name) {
  constexpr std::string_view kSuffix = ".dll";
  return name.size() > kSuffix.size() &&
         equals_ignoring_case(name.substr(name.size() - kSuffix.size()), kSuffix);
}

}  // namespace

std::optional<NativeFacts> native_game(const Sim& sim, const std::vector<ProcessInfo>& processes,
                                       const GatherOptions& options) {
  for (const ProcessInfo& process : processes) {
    if (options.game && process.id.pid != *options.game) continue;
    for (const Title& title : sim.titles) {
      if (title.native_exe.empty()) continue;
      const auto exe = exe_of(process.id, options.root);
      if (!exe || base_name(*exe) != title.native_exe) continue;
      NativeFacts native;
      native.title = &title;
      native.pid = process.id.pid;
      native.file = fmt::format("{}/{}", kDefaultShmDirectory, title.native_file);
      const auto bytes = small_file(options.root + native.file);
      native.file_is_there = bytes.has_value();
      native.first_bytes = bytes.value_or("");
      return native;
    }
  }
  return std::nullopt;
}

void look_again(NativeFacts& native, const GatherOptions& options) {
  const auto bytes = small_file(options.root + native.file);
  native.has_changed = bytes.has_value() && *bytes != native.first_bytes;
  native.file_is_there = bytes.has_value();
}

std::vector<PluginFacts> plugin_facts(const SteamFacts& steam, const GatherOptions& options) {
  std::vector<PluginFacts> all;
  for (const InstalledApp& app : steam.apps) {
    const auto known = title_of_app(app.app_id);
    if (!known || known->title->plugin.empty()) continue;
    const std::string_view path = known->title->plugin;
    PluginFacts plugin;
    plugin.title = known->title;
    plugin.name = base_name(path);
    const std::string_view below = path.substr(0, path.rfind('/'));
    plugin.directory = directory_as_wine_finds_it(app.directory, below, options.root);
    const std::string of_programs = plugin.directory.substr(0, plugin.directory.rfind('/'));
    plugin.is_for_windows = is_directory(options.root + of_programs);
    for (std::string& name : directory_entries(options.root + plugin.directory))
      if (is_dll_name(name)) plugin.libraries.push_back(std::move(name));
    std::sort(plugin.libraries.begin(), plugin.libraries.end());
    all.push_back(std::move(plugin));
  }
  return all;
}

}  // namespace pitbridge::doctor
