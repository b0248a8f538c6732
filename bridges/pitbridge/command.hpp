// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/settings/user_settings.hpp"

namespace pitbridge {

/// One subcommand of `pitbridge`: one file of this directory, which joins by defining a CommandRegistration.
struct Command {
  const char* name;
  const char* description;
  /// Adds the options to `app`. They write into variables that live as long as the program.
  void (*add_options)(CLI::App& app);
  Expected<void> (*run)();
  /// Before the command runs the user is told of each bridge that was killed and has cleared nothing.
  bool tells_of_killed_bridges = true;
};

class CommandRegistration {
 public:
  explicit CommandRegistration(const Command& command);
};

/// By name.
std::span<const Command* const> all_commands();

/// The settings of this user: --shm-dir, the environment, and the configuration files, which are read before
/// a command runs. The first fault of the files has been printed by then.
const UserSettings& user_settings();

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

/// The game's command, word for word, where one stands on our command line; see split_command_line.
const std::vector<std::string>& game_command();

/// What every command begins with: reads the configuration. Before a game's command it has not been called
/// yet: `run` does it where it cannot hinder the game.
void begin_command(bool prints_config_fault = true);

/// What a command says that looks at the files: which bridges were killed, and how to clear what they left.
void tell_of_killed_bridges();

/// Clears what killed bridges left, in every directory of the settings. Returns one line for each.
std::vector<std::string> clear_after_killed_bridges();

}  // namespace pitbridge
