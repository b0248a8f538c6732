// SPDX-License-Identifier: MIT
#include "common/core/launch/launch_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "common/core/launch/command_line.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/core/settings/user_settings.hpp"
#include "common/core/sim/describe.hpp"
#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

constexpr const char* kDebugCommand = "PROTON_REMOTE_DEBUG_CMD";

/// Of several the one that the tables know, a game before a launcher; else the last.
std::string exe_name_in(std::span<const std::string> command) {
  std::vector<std::string> names;
  for (const std::string& word : command)
    if (is_exe_name(word)) names.emplace_back(base_name(word));
  std::reverse(names.begin(), names.end());
  for (const auto known : {title_of_exe_name, title_of_launcher})
    for (const std::string& name : names)
      if (known(name)) return name;
  return names.empty() ? "" : names.front();
}

bool has_container(std::span<const std::string> command) {
  return std::any_of(command.begin(), command.end(),
                     [](const std::string& word) { return is_container_entry(word); });
}

/// The user's own debug command, with its first word made absolute: Proton would look for it in its own
/// directory, but behind our bridge it is only an argument. What is quoted stays quoted: shlex joins adjacent
/// pieces to one word.
std::string absolute_debug_command(std::string_view text, std::string_view proton) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n"), text.size()));
  const auto first = text.find_first_not_of("'\"\\");
  if (first == std::string_view::npos) return "";
  if (text[first] == '/') return std::string(text);
  return quoted_where_needed(proton.substr(0, proton.size() - base_name(proton).size())) + std::string(text);
}

/// As that of a script which knows no quotes. Such a one (6.3) leaves a relative word as it is.
std::string plain_debug_command(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return std::string(text);
}

bool is_below(std::string_view path, std::string_view directory) {
  while (directory.ends_with('/')) directory.remove_suffix(1);
  return !directory.empty() && path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

/// These are the container's own, and asking for them only makes it complain.
bool is_the_containers(std::string_view path) {
  return is_below(path, "/etc") || is_below(path, "/usr");
}

/// The user may have given the container another home, or none.
bool shares_home(const Environment& environment) {
  return value_or_empty(environment, "PRESSURE_VESSEL_SHARE_HOME") != "0" &&
         value_or_empty(environment, "PRESSURE_VESSEL_HOME").empty();
}

/// Steam's container shares the home, /tmp and /dev; all else must be asked for.
bool is_shared(std::string_view path, const LaunchFacts& facts) {
  if (is_below(path, facts.home)) return shares_home(facts.environment);
  return is_below(path, "/tmp") || is_below(path, "/dev");
}

void share(LaunchPlan& plan, const LaunchFacts& facts, const char* name, std::vector<std::string> paths) {
  std::erase_if(paths, [&](const std::string& path) {
    return path.empty() || is_shared(path, facts) || is_the_containers(path);
  });
  if (paths.empty()) return;
  const std::string before = value_or_empty(facts.environment, name);
  if (!before.empty()) paths.insert(paths.begin(), before);
  plan.variables.push_back({name, fmt::format("{}", fmt::join(paths, ":"))});
}

/// Why the variable cannot do it; empty: it can.
std::string why_not_by_script(DebugCommandRule rule, const std::string& bridge) {
  if (rule == DebugCommandRule::kNone)
    return fmt::format("this Proton does not know {}, which came with 6.3-6", kDebugCommand);
  if (rule == DebugCommandRule::kBlanks && quoted_where_needed(bridge) != bridge)
    return fmt::format("this Proton splits {} at blanks, and the path of the bridge would not stay whole",
                       kDebugCommand);
  return "";
}

void plan_proton(LaunchPlan& plan, const LaunchFacts& facts, const std::string& proton) {
  const DebugCommandRule rule = debug_command_rule(facts.proton_script);
  plan.remark = why_not_by_script(rule, plan.staged_bridge);
  if (!plan.remark.empty()) return;
  plan.way = LaunchWay::kProton;
  const std::string before = value_or_empty(facts.environment, kDebugCommand);
  if (before.find(plan.staged_bridge) != std::string::npos) return;  // `pitbridge pitbridge %command%`
  std::string command = quoted_where_needed(plan.staged_bridge) + " --launched";
  const std::string chained = rule == DebugCommandRule::kBlanks ? plain_debug_command(before)
                                                                : absolute_debug_command(before, proton);
  if (!chained.empty()) command += " -- " + chained;
  plan.variables.push_back({kDebugCommand, std::move(command)});
  // It may see another configuration than we do.
  if (plan.shm_directory != shm_directory_of({.environment = facts.environment}))
    plan.variables.push_back({"PITBRIDGE_SHM_DIR", plan.shm_directory});
}

/// What a bridge needs in the container, whoever starts it there: one that joins is opened by its wineserver.
void ask_for_paths(LaunchPlan& plan, const LaunchFacts& facts) {
  std::vector<std::string> to_read = facts.config_files;
  to_read.insert(to_read.begin(), facts.stage_directory);
  share(plan, facts, "PRESSURE_VESSEL_FILESYSTEMS_RO", std::move(to_read));
  share(plan, facts, "PRESSURE_VESSEL_FILESYSTEMS_RW", {plan.shm_directory, facts.state_directory});
}

/// Sets the game, or the remark.
void choose_game(LaunchPlan& plan, const LaunchFacts& facts) {
  const std::string& chosen = facts.sim;
  if (!chosen.empty()) {
    const auto meant = title_of_word(chosen);
    if (!meant) {
      plan.remark = meant.error().message;
      return;
    }
    plan.game = *meant;
    if (const Title* title = meant->sim->title_of_exe(plan.exe_name)) plan.game.title = title;
    return;
  }
  auto known = plan.app_id ? title_of_app(*plan.app_id) : std::nullopt;
  if (!known) known = title_of_exe_name(plan.exe_name);
  if (!known) known = title_of_launcher(plan.exe_name);
  if (known) {
    plan.game = *known;
    return;
  }
  plan.remark = fmt::format(
      "not a sim that it knows (app id {}, exe {}); if it is one, name it with `pitbridge run --sim SIM -- "
      "%command%`{}",
      plan.app_id ? std::to_string(*plan.app_id) : "none", plan.exe_name.empty() ? "none" : plan.exe_name,
      plan.app_id ? fmt::format(", or with [app.{}] sim = \"SIM\" in config.toml", *plan.app_id) : "");
}

}  // namespace

