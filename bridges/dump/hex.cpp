// SPDX-License-Identifier: MIT
#include "bridges/dump/hex.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pitbridge {
namespace {

constexpr std::size_t kRowBytes = 16;
constexpr std::string_view kStandsOut = "\033[1;33m", kNoColour = "\033[0m";

/// Sixteen bytes and what belongs to them.
struct Row {
  std::size_t offset = 0, end = 0;
  std::span<const NamedField> fields;
  bool has_changed = false;
};

std::string bytes_text(const DumpedBytes& bytes, const Row& row, bool with_colour) {
  std::string text;
  for (std::size_t i = row.offset; i < row.offset + kRowBytes; ++i) {
    text += i % 8 == 0 && i != row.offset ? "  " : " ";
    if (i >= row.end) {
      text += "  ";
      continue;
    }
    const bool stands_out = with_colour && bytes.has_changed(i);
    if (stands_out) text += kStandsOut;
    text += fmt::format("{:02x}", static_cast<unsigned>(bytes.now[i]));
    if (stands_out) text += kNoColour;
  }
  return text;
}

std::string fields_text(const DumpedBytes& bytes, const Row& row) {
  std::string text;
  for (const NamedField& each : row.fields) {
    text += fmt::format("  {}={}", each.name, field_text(bytes.now, each.field));
    const bool was_there = bytes.before && std::uint64_t{each.field.offset_bytes} + each.field.size_bytes() <=
                                               bytes.before->size();
    if (was_there && bytes.has_changed(each.field))
      text += fmt::format(" (was {})", field_text(*bytes.before, each.field));
  }
  return text;
}

}  // namespace

bool DumpedBytes::has_changed(const Field& field) const {
  for (std::size_t i = 0; i < field.size_bytes(); ++i)
    if (has_changed(field.offset_bytes + i)) return true;
  return false;
}

std::size_t changed_bytes(const DumpedBytes& bytes) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < bytes.now.size(); ++i) count += bytes.has_changed(i) ? 1 : 0;
  return count;
}

std::string hex_lines(const DumpedBytes& bytes, const std::vector<NamedField>& fields, const HexForm& form) {
  std::string text;
  bool left_out = false;
  std::size_t next_field = 0;
  for (std::size_t offset = 0; offset < bytes.now.size(); offset += kRowBytes) {
    Row row = {.offset = offset, .end = std::min(offset + kRowBytes, bytes.now.size()), .fields = {}};
    const std::size_t first_field = next_field;
    while (next_field < fields.size() && fields[next_field].field.offset_bytes < row.end) ++next_field;
    row.fields = std::span(fields).subspan(first_field, next_field - first_field);
    bool is_empty = row.fields.empty();
    for (std::size_t i = row.offset; i < row.end; ++i) {
      row.has_changed |= bytes.has_changed(i);
      is_empty &= bytes.now[i] == std::byte{0};
    }
    for (const NamedField& each : row.fields) row.has_changed |= bytes.has_changed(each.field);
    if (form.changed_only ? !row.has_changed : is_empty && !row.has_changed) {
      if (!left_out && !form.changed_only) text += "  ...\n";
      left_out = true;
      continue;
    }
    left_out = false;
    text += fmt::format("{} {:06x} {}{}\n", row.has_changed ? '>' : ' ', offset,
                        bytes_text(bytes, row, form.with_colour), fields_text(bytes, row));
  }
  return text;
}

}  // namespace pitbridge
