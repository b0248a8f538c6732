// SPDX-License-Identifier: MIT
// `pitbridge protontricks`: the exact protontricks command that starts a title's bridge beside its game.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <set>
#include <vector>

#include "bridges/command/command.hpp"
#include "bridges/output/output.hpp"
#include "build_info.hpp"
#include "common/core/launch/command_line.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/launch/bridge_files.hpp"
#include "common/posix/session/steam.hpp"
#include "common/posix/session/wine_process.hpp"
#include "common/posix/session/wine_session.hpp"
#include "common/posix/session/wine_traits.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge::protontricks_command {
namespace {

constexpr const char* kProgram = "protontricks-launch";
constexpr std::string_view kFlatpakApp = "com.github.Matoking.protontricks";

std::string g_which;
bool g_run = false;

/// A title as Steam numbers it.
struct App {
  std::uint32_t id;
  const Sim* sim;
  std::string name;
};

std::set<std::uint32_t> installed_ids() {
  std::set<std::uint32_t> ids;
  const std::string home = home_directory();
  for (const SteamInstallation& steam : steam_installations(home))
    for (const std::string& library : steam_libraries(steam, home))
      for (const InstalledApp& app : installed_apps(library)) ids.insert(app.app_id);
  return ids;
}

std::vector<App> apps_of(const Sim& sim) {
  std::vector<App> apps;
  for (const Title& title : sim.titles)
    for (const std::uint32_t id : title.app_ids) apps.push_back({id, &sim, std::string(title.name)});
  return apps;
}

/// What the argument means: an app id, a sim or a title; nothing given: every sim. Of several only
/// those that Steam has installed, unless it has none of them.
Expected<std::vector<App>> chosen_apps() {
  if (const auto id = parse_app_id(g_which)) {
    const std::string name =
        configured(setting("sim"), user_settings().config, {.sim = {}, .app_id = *id}).text();
    if (const Sim* sim = find_sim(name)) return std::vector<App>{{*id, sim, std::string(sim->description)}};
    if (const auto known = title_of_app(*id))
      return std::vector<App>{{*id, known->sim, std::string(known->title->name)}};
    return fail(ExitCode::kUsage,
                fmt::format("app id {} is none of a known sim; if it is one, say so in config.toml: "
                            "[app.{}] sim = \"SIM\"",
                            *id, *id));
  }
  KnownTitle wanted;
  if (!g_which.empty()) {
    const auto meant = title_of_word(g_which);
    if (!meant) return tl::unexpected<Error>(meant.error());
    wanted = *meant;
  }
  std::vector<App> all;
  for (const Sim* sim : all_sims())
    for (App& app : apps_of(*sim))
      if ((wanted.sim == nullptr || wanted.sim == sim) &&
          (wanted.title == nullptr || wanted.title == title_of_app(app.id)->title))
        all.push_back(std::move(app));
  const auto installed = installed_ids();
  std::vector<App> there;
  for (const App& app : all)
    if (installed.contains(app.id)) there.push_back(app);
  return there.empty() ? all : there;
}

/// The prefixes in which protontricks would start Wine for this app.
std::vector<std::string> prefixes_of(const App& app) {
  std::vector<std::string> all;
  const std::string home = home_directory();
  for (const SteamInstallation& steam : steam_installations(home))
    for (const std::string& library : steam_libraries(steam, home))
      if (const auto data = compat_data(library, app.id)) all.push_back(data->prefix);
  return all;
}

Expected<std::vector<std::string>> command_for(const App& app) {
  const auto prefixes = prefixes_of(app);
  const ConfigTarget target = {.sim = std::string(app.sim->name), .app_id = app.id};
  // Which Wine protontricks takes, it decides itself.
  const ChosenBridge chosen =
      choose_bridge(user_settings().find_or_configured(setting("twin"), target).text(),
                    wine_traits(prefixes.empty() ? "" : prefixes.front(), ""));
  if (chosen.is_twin()) complain(fmt::format("{}: its twin, a Windows program: {}", app.name, chosen.reason));
  const auto staged = stage_bridge(bridge_program(*app.sim), kVersion, chosen.kind);
  if (!staged) return tl::unexpected<Error>(staged.error());
  // Without --no-bwrap protontricks makes a container of its own, from which users report no game memory is
  // seen.
  return std::vector<std::string>{kProgram, "--no-bwrap", "--appid", std::to_string(app.id), *staged};
}

/// Why protontricks cannot be used here; empty: it can.
std::string what_is_missing() {
  if (is_in_path(kProgram)) return "";
  for (const std::string& root : {parent_of(data_directory()) + "/flatpak", std::string("/var/lib/flatpak")})
    if (is_directory(fmt::format("{}/app/{}", root, kFlatpakApp)))
      return "only the Flatpak of protontricks is installed, which cannot serve: its sandbox has a /tmp and "
             "a "
             "/dev/shm of its own, so its Wine never meets the game's; install the package of your "
             "distribution or "
             "`pipx install protontricks`, or use pitbridge %command%";
  return fmt::format("{} is not in PATH; install protontricks, or use pitbridge %command%", kProgram);
}

/// Why no Wine may be started out here in the app's prefix: its game lives in a sandbox, with a wineserver
/// there. Empty: no game does.
std::string why_out_of_reach(const App& app) {
  const auto prefixes = prefixes_of(app);
  for (const RunningGame& game : running_games()) {
    if (game.known.sim != app.sim) continue;
    const auto session = wine_session_of(game.process.id);
    if (!session || !session->is_fenced_off) continue;
    const std::string used = path_from_here(*session, session->prefix.path);
    if (std::any_of(prefixes.begin(), prefixes.end(),
                    [&](const std::string& prefix) { return is_same_file(prefix, used); }))
      return session->join_obstacle;
  }
  return "";
}

Expected<void> run_one(const std::vector<App>& apps) {
  if (apps.size() != 1) {
    std::vector<std::string> choices;
    choices.reserve(apps.size());
    for (const App& app : apps) choices.push_back(fmt::format("{} ({})", app.id, app.name));
    return fail(ExitCode::kUsage, fmt::format("name one app id: {}", fmt::join(choices, ", ")));
  }
  if (const std::string missing = what_is_missing(); !missing.empty())
    return fail(ExitCode::kFailure, missing);
  if (const std::string why = why_out_of_reach(apps.front()); !why.empty())
    return fail(ExitCode::kFailure, why);
  const auto command = command_for(apps.front());
  if (!command) return tl::unexpected<Error>(command.error());
  std::vector<char*> words;
  for (const std::string& word : *command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execvp(words[0], words.data());
  return fail(ExitCode::kFailure, fmt::format("cannot run {}: {}", kProgram, system_message(errno)));
}

Expected<void> run() {
  const auto apps = chosen_apps();
  if (!apps) return tl::unexpected<Error>(apps.error());
  if (g_run) return run_one(*apps);
  for (const App& app : *apps) {
    const auto command = command_for(app);
    if (!command) return tl::unexpected<Error>(command.error());
    std::vector<std::string> words;
    for (const std::string& word : *command) words.push_back(quoted_where_needed(word));
    if (apps->size() > 1) print_line("# {}", app.name);
    print_line("{}", fmt::join(words, " "));
  }
  if (const std::string missing = what_is_missing(); !missing.empty()) complain(missing);
  return {};
}

constexpr Command kCommand = {
    .name = "protontricks",
    .description = "Print, or run, the protontricks command that starts a title's bridge",
    .add_options =
        [](CLI::App& app) {
          app.add_option("which", g_which,
                         "A sim, a title or a Steam app id; without it every title that Steam has")
              ->type_name("SIM|APPID");
          app.add_flag("--run", g_run, "Run the command instead of printing it");
          app.footer("Start the game first.\nExample: pitbridge protontricks 244210 --run");
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::protontricks_command
