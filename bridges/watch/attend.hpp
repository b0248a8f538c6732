// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "common/core/settings/user_settings.hpp"

namespace pitbridge {

/// What the attendant of one launched command has to do.
struct Attendance {
  const Sim* sim = nullptr;
  std::string exe_name;  ///< of the command line; may be empty
  /// So long Proton's script has for starting the bridge; 0: it does not.
  std::int64_t patience_ns = 0;
  pid_t command = 0;     ///< the process that leaves the attendant, and then becomes the command
  std::string log_file;  ///< what Wine and a bridge that cannot open its own log print
  UserSettings user;     ///< what the launch line, its environment and the files say
};

/// Leaves a small process behind that keeps a bridge in the session of the command's games, and ends with the
/// command and its last game. False when there can be none.
bool leave_attendant(const Attendance& attendance);

}  // namespace pitbridge
