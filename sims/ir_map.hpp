// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"

/// iRacing's map describes itself: header, headers of the variables, session text (YAML), and line buffers of
/// which the newest counts. Every size and offset comes from the map, so each is bounded before it is used.
namespace pitbridge::ir {

using enum FieldType;

constexpr Field kHeader[] = {
    {"ver", 0, kInt32, 1, "2"},
    {"status", 4, kInt32, 1, "bit0 = connected"},
    {"tickRate", 8, kInt32, 1, "Hz"},
    {"sessionInfoUpdate", 12, kInt32, 1, "counter"},
    {"sessionInfoLen", 16, kInt32, 1, "bytes"},
    {"sessionInfoOffset", 20, kInt32, 1, "bytes"},
    {"numVars", 24, kInt32},
    {"varHeaderOffset", 28, kInt32, 1, "bytes"},
    {"numBuf", 32, kInt32, 1, "3 (max 4)"},
    {"bufLen", 36, kInt32, 1, "bytes"},
    {"varBuf0.tickCount", 48, kInt32, 1, "counter"},
    {"varBuf0.bufOffset", 52, kInt32, 1, "bytes"},
    {"varBuf1.tickCount", 64, kInt32, 1, "counter"},
    {"varBuf2.tickCount", 80, kInt32, 1, "counter"},
    {"varBuf3.tickCount", 96, kInt32, 1, "counter"},
};

constexpr std::string_view kName = "IRSDKMemMapFileName";
constexpr std::uint32_t kSectionBytes = 1191936;  // what pyirsdk maps
constexpr std::uint32_t kMaxVariables = 4096;
constexpr std::uint32_t kVariableHeaderBytes = 144;
constexpr std::uint32_t kMaxBuffers = 4;

/// A record of the variable headers, relative to its start.
constexpr Field kVariable[] = {
    {"type", 0, kInt32, 1, "0 char,1 bool,2 int,3 bitfield,4 float,5 double"},
    {"offset", 4, kInt32, 1, "bytes"},
    {"count", 8, kInt32},
    {"name", 16, kText8, 32},
};

/// A header field, if it lies between 0 and `max`.
inline std::optional<std::uint32_t> bounded(const Snapshot& snapshot, const Field& field, std::size_t max) {
  const auto value = snapshot.integer(kName, field);
  if (!value || *value < 0 || static_cast<std::uint64_t>(*value) > max) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

/// Offset of the newest line buffer: the one with the highest tick count.
inline std::optional<std::uint32_t> newest_buffer(const Snapshot& snapshot, std::size_t size) {
  const auto buffers = bounded(snapshot, field_in<kHeader>("numBuf"), kMaxBuffers);
  if (!buffers) return std::nullopt;
  std::optional<std::int64_t> newest_tick;
  std::int64_t offset = -1;
  for (std::uint32_t i = 0; i < *buffers; ++i) {
    const std::uint32_t shift = i * 16;
    const auto tick = snapshot.integer(kName, {"tickCount", 48, kInt32}, 0, shift);
    const auto at = snapshot.integer(kName, {"bufOffset", 52, kInt32}, 0, shift);
    if (!tick || !at || (newest_tick && *tick <= *newest_tick)) continue;
    newest_tick = tick;
    offset = *at;
  }
  if (offset < 0 || static_cast<std::uint64_t>(offset) > size) return std::nullopt;
  return static_cast<std::uint32_t>(offset);
}

inline std::optional<FieldType> field_type(std::int64_t code) {
  constexpr FieldType kTypes[] = {kText8, kBool8, kInt32, kUint32, kFloat32, kFloat64};
  if (code < 0 || code >= static_cast<std::int64_t>(std::size(kTypes))) return std::nullopt;
  return kTypes[code];
}

/// Whether the record of a variable, which lies in the bytes, is of this name. Hundreds are asked for each
/// value, so no text is made of them.
inline bool has_name(const std::byte* record, std::string_view name) {
  constexpr Field kVariableName = field_in<kVariable>("name");
  const char* found = reinterpret_cast<const char*>(record) + kVariableName.offset_bytes;
  return name.size() < kVariableName.count && std::memcmp(found, name.data(), name.size()) == 0 &&
         found[name.size()] == '\0';
}

/// A variable of the newest line, by name. Nothing when the headers do not hold it or contradict themselves.
inline std::optional<Field> variable(const Snapshot& snapshot, std::string_view name) {
  const auto* bytes = snapshot.bytes(kName);
  if (bytes == nullptr) return std::nullopt;
  const auto count = bounded(snapshot, field_in<kHeader>("numVars"), kMaxVariables);
  const auto headers = bounded(snapshot, field_in<kHeader>("varHeaderOffset"), bytes->size());
  const auto line_bytes = bounded(snapshot, field_in<kHeader>("bufLen"), bytes->size());
  const auto line = newest_buffer(snapshot, bytes->size());
  if (!count || !headers || !line_bytes || !line || *line + std::uint64_t{*line_bytes} > bytes->size())
    return std::nullopt;
  // Looked for first where one of that name was before.
  static std::array<std::atomic<std::uint32_t>, 1024> places = {};
  std::atomic<std::uint32_t>& place = places[std::hash<std::string_view>()(name) % places.size()];
  const std::uint32_t likely = place.load(std::memory_order_relaxed);
  for (std::uint32_t turn = 0; turn <= *count; ++turn) {
    const std::uint32_t i = turn == 0 ? likely : turn - 1;
    if (i >= *count) continue;
    const std::uint64_t record = *headers + std::uint64_t{i} * kVariableHeaderBytes;
    if (record + kVariableHeaderBytes > bytes->size()) continue;  // the headers leave the map
    if (!has_name(bytes->data() + record, name)) continue;
    place.store(i, std::memory_order_relaxed);
    const auto type =
        field_type(snapshot.integer(kName, field_in<kVariable>("type"), 0, record).value_or(-1));
    const auto offset = snapshot.integer(kName, field_in<kVariable>("offset"), 0, record).value_or(-1);
    const auto elements = snapshot.integer(kName, field_in<kVariable>("count"), 0, record).value_or(-1);
    if (!type || offset < 0 || elements < 1 || elements > *line_bytes || offset > *line_bytes)
      return std::nullopt;
    const Field field = {name, *line + static_cast<std::uint32_t>(offset), *type,
                         static_cast<std::uint32_t>(elements)};
    if (static_cast<std::uint64_t>(offset) + field.size_bytes() > *line_bytes) return std::nullopt;
    return field;
  }
  return std::nullopt;
}

/// Element `index` of a variable.
inline std::optional<double> number(const Snapshot& snapshot, std::string_view name,
                                    std::uint64_t index = 0) {
  const auto field = variable(snapshot, name);
  if (!field || index >= field->count) return std::nullopt;
  return snapshot.number(kName, *field, static_cast<std::uint32_t>(index));
}
/// A variable of bits.
inline std::optional<std::uint32_t> bits(const Snapshot& snapshot, std::string_view name) {
  const auto field = variable(snapshot, name);
  const auto value = field ? snapshot.integer(kName, *field) : std::nullopt;
  return value ? std::optional(static_cast<std::uint32_t>(*value)) : std::nullopt;
}

}  // namespace pitbridge::ir
