// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/posix/session/wine_session.hpp"

/// Flatpak and Snap give a program a /dev/shm of its own. Where that is, out here, and what to tell the user.
/// Every function that reads takes `root`, which goes before each absolute path; what is returned is without.
namespace pitbridge {

/// The directories out here that are the /dev/shm of sandboxes: `$XDG_RUNTIME_DIR/.flatpak/APP/dev-shm` (for
/// an app with the feature per-app-dev-shm, such as Steam) and `/dev/shm/snap.NAME`. What another user has
/// made there is none.
std::vector<std::string> sandbox_shm_directories(const std::string& runtime_directory,
                                                 const std::string& root = {});

/// The first of `directories` in which a bridge of the sim lives (of any sim, where `sim` is empty); else the
/// first in which one has lived; else the first. There is at least one.
std::string directory_with_bridge(std::string_view sim, std::vector<std::string> directories,
                                  const std::string& root = {});

/// The directory out here that the game knows as `directory`; empty: there is none.
std::string directory_out_here(const WineSession& session, const std::string& directory,
                               const std::string& runtime_directory, const std::string& root = {});

/// The app's name from /.flatpak-info: "com.valvesoftware.Steam".
std::string flatpak_app_from(std::string_view flatpak_info);

/// Why no bridge is started for a game in a Flatpak or a Snap, and what to do instead. `shm_directory`: what
/// `directory_out_here` returned.
std::string sandbox_advice(const WineSession& session, const std::string& shm_directory,
                           const std::string& root = {});

}  // namespace pitbridge
