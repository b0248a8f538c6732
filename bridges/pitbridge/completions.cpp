// SPDX-License-Identifier: MIT
// `pitbridge completions`: what a shell reads to complete our words. The tools tell their options themselves.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <set>

#include "bridges/command/command.hpp"
#include "bridges/command/program.hpp"
#include "bridges/completion/shells.hpp"
#include "bridges/output/output.hpp"
#include "common/core/launch/command_line.hpp"
#include "common/core/launch/tools.hpp"
#include "common/posix/launch/bridge_files.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge::completions_command {
namespace {

std::string g_shell;

/// What the program says of itself.
Expected<std::vector<DescribedCommand>> description_of(const std::string& path) {
  std::FILE* pipe = ::popen((shell_quoted(path) + " " + kDescribeOption).c_str(), "r");
  if (pipe == nullptr)
    return fail(ExitCode::kFailure, fmt::format("cannot run {}: {}", path, system_message(errno)));
  std::array<char, 4096> buffer;
  std::string text;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    text.append(buffer.data(), n);
  ::pclose(pipe);
  return parse_description(text, path);
}

/// The commands of this program and of the tools beside it, in the place of their mere names.
Expected<std::vector<DescribedCommand>> all_described() {
  std::vector<DescribedCommand> all = describe_program({.names_tools = true});
  std::set<std::string_view> asked;
  for (const Tool& tool : kTools) {
    if (!asked.insert(tool.program).second) continue;
    const auto path = installed_tool(tool.program);
    if (!path) continue;  // a build may be without it, and then has its name alone
    auto own = description_of(*path);
    if (!own) return own;
    for (DescribedCommand& command : *own) {
      if (command.path.empty()) continue;
      const auto same = std::find_if(
          all.begin(), all.end(), [&](const DescribedCommand& known) { return known.path == command.path; });
      if (same == all.end()) {
        all.push_back(std::move(command));
      } else {
        *same = std::move(command);
      }
    }
  }
  return all;
}

Expected<void> run() {
  const auto all = all_described();
  if (!all) return tl::unexpected<Error>(all.error());
  put_block(g_shell == "bash"  ? bash_completion(*all)
            : g_shell == "zsh" ? zsh_completion(*all)
                               : fish_completion(*all));
  return {};
}

constexpr Command kCommand = {
    .name = "completions",
    .description = "Print what bash, zsh or fish reads to complete the words of pitbridge",
    .add_options =
        [](CLI::App& app) {
          app.add_option("shell", g_shell, "bash, zsh or fish")
              ->check(CLI::IsMember({"bash", "zsh", "fish"}))
              ->type_name("SHELL")
              ->required();
        },
    .run = run,
    .tells_of_killed_bridges = false,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::completions_command
