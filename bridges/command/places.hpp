// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/sim/sim.hpp"

/// Where the files of the sims are, by the settings of this user (`user_settings`).
namespace pitbridge {

/// Where to look for the sim's files (of any sim, where it is empty): of the directories that the user has
/// chosen, also for one Steam app alone, the first in which a bridge of the sim lives. Where nobody has
/// chosen one, those of sandboxes are asked too.
std::string directory_to_read(std::string_view sim = {});
/// The sim that is driven now, or was driven last and has not gone, in any directory of ours; null: none.
const Sim* driven_sim();

/// Where the sim's files may be: the directories of the settings, and where nobody has chosen one, those of
/// sandboxes.
std::vector<std::string> directories_to_look_at(std::string_view sim = {});

/// Every directory that the settings give for any sim, each once.
std::vector<std::string> shm_directories();

/// The same, and that of a sandbox in which a bridge lives.
std::vector<std::string> directories_of_bridges();

/// What a command says that looks at the files: which bridges were killed, and how to clear what they left.
void tell_of_killed_bridges();

/// Clears what killed bridges left, in every directory of the settings. Returns one line for each.
std::vector<std::string> clear_after_killed_bridges();

}  // namespace pitbridge
