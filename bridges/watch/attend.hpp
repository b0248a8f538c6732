// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <string>

#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// What the attendant of one launched command has to do.
struct Attendance {
  const Sim* sim = nullptr;
  std::string exe_name;  ///< of the command line; may be empty
  pid_t command = 0;     ///< the launched command: who calls this, before it becomes that
  std::string bridge;    ///< path of the .exe.so
  std::string log_file;  ///< what Wine and a bridge that cannot open its own log print
  std::string shm_directory;
};

/// Leaves a small process behind that waits for the sim's game, starts the bridge in its session, and ends
/// with the command and its game. False when there can be none.
bool leave_attendant(const Attendance& attendance);

}  // namespace pitbridge
