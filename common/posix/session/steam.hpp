// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Where Steam keeps things. Every function that reads takes `root`, which goes before each absolute path;
/// the paths that are returned are without it.
namespace pitbridge {

enum class SteamFlavour { kNative, kFlatpak, kSnap };
std::string_view steam_flavour_name(SteamFlavour flavour);

struct SteamInstallation {
  SteamFlavour flavour = SteamFlavour::kNative;
  std::string directory;  ///< holds steamapps, in any case of letters
};
/// Every installation of the user with this home, native ones first; one that is reached by several links
/// comes once.
std::vector<SteamInstallation> steam_installations(const std::string& home, const std::string& root = {});

/// The directories that hold a steamapps, the installation's own first, by every file in which Steam lists
/// them. Paths inside a Flatpak are given as they are outside, where that is known, and as they are spelt on
/// the disk.
std::vector<std::string> steam_libraries(const SteamInstallation& installation, const std::string& home,
                                         const std::string& root = {});

struct InstalledApp {
  std::uint32_t app_id = 0;
  std::string name;
  std::string directory;  ///< of the game itself
  std::string library;
};
/// By number.
std::vector<InstalledApp> installed_apps(const std::string& library, const std::string& root = {});

/// What Proton keeps of one game.
struct CompatData {
  std::string directory;       ///< compatdata/N
  std::string prefix;          ///< its pfx
  std::string prefix_version;  ///< such as "9.0-203"; empty: not known
  std::string proton;          ///< directory of the Proton that made it last; empty: not known
};
/// Nothing when the game was never started with Proton from this library.
std::optional<CompatData> compat_data(const std::string& library, std::uint32_t app_id,
                                      const std::string& root = {});

/// The Proton that config_info names: it lists directories of the build, such as .../files/share/fonts/.
std::string proton_from_config_info(std::string_view text);

}  // namespace pitbridge
