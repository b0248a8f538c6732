// SPDX-License-Identifier: MIT
#pragma once

#include <CLI/App.hpp>
#include <span>
#include <string>

#include "common/core/error.hpp"

namespace pitbridge {

/// One subcommand of `pitbridge`: one file of this directory, which joins by defining a CommandRegistration.
struct Command {
  const char* name;
  const char* description;
  /// Adds the options to `app`. They write into variables that live as long as the program.
  void (*add_options)(CLI::App& app);
  Expected<void> (*run)();
};

class CommandRegistration {
 public:
  explicit CommandRegistration(const Command& command);
};

/// By name.
std::span<const Command* const> all_commands();

/// The directory of the mirrored files, from --shm-dir or the environment. Set before a command runs.
const std::string& shm_directory();

}  // namespace pitbridge
