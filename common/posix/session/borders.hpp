// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/posix/session/processes.hpp"

/// On which side of a sandbox's border a process lives. It is told by what the kernel says of the process and
/// of its ancestors, and never by what the process says of itself: its variables, its arguments and the files
/// that it sees are of its own making.
namespace pitbridge {

/// It has our mount namespace and our root directory, so that a path means one file to it and to us. What
/// cannot be read counts as foreign.
bool shares_our_files(const ProcessId& process, const std::string& root = {});

/// Its mount namespace is that of a container which Steam has started out here: all its ancestors live either
/// in that namespace or in ours, and one in ours is Steam's reaper with a container in its command, or
/// umu-run. No sandbox can make a process out here, so none can look like this. A Steam that is itself in a
/// sandbox (Flatpak, Snap) has its reaper there, and a sandbox within the container has a namespace more.
bool is_in_steams_container(const ProcessId& process, const std::string& root = {});

}  // namespace pitbridge
