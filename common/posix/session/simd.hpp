// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "common/posix/session/wine_process.hpp"

/// simd, a daemon of others that starts bridges too (common/posix/session/README.md, "simd"). Functions that
/// read take `root`.
namespace pitbridge {

/// The running simd of our user.
std::optional<ProcessId> find_simd(const std::string& root = {});

/// Whether a running simd starts a bridge for this game: the user has named one (SIMD_BRIDGE_EXE), it is a
/// game of Proton's, of the few that simd does this for, and simd has a configuration.
bool simd_serves(const Title& title, const Environment& game, const std::string& home,
                 const std::string& root = {});

}  // namespace pitbridge
