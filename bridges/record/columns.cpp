// SPDX-License-Identifier: MIT
#include "bridges/record/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "bridges/record/cursor.hpp"
#include "bridges/record/drive.hpp"
#include "common/core/settings/nearest_word.hpp"

namespace pitbridge::record {
namespace {

constexpr std::array kWheels = {"fl", "fr", "rl", "rr"};
constexpr std::array kAxes = {"x", "y", "z"};

void add_all(const QuantityInfo& info, std::vector<Column>& columns) {
  for (std::uint32_t i = 0; i < info.count; ++i) columns.push_back({&info, i});
}

}  // namespace

std::string Column::name() const {
  if (info->count == 1) return std::string(info->name);
  if (info->count == kWheels.size()) return fmt::format("{}.{}", info->name, kWheels[element]);
  // Of three numbers those of sectors are counted, and the others are axes.
  if (info->name.ends_with("sector_times")) return fmt::format("{}.{}", info->name, element + 1);
  return fmt::format("{}.{}", info->name, kAxes[element % kAxes.size()]);
}

Expected<std::vector<Column>> choose_columns(const Title& title, const std::vector<std::string>& names) {
  std::vector<Column> columns;
  std::vector<std::string_view> known;
  std::ranges::transform(kQuantities, std::back_inserter(known), &QuantityInfo::name);
  for (const std::string& name : names) {
    const auto found = std::ranges::find(kQuantities, std::string_view(name), &QuantityInfo::name);
    std::vector<Column> all;
    for (const QuantityInfo& info : kQuantities) add_all(info, all);
    const auto element = std::ranges::find(all, name, &Column::name);
    if (found != kQuantities.end()) {
      add_all(*found, columns);
    } else if (element != all.end()) {
      columns.push_back(*element);
    } else {
      const auto near = nearest_word(name, known);
      return fail(ExitCode::kUsage,
                  fmt::format("--channels: no value is called \"{}\"{}; pitbridge list --values names them",
                              name, near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
    }
  }
  if (names.empty())
    for (const QuantityInfo& info : kQuantities)
      if (title.gives(info.quantity)) add_all(info, columns);
  return columns;
}

Cell cell_of(const Telemetry& telemetry, const Column& column) {
  const auto& value = telemetry[column.info->quantity];
  if (!value) return {};
  if (const auto* text = std::get_if<std::string>(&*value)) return *text;
  double number = 0;
  if (const auto* one = std::get_if<double>(&*value)) {
    number = *one;
  } else {
    const auto& all = std::get<std::vector<double>>(*value);
    if (column.element >= all.size()) return {};
    number = all[column.element];
  }
  if (!std::isfinite(number)) return {};
  const auto& words = column.info->codes;
  if (words.empty()) return number;
  const auto word = static_cast<std::size_t>(number);
  return word < words.size() ? Cell(std::string(words[word])) : Cell();
}

Expected<void> for_each_row(const KnownRecording& recording, const std::vector<Column>& columns,
                            const Sampling& sampling, const TakeRow& take) {
  RecordingReader& reader = *recording.reader;
  Drive drive(*recording.sim, reader.header().mappings);
  Cursor cursor(reader);
  std::vector<Cell> row(columns.size()), before;
  std::uint64_t next = 0;
  const auto due_ns = [&] {
    return static_cast<std::int64_t>(std::llround(static_cast<double>(next) * 1e9 / sampling.rate_hz));
  };
  const auto give = [&](std::int64_t time_ns) -> Expected<void> {
    if (!drive.has_data()) return {};
    const Telemetry telemetry = drive.decode(time_ns);
    std::ranges::transform(columns, row.begin(), [&](const Column& c) { return cell_of(telemetry, c); });
    if (sampling.of_changes && row == before) return {};
    before = row;
    return take(time_ns, telemetry.activity, row);
  };
  std::int64_t now_ns = 0;
  bool has_begun = false;
  while (true) {
    const Record* record = cursor.peek();
    const std::int64_t then_ns = record != nullptr ? record->time_ns : reader.length_ns() + 1;
    Expected<void> done;
    if (sampling.of_changes && has_begun && then_ns > now_ns) done = give(now_ns);
    // What was there up to the next record.
    for (; !sampling.of_changes && done && due_ns() < then_ns; ++next) done = give(due_ns());
    if (!done || record == nullptr) return done;
    now_ns = then_ns;
    drive.take(*record, cursor.takes_gap());
    has_begun = true;
    cursor.pop();
  }
}

}  // namespace pitbridge::record
