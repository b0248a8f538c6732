// SPDX-License-Identifier: MIT
// `pitbridge run -- COMMAND`, and `pitbridge %command%`: becomes the command, with a bridge in the game's
// session. Whatever can go wrong is done in a child, so that the game starts in any case.
#include "bridges/pitbridge/run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "bridges/command/command.hpp"
#include "bridges/command/places.hpp"
#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "bridges/pitbridge/game_command.hpp"
#include "bridges/watch/attend.hpp"
#include "bridges/watch/receiver_start.hpp"
#include "build_info.hpp"
#include "common/core/launch/command_line.hpp"
#include "common/core/launch/exec_status.hpp"
#include "common/core/launch/launch_plan.hpp"
#include "common/core/settings/app_id.hpp"
#include "common/core/settings/nearest_word.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/launch/bridge_files.hpp"
#include "common/posix/launch/child_work.hpp"
#include "common/posix/session/processes.hpp"
#include "common/posix/session/steam.hpp"
#include "common/posix/session/wine_traits.hpp"
#include "common/posix/settings/config_file.hpp"
#include "common/posix/shm/start_obstacle.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::ordered_json;

/// A home on a network may be slow; longer than this nobody wants to wait for his game.
constexpr int kPrepareDeadlineMs = 5000;
/// The bridge that Proton's script starts is there before the game is.
constexpr std::int64_t kScriptsPatienceNs = 5'000'000'000;
/// Proton's of today has 80 KB.
constexpr std::size_t kMostScriptBytes = std::size_t{1} << 22;
constexpr std::string_view kWithoutBridge = "; the game starts without a bridge";

std::string g_sim;
bool g_dry_run = false;
bool g_json = false;

/// A misspelt wrapper, or one of our own commands with words behind it that made it look like a game's.
std::string remedy_for(const std::string& program, int error_number) {
  constexpr const char* kUsual = "give the game's command behind run --";
  if (error_number != ENOENT || program.find('/') != std::string::npos) return kUsual;
  std::vector<std::string_view> known = {"gamemoderun", "gamescope", "mangohud",      "obs-gamecapture",
                                         "proton",      "umu-run",   "switcherooctl", "wine"};
  for (const Command* command : all_commands()) known.emplace_back(command->name);
  return fmt::format("did you mean \"{}\"? Or {}", nearest_word(program, known), kUsual);
}

[[noreturn]] void become_command() {
  std::vector<char*> words;
  for (const std::string& word : game_command()) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  const int error_number = errno;
  {
    const WithoutSigpipe quiet;
    say_to_stderr(fmt::format("cannot run \"{}\": {}; {}", game_command().front(),
                              system_message(error_number),
                              remedy_for(game_command().front(), error_number)));
  }
  ::_exit(error_number == ENOENT ? kExitNotFound : kExitNotExecutable);
}

/// The Wine of the command, as far as the command tells: Proton has its own below its script's directory.
WineTraits traits_of_command() {
  const std::string* proton = find_proton(game_command());
  std::string loader;
  if (proton != nullptr)
    for (const char* below : {"/files/bin/wine64", "/files/bin/wine", "/dist/bin/wine64", "/dist/bin/wine"})
      if (loader.empty() && is_program(parent_of(*proton) + below)) loader = parent_of(*proton) + below;
  return wine_traits(prefix_from(user_settings().environment).path, loader);
}

LaunchFacts gather_facts() {
  LaunchFacts facts;
  facts.command = game_command();
  if (const std::string* proton = find_proton(game_command()))
    facts.proton_script = small_file(*proton, kMostScriptBytes).value_or("");
  facts.environment = user_settings().environment;
  facts.app_id = app_id_from(facts.environment);
  facts.home = home_directory();
  facts.sim = g_sim;
  if (facts.sim.empty() && facts.app_id)
    facts.sim =
        configured(setting("sim"), user_settings().config, {.sim = {}, .app_id = facts.app_id}).text();
  facts.is_enabled = [app_id = facts.app_id](const Sim& sim) {
    return configured(setting("enabled"), user_settings().config,
                      {.sim = std::string(sim.name), .app_id = app_id})
        .flag();
  };
  facts.choose_bridge = [app_id = facts.app_id](const Sim& sim) {
    const ConfigTarget target = {.sim = std::string(sim.name), .app_id = app_id};
    return choose_bridge(user_settings().find_or_configured(setting("twin"), target).text(),
                         traits_of_command());
  };
  facts.stage_directory = fmt::format("{}/{}", data_directory(), kVersion);
  facts.state_directory = state_directory();
  facts.config_files = config_paths(facts.environment);
  std::erase_if(facts.config_files,
                [](const std::string& path) { return ::access(path.c_str(), R_OK) != 0; });
  facts.shm_directory_of = [app_id = facts.app_id](const Sim& sim) {
    return shm_directory_of(user_settings(), {.sim = std::string(sim.name), .app_id = app_id});
  };
  return facts;
}

