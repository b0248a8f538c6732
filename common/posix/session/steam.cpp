// SPDX-License-Identifier: MIT
#include "common/posix/session/steam.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/core/sim/number_text.hpp"
#include "common/core/sim/text.hpp"
#include "common/posix/session/vdf.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge {
namespace {

struct KnownPlace {
  SteamFlavour flavour;
  std::string_view below_home;
};
/// The first of each flavour is where its installer puts it; the others are links, or of a distribution.
constexpr std::array<KnownPlace, 7> kPlaces = {{
    {SteamFlavour::kNative, ".local/share/Steam"},
    {SteamFlavour::kNative, ".steam/steam"},
    {SteamFlavour::kNative, ".steam/root"},
    {SteamFlavour::kNative, ".steam/debian-installation"},
    {SteamFlavour::kFlatpak, ".var/app/com.valvesoftware.Steam/.local/share/Steam"},
    {SteamFlavour::kFlatpak, ".var/app/com.valvesoftware.Steam/data/Steam"},
    {SteamFlavour::kSnap, "snap/steam/common/.local/share/Steam"},
}};

/// The home that programs of this flavour see, and where it is outside.
std::string home_of_flavour(SteamFlavour flavour, const std::string& home) {
  switch (flavour) {
    case SteamFlavour::kNative:
      return home;
    case SteamFlavour::kFlatpak:
      return home + "/.var/app/com.valvesoftware.Steam";
    case SteamFlavour::kSnap:
      return home + "/snap/steam/common";
  }
  return home;
}

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find_first_of("\r\n")));
}

/// The directories of this name, in any case of letters, in a directory; the one that is spelt so comes
/// first, and one that is only a link to another does not count.
std::vector<std::string> directories_named(std::string_view name, const std::string& parent,
                                           const std::string& root) {
  std::vector<std::string> all;
  const auto add = [&](std::string path) {
    if (is_directory(root + path) && std::none_of(all.begin(), all.end(), [&](const std::string& other) {
          return is_same_file(root + other, root + path);
        }))
      all.push_back(std::move(path));
  };
  add(fmt::format("{}/{}", parent, name));
  for (const std::string& entry : directory_entries(root + parent))
    if (equals_ignoring_case(entry, name)) add(fmt::format("{}/{}", parent, entry));
  return all;
}

/// Steam for Linux has written steamapps and SteamApps, and some disks hold both.
std::vector<std::string> steamapps_of(const std::string& library, const std::string& root) {
  return directories_named("steamapps", library, root);
}

/// An absolute path as it is on the disk, where only the case of letters differs: Steam has kept such paths
/// in small letters. The path itself where there is nothing of the kind.
std::string as_on_disk(const std::string& path, const std::string& root) {
  if (is_directory(root + path)) return path;
  std::string found;
  for (std::size_t begin = 1; begin < path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    if (end != begin) {
      const auto same = directories_named(path.substr(begin, end - begin), found, root);
      if (same.empty()) return path;
      found = same.front();
    }
    begin = end + 1;
  }
  return found;
}

/// What the files say in which Steam keeps its list of libraries. The client of today writes both.
std::vector<std::string> listed_libraries(const SteamInstallation& installation, const std::string& root) {
  std::vector<std::string> directories = steamapps_of(installation.directory, root);
  directories.push_back(installation.directory + "/config");
  std::vector<std::string> all;
  for (const std::string& directory : directories) {
    const auto text = small_file(root + directory + "/libraryfolders.vdf");
    if (!text) continue;
    const VdfNode file = parse_vdf(*text);
    const VdfNode* folders = file.find("libraryfolders");
    if (folders == nullptr) continue;
    for (const VdfNode& folder : folders->children)
      // Until 2021 the value was the path itself, beside keys that are no numbers.
      if (number_from<std::uint32_t>(folder.key))
        all.push_back(folder.children.empty() ? folder.value : folder.value_of("path"));
  }
  return all;
}

}  // namespace

std::string_view steam_flavour_name(SteamFlavour flavour) {
  switch (flavour) {
    case SteamFlavour::kNative:
      return "native";
    case SteamFlavour::kFlatpak:
      return "Flatpak";
    case SteamFlavour::kSnap:
      return "Snap";
  }
  return "native";
}

