// SPDX-License-Identifier: MIT
#include "tests/e2e/game_writer.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "common/core/telemetry.hpp"

namespace pitbridge::fake {
namespace {

template <typename T>
void put(std::span<std::byte> section, std::uint64_t offset, T value) {
  if (offset + sizeof value <= section.size()) std::memcpy(section.data() + offset, &value, sizeof value);
}

/// The code points of valid UTF-8 of at most three bytes each, which is all that the fake car needs.
std::u16string code_points(const std::string& utf8) {
  std::u16string out;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(utf8[k]); };
    if (byte(i) < 0x80) {
      out.push_back(byte(i));
      i += 1;
    } else if (byte(i) < 0xE0) {
      out.push_back(static_cast<char16_t>((byte(i) & 0x1F) << 6 | (byte(i + 1) & 0x3F)));
      i += 2;
    } else {
      out.push_back(
          static_cast<char16_t>((byte(i) & 0x0F) << 12 | (byte(i + 1) & 0x3F) << 6 | (byte(i + 2) & 0x3F)));
      i += 3;
    }
  }
  return out;
}

void add_to_word(std::span<std::byte> section, std::uint32_t offset, std::uint32_t width) {
  std::uint64_t value = 0;
  if (std::uint64_t{offset} + width > section.size()) return;
  std::memcpy(&value, section.data() + offset, width);
  ++value;
  std::atomic_thread_fence(std::memory_order_seq_cst);
  std::memcpy(section.data() + offset, &value, width);
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

}  // namespace

void write_number(std::span<std::byte> section, const Field& field, double value, std::uint32_t index,
                  std::uint64_t shift_bytes) {
  const std::uint64_t at =
      field.offset_bytes + std::uint64_t{index} * element_size_bytes(field.type) + shift_bytes;
  const auto whole = static_cast<std::int64_t>(std::llround(value));
  switch (field.type) {
    case FieldType::kInt8:
    case FieldType::kUint8:
    case FieldType::kBool8:
      return put(section, at, static_cast<std::uint8_t>(whole));
    case FieldType::kInt16:
    case FieldType::kUint16:
      return put(section, at, static_cast<std::uint16_t>(whole));
    case FieldType::kInt32:
    case FieldType::kUint32:
      return put(section, at, static_cast<std::uint32_t>(whole));
    case FieldType::kInt64:
    case FieldType::kUint64:
      return put(section, at, static_cast<std::uint64_t>(whole));
    case FieldType::kFloat32:
      return put(section, at, static_cast<float>(value));
    case FieldType::kFloat64:
      return put(section, at, value);
    default:
      return;
  }
}

void write_text(std::span<std::byte> section, const Field& field, const std::string& utf8) {
  const std::uint64_t at = field.offset_bytes;
  if (at + field.size_bytes() > section.size()) return;
  std::memset(section.data() + at, 0, field.size_bytes());
  const std::u16string points = code_points(utf8);
  const std::size_t room = field.count - 1;  // the NUL stays
  if (field.type == FieldType::kUtf16) {
    std::memcpy(section.data() + at, points.data(), 2 * std::min(room, points.size()));
  } else if (field.type == FieldType::kLatin1) {
    for (std::size_t i = 0; i < std::min(room, points.size()); ++i)
      section[at + i] = static_cast<std::byte>(points[i] < 0x100 ? points[i] : u'?');
  } else {
    std::memcpy(section.data() + at, utf8.data(), std::min(room, utf8.size()));
  }
}

void write_title(std::span<std::byte> section, const Title& title, std::string_view mapping,
                 const LapState& state, Activity activity) {
  // The conditions of other activities are undone first, because the first rule that holds decides.
  for (const bool wanted : {false, true}) {
    for (const ActivityRule& rule : title.activity_rules) {
      if (rule.mapping != mapping || (rule.activity == activity) != wanted) continue;
      const Field* field = find_field(title.find_layout(mapping)->fields, rule.field);
      if (field != nullptr) write_number(section, *field, wanted ? static_cast<double>(rule.value) : 0);
    }
  }
  for (const Channel& channel : title.channels) {
    const Field* field = channel.mapping == mapping ? channel_field(title, channel) : nullptr;
    if (field == nullptr) continue;
    const QuantityInfo& info = quantity_info(channel.quantity);
    if (info.text) {
      write_text(section, *field, state.text(channel.quantity));
      continue;
    }
    for (std::uint32_t i = 0; i < info.count; ++i) {
      const double raw =
          (state.number(channel.quantity, static_cast<int>(i)) - channel.offset) / channel.scale;
      if (channel.stride_bytes != 0) {
        write_number(section, *field, raw, 0, std::uint64_t{i} * channel.stride_bytes);
      } else {
        write_number(section, *field, raw, i);
      }
    }
  }
}

void write_pattern(std::span<std::byte> section, const Detector& detector, std::uint64_t update) {
  const auto is_rule_word = [&](std::size_t at) {
    const auto covers = [&](std::uint32_t word) { return at + 8 > word && at < word + detector.width_bytes; };
    if (detector.rule == Consistency::kNone) return false;
    for (std::uint32_t i = 0; i < detector.count; ++i)
      if (covers(detector.offset_bytes + i * detector.stride_bytes)) return true;
    return detector.rule == Consistency::kVersionPair && covers(detector.end_offset_bytes);
  };
  for (std::size_t at = 0; at + 8 <= section.size(); at += 8)
    if (!is_rule_word(at)) put(section, at, update);
}

void begin_update(std::span<std::byte> section, const Detector& detector) {
  if (detector.rule == Consistency::kSequence || detector.rule == Consistency::kVersionPair)
    add_to_word(section, detector.offset_bytes, detector.width_bytes);
}

void end_update(std::span<std::byte> section, const Detector& detector) {
  if (detector.rule == Consistency::kVersionPair) {
    add_to_word(section, detector.end_offset_bytes, detector.width_bytes);
  } else if (detector.rule != Consistency::kNone) {
    add_to_word(section, detector.offset_bytes, detector.width_bytes);
  }
}

}  // namespace pitbridge::fake
