// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/App.hpp>
#include <span>
#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/settings/user_settings.hpp"

namespace pitbridge {

/// One subcommand of `pitbridge`, or of a tool: one file, which joins its program by defining a
/// CommandRegistration.
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

/// What every command begins with: reads the configuration.
void begin_command(bool prints_config_fault = true);

}  // namespace pitbridge
