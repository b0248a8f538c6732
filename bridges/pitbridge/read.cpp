// SPDX-License-Identifier: MIT
// `pitbridge read`: live values of a sim, from the mirrored files.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>

#include "bridges/command/command.hpp"
#include "bridges/command/places.hpp"
#include "bridges/output/output.hpp"
#include "bridges/pitbridge/reading_text.hpp"
#include "common/core/decode/telemetry.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/posix/shm/mirror_reader.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/stop_signals.hpp"

namespace pitbridge::read_command {
namespace {

std::string g_sim_name;
bool g_json = false;
bool g_once = false;
bool g_raw = false;
int g_interval_ms = 100;
std::string g_announced_directory;
std::string g_announced_wait;

/// The sim that is named; with none, the one that is driven now. Null: none is.
Expected<const Sim*> chosen_sim() {
  if (g_sim_name.empty()) return driven_sim();
  const auto meant = title_of_word(g_sim_name);
  if (!meant) return tl::unexpected<Error>(meant.error());
  return meant->sim;
}

Look look(const Sim& sim, const std::string& directory, ActivityWatch& watch) {
  Look now = {read_mirror(directory, sim), {}};
  // Nobody shall take the last bytes of a bridge that is killed or hangs for a running game.
  if (now.reading.is_left_over() || now.reading.hang()) now.reading.title = nullptr;
  if (now.reading.title != nullptr)
    now.telemetry = decode(*now.reading.title, now.reading.snapshot, watch, MonotonicClock().now_ns());
  return now;
}

/// One look cannot show movement: where that tells what the game does, looks until it is known.
Look look_once(const Sim& sim, const std::string& directory) {
  constexpr std::int64_t kBetweenLooksNs = 10'000'000;
  ActivityWatch watch;
  MonotonicClock clock;
  Look now = look(sim, directory, watch);
  while (now.telemetry.activity == Activity::kUnknown && watch.turns_at_ns()) {
    clock.sleep_until(std::min(clock.now_ns() + kBetweenLooksNs, *watch.turns_at_ns()));
    now = look(sim, directory, watch);
  }
  return now;
}

bool has_files(const Sim& sim, const MirrorReading& reading) {
  return std::any_of(sim.mappings.begin(), sim.mappings.end(), [&](const Mapping& mapping) {
    return reading.snapshot.bytes(mapping.file_name()) != nullptr;
  });
}

/// What must come before there are values; empty when nothing must.
std::string awaited(const Sim& sim, const std::string& directory, const MirrorReading& reading) {
  const std::string remedy =
      fmt::format("start the game with its bridge; pitbridge doctor {} tells what is wrong", sim.name);
  if (!has_files(sim, reading))
    return fmt::format("waiting for {}: there is no file of it in {} yet; {}", sim.description, directory,
                       remedy);
  if (!reading.bridge_runs) return fmt::format("waiting for {}: no bridge runs; {}", sim.description, remedy);
  if (const auto hang = reading.hang())
    return fmt::format("waiting for {}: its bridge hangs, {}: {}", sim.description, hang->text(),
                       hang->remedy());
  switch (static_cast<BridgeState>(reading.status ? reading.status->header.state : 0)) {
    case BridgeState::kAttached:
    case BridgeState::kPaused:
      return "";
    default:
      return fmt::format("waiting for {}: its bridge runs; start the game", sim.description);
  }
}

/// On a terminal in the place of the values; elsewhere once, and to stderr, so that the values stay alone.
void say_awaited(const std::string& what) {
  if (::isatty(STDOUT_FILENO) != 0 && !g_json) return put_over_last_line(what);
  if (what != g_announced_wait && !what.empty()) complain(what, "read");
  g_announced_wait = what;
}

Expected<void> print(const Sim& sim, const std::string& directory, const Look& now) {
  if (!has_files(sim, now.reading) && now.reading.foreign_owner)
    return fail(ExitCode::kFailure,
                fmt::format("the files of {} in {} belong to user {} and are not read; run pitbridge read as "
                            "that user",
                            sim.description, directory, *now.reading.foreign_owner));
  if (!g_once) {
    const std::string what = awaited(sim, directory, now.reading);
    if (!what.empty()) {
      say_awaited(what);
      // A program goes on getting what the files hold, as far as there are any.
      if (!g_json || !has_files(sim, now.reading)) return flush_output();
    }
    g_announced_wait = what;
  }
  if (!has_files(sim, now.reading))
    return fail(ExitCode::kFailure,
                fmt::format("no file of {} in {}; start {}bridge with the game, or name the directory with "
                            "--shm-dir",
                            sim.description, directory, sim.name));
  if (g_json) {
    put_block(json_line(sim, now, g_raw));
  } else if (g_once) {
    print_table(sim, now);
  } else {
    print_values(sim, now, g_sim_name.empty());
  }
  return flush_output();
}

/// Where the files of the sim are; said once for each directory, and to stderr, so that the values stay
/// alone.
std::string directory_of(const Sim& sim) {
  std::string found = directory_to_read(sim.name);
  const auto chosen = shm_directories_of(user_settings(), sim.name);
  const bool is_sandbox = std::find(chosen.begin(), chosen.end(), found) == chosen.end();
  if (found != chosen.front() && found != g_announced_directory)
    complain(fmt::format("reading {}, {}", found,
                         is_sandbox ? "of a sandbox" : "where config.toml puts the files of one Steam app"),
             "read");
  g_announced_directory = found;
  return found;
}

Expected<void> run() {
  const auto first = chosen_sim();
  if (!first) return tl::unexpected<Error>(first.error());
  if (g_once) {
    if (*first == nullptr)
      return fail(ExitCode::kFailure,
                  fmt::format("no sim is driven now in {}; drive, or name one: pitbridge read SIM",
                              fmt::join(shm_directories(), ", ")));
    const std::string found = directory_of(**first);
    return print(**first, found, look_once(**first, found));
  }
  install_stop_signals();
  MonotonicClock clock;
  ActivityWatch watch;
  const Sim* sim = *first;
  while (stop_signal() == 0) {
    // From game to game; between two it stays with the one before.
    if (const auto now = chosen_sim(); now && *now != nullptr) sim = *now;
    if (sim == nullptr) {
      say_awaited("waiting for a sim that is driven; to see one that is not, name it");
      if (auto done = flush_output(); !done) return done;
    } else {
      const std::string found = directory_of(*sim);
      if (auto done = print(*sim, found, look(*sim, found, watch)); !done) return done;
    }
    clock.sleep_until(clock.now_ns() + std::int64_t{g_interval_ms} * 1'000'000);
  }
  if (::isatty(STDOUT_FILENO) != 0) print_line("");
  return {};
}

constexpr Command kCommand = {
    .name = "read",
    .description = "Show the live values of a sim, read from the mirrored files",
    .add_options =
        [](CLI::App& app) {
          app.add_option("sim", g_sim_name,
                         "The sim, as `pitbridge list` names it; without it, whichever is driven");
          app.add_flag("--json", g_json, "Print one JSON object a reading");
          app.add_flag("--once", g_once, "Print one reading and exit");
          app.add_flag("--raw", g_raw, "With --json: also every field by the sim's own name");
          app.add_option("--interval", g_interval_ms, "Milliseconds between readings")
              ->check(CLI::Range(1, 60'000))
              ->type_name("MS")
              ->capture_default_str();
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::read_command
