// SPDX-License-Identifier: MIT
// `pitbridge record info`: what is in a recording.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "bridges/record/record_parts.hpp"
#include "bridges/record/summary.hpp"
#include "bridges/record/texts.hpp"

namespace pitbridge::record {
namespace {

using Json = nlohmann::ordered_json;

std::string g_info_file;
bool g_info_json = false;

Json json_of(const KnownRecording& recording, const Summary& summary) {
  const RecordingReader& reader = *recording.reader;
  const auto text_or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  Json mappings = Json::array(), laps = Json::array(), damage = Json::array();
  for (const auto& part : summary.mappings)
    mappings.push_back({{"name", part.name},
                        {"size_bytes", part.size_bytes},
                        {"frames", part.frames},
                        {"lost", part.lost},
                        {"rate_hz", part.rate_hz}});
  for (const Lap& lap : summary.laps)
    laps.push_back({{"lap", lap.number},
                    {"begin_s", in_seconds(lap.begin_ns)},
                    {"end_s", in_seconds(lap.end_ns)},
                    {"time_s", lap.seconds ? Json(*lap.seconds) : Json()},
                    {"whole", lap.is_whole}});
  for (const Damage& part : reader.damage())
    damage.push_back({{"after_s", in_seconds(part.after_ns)}, {"bytes", part.bytes}, {"what", part.what}});
  return {{"file", reader.path()},
          {"file_bytes", reader.file_bytes()},
          {"raw_bytes", summary.raw_bytes},
          {"version", kFormatVersion},
          {"recorded_by", reader.header().writer},
          {"start_unix_ns", reader.header().start_unix_ns},
          {"length_s", in_seconds(reader.length_ns())},
          {"ended", reader.has_index()},
          {"sim", recording.sim->name},
          {"title", text_or_null(summary.title_id)},
          {"game", text_or_null(summary.game)},
          {"car", text_or_null(summary.car)},
          {"track", text_or_null(summary.track)},
          {"driver", text_or_null(summary.driver)},
          {"frames", summary.frames},
          {"lost", summary.lost},
          {"mappings", mappings},
          {"laps", laps},
          {"damage", damage}};
}

void print_laps(const std::vector<Lap>& laps) {
  const Lap* best = fastest(laps);
  for (const Lap& lap : laps)
    print_line("  {:>4}  {:>12} to {:>12}  {}{}", lap.number, time_text(lap.begin_ns), time_text(lap.end_ns),
               lap.seconds ? fmt::format("{:.3f} s", *lap.seconds) : "no time",
               !lap.is_whole  ? ", not from line to line"
               : &lap == best ? ", the fastest"
                              : "");
}

void print_table(const KnownRecording& recording, const Summary& summary) {
  const RecordingReader& reader = *recording.reader;
  const auto row = [](std::string_view name, std::string_view text) {
    if (!text.empty()) print_line("{:<12}{}", name, text);
  };
  row("file", fmt::format("{}, {} (1/{:.0f} of the frames as they were)", reader.path(),
                          size_text(reader.file_bytes()),
                          static_cast<double>(summary.raw_bytes) /
                              static_cast<double>(std::max<std::uint64_t>(reader.file_bytes(), 1))));
  row("recorded",
      fmt::format("{} by pitbridge {}", date_text(reader.header().start_unix_ns), reader.header().writer));
  row("length", time_text(reader.length_ns()) +
                    (reader.has_index() ? "" : "; it was not ended: up to a second of the end is missing"));
  row("sim", recording.sim->name);
  row("game", summary.game);
  row("car", summary.car);
  row("track", summary.track);
  row("driver", summary.driver);
  row("frames", fmt::format("{}, {} lost", summary.frames, summary.lost));
  for (const auto& part : summary.mappings)
    print_line("  {}: {} bytes, {} frames, {:.1f} a second, {} lost", part.name, part.size_bytes, part.frames,
               part.rate_hz, part.lost);
  row("laps", fmt::format("{}", summary.laps.size()));
  print_laps(summary.laps);
  row("damage", reader.damage().empty() ? "none" : "");
  for (const Damage& part : reader.damage())
    print_line("{:<12}after {}: {} ({})", "damage", time_text(part.after_ns), part.what,
               size_text(part.bytes));
}

}  // namespace

Expected<void> run_info() {
  const auto recording = KnownRecording::open(g_info_file);
  if (!recording) return tl::unexpected<Error>(recording.error());
  const Summary summary = summarise(*recording);
  if (g_info_json) {
    put_block(json_text(json_of(*recording, summary)) + "\n");
  } else {
    print_table(*recording, summary);
  }
  return {};
}

void add_info_options(CLI::App& app) {
  app.add_option("file", g_info_file, "A recording")->type_name("FILE")->required();
  app.add_flag("--json", g_info_json, "Print one JSON object");
}

}  // namespace pitbridge::record