std::vector<SteamInstallation> steam_installations(const std::string& home, const std::string& root) {
  std::vector<SteamInstallation> all;
  for (const KnownPlace& place : kPlaces) {
    const std::string directory = fmt::format("{}/{}", home, place.below_home);
    if (steamapps_of(directory, root).empty()) continue;
    const bool known = std::any_of(all.begin(), all.end(), [&](const SteamInstallation& other) {
      return is_same_file(root + other.directory, root + directory);
    });
    if (!known) all.push_back({place.flavour, directory});
  }
  return all;
}

std::vector<std::string> steam_libraries(const SteamInstallation& installation, const std::string& home,
                                         const std::string& root) {
  std::vector<std::string> all = {installation.directory};
  const auto add = [&](const std::string& listed) {
    if (!listed.starts_with('/')) return false;
    const std::string library = as_on_disk(listed, root);
    if (steamapps_of(library, root).empty()) return false;
    const bool known = std::any_of(all.begin(), all.end(), [&](const std::string& other) {
      return is_same_file(root + other, root + library);
    });
    if (!known) all.push_back(library);
    return true;
  };
  for (const std::string& path : listed_libraries(installation, root)) {
    // What lies in the sandbox's home is elsewhere out here.
    const std::string inner_home = home_of_flavour(installation.flavour, home);
    const bool in_home = path.starts_with(home + "/") && !path.starts_with(inner_home + "/");
    if (in_home && installation.flavour != SteamFlavour::kNative &&
        add(inner_home + path.substr(home.size())))
      continue;
    add(path);
  }
  return all;
}

std::vector<InstalledApp> installed_apps(const std::string& library, const std::string& root) {
  std::vector<InstalledApp> all;
  constexpr std::string_view kBegin = "appmanifest_";
  constexpr std::string_view kEnd = ".acf";
  for (const std::string& steamapps : steamapps_of(library, root)) {
    for (const std::string& name : directory_entries(root + steamapps)) {
      if (!name.starts_with(kBegin) || !name.ends_with(kEnd) || name.size() <= kBegin.size() + kEnd.size())
        continue;
      const auto app_id = number_from<std::uint32_t>(
          std::string_view(name).substr(kBegin.size(), name.size() - kBegin.size() - kEnd.size()));
      const auto text = small_file(fmt::format("{}{}/{}", root, steamapps, name));
      if (!app_id || !text) continue;
      const VdfNode file = parse_vdf(*text);
      const VdfNode* state = file.find("AppState");
      if (state == nullptr) continue;
      const std::string directory = state->value_of("installdir");
      all.push_back({*app_id, state->value_of("name"),
                     directory.empty() ? "" : fmt::format("{}/common/{}", steamapps, directory), library});
    }
  }
  std::sort(all.begin(), all.end(),
            [](const InstalledApp& a, const InstalledApp& b) { return a.app_id < b.app_id; });
  return all;
}

std::optional<CompatData> compat_data(const std::string& library, std::uint32_t app_id,
                                      const std::string& root) {
  for (const std::string& steamapps : steamapps_of(library, root)) {
    CompatData data;
    data.directory = fmt::format("{}/compatdata/{}", steamapps, app_id);
    data.prefix = data.directory + "/pfx";
    if (!is_directory(root + data.prefix)) continue;
    if (const auto text = small_file(root + data.directory + "/version"))
      data.prefix_version = first_line(*text);
    if (const auto text = small_file(root + data.directory + "/config_info"))
      data.proton = proton_from_config_info(*text);
    return data;
  }
  return std::nullopt;
}

std::string proton_from_config_info(std::string_view text) {
  while (!text.empty()) {
    const std::string line = first_line(text);
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    if (!line.starts_with('/')) continue;
    for (const std::string_view below :
         {"/files/share/fonts", "/dist/share/fonts", "/files/lib", "/dist/lib"})
      if (const auto at = line.rfind(below); at != std::string::npos && at != 0) return line.substr(0, at);
  }
  return "";
}

}  // namespace pitbridge
