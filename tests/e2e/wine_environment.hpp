// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <map>
#include <string>

namespace pitbridge::e2e {

/// The variables with which every Wine program of a run starts: its own prefix, no dialogue, no noise.
std::map<std::string, std::string> wine_environment(const std::string& prefix);

/// The program that runs the wineserver of the Wine in PATH: not every distribution has that one there too.
std::string wineserver();

/// The loader of this machine's Wine itself: what is in PATH may be a script.
std::string wine_loader();

/// Runs `wineserver OPTION` for the prefix, and waits for it.
void run_wineserver(const std::string& prefix, const std::string& option);

/// The living wineserver of the prefix; 0: there is none. It sits in a directory that is named after the
/// prefix's inode, so prefixes never meet.
pid_t wineserver_pid(const std::string& prefix);

/// Paths of what the Makefile built.
std::string built(const std::string& path);

}  // namespace pitbridge::e2e
