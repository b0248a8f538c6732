// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/launch/command_line.hpp"
#include "common/core/sim/sim.hpp"
#include "common/posix/session/processes.hpp"

namespace pitbridge {

/// Whether the name of a process's first thread, of 15 bytes at most, is the beginning of a known exe's.
bool is_comm_of_a_known_exe(std::string_view comm);

/// Whether /proc/PID/exe is Wine's loader: wine, wine64, or one of their preloaders.
bool is_wine_loader(std::string_view exe);
/// Whether the mapped files show Wine: its ntdll.so. For a loader with another name (wrapped, emulated).
bool has_wine_mapped(const std::vector<std::string>& mapped);

/// Whether it is one of Windows' own programs, which Wine and Proton run beside a game, in the same
/// environment: "C:\\windows\\system32\\services.exe", on any drive.
bool is_of_windows(std::string_view exe);

/// A living process that runs a known sim's exe: under Wine, but for a sim that sends packets and has a game
/// for Linux.
struct RunningGame {
  ProcessInfo process;
  std::string exe_name;  ///< as the process has it
  KnownTitle known;
};

/// Whether this very process is a known sim's game under Wine. Not one that merely has the exe among its
/// arguments: reaper, proton, bash, pressure-vessel, steam.exe, start.exe, or a Wine that is only just
/// loading the game (look again: the pid stays, the arguments change).
std::optional<RunningGame> game_of(const ProcessInfo& process, const std::string& root = {});
std::vector<RunningGame> running_games(const std::string& root = {});

/// One of our own bridges.
struct RunningBridge {
  ProcessInfo process;
  std::string program;       ///< "acbridge", "shmbridge"
  const Sim* sim = nullptr;  ///< null: shmbridge
};
std::optional<RunningBridge> bridge_of(const ProcessInfo& process, const std::string& root = {});
std::vector<RunningBridge> running_bridges(const std::string& root = {});

}  // namespace pitbridge
