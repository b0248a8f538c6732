// SPDX-License-Identifier: MIT
#include "tests/bench/stream/stream_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tests/bench/statistics.hpp"

namespace pitbridge::bench {
namespace {

using nlohmann::json;

std::string size_name(std::size_t bytes) {
  if (bytes >= std::size_t{1} << 20U) return fmt::format("{} MiB", bytes >> 20U);
  return bytes >= 1024 ? fmt::format("{} KiB", bytes >> 10U) : fmt::format("{} B", bytes);
}

const Figures* figures_of(const StreamReport& report, const Cell& cell) {
  const auto found = report.cells.find(cell);
  return found == report.cells.end() ? nullptr : &found->second;
}

std::optional<Spread> throughput_of(const StreamReport& report, const Cell& cell) {
  const Figures* figures = figures_of(report, cell);
  return figures == nullptr ? std::nullopt : spread_of(figures->mb_per_second);
}

std::optional<double> p50_of(const StreamReport& report, const Cell& cell) {
  const Figures* figures = figures_of(report, cell);
  const auto spread = figures == nullptr ? std::nullopt : spread_of(figures->p50_us);
  return spread ? std::optional(spread->median) : std::nullopt;
}

std::vector<std::size_t> sizes_in(const StreamReport& report, std::size_t consumers, bool is_busy) {
  std::set<std::size_t> sizes;
  for (const auto& [cell, figures] : report.cells)
    if (cell.consumers == consumers && cell.is_busy == is_busy) sizes.insert(cell.size_bytes);
  return {sizes.begin(), sizes.end()};
}

std::vector<std::string> channels_in(const StreamReport& report) {
  std::vector<std::string> names;
  for (const ChannelKind& kind : channel_kinds())
    if (std::any_of(report.cells.begin(), report.cells.end(),
                    [&](const auto& entry) { return entry.first.channel == kind.name; }))
      names.push_back(kind.name);
  return names;
}

/// Of medians of the same rounds.
std::optional<double> ratio(const std::optional<Spread>& above, const std::optional<Spread>& below) {
  if (!above || !below || below->median <= 0) return std::nullopt;
  return above->median / below->median;
}

std::optional<Spread> best_socket(const StreamReport& report, Cell cell) {
  std::optional<Spread> best;
  for (const char* socket : {kUnixStream, kUnixPacket}) {
    cell.channel = socket;
    const auto one = throughput_of(report, cell);
    if (one && (!best || one->median > best->median)) best = one;
  }
  return best;
}

std::string times(const std::optional<double>& value) {
  return value ? fmt::format("{:.1f}x", *value) : "-";
}

std::string table_head(const StreamReport& report, const std::string& more_columns) {
  std::string out = "\n| frame |", line = "\n|---|";
  for (const std::string& name : channels_in(report)) {
    out += fmt::format(" {} |", name);
    line += "---|";
  }
  for (const char letter : more_columns)
    if (letter == '|') line += "---|";
  return out + more_columns + line + "\n";
}

std::string throughput_table(const StreamReport& report, std::size_t consumers, bool is_busy) {
  std::string out = table_head(
      report, " stream to unix stream | to the best socket | in place to unix stream | stream to memcpy |");
  for (const std::size_t size : sizes_in(report, consumers, is_busy)) {
    const auto cell_of = [&](const std::string& name) { return Cell{name, size, consumers, is_busy}; };
    out += fmt::format("| {} |", size_name(size));
    for (const std::string& name : channels_in(report)) {
      const auto spread = throughput_of(report, cell_of(name));
      out += spread ? fmt::format(" {:.0f} ({:.0f}-{:.0f}) |", spread->median, spread->min, spread->max)
                    : " - |";
    }
    const auto stream = throughput_of(report, cell_of(kStream));
    const auto socket = throughput_of(report, cell_of(kUnixStream));
    out += fmt::format(" {} | {} | {} | {} |\n", times(ratio(stream, socket)),
                       times(ratio(stream, best_socket(report, cell_of(kStream)))),
                       times(ratio(throughput_of(report, cell_of(kStreamInPlace)), socket)),
                       times(ratio(stream, throughput_of(report, cell_of(kMemcpy)))));
  }
  return out;
}

std::string latency_table(const StreamReport& report, std::size_t consumers, bool is_busy) {
  std::string out = table_head(report, " stream to eventfd, p50 |");
  for (const std::size_t size : sizes_in(report, consumers, is_busy)) {
    const auto cell_of = [&](const std::string& name) { return Cell{name, size, consumers, is_busy}; };
    out += fmt::format("| {} |", size_name(size));
    for (const std::string& name : channels_in(report)) {
      const Figures* figures = figures_of(report, cell_of(name));
      const auto p50 = figures == nullptr ? std::nullopt : spread_of(figures->p50_us);
      const auto p99 = figures == nullptr ? std::nullopt : spread_of(figures->p99_us);
      out += p50 ? fmt::format(" {:.1f} ({:.1f}-{:.1f}) / {:.0f} |", p50->median, p50->min, p50->max,
                               p99->median)
                 : " - |";
    }
    const auto stream = p50_of(report, cell_of(kStream));
    const auto bare = p50_of(report, cell_of(kEventfd));
    out += fmt::format(" {} |\n", stream && bare ? fmt::format("{:.2f}x", *stream / *bare) : "-");
  }
  return out;
}

std::string target(const std::string& wanted, const std::string& got, bool met) {
  return fmt::format("| {} | {} | {} |\n", wanted, got, met ? "met" : "**missed**");
}

json to_json(const std::vector<double>& values) {
  return values;
}

}  // namespace

std::string stream_heading(const StreamReport& report) {
  std::string out = fmt::format(
      "## Streams of pitshm beside other ways\n\n{}. {} rounds of {} s for each figure, in rotating order; "
      "median "
      "(min-max) of the rounds. The producer is on core 0, all consumers share core 1.\n",
      report.machine, report.rounds, report.seconds);
  for (const ChannelKind& kind : channel_kinds()) out += fmt::format("\n- {}: {}", kind.name, kind.what);
  return out + fmt::format("\n\nOne core copies 64 MiB to 64 MiB at {:.0f} MB/s.\n", report.memcpy_hz / 1e6);
}

std::string stream_tables(const StreamReport& report, std::size_t consumers, bool is_busy) {
  const std::string where = fmt::format("{} consumer{}, {} machine", consumers, consumers == 1 ? "" : "s",
                                        is_busy ? "busy" : "idle");
  return fmt::format("\n### Throughput, {}: MB/s that each consumer gets\n", where) +
         throughput_table(report, consumers, is_busy) +
         fmt::format("\n### One-way latency, {}: p50 (of the rounds) / p99, us\n", where) +
         latency_table(report, consumers, is_busy);
}

std::string soak_table(const StreamReport& report) {
  if (report.soaks.empty()) return "";
  std::string out =
      "\n### Without back-pressure: what is lost\n\n| frames | consumers | ring | sent | lost | p50 us | p99 "
      "us | worst us "
      "| producer: CPU us a frame | a consumer |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Soak& soak : report.soaks) {
    const auto at = [&](double part) { return percentile(soak.latency.us, part).value_or(0); };
    out += fmt::format(
        "| {:.0f} Hz of {} for {:.0f} s | {} | {} | {} | {} | {:.1f} | {:.1f} | {:.0f} | {:.1f} | {:.1f} |\n",
        soak.rate_hz, size_name(soak.size_bytes), soak.seconds, soak.consumers, size_name(soak.ring_bytes),
        soak.latency.sent, soak.latency.lost, at(0.5), at(0.99), at(1), soak.latency.producer_cpu_us,
        soak.latency.consumer_cpu_us);
  }
  return out;
}

