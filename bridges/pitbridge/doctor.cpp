// SPDX-License-Identifier: MIT
// `pitbridge doctor`: walks the chain from the game to the readers' files, link by link.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>

#include "bridges/command/command.hpp"
#include "bridges/doctor/gather.hpp"
#include "bridges/doctor/own_options.hpp"
#include "bridges/doctor/report.hpp"
#include "bridges/output/output.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::doctor_command {
namespace {

std::string g_sim_name;
bool g_json = false;
bool g_list = false;
bool g_verbose = false;
int g_interval_ms = 500;
pid_t g_game_pid = 0;

doctor::GatherOptions options_for(std::string_view sim) {
  doctor::GatherOptions options = doctor::options_of(user_settings(), sim);
  options.program = link_target("/proc/self/exe").value_or("pitbridge");
  if (g_game_pid != 0) options.game = g_game_pid;
  options.interval_ms = g_interval_ms;
  return options;
}

doctor::TextStyle text_style() {
  return {.with_colour = ::isatty(STDOUT_FILENO) != 0 && environment_or("NO_COLOR", "").empty(),
          .with_unknown = g_verbose,
          .columns = output_columns()};
}

Expected<std::vector<const Sim*>> chosen_sims() {
  if (g_sim_name.empty()) {
    auto sims = doctor::sims_in_question(options_for);
    if (!sims.empty()) return sims;
    return fail(
        ExitCode::kFailure,
        fmt::format("no known game runs, none is installed by Steam, and {} holds no file of any; start "
                    "the game, or name the sim: pitbridge doctor ac",
                    shm_directory_of(user_settings())));
  }
  const auto meant = title_of_word(g_sim_name);
  if (!meant) return tl::unexpected<Error>(meant.error());
  return std::vector<const Sim*>{meant->sim};
}

Expected<void> run() {
  if (g_list) {
    for (const doctor::Check& check : doctor::all_checks()) print_line("{:<18}{}", check.id, check.title);
    return {};
  }
  const auto sims = chosen_sims();
  if (!sims) return tl::unexpected<Error>(sims.error());
  std::vector<doctor::Report> reports;
  for (const Sim* sim : *sims) {
    reports.push_back(doctor::report_on(doctor::gather(*sim, options_for(sim->name))));
    if (!g_json) put_block((reports.size() > 1 ? "\n" : "") + doctor::text_of(reports.back(), text_style()));
  }
  if (g_json) put_block(doctor::json_of(reports) + "\n");
  std::vector<std::string_view> still;
  for (const doctor::Report& report : reports)
    if (!doctor::data_flows(report)) still.push_back(report.sim->name);
  if (still.empty()) return {};
  return fail(ExitCode::kFailure, fmt::format("no data flows for {}", fmt::join(still, ", ")));
}

constexpr Command kCommand = {
    .name = "doctor",
    .description = "Say of each link from the game to the files whether it holds, and what to do",
    .add_options =
        [](CLI::App& app) {
          app.add_option("sim", g_sim_name, "The sim, as `pitbridge list` names it [the one that runs]");
          app.add_flag("--json", g_json, "Print JSON");
          app.add_flag("--list", g_list, "Print the ids of the links and exit");
          app.add_flag("--verbose", g_verbose, "Show the links that cannot be judged, and why");
          app.add_option("--pid", g_game_pid, "The game's process, where several games of the sim run")
              ->check(CLI::PositiveNumber)
              ->type_name("PID");
          app.add_option("--interval", g_interval_ms, "Milliseconds in which something must change")
              ->check(CLI::Range(1, 60'000))
              ->type_name("MS")
              ->capture_default_str();
        },
    .run = run,
    .tells_of_killed_bridges = false,  // it has a link for that
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::doctor_command
