// SPDX-License-Identifier: MIT
// `pitbridge read`: live values of a sim, from the mirrored files.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "bridges/pitbridge/command.hpp"
#include "common/core/decode/telemetry.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/posix/shm/mirror_reader.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/stop_signals.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::ordered_json;

std::string g_sim_name;
bool g_json = false;
bool g_once = false;
bool g_raw = false;
int g_interval_ms = 100;
std::string g_announced_directory;
std::string g_announced_wait;

std::string_view state_of(const MirrorReading& reading) {
  if (!reading.status) return reading.foreign_owner ? "foreign" : "none";
  if (reading.hang()) return kHangs;
  return reading.bridge_runs ? state_name(static_cast<BridgeState>(reading.status->header.state)) : "stopped";
}

Json json_of(const Value& value) {
  return std::visit([](const auto& v) { return Json(v); }, value);
}

Json raw_json(const Title& title, const Snapshot& snapshot) {
  Json all = Json::object();
  for (const Layout& layout : title.layouts) {
    Json fields = Json::object();
    for (const Field& field : layout.fields) {
      if (is_text(field.type)) {
        if (const auto text = snapshot.text(layout.mapping, field)) fields[std::string(field.name)] = *text;
        continue;
      }
      if (field.type == FieldType::kBytes) continue;
      Json values = Json::array();
      for (std::uint32_t i = 0; i < field.count; ++i) {
        // Integers stay exact; a double could not hold every 64-bit counter.
        if (const auto exact = snapshot.integer(layout.mapping, field, i)) {
          values.push_back(*exact);
        } else if (const auto number = snapshot.number(layout.mapping, field, i)) {
          values.push_back(*number);
        }
      }
      if (values.size() == field.count)
        fields[std::string(field.name)] = field.count == 1 ? values.front() : values;
    }
    all[std::string(layout.mapping)] = fields;
  }
  return all;
}

std::vector<std::string_view> names_of(const std::vector<Quantity>& quantities) {
  std::vector<std::string_view> names;
  names.reserve(quantities.size());
  for (const Quantity quantity : quantities) names.push_back(quantity_info(quantity).name);
  return names;
}

Json json_of(const Sim& sim, const MirrorReading& reading, const Telemetry& telemetry) {
  Json values = Json::object();
  Json absent = Json::object();
  for (const QuantityInfo& info : kQuantities) {
    if (const auto& value = telemetry[info.quantity]) {
      values[std::string(info.name)] = json_of(*value);
    } else {
      absent[std::string(info.name)] = reason_name(telemetry.reason(info.quantity));
    }
  }
  Json out = {{"sim", sim.name},
              {"title", reading.title != nullptr ? Json(reading.title->id) : Json()},
              {"state", state_of(reading)},
              {"activity", activity_name(telemetry.activity)},
              {"version", telemetry.version.empty() ? Json() : Json(telemetry.version)},
              {"version_fault", telemetry.version_fault.empty() ? Json() : Json(telemetry.version_fault)},
              {"values", values},
              {"absent", absent},
              {"missing", names_of(telemetry.absent_because(AbsentReason::kCutOff))}};
  if (reading.foreign_owner) out["foreign_owner"] = *reading.foreign_owner;
  if (const auto hang = reading.hang()) {
    out["silent_s"] = hang->silent_s;
    out["remedy"] = hang->remedy();
  }
  if (g_raw && reading.title != nullptr) out["raw"] = raw_json(*reading.title, reading.snapshot);
  return out;
}

std::string text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* list = std::get_if<std::vector<double>>(&value))
    return fmt::format("{:.1f}", fmt::join(*list, " "));
  return fmt::format("{:.6g}", std::get<double>(value));
}

