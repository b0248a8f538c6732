// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace pitbridge::doctor {

/// Where and for what the doctor looks.
struct GatherOptions {
  std::string root = {};  ///< goes before every path of /proc, of games and of Steam; for planted trees
  std::string shm_directory = "/dev/shm";
  std::string home = {};
  std::string runtime_directory = {};  ///< XDG_RUNTIME_DIR
  std::string data_directory = {};     ///< below which bridges are staged, by version
  std::string version = {};            ///< of pitbridge
  std::string program = {};            ///< the path of pitbridge itself
  bool watcher_runs = false;
  std::optional<pid_t> game = {};  ///< this process, and no other of the same sim
  int interval_ms = 500;           ///< between the two readings that show whether anything changes
  std::vector<std::string> config_faults = {};  ///< in the user's own config.toml
};

}  // namespace pitbridge::doctor
