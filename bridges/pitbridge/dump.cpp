// SPDX-License-Identifier: MIT
// `pitbridge dump`: the bytes of a mapping, for whoever maps a new sim.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "bridges/command/command.hpp"
#include "bridges/command/places.hpp"
#include "bridges/dump/hex.hpp"
#include "bridges/dump/hunt.hpp"
#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "bridges/pitbridge/dump_hunt.hpp"
#include "common/core/settings/sim_word.hpp"
#include "common/posix/shm/mirror_reader.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/stop_signals.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge::dump_command {
namespace {

using Json = nlohmann::ordered_json;
using Bytes = std::vector<std::byte>;

struct Options {
  std::string sim, mapping, diff, find, as = std::string(kUsualTypes), state;
  bool raw = false, json = false, watch = false, all = false;
  int interval_ms = 500;
};
Options g_options;

/// The mappings that are there: the one that is named, else all.
Expected<std::vector<std::string>> mappings_of(const Sim& sim, const std::string& directory,
                                               const MirrorReading& reading) {
  std::vector<std::string> found;
  if (!g_options.mapping.empty()) {
    auto name = mapping_of_word(sim, g_options.mapping);
    if (!name) return tl::unexpected<Error>(std::move(name.error()));
    if (reading.snapshot.bytes(*name) != nullptr) found.push_back(std::move(*name));
  } else {
    for (const Mapping& mapping : sim.mappings)
      if (reading.snapshot.has_data(mapping.file_name())) found.emplace_back(mapping.file_name());
  }
  if (!found.empty()) return found;
  if (reading.foreign_owner)
    return fail(ExitCode::kFailure,
                fmt::format("the files of {} in {} belong to user {} and are not read; run "
                            "pitbridge dump as that user",
                            sim.description, directory, *reading.foreign_owner));
  return fail(
      ExitCode::kFailure,
      fmt::format("{} of {} in {} holds nothing; start the game with its bridge, or to try without one: "
                  "pitbridge simulate {}",
                  g_options.mapping.empty() ? "no file" : g_options.mapping, sim.description, directory,
                  sim.name));
}

/// Nobody shall take old bytes for those of now.
void warn_of_old(const Sim& sim, const MirrorReading& reading) {
  if (reading.is_left_over())
    complain(fmt::format("the bridge of {} was killed: these bytes are old", sim.description), "dump");
  if (const auto hang = reading.hang())
    complain(fmt::format("the bridge of {} hangs, {}: these bytes are old", sim.description, hang->text()),
             "dump");
}

Expected<std::optional<Bytes>> earlier_bytes() {
  if (g_options.diff.empty()) return std::nullopt;
  const auto text = small_file(g_options.diff, std::size_t{16} << 20U);
  if (!text)
    return fail(ExitCode::kUsage,
                fmt::format("--diff: cannot read {}: {}", g_options.diff, system_message(errno)));
  const auto bytes = std::as_bytes(std::span(*text));
  return Bytes(bytes.begin(), bytes.end());
}

bool with_colour() {
  return ::isatty(STDOUT_FILENO) != 0 && environment_or("NO_COLOR", "").empty();
}

void print_hex(const DumpLook& look, const std::optional<Bytes>& before) {
  const DumpedBytes bytes = {look.bytes(),
                             before ? std::optional(std::span<const std::byte>(*before)) : std::nullopt};
  print_line("{}: {} bytes{}{}", look.mapping, bytes.now.size(),
             look.reading.title != nullptr ? fmt::format(", {}", look.reading.title->name) : "",
             before ? fmt::format(", {} changed", changed_bytes(bytes)) : "");
  put_block(hex_lines(bytes, look.fields(),
                      {.with_colour = with_colour(), .changed_only = before.has_value() && !g_options.all}));
}

/// Integers stay exact; a double could not hold every 64-bit counter.
Json value_json(std::span<const std::byte> bytes, const Field& field) {
  Snapshot snapshot;
  snapshot.show("", bytes);
  if (is_text(field.type)) return snapshot.text("", field).value_or("");
  Json all = Json::array();
  for (std::uint32_t i = 0; i < field.count; ++i) {
    if (const auto exact = snapshot.integer("", field, i)) {
      all.push_back(*exact);
    } else {
      all.push_back(snapshot.number("", field, i).value_or(0));
    }
  }
  return field.count == 1 ? all.front() : all;
}

Json json_of(const DumpLook& look, const std::optional<Bytes>& before) {
  const DumpedBytes bytes = {look.bytes(),
                             before ? std::optional(std::span<const std::byte>(*before)) : std::nullopt};
  Json fields = Json::array();
  for (const NamedField& each : look.fields()) {
    const Field& field = each.field;
    if (before && !g_options.all && !bytes.has_changed(field)) continue;
    Json row = {
        {"name", each.name},    {"offset", field.offset_bytes}, {"type", type_name(field.type)},
        {"count", field.count}, {"unit", field.unit},           {"value", value_json(bytes.now, field)}};
    if (before) row["changed"] = bytes.has_changed(field);
    fields.push_back(std::move(row));
  }
  Json changed = Json::array();
  for (std::size_t i = 0; before && i < bytes.now.size(); ++i) {
    if (!bytes.has_changed(i)) continue;
    if (changed.empty() || changed.back()[0].get<std::size_t>() + changed.back()[1].get<std::size_t>() != i) {
      changed.push_back(Json::array({i, 1}));
    } else {
      changed.back()[1] = changed.back()[1].get<std::size_t>() + 1;
    }
  }
  Json out = {{"mapping", look.mapping},
              {"title", look.reading.title != nullptr ? Json(look.reading.title->id) : Json()},
              {"size", bytes.now.size()},
              {"fields", std::move(fields)}};
  if (before) out["changed"] = std::move(changed);
  return out;
}

/// One look at each mapping.
Expected<void> show(DumpLook look, const std::vector<std::string>& mappings,
                    const std::optional<Bytes>& before) {
  for (const std::string& mapping : mappings) {
    look.mapping = mapping;
    if (g_options.json) {
      put_block(json_text(json_of(look, before), JsonForm::kOneLine) + "\n");
    } else {
      print_hex(look, before);
    }
  }
  return flush_output();
}

Expected<void> watch(const Sim& sim, const std::string& directory, DumpLook look) {
  MonotonicClock clock;
  const std::int64_t begin_ns = clock.now_ns();
  Bytes before = look.copy();
  print_line("watching {}: {} bytes; each line is of a change", look.mapping, before.size());
  while (stop_signal() == 0) {
    if (auto done = flush_output(); !done) return done;
    clock.sleep_until(clock.now_ns() + std::int64_t{g_options.interval_ms} * 1'000'000);
    look.reading = read_mirror(directory, sim);
    Bytes now = look.copy();
    if (now == before) continue;
    print_line("{:.3f} s", static_cast<double>(clock.now_ns() - begin_ns) / 1e9);
    if (auto done = show({std::move(look.reading), look.mapping}, {look.mapping}, before); !done) return done;
    before = std::move(now);
  }
  return {};
}

Expected<void> run() {
  const auto meant = title_of_word(g_options.sim);
  if (!meant) return tl::unexpected<Error>(meant.error());
  const Sim& sim = *meant->sim;
  const std::string directory = directory_to_read(sim.name);
  DumpLook look = {read_mirror(directory, sim), {}};
  const auto mappings = mappings_of(sim, directory, look.reading);
  if (!mappings) return tl::unexpected<Error>(mappings.error());
  warn_of_old(sim, look.reading);
  const bool needs_one =
      g_options.raw || g_options.watch || !g_options.find.empty() || !g_options.diff.empty();
  if (needs_one && mappings->size() > 1)
    return fail(ExitCode::kUsage, fmt::format("name one mapping, of {}", fmt::join(*mappings, ", ")));
  look.mapping = mappings->front();
  if (g_options.raw) {
    const auto bytes = look.bytes();
    put_block({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return flush_output();
  }
  if (!g_options.find.empty())
    return hunt(sim, directory, std::move(look), {g_options.find, g_options.as, g_options.state});
  if (g_options.watch) {
    install_stop_signals();
    return watch(sim, directory, std::move(look));
  }
  const auto before = earlier_bytes();
  if (!before) return tl::unexpected<Error>(before.error());
  return show(std::move(look), *mappings, *before);
}

constexpr Command kCommand = {
    .name = "dump",
    .description = "Show the bytes of a sim's mappings with the names of their fields, and hunt unknown ones",
    .add_options =
        [](CLI::App& app) {
          Options& o = g_options;
          app.add_option("sim", o.sim, "The sim, as `pitbridge list` names it")->required();
          app.add_option("mapping", o.mapping,
                         "One mapping, by the name of its file [all that hold anything]");
          auto* raw = app.add_flag("--raw", o.raw, "The bytes alone");
          auto* json = app.add_flag("--json", o.json, "One JSON object a mapping: its fields");
          auto* diff = app.add_option("--diff", o.diff, "Show what has changed since this file of --raw");
          auto* watch = app.add_flag("--watch", o.watch, "Show what changes, until it is interrupted");
          app.add_option("--interval", o.interval_ms, "Of --watch: milliseconds between looks")
              ->check(CLI::Range(1, 60'000))
              ->type_name("MS")
              ->capture_default_str();
          app.add_flag("--all", o.all, "With --diff and --watch: show also what has not changed");
          auto* find = app.add_option("--find", o.find,
                                      "Hunt a field: a value that it has now, or any, changed, unchanged, "
                                      "increased, decreased")
                           ->type_name("VALUE");
          app.add_option("--as", o.as, "Of --find: what it may be")
              ->type_name("TYPES")
              ->capture_default_str();
          app.add_option("--state", o.state, "Of --find: go on from this file, and keep there what is left")
              ->type_name("FILE")
              ->needs(find);
          diff->type_name("FILE");
          raw->excludes(json)->excludes(diff)->excludes(watch)->excludes(find);
          find->excludes(json)->excludes(diff)->excludes(watch);
          watch->excludes(diff);
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::dump_command
