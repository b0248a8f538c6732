// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include "bridges/command/describe.hpp"

/// What a shell reads so that it can complete the words of `pitbridge`. The script holds all of it: pressing
/// Tab starts no program of ours.
namespace pitbridge {

std::string bash_completion(std::span<const DescribedCommand> commands);
std::string zsh_completion(std::span<const DescribedCommand> commands);
std::string fish_completion(std::span<const DescribedCommand> commands);

// What the three have in common.

/// The names of the commands directly below `path`.
std::vector<const DescribedCommand*> commands_below(std::span<const DescribedCommand> commands,
                                                    const std::vector<std::string>& path);
/// Those options of the program itself that may also stand after a command.
std::vector<DescribedOption> options_of_all(std::span<const DescribedCommand> commands);
/// What may stand after the command: its own, then `of_all`. Of the program itself they are among its own.
std::vector<DescribedOption> options_after(const DescribedCommand& command,
                                           std::span<const DescribedOption> of_all);

}  // namespace pitbridge
