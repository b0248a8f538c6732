// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bridges/doctor/facts.hpp"

namespace pitbridge::doctor {

struct GatherOptions {
  std::string root = {};  ///< goes before every path of /proc, of games and of Steam; for planted trees
  std::string shm_directory = "/dev/shm";
  std::string home = {};
  std::string runtime_directory = {};  ///< XDG_RUNTIME_DIR
  std::string data_directory = {};     ///< below which bridges are staged, by version
  std::string version = {};            ///< of pitbridge
  std::optional<pid_t> game = {};      ///< this process, and no other of the same sim
  int interval_ms = 500;               ///< between the two readings that show whether anything changes
  std::vector<std::string> config_faults = {};
};

/// Looks at everything, changes nothing. Where a game runs, no bridge has joined its session and one could,
/// it runs the bridge with --version in that session, for 15 s at most.
Facts gather(const Sim& sim, const GatherOptions& options);

/// The sims of the games that run, or of the one that is asked for.
std::vector<const Sim*> running_sims(const GatherOptions& options);

/// There is a status page of the sim, a file that readers look for, or an installed game.
bool has_traces(const Sim& sim, const GatherOptions& options);

}  // namespace pitbridge::doctor
