// SPDX-License-Identifier: MIT
#include "common/core/model/writer.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "common/core/decode/snapshot.hpp"
#include "common/core/model/bytes.hpp"
#include "common/core/model/computed.hpp"
#include "common/core/model/field_marks.hpp"
#include "common/core/model/iracing.hpp"
#include "common/core/model/scene.hpp"

namespace pitbridge::model {
namespace {

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

void write_text(std::span<std::byte> section, const Field& field, const std::string& utf8,
                std::uint64_t shift_bytes) {
  const std::uint64_t at = field.offset_bytes + shift_bytes;
  if (at + field.size_bytes() > section.size()) return;
  std::memset(section.data() + at, 0, field.size_bytes());
  const std::u16string points = code_points(utf8);
  const std::size_t room = field.count - 1;  // the NUL stays
  if (field.type == FieldType::kUtf16) {
    std::memcpy(section.data() + at, points.data(), 2 * std::min(room, points.size()));
  } else if (field.type == FieldType::kText8) {
    for (std::size_t i = 0; i < std::min(room, points.size()); ++i)
      section[static_cast<std::size_t>(at) + i] =
          static_cast<std::byte>(points[i] < 0x100 ? points[i] : u'?');
  } else {
    std::memcpy(section.data() + at, utf8.data(), std::min(room, utf8.size()));
  }
}

void put_minutes(std::span<std::byte> section, std::uint64_t offset_bytes, bool has_minutes, double seconds) {
  constexpr double kMost = 65'535;
  const double minutes = has_minutes ? std::floor(seconds / 60) : 0;
  const double ms = std::clamp(std::round((seconds - 60 * minutes) * 1000), 0.0, kMost);
  put(section, offset_bytes, static_cast<std::uint16_t>(ms));
  if (has_minutes) put(section, offset_bytes + 2, static_cast<std::uint8_t>(minutes));
}

namespace {

double number_in(std::span<const std::byte> section, const Field& field) {
  Snapshot snapshot;
  snapshot.show("", section);
  return snapshot.number("", field).value_or(0);
}

/// What stands where a rule is not to hold: any other value, 0, but 1 where 0 is what the rule waits for. A
/// session that is not paused is a race under green.
double undone_value(std::span<const std::byte> section, const Field& field, const ActivityRule& rule) {
  constexpr double kGreenFlag = 5;
  if (rule.field.ends_with("mGamePhase")) return kGreenFlag;
  const double now = number_in(section, field);
  if (now != static_cast<double>(rule.value)) return now;
  return rule.value == 0 ? 1 : 0;
}

/// The next value of a counter that shows that the game is alive; never 0, which would mean off.
double next_step(std::span<const std::byte> section, const Field& field) {
  return std::fmod(number_in(section, field), 100) + 1;
}

}  // namespace

bool stands_still(const Title& title, std::string_view mapping, Activity activity) {
  return std::any_of(title.activity_rules.begin(), title.activity_rules.end(), [&](const ActivityRule& rule) {
    return rule.changes_within_ms != 0 && rule.mapping == mapping && rule.activity != activity;
  });
}

namespace {

void write_activity(std::span<std::byte> section, const Title& title, std::string_view mapping,
                    Activity activity, const FieldFinder& find) {
  // The first rule that holds decides. So what stands before the wanted rules is undone first, and not what
  // comes after them: it may ask for the same field (a truck is both paused and connected).
  for (const bool wanted : {false, true}) {
    for (const ActivityRule& rule : title.activity_rules) {
      if (!wanted && rule.activity == activity) break;
      if (rule.mapping != mapping || (rule.activity == activity) != wanted) continue;
      const auto field = find(rule.field);
      if (!field) continue;
      if (rule.changes_within_ms != 0) {
        if (wanted) write_number(section, *field, next_step(section, *field));
        continue;
      }
      write_number(section, *field,
                   wanted ? static_cast<double>(rule.value) : undone_value(section, *field, rule));
    }
  }
}

Told told_of(const LapState& car) {
  return {[&car](Quantity quantity, int element) { return car.number(quantity, element); },
          [&car](Quantity quantity) -> const std::string& { return car.text(quantity); }};
}
Told told_of(const FieldCar& car) {
  return {[&car](Quantity quantity, int element) { return car.number(quantity, element); },
          [&car](Quantity quantity) -> const std::string& { return car.text(quantity); }};
}

/// The records of all cars.
void write_field(const Place& place, const Moment& moment, const FieldFinder& find) {
  if (place.title.cars == nullptr || moment.field.empty()) return;
  const CarTable& cars = *place.title.cars;
  const ChannelWriter writer(place.section, cars.channels, place.mapping, find, moment.clock_seconds);
  const std::size_t count = std::min<std::size_t>(moment.field.size(), cars.most_cars);
  for (std::size_t i = 0; i < count; ++i)
    for (const Channel& channel : cars.channels)
      if (channel.mapping == place.mapping)
        writer.write(channel, told_of(moment.field[i]),
                     [&](const Field&) { return std::uint64_t{i} * channel.record_bytes; });
  mark_cars(place, moment, find);
}

}  // namespace

void write_title(std::span<std::byte> section, const Title& title, std::string_view mapping,
                 const Moment& moment, const FieldFinder& find) {
  const Scene& scene = scene_of(title);
  const Place place = {section, title, mapping};
  const ChannelWriter writer(section, title.channels, mapping, find, moment.clock_seconds);
  for (const Channel& channel : title.channels)
    if (channel.mapping == mapping)
      writer.write(channel, told_of(moment.car), [&](const Field& field) -> std::uint64_t {
        return channel.of_player ? scene.player_shift_bytes(mapping, field.offset_bytes) : 0;
      });
  write_activity(section, title, mapping, moment.activity, find);
  scene.write(place, moment);
  write_field(place, moment, find);
  write_computed(place, moment, find);
}

FieldFinder field_finder(std::span<std::byte> section, const Title& title, std::string_view mapping) {
  const Layout* layout = title.find_layout(mapping);
  const bool describes_itself = title.find_variable != nullptr;
  return [=, &title](std::string_view name) -> std::optional<Field> {
    if (const Field* field = find_field(layout->fields, name)) return *field;
    return describes_itself ? find_variable_to_write(section, title, name) : std::nullopt;
  };
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
  } else if (detector.rule == Consistency::kRotating) {
    end_line(section);
  } else if (detector.rule != Consistency::kNone) {
    add_to_word(section, detector.offset_bytes, detector.width_bytes);
  }
}

}  // namespace pitbridge::model