void print_table(const Sim& sim, const MirrorReading& reading, const Telemetry& telemetry) {
  print_line("{:<18}{}", "title", reading.title != nullptr ? reading.title->name : sim.description);
  if (!telemetry.version.empty()) print_line("{:<18}{}", "version", telemetry.version);
  if (!telemetry.version_fault.empty()) print_line("{:<18}{}", "no values", telemetry.version_fault);
  const auto hang = reading.hang();
  print_line("{:<18}{}{}", "bridge", state_of(reading), hang ? ": " + hang->text() : "");
  if (hang) print_line("{:<18}{}", "remedy", hang->remedy());
  if (reading.foreign_owner) print_line("{:<18}of user {}, not read", "other files", *reading.foreign_owner);
  print_line("{:<18}{}", "activity", activity_name(telemetry.activity));
  for (const QuantityInfo& info : kQuantities)
    if (const auto& value = telemetry[info.quantity])
      print_line("{:<18}{} {}", info.name, text_of(*value), info.unit);
  const auto print_absent = [&](std::string_view what, AbsentReason reason, std::string_view why) {
    if (const auto names = names_of(telemetry.absent_because(reason)); !names.empty())
      print_line("{:<18}{} ({})", what, fmt::join(names, ", "), why);
  };
  print_absent("missing", AbsentReason::kCutOff, "the game's section ends before");
  print_absent("no value yet", AbsentReason::kNotYet, "by the game's own word");
  print_absent("implausible", AbsentReason::kImplausible, "no car does that: is the game's version known?");
}

void print_values(const MirrorReading& reading, const Telemetry& t) {
  if (!t.version_fault.empty()) return put_over_last_line(t.version_fault);
  // What is absent is no zero.
  const auto number = [&](Quantity q, int decimals) {
    const auto value = t.number(q);
    return value ? fmt::format("{:.{}f}", *value, decimals) : "-";
  };
  put_over_last_line(fmt::format(
      "{:<8} {:>6} rpm  gear {:>2}  {:>6} km/h  lap {:>7} s  {} @ {}  [bridge: {}]",
      activity_name(t.activity), number(Quantity::kRpm, 0), number(Quantity::kGear, 0),
      number(Quantity::kSpeed, 1), number(Quantity::kLapTime, 3), t.text(Quantity::kCar).value_or("-"),
      t.text(Quantity::kTrack).value_or("-"), state_of(reading)));
}

Expected<const Sim*> chosen_sim() {
  const auto meant = title_of_word(g_sim_name);
  if (!meant) return tl::unexpected<Error>(meant.error());
  return meant->sim;
}

/// What the files hold, and what that means.
struct Look {
  MirrorReading reading;
  Telemetry telemetry;
};

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
    put_block(json_text(json_of(sim, now.reading, now.telemetry), JsonForm::kOneLine) + "\n");
  } else if (g_once) {
    print_table(sim, now.reading, now.telemetry);
  } else {
    print_values(now.reading, now.telemetry);
  }
  return flush_output();
}

Expected<void> run() {
  const auto sim = chosen_sim();
  if (!sim) return tl::unexpected<Error>(sim.error());
  const auto directory = [&] {
    std::string found = directory_to_read((*sim)->name);
    const auto chosen = shm_directories_of(user_settings(), (*sim)->name);
    const bool is_sandbox = std::find(chosen.begin(), chosen.end(), found) == chosen.end();
    // Once for each directory, and to stderr, so that the values stay alone.
    if (found != chosen.front() && found != g_announced_directory)
      complain(fmt::format("reading {}, {}", found,
                           is_sandbox ? "of a sandbox" : "where config.toml puts the files of one Steam app"),
               "read");
    g_announced_directory = found;
    return found;
  };
  if (g_once) {
    const std::string found = directory();
    return print(**sim, found, look_once(**sim, found));
  }
  install_stop_signals();
  MonotonicClock clock;
  ActivityWatch watch;
  while (stop_signal() == 0) {
    const std::string found = directory();
    if (auto done = print(**sim, found, look(**sim, found, watch)); !done) return done;
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
          app.add_option("sim", g_sim_name, "The sim, as `pitbridge list` names it")->required();
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
}  // namespace pitbridge
