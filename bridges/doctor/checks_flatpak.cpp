// SPDX-License-Identifier: MIT
// The link that only Steam as a Flatpak has: pitbridge must lie where it sees it.
#include <algorithm>

#include "bridges/doctor/checks.hpp"
#include "bridges/doctor/remedies.hpp"

namespace pitbridge::doctor::judge {
namespace {

/// The game that is looked at is one of Flatpak's Steam, or would be.
bool concerns_flatpak(const Facts& facts) {
  if (const WineSession* session = facts.session()) return session->sandbox == Sandbox::kFlatpak;
  const auto is_flatpak = [](const SteamInstallation& i) { return i.flavour == SteamFlavour::kFlatpak; };
  const auto& all = facts.steam.installations;
  if (std::none_of(all.begin(), all.end(), is_flatpak)) return false;
  return std::all_of(all.begin(), all.end(), is_flatpak) ||
         std::any_of(facts.steam.apps.begin(), facts.steam.apps.end(), [](const InstalledApp& app) {
           return app.library.find("/.var/app/com.valvesoftware.Steam/") != std::string::npos;
         });
}

}  // namespace

Finding flatpak_install(const Facts& facts) {
  if (!concerns_flatpak(facts)) return ok("not needed: the game is none of Steam as a Flatpak");
  if (facts.steam.is_in_flatpak) return ok("it is inside of Steam's Flatpak");
  if (const BridgeFacts* holder = facts.holder(); holder != nullptr && holder->is_in_the_games_session)
    return ok("a bridge runs inside of Steam's Flatpak");
  return broken("Steam is a Flatpak, which sees no pitbridge: none is in ~/.var/app/com.valvesoftware.Steam",
                "install it there, too, and paste the line that this prints into the game's launch options",
                {pitbridge_command(facts, "install --flatpak")});
}

}  // namespace pitbridge::doctor::judge
