// SPDX-License-Identifier: MIT
// `pitbridge watch`: sees games start, and starts the bridges that they need.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bridges/command/command.hpp"
#include "bridges/command/places.hpp"
#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "bridges/watch/watcher.hpp"
#include "common/core/sim/describe.hpp"
#include "common/posix/launch/bridge_files.hpp"
#include "common/posix/session/processes.hpp"
#include "common/posix/system/fd_log.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge::watch_command {
namespace {

using Json = nlohmann::ordered_json;

bool g_once = false;
bool g_dry_run = false;
bool g_json = false;
std::vector<std::string> g_prefixes;

/// What a watcher would do for one game now.
struct Outlook {
  std::string verdict;
  std::string bridge;  ///< path; empty: there is none
};

Outlook outlook_of(const WatchedGame& game, const WatchOrders& orders) {
  const bool has_program = game.place.sim->packets == nullptr;
  const auto installed = has_program ? installed_bridge(bridge_program(*game.place.sim))
                                     : Expected<std::string>(bridge_program(*game.place.sim));
  Outlook outlook = {.verdict = "waits", .bridge = installed ? *installed : ""};
  if (std::find(orders.starts.begin(), orders.starts.end(), game.id) != orders.starts.end())
    outlook.verdict = "starts a bridge";
  for (const WatchLine& line : orders.lines)
    if (line.text.find(fmt::format("(pid {},", game.id.pid)) != std::string::npos)
      outlook.verdict = line.text;
  if (!installed) outlook.verdict = installed.error().message;
  return outlook;
}

void print_outlook() {
  MonotonicClock clock;
  WatchedGames games({.prefixes = g_prefixes}, user_settings());
  WatchPlan plan;
  const WatchFacts facts = {games.look(clock.now_ns(), true), games.pages({})};
  const WatchOrders orders = plan.decide(facts, clock.now_ns());
  Json all = Json::array();
  for (const WatchedGame& game : facts.games) {
    const Outlook outlook = outlook_of(game, orders);
    const WineSession* session = games.session_of(game.id);
    const auto variables = games.variables_for(game.id);
    if (g_json) {
      Json environment = Json::object();
      for (const BridgeVariable& variable : variables) environment[variable.name] = variable.value;
      all.push_back({{"sim", game.place.sim->name},
                     {"exe", game.exe_name},
                     {"pid", game.id.pid},
                     {"prefix", game.prefix},
                     {"sandbox", session != nullptr ? Json(sandbox_name(session->sandbox)) : Json()},
                     {"sync", session != nullptr ? Json(sync_mode_name(session->sync.mode)) : Json()},
                     {"loader", session != nullptr ? Json(session->loader.path) : Json()},
                     {"bridge", outlook.bridge},
                     {"shm_dir", game.place.shm_directory},
                     {"verdict", outlook.verdict},
                     {"environment", environment}});
      continue;
    }
    print_line("{} (pid {}): {}", game.exe_name, game.id.pid, game.place.sim->description);
    const auto row = [](const char* name, std::string_view value) { print_line("  {:<9}{}", name, value); };
    if (session != nullptr) {
      row("prefix", fmt::format("{} (from {})", session->prefix.path, session->prefix.source));
      row("wine", fmt::format("{} (from {})", session->loader.path, session->loader.source));
      row("sync", fmt::format("{}{}", sync_mode_name(session->sync.mode),
                              session->sync.is_proven ? "" : " (by its variables)"));
      row("sandbox", sandbox_name(session->sandbox));
    }
    row("bridge", outlook.bridge);
    row("files", game.place.shm_directory);
    row("verdict", outlook.verdict);
    for (const BridgeVariable& v : variables)
      row("sets", fmt::format("{}={}  # {}", v.name, v.value, v.reason));
  }
  if (g_json) {
    put_block(json_text(all) + "\n");
  } else if (facts.games.empty()) {
    print_line("no game that pitbridge knows runs now");
  }
}

Expected<void> run() {
  if (g_json && !g_dry_run)
    return fail(ExitCode::kUsage, "--json is for --dry-run; see pitbridge watch --help");
  if (auto proc = check_proc(); !proc) return proc;
  if (g_dry_run) {
    tell_of_killed_bridges();
    print_outlook();
    return {};
  }
  auto lock = WatchLock::take(runtime_directory());
  if (!lock) return tl::unexpected<Error>(std::move(lock.error()));
  FdLog log = FdLog::to_stderr("pitbridge watch", LogLevel::kInfo);
  for (const std::string& line : clear_after_killed_bridges()) log.write(LogLevel::kWarning, line);
  Watcher watcher({.prefixes = g_prefixes}, user_settings(), std::move(*lock), log);
  if (!g_once) return watcher.run();
  watcher.run_once();
  return {};
}

constexpr Command kCommand = {
    .name = "watch",
    .description = "See games start, and start the bridges that they need",
    .add_options =
        [](CLI::App& app) {
          app.add_flag("--once", g_once, "Start bridges for the games that run now, and exit");
          app.add_flag("--dry-run", g_dry_run,
                       "Show the games that run now and what would be done; start nothing");
          app.add_flag("--json", g_json, "With --dry-run: print JSON");
          app.add_option("--prefix", g_prefixes,
                         "Only games of this Wine prefix; may be given more than once")
              ->type_name("PATH");
        },
    .run = run,
    .tells_of_killed_bridges = false,  // it clears
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::watch_command
