// SPDX-License-Identifier: MIT
// `pitbridge export`: the values of a recording, for programs that know nothing of it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "bridges/command/command.hpp"
#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "bridges/record/columns.hpp"
#include "bridges/record/cursor.hpp"
#include "bridges/record/drive.hpp"
#include "bridges/record/motec.hpp"
#include "bridges/record/output_file.hpp"
#include "bridges/record/summary.hpp"
#include "bridges/record/texts.hpp"
#include "bridges/record/wire.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::record::export_command {
namespace {

std::string g_file;
std::string g_format;
std::string g_output;
std::vector<std::string> g_channels;
double g_rate = 60;
bool g_changes = false;
bool g_force = false;

/// As RFC 4180 has it. Names of other drivers come from other people: what a spreadsheet would take for a
/// formula is made a text.
std::string csv_text(const std::string& text) {
  std::string out = "\"";
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) out += '\'';
  for (const char c : text)
    out += c == '"' ? "\"\"" : static_cast<unsigned char>(c) < ' ' ? " " : std::string(1, c);
  return out + "\"";
}

std::string csv_cell(const Cell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return fmt::format("{:.9g}", *number);
  if (const auto* text = std::get_if<std::string>(&cell)) return csv_text(*text);
  return "";
}

Expected<void> write_csv(const KnownRecording& recording, const std::vector<Column>& columns,
                         OutputFile& file) {
  std::string head = "time,activity";
  for (const Column& column : columns) head += "," + column.name();
  if (auto done = file.put(head + "\r\n"); !done) return done;
  return for_each_row(recording, columns, {g_rate, g_changes},
                      [&](std::int64_t time_ns, Activity activity, const std::vector<Cell>& row) {
                        std::string line =
                            fmt::format("{:.6f},{}", in_seconds(time_ns), activity_name(activity));
                        for (const Cell& cell : row) line += "," + csv_cell(cell);
                        return file.put(line + "\r\n");
                      });
}

Expected<void> write_json_lines(const KnownRecording& recording, const std::vector<Column>& columns,
                                OutputFile& file) {
  return for_each_row(recording, columns, {g_rate, g_changes},
                      [&](std::int64_t time_ns, Activity activity, const std::vector<Cell>& row) {
                        nlohmann::ordered_json values = nlohmann::ordered_json::object();
                        for (std::size_t i = 0; i < row.size(); ++i) {
                          if (const auto* number = std::get_if<double>(&row[i]))
                            values[columns[i].name()] = *number;
                          if (const auto* text = std::get_if<std::string>(&row[i]))
                            values[columns[i].name()] = *text;
                        }
                        return file.put(json_text({{"time", in_seconds(time_ns)},
                                                   {"activity", activity_name(activity)},
                                                   {"values", values}},
                                                  JsonForm::kOneLine) +
                                        "\n");
                      });
}

/// Frames as they were, for who has no zstd: pitbridge-record(5), RAW FRAMES.
Expected<void> write_raw(const KnownRecording& recording, OutputFile& file) {
  const auto& names = recording.reader->header().mappings;
  Drive drive(*recording.sim, names);
  Cursor cursor(*recording.reader);
  Expected<void> done = file.put("PITBRAW1");
  for (const Record* record = cursor.peek(); done && record != nullptr; record = cursor.peek()) {
    drive.take(*record, cursor.takes_gap());
    const bool is_gone = record->kind == RecordKind::kGone;
    if (record->is_frame() || is_gone) {
      const std::string& name = names[record->mapping];
      const Drive::Section& section = drive.sections()[record->mapping];
      std::vector<std::byte> out;
      WireWriter to(out);
      to.number(static_cast<std::uint64_t>(record->time_ns));
      to.number(static_cast<std::uint32_t>(name.size()));
      to.number(static_cast<std::uint32_t>(section.is_there ? section.bytes.size() : 0));
      to.bytes(std::as_bytes(std::span(name)));
      if (section.is_there) to.bytes(section.bytes);
      if (section.is_there || is_gone) done = file.put(out);
    }
    cursor.pop();
  }
  return done;
}

/// As the work sheets of these programs call what nearly every car has.
struct MotecName {
  Quantity quantity;
  const char* name;
  const char* unit;
  double factor;
};
constexpr MotecName kMotecNames[] = {
    {Quantity::kRpm, "Engine RPM", "rpm", 1},
    {Quantity::kSpeed, "Ground Speed", "km/h", 1},
    {Quantity::kGear, "Gear", "", 1},
    {Quantity::kThrottle, "Throttle Pos", "%", 100},
    {Quantity::kBrake, "Brake Pos", "%", 100},
    {Quantity::kClutch, "Clutch Pos", "%", 100},
    {Quantity::kSteeringAngle, "Steered Angle", "rad", 1},
    {Quantity::kFuel, "Fuel Level", "l", 1},
};

