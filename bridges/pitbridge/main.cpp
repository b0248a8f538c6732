// SPDX-License-Identifier: MIT
// The native `pitbridge` command: finds the subcommand, or the tool that has it.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <string>
#include <vector>

#include "bridges/command/command.hpp"
#include "bridges/command/program.hpp"
#include "bridges/output/output.hpp"
#include "bridges/pitbridge/game_command.hpp"
#include "bridges/pitbridge/run.hpp"
#include "bridges/pitbridge/tool.hpp"
#include "common/core/launch/command_line.hpp"
#include "common/core/launch/tools.hpp"
#include "common/core/settings/nearest_word.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge {
namespace {

std::vector<std::string> g_game_command;

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const Command* command : all_commands()) names.emplace_back(command->name);
  for (const Tool& tool : kTools) names.push_back(tool.name);
  return names;
}

int run_command_line(int argc, char** argv) {
  const auto names = command_names();
  CommandLine line =
      split_command_line(std::vector<std::string>(argv + std::min(argc, 1), argv + argc), names, is_in_path);
  if (const auto word = unknown_subcommand(line, names)) {
    complain(fmt::format(
        "no command is called \"{}\"; did you mean \"{}\"? A game's command needs its path, or -- "
        "before it; see pitbridge --help",
        *word, nearest_word(*word, names)));
    return static_cast<int>(ExitCode::kUsage);
  }
  for (const std::string& word : line.own)
    if (const Tool* tool = find_tool(word); tool != nullptr && line.command.empty())
      return end_with(become_tool(*tool, line.own), tool->name);
  g_game_command = std::move(line.command);
  return run_program({.footer = "Exit status: 0 ok, 1 failure, 2 usage, 4 output refused.\n"
                                "Examples: pitbridge read ac --once\n"
                                "          pitbridge %command%          in Steam's launch options; the same "
                                "as pitbridge run -- %command%\n"
                                "See also: pitbridge(1)",
                      .names_tools = true,
                      .on_usage_fault =
                          [](const std::string& message) {
                            // A mistake in front of a game's command must not keep the game from starting.
                            if (!g_game_command.empty())
                              start_game_command(fmt::format("{}; see pitbridge run --help", message));
                          },
                      .begins_command = g_game_command.empty()},
                     std::move(line.own));
}

}  // namespace

const std::vector<std::string>& game_command() {
  return g_game_command;
}

}  // namespace pitbridge

int main(int argc, char** argv) {
  // Nothing of ours throws, but the libraries may when memory runs out.
  try {
    return pitbridge::run_command_line(argc, argv);
  } catch (const std::exception& error) {
    if (!pitbridge::game_command().empty()) pitbridge::start_game_command(error.what());
    pitbridge::complain(error.what());
    return static_cast<int>(pitbridge::ExitCode::kFailure);
  }
}