std::string_view way_name(LaunchWay way) {
  switch (way) {
    case LaunchWay::kNothing:
      return "nothing";
    case LaunchWay::kProton:
      return "proton";
    case LaunchWay::kJoin:
      return "join";
    case LaunchWay::kReceive:
      return "receive";
  }
  return "";
}

DebugCommandRule debug_command_rule(std::string_view script) {
  const auto at = script.find(kDebugCommand);
  if (at == std::string_view::npos)
    return script.empty() ? DebugCommandRule::kShell : DebugCommandRule::kNone;
  return script.find("shlex.split") != std::string_view::npos ? DebugCommandRule::kShell
                                                              : DebugCommandRule::kBlanks;
}

const std::string* find_proton(std::span<const std::string> command) {
  for (std::size_t i = 0; i + 1 < command.size(); ++i)
    if (base_name(command[i]) == "proton" &&
        (command[i + 1] == "waitforexitandrun" || command[i + 1] == "run"))
      return &command[i];
  return nullptr;
}

LaunchPlan plan_launch(const LaunchFacts& facts) {
  LaunchPlan plan;
  plan.app_id = facts.app_id;
  plan.exe_name = exe_name_in(facts.command);
  const auto switched_off = [&](std::string by) {
    plan.wanted = false;
    plan.remark = std::move(by);
    return plan;
  };
  if (value_or_empty(facts.environment, "PITBRIDGE") == "0") return switched_off("PITBRIDGE=0");
  choose_game(plan, facts);
  if (plan.game.sim == nullptr) return plan;
  if (facts.is_enabled && !facts.is_enabled(*plan.game.sim))
    return switched_off("enabled = false in config.toml");
  plan.shm_directory = facts.shm_directory_of(*plan.game.sim);
  if (plan.game.sim->packets != nullptr) {
    plan.way = LaunchWay::kReceive;
    return plan;
  }
  if (facts.choose_bridge) plan.bridge = facts.choose_bridge(*plan.game.sim);
  plan.staged_bridge = fmt::format("{}/{}", facts.stage_directory,
                                   bridge_file(bridge_program(*plan.game.sim), plan.bridge.kind));
  plan.way = LaunchWay::kJoin;
  if (const std::string* proton = find_proton(facts.command)) plan_proton(plan, facts, *proton);
  if (has_container(facts.command)) ask_for_paths(plan, facts);
  return plan;
}

}  // namespace pitbridge