Expected<void> write_motec(const KnownRecording& recording, const std::vector<Column>& chosen,
                           const Summary& summary, OutputFile& file) {
  if (g_rate != static_cast<double>(static_cast<std::uint16_t>(g_rate)))
    return fail(ExitCode::kUsage, "--rate: a MoTeC log has a whole number of samples a second");
  const std::string beside = file.path() + "x";
  auto laps = OutputFile::create(beside, g_force);
  if (!laps) return tl::unexpected<Error>(std::move(laps.error()));
  std::vector<Column> columns;
  for (const Column& column : chosen)
    if (!column.info->text && column.info->codes.empty()) columns.push_back(column);
  const FileHeader& header = recording.reader->header();
  MotecLog log = {.start_unix_ns = header.start_unix_ns,
                  .driver = summary.driver,
                  .vehicle = summary.car,
                  .venue = summary.track,
                  .session = summary.game,
                  .comment = fmt::format("recorded by pitbridge {}", header.writer),
                  .rate_hz = static_cast<std::uint16_t>(g_rate),
                  .channels = {}};
  // Before the memory is taken: a file may say of itself that it is weeks long.
  const double bytes =
      in_seconds(recording.reader->length_ns()) * g_rate * 4 * static_cast<double>(columns.size());
  if (bytes > static_cast<double>(kMostMotecBytes)) return refuse_motec_size();
  std::vector<double> factors;
  for (const Column& column : columns) {
    const auto known = std::ranges::find(kMotecNames, column.info->quantity, &MotecName::quantity);
    const bool is_known = known != std::end(kMotecNames);
    log.channels.push_back({is_known ? known->name : column.name(),
                            std::string(is_known ? std::string_view(known->unit) : column.info->unit)});
    factors.push_back(is_known ? known->factor : 1);
  }
  auto done =
      for_each_row(recording, columns, {g_rate, false},
                   [&](std::int64_t time_ns, Activity, const std::vector<Cell>& row) -> Expected<void> {
                     const auto number = static_cast<std::size_t>(std::llround(in_seconds(time_ns) * g_rate));
                     for (std::size_t i = 0; i < row.size(); ++i) {
                       auto& samples = log.channels[i].samples;
                       // Where there is no value the last one goes on, for a sample must stand there.
                       const float last = samples.empty() ? 0 : samples.back();
                       samples.resize(number, last);
                       const auto* value = std::get_if<double>(&row[i]);
                       samples.push_back(value != nullptr ? static_cast<float>(*value * factors[i]) : last);
                     }
                     return {};
                   });
  if (!done) return done;
  const auto encoded = encode_ld(log);
  if (!encoded) return tl::unexpected<Error>(encoded.error());
  done = file.put(*encoded);
  if (done) done = laps->put(encode_ldx(summary.laps));
  return done ? laps->finish() : done;
}

Expected<void> run() {
  if (g_changes && g_format == "ld")
    return fail(ExitCode::kUsage, "--changes: a MoTeC log has its samples at a rate; see --rate");
  const auto recording = KnownRecording::open(g_file);
  if (!recording) return tl::unexpected<Error>(recording.error());
  if (is_same_file(g_output, g_file))
    return refuse_output(g_output, "it is the recording itself; name another file");
  if (g_format == "raw") {
    auto file = OutputFile::create(g_output, g_force);
    if (!file) return tl::unexpected<Error>(std::move(file.error()));
    const auto done = write_raw(*recording, *file);
    return done ? file->finish() : done;
  }
  const Summary summary = summarise(*recording);
  const Title* title = recording->sim->find_title(summary.title_id);
  if (title == nullptr)
    return fail(ExitCode::kFailure,
                fmt::format("{}: it cannot be told which game of {} this is, so nothing is decoded", g_file,
                            recording->sim->description));
  const auto columns = choose_columns(*title, g_channels);
  if (!columns) return tl::unexpected<Error>(columns.error());
  auto file = OutputFile::create(g_output, g_force);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  Expected<void> done = g_format == "csv"     ? write_csv(*recording, *columns, *file)
                        : g_format == "jsonl" ? write_json_lines(*recording, *columns, *file)
                                              : write_motec(*recording, *columns, summary, *file);
  if (done) done = file->finish();
  if (!done) return done;
  print_line("{}: {} of {}, {} columns", g_output, time_text(recording->reader->length_ns()), g_file,
             columns->size());
  for (const Damage& damage : recording->reader->damage())
    complain(
        fmt::format("after {}: {} ({})", time_text(damage.after_ns), damage.what, size_text(damage.bytes)),
        "export");
  return {};
}

constexpr Command kCommand = {
    .name = "export",
    .description = "Write the values of a recording as CSV, JSON lines or a MoTeC log",
    .add_options =
        [](CLI::App& app) {
          app.add_option("file", g_file, "A recording of pitbridge record")->type_name("FILE")->required();
          app.add_option(
                 "--format", g_format,
                 "csv, jsonl, ld (a MoTeC log, with its laps in a .ldx beside it), or raw: the frames")
              ->check(CLI::IsMember({"csv", "jsonl", "ld", "raw"}))
              ->type_name("FORMAT")
              ->required();
          app.add_option("-o,--output", g_output, "The file to make")->type_name("PATH")->required();
          app.add_option("--channels", g_channels,
                         "These values, as `pitbridge list --values` names them [all]")
              ->delimiter(',')
              ->type_name("NAME,...");
          app.add_option("--rate", g_rate, "Rows a second")
              ->check(CLI::Range(0.01, 1000.0))
              ->type_name("HZ")
              ->capture_default_str();
          app.add_flag("--changes", g_changes, "A row for each moment at which a value has changed, instead");
          app.add_flag("--force", g_force, "Write over a file that is there");
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::record::export_command
