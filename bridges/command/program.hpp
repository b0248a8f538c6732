// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bridges/command/describe.hpp"
#include "common/core/error.hpp"

namespace pitbridge {

/// What differs between `pitbridge` and the tools beside it; how they parse, print and end is the same.
struct Program {
  std::string footer = {};   ///< what --help ends with
  bool names_tools = false;  ///< the tools stand among the commands of --help
  /// The command line is wrong; it may not return.
  void (*on_usage_fault)(const std::string& message) = nullptr;
  /// Whether the configuration is read before the command runs.
  bool begins_command = true;
};

/// Runs the command that `words` (the arguments, without the program's name) names, of those that have
/// registered. Returns the exit status.
int run_program(const Program& program, std::vector<std::string> words);

/// What the program and its commands take. Of a tool that `pitbridge` only names it has nothing but the name.
std::vector<DescribedCommand> describe_program(const Program& program);

/// The exit status of a command that has ended so. Whoever reads the output must not take a part of it for
/// the whole.
int end_with(Expected<void> done, std::string_view command_name);

/// The main of a tool.
int tool_main(int argc, char** argv);

}  // namespace pitbridge
