// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/settings/config.hpp"

namespace pitbridge {

/// One subcommand of `pitbridge`: one file of this directory, which joins by defining a CommandRegistration.
struct Command {
  const char* name;
  const char* description;
  /// Adds the options to `app`. They write into variables that live as long as the program.
  void (*add_options)(CLI::App& app);
  Expected<void> (*run)();
  /// Finds a killed bridge's files as they are, instead of cleared.
  bool only_looks = false;
};

class CommandRegistration {
 public:
  explicit CommandRegistration(const Command& command);
};

/// By name.
std::span<const Command* const> all_commands();

/// The configuration files, read before a command runs. Of what is wrong in them the first line has been
/// said.
const Config& config();

/// Reads them again, for a command that runs for long.
void read_config_again();

/// What --shm-dir gave.
const std::optional<SettingValue>& shm_dir_option();

/// The directory of a sim's mirrored files, and without a sim that of all which have none of their own: from
/// --shm-dir, the environment, or the configuration.
std::string shm_directory(std::string_view sim = {});

/// Where to look for the sim's files: `shm_directory`; where nobody has chosen one, and none lives there,
/// that of a sandbox in which a bridge of the sim does.
std::string directory_to_read(std::string_view sim = {});

/// Every directory that `shm_directory` gives for any sim, each once.
std::vector<std::string> shm_directories();

/// The game's command, word for word, where one stands on our command line; see split_command_line.
const std::vector<std::string>& game_command();

/// What every command begins with: reads the configuration, and clears what killed bridges left. Before a
/// game's command it has not been called yet: `run` does it where it cannot hinder the game.
void begin_command(bool tell_of_config_faults = true, bool clears_after_killed_bridges = true);

}  // namespace pitbridge
