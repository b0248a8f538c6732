// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What pitbridge makes for its user while it runs, so that it can be taken away again. Only plain files of
/// our own user with names of ours are removed, and directories that are empty then.
namespace pitbridge {

/// One home in which pitbridge has run: the user's own, or that of a sandbox.
struct TraceHome {
  std::string top;  ///< of the directories above ours, empty ones are removed up to here
  std::vector<std::string> data_directories;   ///< hold VERSION/<sim>bridge.exe.so
  std::vector<std::string> state_directories;  ///< hold logs, and what a watcher tells
  std::string runtime_directory = {};          ///< the same; what it lies in is the system's
  std::string program_directory = {};          ///< of `pitbridge install --flatpak`
  std::string unit_directory = {};             ///< systemd's, of this user
};

/// That of this process, by its environment.
TraceHome own_trace_home();
/// Those of Steam's Flatpak and Snap, below the user's home.
TraceHome flatpak_trace_home(const std::string& home);
TraceHome snap_trace_home(const std::string& home);

struct Removal {
  std::vector<std::string> removed;  ///< paths
  std::vector<std::string> failed;   ///< paths, each with the system's answer
};

void remove_traces(const TraceHome& home, Removal& removal);

/// The pages of bridges in one directory, and the mirrored files of these names. Nobody may run there.
void remove_shm_files(const std::string& directory, std::span<const std::string> file_names,
                      Removal& removal);

}  // namespace pitbridge
