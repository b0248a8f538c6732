// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "common/posix/session/processes.hpp"

namespace pitbridge {

struct BridgeStart {
  std::string loader;                         ///< the session's Wine
  std::string bridge;                         ///< path of the .exe.so
  std::vector<std::string> arguments = {};    ///< of the bridge
  std::vector<std::string> environment = {};  ///< NAME=VALUE; there is nothing else in it
  int output_fd = -1;                         ///< stdout and stderr; -1: `output_path`
  std::string output_path = {};               ///< appended to, made with mode 0600; empty: /dev/null
  bool new_session = true;                    ///< setsid: not ended with the terminal or the caller's group
};

/// A child of ours. Who started it reaps it (waitpid), unless it ignores SIGCHLD.
struct StartedBridge {
  ProcessId id;
  ExitWatch watch;
};

/// Runs `loader bridge arguments...` with stdin at its end, all other descriptors closed and all signals as a
/// new program expects them. Wine keeps the pid, so it is the bridge's own. An error when the program could
/// not be started at all; what becomes of it afterwards the watch and the status page tell.
Expected<StartedBridge> start_bridge(const BridgeStart& start);

}  // namespace pitbridge
