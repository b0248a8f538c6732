// SPDX-License-Identifier: MIT
#include "common/posix/session/steam.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/core/sim/number_text.hpp"
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
    if (!is_directory(root + directory + "/steamapps")) continue;
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
  const auto add = [&](const std::string& library) {
    if (!library.starts_with('/') || !is_directory(root + library + "/steamapps")) return false;
    const bool known = std::any_of(all.begin(), all.end(), [&](const std::string& other) {
      return is_same_file(root + other, root + library);
    });
    if (!known) all.push_back(library);
    return true;
  };
  const auto text = small_file(root + installation.directory + "/steamapps/libraryfolders.vdf");
  if (!text) return all;
  const VdfNode file = parse_vdf(*text);
  const VdfNode* folders = file.find("libraryfolders");
  if (folders == nullptr) return all;
  for (const VdfNode& folder : folders->children) {
    // Until 2021 the value was the path itself, beside keys that are no numbers.
    if (!number_from<std::uint32_t>(folder.key)) continue;
    const std::string path = folder.children.empty() ? folder.value : folder.value_of("path");
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
  for (const std::string& name : directory_entries(root + library + "/steamapps")) {
    if (!name.starts_with(kBegin) || !name.ends_with(kEnd) || name.size() <= kBegin.size() + kEnd.size())
      continue;
    const auto app_id = number_from<std::uint32_t>(
        std::string_view(name).substr(kBegin.size(), name.size() - kBegin.size() - kEnd.size()));
    const auto text = small_file(fmt::format("{}{}/steamapps/{}", root, library, name));
    if (!app_id || !text) continue;
    const VdfNode file = parse_vdf(*text);
    const VdfNode* state = file.find("AppState");
    if (state == nullptr) continue;
    const std::string directory = state->value_of("installdir");
    all.push_back({*app_id, state->value_of("name"),
                   directory.empty() ? "" : fmt::format("{}/steamapps/common/{}", library, directory),
                   library});
  }
  std::sort(all.begin(), all.end(),
            [](const InstalledApp& a, const InstalledApp& b) { return a.app_id < b.app_id; });
  return all;
}

std::optional<CompatData> compat_data(const std::string& library, std::uint32_t app_id,
                                      const std::string& root) {
  CompatData data;
  data.directory = fmt::format("{}/steamapps/compatdata/{}", library, app_id);
  data.prefix = data.directory + "/pfx";
  if (!is_directory(root + data.prefix)) return std::nullopt;
  if (const auto text = small_file(root + data.directory + "/version"))
    data.prefix_version = first_line(*text);
  if (const auto text = small_file(root + data.directory + "/config_info"))
    data.proton = proton_from_config_info(*text);
  return data;
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