/// What stands in the way of a bridge, before anything is changed.
std::optional<std::string> obstacle_before(const LaunchPlan& plan) {
  if (plan.way == LaunchWay::kJoin || plan.way == LaunchWay::kReceive)
    if (const auto proc = check_proc(); !proc) return proc.error().message;
  return start_obstacle(plan.shm_directory, *plan.game.sim);
}

/// Joins "NAME=VALUE" by NUL, which neither holds.
std::string packed(const std::vector<Variable>& variables) {
  std::string text;
  for (const Variable& variable : variables) text += variable.name + "=" + variable.value + '\0';
  return text;
}

void set_packed(std::string_view text) {
  while (!text.empty()) {
    const std::string variable(text.substr(0, text.find('\0')));
    text.remove_prefix(std::min(variable.size() + 1, text.size()));
    const auto equals = variable.find('=');
    ::setenv(variable.substr(0, equals).c_str(), variable.substr(equals + 1).c_str(), 1);
  }
}

/// In the child: everything but the start of the command. Returns the variables that are to be set for it.
std::string prepare(pid_t command) {
  begin_command();
  for (const std::string& line : clear_after_killed_bridges()) say_to_stderr(line);
  const LaunchFacts facts = gather_facts();
  const LaunchPlan plan = plan_launch(facts);
  if (plan.way == LaunchWay::kNothing) {
    if (plan.wanted) say_to_stderr(plan.remark + std::string(kWithoutBridge));
    return "";
  }
  auto obstacle = obstacle_before(plan);
  const bool has_program = plan.way != LaunchWay::kReceive;
  if (has_program)
    if (const auto staged = stage_bridge(bridge_program(*plan.game.sim), kVersion, plan.bridge.kind);
        !obstacle && !staged)
      obstacle = staged.error().message;
  if (obstacle) {
    say_to_stderr(*obstacle + std::string(kWithoutBridge));
    return "";
  }
  const bool by_script = plan.way == LaunchWay::kProton;
  // The container passes over a path that is not there when it starts.
  (void)make_directories(facts.state_directory);
  if (!leave_attendant({.sim = plan.game.sim,
                        .exe_name = plan.exe_name,
                        .patience_ns = by_script ? kScriptsPatienceNs : 0,
                        .command = command,
                        .log_file = has_program ? fmt::format("{}/{}.log", facts.state_directory,
                                                              bridge_program(*plan.game.sim))
                                                : receiver_log(),
                        .user = user_settings()}) &&
      !by_script)
    say_to_stderr(fmt::format("cannot start a process: {}{}", system_message(errno), kWithoutBridge));
  return packed(plan.variables);
}

std::string describe_way(const LaunchPlan& plan) {
  switch (plan.way) {
    case LaunchWay::kProton:
      return "Proton's script starts the bridge beside the game";
    case LaunchWay::kJoin:
      return "the bridge is started from here when the game's process is seen" +
             (plan.remark.empty() ? "" : ": " + plan.remark);
    case LaunchWay::kReceive:
      return "the game's packets are received here when its process is seen";
    case LaunchWay::kNothing:
      break;
  }
  return "no bridge: " + plan.remark;
}

