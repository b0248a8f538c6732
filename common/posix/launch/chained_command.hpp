// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// The command line of a bridge, byte for byte: what main gets under Wine has passed through the ANSI code
/// page.
struct BridgeCommandLine {
  std::string program;               ///< our .exe.so, or the .exe of a twin
  std::vector<std::string> chained;  ///< what stands behind "--"; empty words at the end are lost
};
/// `pid`: the process that Wine runs, of a twin its Windows half.
BridgeCommandLine bridge_command_line(pid_t pid);
BridgeCommandLine parse_bridge_command_line(const std::string& cmdline);

/// Starts the Windows program `words` with our own Wine, as a process that is nobody's child.
void start_detached(const std::vector<std::string>& words);

/// The user's own command, for which we stand in: `wine COMMAND...`, a child that never outlives us, however
/// we end. We cannot become it by exec: the wineserver kills the pid of a process that has left it.
class ChainedCommand {
 public:
  static Expected<ChainedCommand> start(const std::vector<std::string>& command);

  /// Waits for its end; false when `timeout_ms` passes first. -1 waits without an end.
  bool wait_ms(int timeout_ms);
  /// Its exit status, or 128 + signal, once it has ended.
  int status() const { return status_; }

 private:
  ChainedCommand(pid_t pid, UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}

  pid_t pid_;
  UniqueFd pidfd_;
  int status_ = 0;
};

}  // namespace pitbridge
