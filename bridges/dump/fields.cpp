// SPDX-License-Identifier: MIT
#include "bridges/dump/fields.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/core/decode/version.hpp"
#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

/// Of an array no more are shown.
constexpr std::uint32_t kMostElements = 16;
constexpr std::size_t kMostTextBytes = 80;
constexpr std::int64_t kMostVariables = 4096;

bool is_within(std::span<const std::byte> bytes, const Field& field) {
  return field.count > 0 && std::uint64_t{field.offset_bytes} + field.size_bytes() <= bytes.size();
}

void add_field(std::vector<NamedField>& fields, std::span<const std::byte> bytes, std::string_view name,
               Field field) {
  if (field.type == FieldType::kBytes || !is_within(bytes, field)) return;
  field.name = {};
  fields.push_back({printable(name), field});
}

/// Of a map that describes itself: each header of a variable has a name, and the title finds what it means.
void add_variables(std::vector<NamedField>& fields, const Title& title, const Layout& layout,
                   const Snapshot& snapshot, std::span<const std::byte> bytes) {
  constexpr std::uint64_t kHeaderBytes = 144, kNameBytes = 16;
  constexpr Field kName = {"", kNameBytes, FieldType::kText8, 32};
  const Field* count = find_field(layout.fields, "numVars");
  const Field* first = find_field(layout.fields, "varHeaderOffset");
  if (count == nullptr || first == nullptr) return;
  const auto variables = std::min(snapshot.integer(layout.mapping, *count).value_or(0), kMostVariables);
  const auto offset = snapshot.integer(layout.mapping, *first).value_or(-1);
  if (offset < 0) return;
  for (std::int64_t i = 0; i < variables; ++i) {
    const auto name =
        snapshot.text(layout.mapping, kName,
                      static_cast<std::uint64_t>(offset) + static_cast<std::uint64_t>(i) * kHeaderBytes);
    if (!name || name->empty()) continue;
    if (const auto field = title.find_variable(snapshot, layout.mapping, *name))
      add_field(fields, bytes, *name, *field);
  }
}

}  // namespace

std::vector<NamedField> fields_of(const Title* title, const Snapshot& snapshot, std::string_view mapping) {
  std::vector<NamedField> fields;
  const auto* bytes = snapshot.bytes(mapping);
  if (title == nullptr || bytes == nullptr) return fields;
  // The same game may have another layout, by the version that it states.
  const TitleVersion version = version_of(*title, snapshot);
  const Title& by = version.by != nullptr ? *version.by : *title;
  const Layout* layout = by.find_layout(mapping);
  if (layout == nullptr) return fields;
  for (const Field& field : layout->fields) add_field(fields, *bytes, field.name, field);
  if (by.find_variable != nullptr) add_variables(fields, by, *layout, snapshot, *bytes);
  std::ranges::stable_sort(fields, {}, [](const NamedField& each) { return each.field.offset_bytes; });
  return fields;
}

std::string field_text(std::span<const std::byte> bytes, const Field& field) {
  Snapshot snapshot;
  snapshot.show("", bytes);
  if (is_text(field.type)) {
    std::string text = snapshot.text("", field).value_or("");
    const bool is_long = text.size() > kMostTextBytes;
    if (is_long) text.resize(kMostTextBytes);
    return '"' + printable(text) + (is_long ? "..." : "") + '"';
  }
  std::string text;
  for (std::uint32_t i = 0; i < std::min(field.count, kMostElements); ++i) {
    if (i > 0) text += ' ';
    // Integers stay exact; a double could not hold every 64-bit counter.
    if (const auto exact = snapshot.integer("", field, i)) {
      text += std::to_string(*exact);
    } else if (const auto number = snapshot.number("", field, i)) {
      text += fmt::format("{:.6g}", *number);
    }
  }
  return field.count > kMostElements ? text + " ..." : text;
}

std::string_view type_name(FieldType type) {
  switch (type) {
    case FieldType::kInt8:
      return "int8";
    case FieldType::kUint8:
      return "uint8";
    case FieldType::kBool8:
      return "bool8";
    case FieldType::kInt16:
      return "int16";
    case FieldType::kUint16:
      return "uint16";
    case FieldType::kInt32:
      return "int32";
    case FieldType::kUint32:
      return "uint32";
    case FieldType::kInt64:
      return "int64";
    case FieldType::kUint64:
      return "uint64";
    case FieldType::kFloat32:
      return "float32";
    case FieldType::kFloat64:
      return "float64";
    case FieldType::kUtf16:
      return "utf16";
    case FieldType::kText8:
      return "text8";
    case FieldType::kBytes:
      break;
  }
  return "bytes";
}

}  // namespace pitbridge
