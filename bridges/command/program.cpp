// SPDX-License-Identifier: MIT
#include "bridges/command/program.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>
#include <exception>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bridges/command/command.hpp"
#include "bridges/command/places.hpp"
#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "build_info.hpp"
#include "common/core/launch/tools.hpp"
#include "common/core/settings/sim_names.hpp"
#include "common/posix/launch/child_work.hpp"
#include "common/posix/settings/config_file.hpp"
#include "common/posix/settings/own_environment.hpp"
#include "common/posix/system/fault_guard.hpp"

namespace pitbridge {
namespace {

std::vector<const Command*>& registry() {
  static std::vector<const Command*> commands;
  return commands;
}

UserSettings g_user;

/// Prints the first fault of the configuration. The command goes on with the settings that are good.
void print_first_fault(const std::vector<ConfigFault>& faults) {
  if (faults.empty()) return;
  say_to_stderr(fmt::format("{}{}; `pitbridge config` lists all", faults.front().text(),
                            faults.size() > 1 ? fmt::format(", and {} more", faults.size() - 1) : ""));
}

void add_commands(CLI::App& app, bool names_tools) {
  std::size_t next = 0;
  const auto add_tools_before = [&](std::string_view name) {
    for (; names_tools && next < kTools.size() && (name.empty() || kTools[next].name < name); ++next)
      app.add_subcommand(std::string(kTools[next].name), kTools[next].description);
  };
  for (const Command* command : all_commands()) {
    add_tools_before(command->name);
    command->add_options(*app.add_subcommand(command->name, command->description));
  }
  add_tools_before({});
}

}  // namespace

CommandRegistration::CommandRegistration(const Command& command) {
  auto& commands = registry();
  const auto by_name = [](const Command* a, const Command* b) { return std::strcmp(a->name, b->name) < 0; };
  commands.insert(std::upper_bound(commands.begin(), commands.end(), &command, by_name), &command);
}

std::span<const Command* const> all_commands() {
  return registry();
}

const UserSettings& user_settings() {
  return g_user;
}

void begin_command(bool prints_config_fault) {
  g_user.environment = own_environment();
  g_user.config = read_config(sim_names(), g_user.environment);
  if (prints_config_fault) print_first_fault(g_user.config.faults());
  install_fault_guard();
}

int end_with(Expected<void> done, std::string_view command_name) {
  const auto written = flush_output();
  if (done) done = written;
  if (done) return static_cast<int>(ExitCode::kOk);
  complain(done.error().message, command_name);
  return static_cast<int>(done.error().code);
}

namespace {

void declare(CLI::App& app, const Program& program) {
  app.description("pitbridge: Windows sims' telemetry for native Linux programs");
  app.name("pitbridge");
  app.footer(program.footer);
  app.require_subcommand(1);
  app.set_version_flag("-V,--version", fmt::format("pitbridge {} ({})", kVersion, kCompiler));
  constexpr const Setting& kShmDir = setting("shm_dir");
  app.add_option_function<std::string>(
         std::string(kShmDir.option),
         [](const std::string& text) {
           g_user.options[&setting("shm_dir")] = *parse_setting(setting("shm_dir"), text);
         },
         fmt::format("{} ({}) [{}]", kShmDir.help, kShmDir.variable, kShmDir.default_value))
      ->type_name(std::string(kShmDir.type_name));
  app.fallthrough();
  add_commands(app, program.names_tools);
}

}  // namespace

std::vector<DescribedCommand> describe_program(const Program& program) {
  CLI::App app;
  declare(app, program);
  return described(app);
}

int run_program(const Program& program, std::vector<std::string> words) {
  if (words == std::vector<std::string>{kDescribeOption}) {
    put_block(json_text(description_json(describe_program(program))) + "\n");
    return end_with({}, "");
  }
  CLI::App app;
  declare(app, program);
  try {
    std::reverse(words.begin(), words.end());
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help and --version
      std::ostringstream text;
      (void)app.exit(error, text, text);
      put_block(text.str());
      return end_with({}, "");
    }
    if (program.on_usage_fault != nullptr) program.on_usage_fault(error.what());
    complain(fmt::format("{}; see pitbridge --help", error.what()));
    return static_cast<int>(ExitCode::kUsage);
  }
  for (const Command* command : all_commands()) {
    if (!app.got_subcommand(command->name)) continue;
    if (program.begins_command) {
      begin_command(std::string_view(command->name) != "config");
      if (command->tells_of_killed_bridges) tell_of_killed_bridges();
    }
    return end_with(command->run(), command->name);
  }
  return static_cast<int>(ExitCode::kUsage);
}

int tool_main(int argc, char** argv) {
  // Nothing of ours throws, but the libraries may when memory runs out.
  try {
    return run_program({.footer = "Exit status: 0 ok, 1 failure, 2 usage, 4 output refused.\n"
                                  "See also: pitbridge(1)"},
                       {argv + std::min(argc, 1), argv + argc});
  } catch (const std::exception& error) {
    complain(error.what());
    return static_cast<int>(ExitCode::kFailure);
  }
}

}  // namespace pitbridge
