// SPDX-License-Identifier: MIT
// Raw bytes in, values out: the rows of tests/data/values_*.csv, which were reckoned by hand from what the
// sims document, against the channels of the sims' tables.
#include <glob.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <span>
#include <sstream>

#include "common/core/decode/telemetry.hpp"
#include "common/posix/system/paths.hpp"
#include "tests/unit/support/planted_values.hpp"

namespace pitbridge {
namespace {

/// `mapping:offset:type:value`, or a row's own.
struct Write {
  std::string mapping;
  std::uint32_t offset_bytes = 0;
  std::string type, raw;
};

struct Row {
  std::string file;
  int line = 0;
  std::string title;
  std::uint32_t size_bytes = 0;
  std::string quantity;            ///< "rpm"; of the table of cars "cars[3].driver"
  std::optional<std::size_t> car;  ///< 3
  std::size_t element = 0;
  Write raw;
  std::string expected;  ///< a number, a text, a word, or "absent"
  std::vector<Write> extra;

  bool is_absent() const { return expected == "absent"; }
};

std::vector<std::string> split(const std::string& text, char at) {
  std::istringstream in(text);
  std::vector<std::string> parts;
  for (std::string part; std::getline(in, part, at);) parts.push_back(part);
  return parts;
}

std::uint32_t whole(const std::string& text) {
  return static_cast<std::uint32_t>(std::stoul(text));
}

Row row_of(const std::string& line) {
  std::vector<std::string> parts = split(line, ';');
  parts.resize(10);
  Row row;
  row.title = parts[0];
  row.size_bytes = whole(parts[2]);
  row.quantity = parts[3];
  if (row.quantity.rfind("cars[", 0) == 0) {
    row.car = whole(row.quantity.substr(5));
    row.quantity = row.quantity.substr(row.quantity.find('.') + 1);
  }
  row.element = parts[4].empty() ? 0 : whole(parts[4]);
  row.raw = {parts[1], whole(parts[5]), parts[6], parts[7]};
  row.expected = parts[8];
  for (const std::string& write : split(parts[9], ',')) {
    std::vector<std::string> w = split(write, ':');
    w.resize(4);
    row.extra.push_back({w[0], whole(w[1]), w[2], w[3]});
  }
  return row;
}

std::vector<std::string> value_files() {
  const std::string pattern = environment_or("PITBRIDGE_SOURCE_DIR", ".") + "/tests/data/values_*.csv";
  glob_t found = {};
  std::vector<std::string> files;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  return files;
}

const std::vector<Row>& all_rows() {
  static const std::vector<Row> kRows = [] {
    std::vector<Row> rows;
    for (const std::string& path : value_files()) {
      std::ifstream file(path);
      int line_number = 0;
      for (std::string line; std::getline(file, line);) {
        ++line_number;
        if (line.empty() || line[0] == '#') continue;
        rows.push_back(row_of(line));
        rows.back().file = path.substr(path.rfind('/') + 1);
        rows.back().line = line_number;
      }
    }
    return rows;
  }();
  return kRows;
}

std::string where(const Row& row) {
  return row.file + ":" + std::to_string(row.line) + " " + row.title + " " + row.quantity;
}

std::optional<Quantity> quantity_named(std::string_view name) {
  for (const QuantityInfo& info : kQuantities)
    if (info.name == name) return info.quantity;
  return std::nullopt;
}

PlantedMemory memory_of(const Row& row, const KnownTitle& known) {
  PlantedMemory memory(known, row.raw.mapping, row.size_bytes);
  memory.plant(row.raw.mapping, row.raw.offset_bytes, raw_bytes(row.raw.type, row.raw.raw));
  for (const Write& write : row.extra)
    memory.plant(write.mapping, write.offset_bytes, raw_bytes(write.type, write.raw));
  return memory;
}

/// The number that a row expects; a word's place in its list.
double expected_number(const Row& row, const QuantityInfo& info) {
  for (std::size_t i = 0; i < info.codes.size(); ++i)
    if (info.codes[i] == row.expected) return static_cast<double>(i);
  return std::stod(row.expected);
}

/// What is lost on the way through 32-bit floats: of what is expected, and of what was there before an
/// offset.
bool is_near(double got, double expected, const std::string& raw) {
  const double before = std::abs(std::strtod(raw.c_str(), nullptr));
  return std::abs(got - expected) <= 1e-6 * std::abs(expected) + 1.2e-7 * std::min(before, 1e6) + 1e-12;
}

bool is_expected(const std::optional<Value>& got, const Row& row, const QuantityInfo& info) {
  if (!got) return row.is_absent();
  if (row.is_absent()) return false;
  if (info.text) return std::get<std::string>(*got) == row.expected;
  const double expected = expected_number(row, info);
  if (info.count == 1) return is_near(std::get<double>(*got), expected, row.raw.raw);
  return is_near(std::get<std::vector<double>>(*got).at(row.element), expected, row.raw.raw);
}

std::string in_words(const std::optional<Value>& value) {
  if (!value) return "absent";
  if (const auto* text = std::get_if<std::string>(&*value)) return *text;
  std::ostringstream out;
  out.precision(10);
  if (const auto* number = std::get_if<double>(&*value)) out << *number;
  if (const auto* all = std::get_if<std::vector<double>>(&*value))
    for (const double each : *all) out << each << " ";
  return out.str();
}

std::optional<Value> decoded(const Row& row, const KnownTitle& known, Quantity quantity) {
  const Telemetry got = decode(*known.title, memory_of(row, known).snapshot());
  EXPECT_EQ(got.version_fault, "") << where(row);
  if (!row.car) return got[quantity];
  if (*row.car >= got.cars.size()) return std::nullopt;
  return got.cars[*row.car][quantity];
}

TEST(Values, ThereAreRows) {
  EXPECT_GT(all_rows().size(), 20U);
}

TEST(Values, AreThoseThatTheRowsExpect) {
  for (const Row& row : all_rows()) {
    SCOPED_TRACE(where(row));
    const auto known = title_by_id(row.title);
    const auto quantity = quantity_named(row.quantity);
    ASSERT_TRUE(known && quantity);
    const QuantityInfo& info = quantity_info(*quantity);
    const auto got = decoded(row, *known, *quantity);
    EXPECT_TRUE(is_expected(got, row, info)) << "got " << in_words(got) << ", expected " << row.expected;
  }
}

/// A channel that has one word alone, and the first, can show no other.
bool has_first_word_alone(const Channel& channel) {
  return !channel.codes.empty() &&
         std::ranges::all_of(channel.codes, [](const Code& code) { return code.word == 0; });
}

/// Whether a row shows that this channel reads element `element` and converts it. What is 0, or the first
/// word, would be so without it, where it is not made of another number.
bool is_shown_by(const Channel& channel, std::size_t element, const Row& row, const KnownTitle& known,
                 const Title& version) {
  const QuantityInfo& info = quantity_info(channel.quantity);
  if (row.quantity != info.name || row.is_absent() || row.element != element) return false;
  const bool is_of_zero = std::strtod(row.raw.raw.c_str(), nullptr) == 0;
  if (!info.text && expected_number(row, info) == 0 && is_of_zero && !has_first_word_alone(channel))
    return false;
  const PlantedMemory memory = memory_of(row, known);
  if (&memory.version() != &version) return false;
  Title with_one = version;
  with_one.other_version = nullptr;
  with_one.channels = {};
  with_one.cars = nullptr;
  CarTable alone;
  if (row.car) {
    alone = *version.cars;
    alone.channels = {&channel, 1};
    with_one.cars = &alone;
  } else {
    with_one.channels = {&channel, 1};
  }
  const Telemetry got = decode(with_one, memory.snapshot());
  if (!row.car) return is_expected(got[channel.quantity], row, info);
  return *row.car < got.cars.size() && is_expected(got.cars[*row.car][channel.quantity], row, info);
}

void expect_rows_for(const KnownTitle& known, const Title& version, std::span<const Channel> channels,
                     bool of_cars, const std::vector<const Row*>& rows) {
  for (const Channel& channel : channels) {
    const QuantityInfo& info = quantity_info(channel.quantity);
    for (std::size_t i = 0; i < info.count; ++i) {
      const bool is_shown = std::any_of(rows.begin(), rows.end(), [&](const Row* row) {
        return row->car.has_value() == of_cars && is_shown_by(channel, i, *row, known, version);
      });
      EXPECT_TRUE(is_shown) << version.id << (version.layouts.empty() ? "" : " of the mapping of ")
                            << (version.layouts.empty() ? 0 : version.layouts[0].size_bytes)
                            << " bytes: no row for " << (of_cars ? "cars[]." : "") << info.name << "[" << i
                            << "] of " << channel.mapping << " " << channel.field;
    }
  }
}

/// Only titles that have any row: a sim that is new, or describes itself, is tested elsewhere.
TEST(Values, NoChannelIsWithoutARow) {
  std::map<std::string, std::vector<const Row*>> rows_of;
  for (const Row& row : all_rows()) rows_of[row.title].push_back(&row);
  for (const auto& [id, rows] : rows_of) {
    const auto known = title_by_id(id);
    ASSERT_TRUE(known) << id;
    std::set<const Title*> versions = {known->title};
    for (const Row* row : rows) versions.insert(&memory_of(*row, *known).version());
    for (const Title* version : versions) {
      expect_rows_for(*known, *version, version->channels, false, rows);
      if (version->cars != nullptr) expect_rows_for(*known, *version, version->cars->channels, true, rows);
    }
  }
}

}  // namespace
}  // namespace pitbridge