std::string stream_targets(const StreamReport& report) {
  std::string out = "\n### Targets\n\n| wanted | measured | |\n|---|---|---|\n";
  std::set<std::size_t> counts;
  for (const auto& [cell, figures] : report.cells) counts.insert(cell.consumers);
  for (const std::size_t consumers : counts) {
    for (const std::size_t size : sizes_in(report, consumers, false)) {
      const Cell cell{kStream, size, consumers, false};
      const auto stream = throughput_of(report, cell);
      const std::string where =
          fmt::format("{}, {} consumer{}", size_name(size), consumers, consumers == 1 ? "" : "s");
      if (const auto by = ratio(stream, best_socket(report, cell)); by && size >= 256)
        out += target(where + ": more than every socket", times(by), *by > 1);
      const auto socket = throughput_of(report, {kUnixStream, size, consumers, false});
      if (const auto by = ratio(stream, socket); by && size >= std::size_t{64} * 1024)
        out += target(where + ": 5x the unix stream, copied", times(by), *by >= 5);
      if (const auto by = ratio(throughput_of(report, {kStreamInPlace, size, consumers, false}), socket);
          by && size >= std::size_t{64} * 1024)
        out += target(where + ": 5x the unix stream, in place", times(by), *by >= 5);
    }
  }
  const auto wake_up = p50_of(report, {kStream, 64, 1, false}),
             bare = p50_of(report, {kEventfd, 64, 1, false});
  if (wake_up && bare)
    out += target("64 B: p50 within 1.3x of a bare eventfd",
                  fmt::format("{:.1f} us to {:.1f} us, {:.2f}x", *wake_up, *bare, *wake_up / *bare),
                  *wake_up <= 1.3 * *bare);
  for (const Soak& soak : report.soaks)
    out += target(
        fmt::format("nothing lost of {:.0f} Hz of {} for {:.0f} s, {} consumer{}", soak.rate_hz,
                    size_name(soak.size_bytes), soak.seconds, soak.consumers, soak.consumers == 1 ? "" : "s"),
        fmt::format("{} of {}", soak.latency.lost, soak.latency.sent * soak.consumers),
        soak.latency.lost == 0);
  return out;
}