Json json_of(const LaunchPlan& plan, const std::string& obstacle) {
  const auto or_null = [](bool given, const auto& value) { return given ? Json(value) : Json(); };
  Json variables = Json::object();
  for (const Variable& variable : plan.variables) variables[variable.name] = variable.value;
  return {{"sim", plan.game.sim != nullptr ? Json(plan.game.sim->name) : Json()},
          {"title", plan.game.title != nullptr ? Json(plan.game.title->id) : Json()},
          {"app_id", or_null(plan.app_id.has_value(), plan.app_id.value_or(0))},
          {"exe", or_null(!plan.exe_name.empty(), plan.exe_name)},
          {"way", way_name(plan.way)},
          {"bridge", or_null(!plan.staged_bridge.empty(), plan.staged_bridge)},
          {"twin", or_null(plan.bridge.is_twin(), plan.bridge.reason)},
          {"variables", variables},
          {"remark", plan.remark},
          {"obstacle", obstacle},
          {"command", game_command()}};
}

void print_plan() {
  begin_command();
  tell_of_killed_bridges();
  const LaunchPlan plan = plan_launch(gather_facts());
  std::string obstacle;
  if (plan.way != LaunchWay::kNothing) {
    obstacle = obstacle_before(plan).value_or("");
    if (plan.way != LaunchWay::kReceive)
      if (const auto installed = installed_bridge(bridge_program(*plan.game.sim), plan.bridge.kind);
          !installed)
        obstacle = installed.error().message;
  }
  if (g_json) {
    put_block(json_text(json_of(plan, obstacle)) + "\n");
    return;
  }
  const auto row = [](const char* name, const std::string& value) {
    if (!value.empty()) print_line("{:<9} {}", name, value);
  };
  if (plan.game.sim != nullptr)
    row("sim", fmt::format("{}, {}", plan.game.sim->name, plan.game.sim->description));
  if (plan.game.title != nullptr) row("title", std::string(plan.game.title->name));
  if (plan.app_id) row("app id", std::to_string(*plan.app_id));
  row("exe", plan.exe_name);
  row("way", describe_way(plan));
  row("bridge", plan.staged_bridge);
  row("twin", plan.bridge.reason);
  for (const Variable& variable : plan.variables) row("sets", variable.name + "=" + variable.value);
  row("obstacle", obstacle);
  std::vector<std::string> words;
  for (const std::string& word : game_command()) words.push_back(shell_quoted(word));
  row("runs", fmt::format("{}", fmt::join(words, " ")));
}

Expected<void> run() {
  if (game_command().empty())
    return fail(ExitCode::kUsage, "give the game's command behind it, as in pitbridge run -- %command%");
  if (g_dry_run) {
    print_plan();
    return {};
  }
  {
    const WithoutSigpipe quiet;
    const pid_t self = ::getpid();
    const auto variables = work_in_child([&] { return prepare(self); }, kPrepareDeadlineMs);
    if (variables) {
      set_packed(*variables);
    } else {
      say_to_stderr("the preparation failed or took too long; try pitbridge run --dry-run" +
                    std::string(kWithoutBridge));
    }
  }
  become_command();
}

constexpr Command kCommand = {
    .name = "run",
    .description = "Run a game's command with its bridge: pitbridge run -- %command%",
    .add_options =
        [](CLI::App& app) {
          app.footer(
              "Becomes COMMAND, with the same pid, streams and exit status, and gets the bridge of the sim "
              "into the\n"
              "game's Wine session. PITBRIDGE=0 in the environment switches that off.\n"
              "Exit status: the command's; 2 usage, 126 cannot be run, 127 not found.\n"
              "Example, Steam's launch options: gamemoderun pitbridge %command%");
          app.add_flag("--dry-run", g_dry_run, "Print what would be done, and do nothing");
          app.add_flag("--json", g_json, "With --dry-run: as JSON");
          // For the help alone: main takes the command away before anything is parsed.
          static std::vector<std::string> command;
          app.add_option("command", command, "The game's command line, which is taken as it is");
          app.add_option("--sim", g_sim, "The sim, where app id and exe do not tell it")->type_name("SIM");
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace

void start_game_command(const std::string& why_without_bridge) {
  {
    const WithoutSigpipe quiet;
    say_to_stderr(why_without_bridge + std::string(kWithoutBridge));
  }
  become_command();
}

}  // namespace pitbridge
