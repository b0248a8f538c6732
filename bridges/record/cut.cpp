// SPDX-License-Identifier: MIT
// `pitbridge record cut`: a part of a recording as a recording.
#include "bridges/record/cut.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <tuple>
#include <utility>

#include "bridges/output/output.hpp"
#include "bridges/record/cursor.hpp"
#include "bridges/record/drive.hpp"
#include "bridges/record/output_file.hpp"
#include "bridges/record/record_parts.hpp"
#include "bridges/record/summary.hpp"
#include "bridges/record/texts.hpp"
#include "build_info.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::record {
namespace {

constexpr std::string_view kEnding = ".pbrec";

std::string g_cut_file;
std::string g_cut_output;
int g_lap = 0;
std::string g_from, g_to;
bool g_cut_force = false;

struct Part {
  std::int64_t begin_ns, end_ns;
  std::string name;  ///< for the file
};

Expected<Part> part_of_lap(const KnownRecording& recording) {
  const auto laps = summarise(recording).laps;
  const Lap* found = nullptr;
  std::string numbers;
  for (const Lap& lap : laps) {
    numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", lap.number);
    // Of several with a number (a session that was begun anew) the first that is whole.
    if (lap.number == g_lap && (found == nullptr || (!found->is_whole && lap.is_whole))) found = &lap;
  }
  if (found == nullptr)
    return fail(ExitCode::kUsage, fmt::format("--lap: {} has no lap {}; it has {}", g_cut_file, g_lap,
                                              numbers.empty() ? "none" : numbers));
  return Part{found->begin_ns, found->end_ns, fmt::format("lap{}", g_lap)};
}

Expected<Part> part_of_times(const RecordingReader& reader) {
  Part part = {0, reader.length_ns(), "part"};
  for (const auto& [option, text, time] :
       {std::tuple{"--from", &g_from, &part.begin_ns}, std::tuple{"--to", &g_to, &part.end_ns}}) {
    if (text->empty()) continue;
    const auto parsed = parse_time(*text);
    if (!parsed)
      return fail(ExitCode::kUsage, fmt::format("{}: \"{}\" must be a time, as 90 or 12:30", option, *text));
    *time = *parsed;
  }
  if (part.begin_ns >= part.end_ns || part.begin_ns > reader.length_ns())
    return fail(ExitCode::kUsage, fmt::format("from {} to {} there is nothing in {}, which ends at {}",
                                              time_text(part.begin_ns), time_text(part.end_ns), g_cut_file,
                                              time_text(reader.length_ns())));
  return part;
}

}  // namespace

Expected<void> cut(RecordingReader& from, std::int64_t begin_ns, std::int64_t end_ns, RecordingWriter& to) {
  FileHeader header = from.header();
  header.start_unix_ns += begin_ns;
  header.writer = kVersion;
  if (auto started = to.start(header); !started) return started;
  // What there was before is not decoded, so the sim does not matter.
  static constexpr Sim kAny = {.name = "", .description = "", .mappings = {}, .titles = {}};
  Drive before(kAny, header.mappings);
  Cursor cursor(from);
  cursor.seek(begin_ns);
  for (const Record* record = cursor.peek(); record != nullptr && record->time_ns < begin_ns;
       record = cursor.peek()) {
    before.take(*record, cursor.takes_gap());
    cursor.pop();
  }
  for (std::size_t i = 0; i < header.mappings.size(); ++i)
    if (before.sections()[i].is_there) to.prime(i, before.sections()[i].bytes);
  Expected<void> done = to.title(before.title_id(), 0);
  std::uint32_t lost = 0;
  for (const Record* record = cursor.peek(); done && record != nullptr && record->time_ns <= end_ns;
       record = cursor.peek()) {
    const std::int64_t time_ns = record->time_ns - begin_ns;
    const bool has_gap = cursor.takes_gap();
    for (std::size_t i = 0; has_gap && i < header.mappings.size() && done; ++i)
      if (before.sections()[i].is_there) done = to.gone(i, time_ns);
    const bool was_there = record->has_bytes() && before.sections()[record->mapping].is_there && !has_gap;
    before.take(*record, has_gap);
    const auto& section = before.sections()[record->kind == RecordKind::kTitle ? 0 : record->mapping];
    if (done && record->kind == RecordKind::kTitle) done = to.title(record->title, time_ns);
    if (done && record->kind == RecordKind::kGone) done = to.gone(record->mapping, time_ns);
    if (record->kind == RecordKind::kLost) lost = record->lost;
    // What a chunk says of the state is news after a gap only.
    const bool is_news = record->is_frame() || (record->kind == RecordKind::kState && !was_there);
    if (done && is_news && section.is_there)
      done = to.frame(record->mapping, section.bytes, std::exchange(lost, 0), time_ns);
    cursor.pop();
  }
  const auto finished = to.finish();
  return done ? finished : done;
}

Expected<void> run_cut() {
  if ((g_lap != 0) == !(g_from.empty() && g_to.empty()))
    return fail(ExitCode::kUsage, "give either --lap, or --from and --to; see pitbridge record cut --help");
  const auto recording = KnownRecording::open(g_cut_file);
  if (!recording) return tl::unexpected<Error>(recording.error());
  RecordingReader& reader = *recording->reader;
  const auto part = g_lap != 0 ? part_of_lap(*recording) : part_of_times(reader);
  if (!part) return tl::unexpected<Error>(part.error());
  std::string path = g_cut_output;
  if (path.empty()) {
    std::string_view stem = g_cut_file;
    if (stem.ends_with(kEnding)) stem.remove_suffix(kEnding.size());
    path = fmt::format("{}-{}{}", stem, part->name, kEnding);
  }
  if (is_same_file(path, g_cut_file))
    return refuse_output(path, "it is the recording itself; name another file");
  auto writer = RecordingWriter::create(path, g_cut_force);
  if (!writer) return tl::unexpected<Error>(std::move(writer.error()));
  if (auto done = cut(reader, part->begin_ns, part->end_ns, **writer); !done) return done;
  const Totals totals = (*writer)->totals();
  print_line("{}: {} to {} of {}, {}, {} frames", path, time_text(part->begin_ns), time_text(part->end_ns),
             g_cut_file, size_text(totals.file_bytes), totals.frames);
  return {};
}

void add_cut_options(CLI::App& app) {
  app.add_option("file", g_cut_file, "A recording")->type_name("FILE")->required();
  app.add_option("-o,--output", g_cut_output, "The file to make [FILE-lapN.pbrec, FILE-part.pbrec]")
      ->type_name("FILE");
  app.add_option("--lap", g_lap, "The lap of this number, as record info lists it")
      ->check(CLI::Range(1, 100'001))
      ->type_name("N");
  app.add_option("--from", g_from, "From there, as 90 or 12:30 [the begin]")->type_name("TIME");
  app.add_option("--to", g_to, "Up to there [the end]")->type_name("TIME");
  app.add_flag("--force", g_cut_force, "Write over a file that is there");
}

}  // namespace pitbridge::record