json to_json(const StreamReport& report) {
  json cells = json::array();
  for (const auto& [cell, figures] : report.cells)
    cells.push_back({{"channel", cell.channel},
                     {"size_bytes", cell.size_bytes},
                     {"consumers", cell.consumers},
                     {"busy", cell.is_busy},
                     {"mb_per_second", to_json(figures.mb_per_second)},
                     {"latency_p50_us", to_json(figures.p50_us)},
                     {"latency_p99_us", to_json(figures.p99_us)},
                     {"lost", figures.lost}});
  json soaks = json::array();
  for (const Soak& soak : report.soaks)
    soaks.push_back({{"rate_hz", soak.rate_hz},
                     {"seconds", soak.seconds},
                     {"size_bytes", soak.size_bytes},
                     {"consumers", soak.consumers},
                     {"ring_bytes", soak.ring_bytes},
                     {"sent", soak.latency.sent},
                     {"lost", soak.latency.lost},
                     {"latency_p50_us", percentile(soak.latency.us, 0.5).value_or(0)},
                     {"latency_p99_us", percentile(soak.latency.us, 0.99).value_or(0)},
                     {"latency_worst_us", percentile(soak.latency.us, 1).value_or(0)},
                     {"producer_cpu_us_per_frame", soak.latency.producer_cpu_us},
                     {"consumer_cpu_us_per_frame", soak.latency.consumer_cpu_us}});
  return {{"machine", report.machine},
          {"rounds", report.rounds},
          {"seconds", report.seconds},
          {"cells", cells},
          {"memcpy_bytes_per_second", report.memcpy_hz},
          {"soaks", soaks}};
}

}  // namespace pitbridge::bench
