// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/core/error.hpp"

/// Steam as a Flatpak sees nothing of the home but its own directory below ~/.var/app. What it shall run must
/// lie there; out here and in there it has the same path.
namespace pitbridge {

/// What Flatpak's Steam has for a home.
std::string flatpak_steam_home(const std::string& home);
/// Where `pitbridge install --flatpak` puts the command, and the bridges beside it.
std::string flatpak_copy_directory(const std::string& home);

/// Copies `program`, and all bridges of `bridges_directory`, into `flatpak_copy_directory`. What is the same
/// already is left alone. Returns the path of the copied command.
/// `kOutputRefused`: it is another user's, or cannot be written. `kFailure`: there is no Flatpak of Steam.
Expected<std::string> copy_into_flatpak(const std::string& program, const std::string& bridges_directory,
                                        const std::string& home);

/// Whether Flatpak's Steam can run a `pitbridge` that lies in its home: such a copy, or one of `make
/// install`.
bool is_in_flatpak(const std::string& home, const std::string& root = {});

}  // namespace pitbridge
