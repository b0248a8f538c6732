// SPDX-License-Identifier: MIT
// The native `pitbridge` command: finds the subcommand and maps its error to an exit code.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstring>
#include <exception>
#include <sstream>
#include <vector>

#include "bridges/output/output.hpp"
#include "bridges/pitbridge/command.hpp"
#include "bridges/pitbridge/run.hpp"
#include "build_info.hpp"
#include "common/core/launch/command_line.hpp"
#include "common/core/settings/nearest_word.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/launch/child_work.hpp"
#include "common/posix/session/sandbox_shm.hpp"
#include "common/posix/settings/config_file.hpp"
#include "common/posix/settings/own_environment.hpp"
#include "common/posix/shm/abandoned.hpp"
#include "common/posix/shm/live_file.hpp"
#include "common/posix/shm/status_list.hpp"
#include "common/posix/system/fault_guard.hpp"
#include "common/posix/system/paths.hpp"
#include "sim_names.hpp"

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

std::vector<std::string> g_game_command;

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const Command* command : all_commands()) names.emplace_back(command->name);
  return names;
}

/// The exit status. Whoever reads the output must not take a part of it for the whole.
int end_with(Expected<void> done, std::string_view command_name) {
  const auto written = flush_output();
  if (done) done = written;
  if (done) return static_cast<int>(ExitCode::kOk);
  complain(done.error().message, command_name);
  return static_cast<int>(done.error().code);
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
  g_game_command = std::move(line.command);
  CLI::App app("pitbridge: Windows sims' telemetry for native Linux programs");
  app.name("pitbridge");
  app.footer(
      "Exit status: 0 ok, 1 failure, 2 usage, 4 output refused.\n"
      "Examples: pitbridge read ac --once\n"
      "          pitbridge %command%          in Steam's launch options; the same as pitbridge run -- "
      "%command%\n"
      "See also: pitbridge(1)");
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
  for (const Command* command : all_commands()) {
    CLI::App* sub = app.add_subcommand(command->name, command->description);
    command->add_options(*sub);
  }
  try {
    std::reverse(line.own.begin(), line.own.end());
    app.parse(line.own);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help and --version
      std::ostringstream text;
      (void)app.exit(error, text, text);
      put_block(text.str());
      return end_with({}, "");
    }
    // A mistake in front of a game's command must not keep the game from starting.
    if (!g_game_command.empty())
      start_game_command(fmt::format("{}; see pitbridge run --help", error.what()));
    complain(fmt::format("{}; see pitbridge --help", error.what()));
    return static_cast<int>(ExitCode::kUsage);
  }
  for (const Command* command : all_commands()) {
    if (!app.got_subcommand(command->name)) continue;
    if (g_game_command.empty()) {
      begin_command(!app.got_subcommand("config"));
      if (command->tells_of_killed_bridges) tell_of_killed_bridges();
    }
    return end_with(command->run(), command->name);
  }
  return static_cast<int>(ExitCode::kUsage);
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

std::vector<std::string> directories_to_look_at(std::string_view sim) {
  std::vector<std::string> all = shm_directories_of(g_user, sim);
  const Resolved chosen =
      g_user.find_or_configured(setting("shm_dir"), {.sim = std::string(sim), .app_id = {}});
  if (chosen.source == Resolved::Source::kDefault)
    for (std::string& sandbox : sandbox_shm_directories(user_runtime_directory()))
      all.push_back(std::move(sandbox));
  return all;
}

std::string directory_to_read(std::string_view sim) {
  return directory_with_bridge(sim, directories_to_look_at(sim));
}

const Sim* driven_sim() {
  std::vector<std::string> all = shm_directories();
  all.push_back(directory_to_read());  // it may be a sandbox's
  for (const std::string& directory : all)
    if (const auto name = live_sim(directory))
      if (const Sim* sim = find_sim(*name)) return sim;
  return nullptr;
}

std::vector<std::string> shm_directories() {
  std::vector<std::string> all = {shm_directory_of(g_user)};
  for (const Sim* sim : all_sims())
    for (std::string& own : shm_directories_of(g_user, sim->name))
      if (std::find(all.begin(), all.end(), own) == all.end()) all.push_back(std::move(own));
  return all;
}

const std::vector<std::string>& game_command() {
  return g_game_command;
}

void begin_command(bool prints_config_fault) {
  g_user.environment = own_environment();
  g_user.config = read_config(kSimNames, g_user.environment);
  if (prints_config_fault) print_first_fault(g_user.config.faults());
  install_fault_guard();
}

void tell_of_killed_bridges() {
  for (const std::string& directory : shm_directories())
    for (const StatusEntry& entry : status_entries(directory))
      if (const Sim* sim = find_sim(entry.sim); sim != nullptr && entry.was_killed())
        say_to_stderr(
            fmt::format("{} (pid {}) was killed; its files in {} hold old values until the next one "
                        "starts, or until you run: pitbridge clean",
                        bridge_program(*sim), entry.status.header.bridge_pid, directory));
}

std::vector<std::string> clear_after_killed_bridges() {
  std::vector<std::string> lines;
  for (const Sim* sim : all_sims()) {
    const auto names = file_names_of(g_user, *sim);
    for (const std::string& directory : directories_to_look_at(sim->name))
      if (const auto pid = clean_up_after_killed_bridge(directory, sim->name, names))
        lines.push_back(fmt::format("{} (pid {}) was killed; its files in {} are cleared",
                                    bridge_program(*sim), *pid, directory));
  }
  return lines;
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
