// SPDX-License-Identifier: MIT
#include "common/core/decode/snapshot.hpp"

#include <algorithm>
#include <cstring>

#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

template <typename T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

bool is_all_zeros(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace

Snapshot::Part& Snapshot::part(std::string_view file_name) {
  const auto it =
      std::find_if(parts_.begin(), parts_.end(), [&](const Part& p) { return p.file_name == file_name; });
  if (it != parts_.end()) return *it;
  parts_.push_back({std::string(file_name), {}, {}, false});
  return parts_.back();
}

void Snapshot::set(std::string_view file_name, std::vector<std::byte> bytes) {
  Part& changed = part(file_name);
  changed.owned = std::move(bytes);
  changed.bytes = changed.owned;
  changed.has_data = !is_all_zeros(changed.bytes);
}

void Snapshot::show(std::string_view file_name, std::span<const std::byte> bytes) {
  Part& changed = part(file_name);
  changed.owned.clear();
  changed.bytes = bytes;
  changed.has_data = !is_all_zeros(bytes);
}

const Snapshot::Part* Snapshot::find(std::string_view file_name) const {
  const auto it =
      std::find_if(parts_.begin(), parts_.end(), [&](const Part& p) { return p.file_name == file_name; });
  return it == parts_.end() ? nullptr : &*it;
}

const std::span<const std::byte>* Snapshot::bytes(std::string_view file_name) const {
  const Part* part = find(file_name);
  return part == nullptr ? nullptr : &part->bytes;
}

bool Snapshot::has_data(std::string_view file_name) const {
  const Part* part = find(file_name);
  return part != nullptr && part->has_data;
}

const std::byte* Snapshot::at(std::string_view file_name, std::uint64_t offset, std::uint64_t shift,
                              std::uint64_t size) const {
  const auto* all = bytes(file_name);
  // One after the other, because the sum of two untrusted numbers may wrap around.
  if (all == nullptr || size > all->size() || shift > all->size() - size) return nullptr;
  if (offset > all->size() - size - shift) return nullptr;
  return all->data() + offset + shift;
}

std::optional<std::int64_t> Snapshot::integer(std::string_view file_name, const Field& field,
                                              std::uint32_t index, std::uint64_t shift_bytes) const {
  const std::uint64_t size = element_size_bytes(field.type);
  const std::byte* p = at(file_name, field.offset_bytes + index * size, shift_bytes, size);
  if (p == nullptr) return std::nullopt;
  switch (field.type) {
    case FieldType::kInt8:
      return load<std::int8_t>(p);
    case FieldType::kUint8:
    case FieldType::kBool8:
      return load<std::uint8_t>(p);
    case FieldType::kInt16:
      return load<std::int16_t>(p);
    case FieldType::kUint16:
      return load<std::uint16_t>(p);
    case FieldType::kInt32:
      return load<std::int32_t>(p);
    case FieldType::kUint32:
      return load<std::uint32_t>(p);
    case FieldType::kInt64:
    case FieldType::kUint64:
      return load<std::int64_t>(p);
    default:
      return std::nullopt;
  }
}

std::optional<double> Snapshot::number(std::string_view file_name, const Field& field, std::uint32_t index,
                                       std::uint64_t shift_bytes) const {
  const std::uint64_t size = element_size_bytes(field.type);
  const std::uint64_t offset = field.offset_bytes + index * size;
  switch (field.type) {
    case FieldType::kFloat32: {
      const std::byte* p = at(file_name, offset, shift_bytes, size);
      if (p == nullptr) return std::nullopt;
      return static_cast<double>(load<float>(p));
    }
    case FieldType::kFloat64: {
      const std::byte* p = at(file_name, offset, shift_bytes, size);
      if (p == nullptr) return std::nullopt;
      return load<double>(p);
    }
    case FieldType::kUint64: {
      const std::byte* p = at(file_name, offset, shift_bytes, size);
      if (p == nullptr) return std::nullopt;
      return static_cast<double>(load<std::uint64_t>(p));
    }
    default: {
      const auto value = integer(file_name, field, index, shift_bytes);
      if (!value) return std::nullopt;
      return static_cast<double>(*value);
    }
  }
}

std::optional<std::string> Snapshot::text(std::string_view file_name, const Field& field,
                                          std::uint64_t shift_bytes) const {
  const std::byte* p = at(file_name, field.offset_bytes, shift_bytes, field.size_bytes());
  if (p == nullptr) return std::nullopt;
  const std::span<const std::byte> bytes(p, field.size_bytes());
  switch (field.type) {
    case FieldType::kUtf16:
      return utf8_from_utf16le(bytes);
    case FieldType::kText8:
      return utf8_from_8_bit(bytes);
    default:
      return std::nullopt;
  }
}

}  // namespace pitbridge
