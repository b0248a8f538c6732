// SPDX-License-Identifier: MIT
// `pitbridge simulate`: a car on a lap without a game and without Wine, for whoever writes a reader.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <map>

#include "bridges/command/command.hpp"
#include "bridges/host/host_bridge.hpp"
#include "bridges/simulate/simulator.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/posix/system/fd_log.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/stop_signals.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge::simulate_command {
namespace {

std::string g_sim = "ac";
std::string g_title;
std::string g_script;
std::string g_activity = "live";
double g_at_seconds = -1;
SimulatorOptions g_options;

const std::map<std::string, Activity> kActivities = {{"live", Activity::kLive},
                                                     {"menu", Activity::kMenu},
                                                     {"off", Activity::kOff},
                                                     {"paused", Activity::kPaused},
                                                     {"replay", Activity::kReplay}};

/// A sim's word means its first title.
Expected<KnownTitle> chosen_title() {
  auto meant = title_of_word(g_sim);
  if (meant && !g_title.empty()) {
    const Sim* sim = meant->sim;
    meant = title_of_word(g_title);
    if (meant && meant->sim != sim)
      return fail(ExitCode::kUsage, fmt::format("--title: \"{}\" is no title of {}; see pitbridge list",
                                                g_title, sim->description));
  }
  if (!meant) return meant;
  if (meant->title == nullptr) meant->title = &meant->sim->titles.front();
  return meant;
}

Expected<Script> chosen_script() {
  constexpr std::size_t kMostBytes = 1U << 20U;
  if (g_script.empty()) return g_options.races ? race_script(g_options.seed) : Script();
  const auto text = small_file(g_script, kMostBytes + 1);
  if (!text)
    return fail(ExitCode::kUsage,
                fmt::format("cannot read the script {}: {}", g_script, system_message(errno)));
  if (text->size() > kMostBytes)
    return fail(ExitCode::kUsage, fmt::format("{}: a script has at most {} bytes", g_script, kMostBytes));
  return parse_script(*text, g_script);
}

Expected<void> run() {
  const auto chosen = chosen_title();
  if (!chosen) return tl::unexpected<Error>(chosen.error());
  auto script = chosen_script();
  if (!script) return tl::unexpected<Error>(std::move(script.error()));
  install_stop_signals();
  FdLog log = FdLog::to_stderr("pitbridge simulate", LogLevel::kInfo);
  MonotonicClock clock;
  MadeSections sections(*chosen->sim);
  Timeline timeline(std::move(*script), kActivities.at(g_activity),
                    g_at_seconds >= 0 ? std::optional(g_at_seconds) : std::nullopt);
  Simulator simulator(sections, *chosen->title, std::move(timeline), g_options,
                      static_cast<std::uint32_t>(::getpid()));
  simulator.step(clock.now_ns());  // the game is first
  auto bridge =
      LoneHostBridge::open(sections, user_settings(), std::string(chosen->title->id), "simulate", clock, log);
  if (!bridge) return tl::unexpected<Error>(std::move(bridge.error()));
  log.write(LogLevel::kInfo, fmt::format("simulating {} in {}; look with: pitbridge read {}",
                                         chosen->title->name, bridge->directory(), chosen->sim->name));
  while (stop_signal() == 0 && !simulator.has_ended()) {
    simulator.step(clock.now_ns());
    if ((*bridge)->is_due(clock.now_ns())) (*bridge)->step();
    clock.sleep_until(std::min(simulator.next_ns(), (*bridge)->next_ns()));
  }
  log.write(LogLevel::kInfo, fmt::format("{}; the files are cleared",
                                         stop_signal() != 0 ? "asked to stop" : "the drive is over"));
  return {};
}

constexpr Command kCommand = {
    .name = "simulate",
    .description = "Write the files of a sim without the game and without Wine: a car on a lap",
    .add_options =
        [](CLI::App& app) {
          app.add_option("sim", g_sim, "Sim or title, by name, exe or Steam app id")->capture_default_str();
          app.add_option("--title", g_title, "Title of the sim [its first]")->type_name("TITLE");
          app.add_option("--script", g_script,
                         "File that says what happens: lines such as \"at 20 flag yellow\"")
              ->type_name("FILE");
          app.add_flag(
              "--race", g_options.races,
              "Opponents overtake and pit; without --script, so does the player, and flags are shown");
          app.add_option("--seed", g_options.seed, "Another number is another race")->capture_default_str();
          app.add_option("--cars", g_options.cars, "Cars of the field, where the sim tells of other cars")
              ->check(CLI::Range(3U, model::kMostFieldCars))
              ->type_name("N")
              ->capture_default_str();
          app.add_option("--rate", g_options.rate_hz,
                         "Updates a second of each mapping [the sim's own rates]")
              ->check(CLI::Range(0.1, 2000.0))
              ->type_name("HZ");
          app.add_option("--seconds", g_options.seconds, "End after so long [with the script, else never]")
              ->check(CLI::Range(0.0, 1e6))
              ->type_name("S");
          app.add_option("--from", g_options.from_seconds, "Begin at this moment of the drive and the script")
              ->check(CLI::Range(0.0, 1e6))
              ->type_name("S");
          app.add_option("--at", g_at_seconds, "Stand still at this moment of the drive")
              ->check(CLI::Range(0.0, 1e6))
              ->type_name("S");
          app.add_option("--activity", g_activity,
                         "What the game does at first: live, menu, off, paused, replay")
              ->check(CLI::IsMember(kActivities))
              ->type_name("WORD")
              ->capture_default_str();
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::simulate_command
