// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridges/doctor/facts.hpp"
#include "bridges/doctor/gather_options.hpp"

namespace pitbridge::doctor {

/// A bridge with what is known of its session.
struct SeenBridge {
  BridgeFacts facts;
  std::optional<WineSession> session;
};

/// All bridges of this sim, but for those that only stand in for a user's debug command.
std::vector<SeenBridge> seen_bridges(const Sim& sim, const PageFacts& page, const std::string& root);

/// The file in the installation and in the directory for containers.
BridgeFileFacts bridge_file_facts(const Sim& sim, const ChosenBridge& chosen, const GatherOptions& options);
/// Which program serves the game of this session, by its settings and its Wine.
ChosenBridge bridge_chosen_for(const Sim& sim, const WineSession& session, const std::string& root);
/// Whether the game of this session can read the file that a bridge for it is started from; nothing where
/// there is no such file.
std::optional<bool> is_readable_inside(const BridgeFileFacts& file, const WineSession& session,
                                       const std::string& root);
bool runs_installed_file(const SeenBridge& bridge, const std::string& installed, const std::string& root);

}  // namespace pitbridge::doctor
