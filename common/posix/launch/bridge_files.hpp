// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "common/core/error.hpp"
#include "common/core/launch/bridge_kind.hpp"

namespace pitbridge {

/// Where the bridges are that belong to this program: PITBRIDGE_BRIDGE_DIR; else the directory of the program
/// itself, as in build/bin; else ../lib/pitbridge beside it, as `make install` has it. `program` is asked
/// for, without an ending: "acbridge". Returns the file's path.
Expected<std::string> installed_bridge(std::string_view program, BridgeKind kind = BridgeKind::kWinelib);

/// As above, for a `pitbridge` that lies in `program_directory`.
Expected<std::string> installed_bridge_beside(std::string_view program, const std::string& program_directory,
                                              BridgeKind kind = BridgeKind::kWinelib);

/// Where the tool of this name is: beside this program, else in ../lib/pitbridge beside it.
Expected<std::string> installed_tool(std::string_view program);

/// A copy of the file `source` in `directory`, under the same name and with mode 0755, for a game's container
/// that does not share the place of the installation. Missing directories are made. What is the same already
/// is left alone; what differs is replaced in one step, so that a bridge which runs from it goes on.
/// Returns the copy's path. `kOutputRefused` when the directory or the copy cannot be written; the remedy
/// then names `instead`, by which another directory is chosen.
Expected<std::string> stage_file(const std::string& source, const std::string& directory,
                                 std::string_view instead = "set XDG_DATA_HOME");

/// The bridge that `installed_bridge` finds, staged in `<data directory>/<version>`; a twin with its native
/// half.
Expected<std::string> stage_bridge(std::string_view program, std::string_view version,
                                   BridgeKind kind = BridgeKind::kWinelib);

}  // namespace pitbridge
