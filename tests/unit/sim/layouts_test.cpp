// SPDX-License-Identifier: MIT
// The sims' tables against the fact sheet, whole, in both directions.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "common/core/sim/sim.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge {
namespace {

struct Row {
  std::string title, mapping;
  std::uint32_t mapping_bytes = 0;
  std::string field;
  std::uint32_t offset_bytes = 0;
  std::string type;
  std::uint32_t count = 0, size_bytes = 0;
};

std::vector<Row> fact_sheet() {
  std::ifstream file(environment_or("PITBRIDGE_SOURCE_DIR", ".") + "/tests/data/layouts.csv");
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    std::vector<std::string> parts;
    for (std::string part; std::getline(in, part, ';');) parts.push_back(part);
    const auto number = [&](std::size_t i) { return static_cast<std::uint32_t>(std::stoul(parts[i])); };
    rows.push_back({parts[0], parts[1], number(2), parts[3], number(4), parts[5], number(6), number(7)});
  }
  return rows;
}

const Title* title_of(const std::string& id) {
  for (const Sim* sim : all_sims())
    if (const Title* title = sim->find_title(id)) return title;
  return nullptr;
}

/// Le Mans Ultimate serves rFactor 2's buffers by the same plugin: they are decoded by that title's tables.
const Title* title_for(const Row& row) {
  const bool by_plugin = row.title == "le_mans_ultimate" && row.mapping.rfind("$rFactor2SMMP_", 0) == 0;
  return title_of(by_plugin ? "rfactor_2" : row.title);
}

/// Whether our type reads what the fact sheet says; it calls text of no stated encoding "char", and
/// RaceRoom's "uint8".
bool same_type(const Field& field, const Row& row) {
  static const std::map<std::string, std::set<FieldType>> kTypes = {
      {"int8", {FieldType::kInt8}},
      {"uint8", {FieldType::kUint8, FieldType::kText8}},
      {"bool8", {FieldType::kBool8}},
      {"int16", {FieldType::kInt16}},
      {"uint16", {FieldType::kUint16}},
      {"int32", {FieldType::kInt32}},
      {"uint32", {FieldType::kUint32}},
      {"int64", {FieldType::kInt64}},
      {"uint64", {FieldType::kUint64}},
      {"float32", {FieldType::kFloat32}},
      {"float64", {FieldType::kFloat64}},
      {"utf16", {FieldType::kUtf16}},
      {"char", {FieldType::kText8}},
      // A structure is opaque to us, but for a vector of three doubles.
      {"struct", {FieldType::kBytes, FieldType::kFloat64}},
  };
  return kTypes.at(row.type).count(field.type) != 0;
}

TEST(Layouts, TheFactSheetIsThere) {
  EXPECT_GT(fact_sheet().size(), 1000U);
}

TEST(Layouts, EveryFieldOfTheFactSheetIsInTheTables) {
  for (const Row& row : fact_sheet()) {
    const Title* title = title_for(row);
    if (title == nullptr) continue;  // not a sim: a preset of shmbridge
    const Layout* layout = title->find_layout(row.mapping);
    if (row.field.empty() && layout == nullptr) continue;  // mirrored without a layout
    ASSERT_NE(layout, nullptr) << row.title << " " << row.mapping;
    EXPECT_EQ(layout->size_bytes, row.mapping_bytes) << row.title << " " << row.mapping;
    if (row.field.empty()) continue;
    const Field* field = find_field(layout->fields, row.field);
    ASSERT_NE(field, nullptr) << row.title << " " << row.mapping << " " << row.field;
    EXPECT_EQ(field->offset_bytes, row.offset_bytes) << row.title << " " << row.field;
    EXPECT_EQ(field->size_bytes(), row.size_bytes) << row.title << " " << row.field;
    EXPECT_TRUE(same_type(*field, row)) << row.title << " " << row.field << " is " << row.type;
  }
}

TEST(Layouts, TheTablesHoldNothingElse) {
  std::set<std::string> known, titles;
  for (const Row& row : fact_sheet()) {
    known.insert(row.title + " " + row.mapping + " " + row.field);
    titles.insert(row.title);
  }
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles) {
      if (titles.count(std::string(title.id)) == 0)
        continue;  // newer than the sheet, which is no list of sims
      for (const Layout& layout : title.layouts)
        for (const Field& field : layout.fields) {
          // Rally's layout is that of Competizione, and is listed under its own name too.
          const std::string key =
              std::string(title.id) + " " + std::string(layout.mapping) + " " + std::string(field.name);
          EXPECT_EQ(known.count(key), 1U) << key;
        }
    }
}

TEST(Layouts, EveryMappingOfTheFactSheetIsMirrored) {
  for (const Row& row : fact_sheet()) {
    for (const Sim* sim : all_sims()) {
      if (sim->find_title(row.title) == nullptr) continue;
      EXPECT_NE(sim->find_mapping(row.mapping), nullptr) << row.title << " " << row.mapping;
    }
  }
}

}  // namespace
}  // namespace pitbridge
