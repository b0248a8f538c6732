// SPDX-License-Identifier: MIT
#include "tests/e2e/game/game_writer.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

#include "common/core/sim/telemetry.hpp"
#include "tests/e2e/game/game_iracing.hpp"

namespace pitbridge::fake {
namespace {

template <typename T>
void put(std::span<std::byte> section, std::uint64_t offset, T value) {
  if (offset + sizeof value <= section.size()) std::memcpy(section.data() + offset, &value, sizeof value);
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

void write_text(std::span<std::byte> section, const Field& field, const std::string& utf8) {
  const std::size_t at = field.offset_bytes;
  if (std::uint64_t{at} + field.size_bytes() > section.size()) return;
  std::memset(section.data() + at, 0, field.size_bytes());
  const std::u16string points = code_points(utf8);
  const std::size_t room = field.count - 1;  // the NUL stays
  if (field.type == FieldType::kUtf16) {
    std::memcpy(section.data() + at, points.data(), 2 * std::min(room, points.size()));
  } else if (field.type == FieldType::kText8) {
    for (std::size_t i = 0; i < std::min(room, points.size()); ++i)
      section[at + i] = static_cast<std::byte>(points[i] < 0x100 ? points[i] : u'?');
  } else {
    std::memcpy(section.data() + at, utf8.data(), std::min(room, utf8.size()));
  }
}

namespace {

/// What the other field of a combination is made to hold; any value that is not 0 or 1 will do.
constexpr double kOtherValue = 80;

double raw_value(const Channel& channel, double normalised) {
  const double scaled = (normalised - channel.offset) / channel.scale;
  switch (channel.combine) {
    case Combine::kTimes:
      return scaled / kOtherValue;
    case Combine::kMinus:
      return scaled + kOtherValue;
    case Combine::kDividedBy:
      return scaled * kOtherValue;
    case Combine::kMagnitude:
    case Combine::kAbsolute:
    case Combine::kNothing:
      break;
  }
  return scaled;
}

/// The next value of a counter that shows that the game is alive; never 0, which would mean off.
double next_step() {
  static int step = 0;
  step = step % 100 + 1;
  return step;
}

}  // namespace

bool stands_still(const Title& title, std::string_view mapping, Activity activity) {
  if (title.activity_rules.empty()) return false;
  const ActivityRule& rule = title.activity_rules.back();
  return rule.changes_within_ms != 0 && rule.mapping == mapping && rule.activity != activity;
}

void write_title(std::span<std::byte> section, const Title& title, std::string_view mapping,
                 const LapState& state, Activity activity, const FieldFinder& find) {
  // The first rule that holds decides. So what stands before the wanted rules is undone first, and not what
  // comes after them: it may ask for the same field (a truck is both paused and connected).
  for (const bool wanted : {false, true}) {
    for (const ActivityRule& rule : title.activity_rules) {
      if (!wanted && rule.activity == activity) break;
      if (rule.mapping != mapping || (rule.activity == activity) != wanted) continue;
      const auto field = find(rule.field);
      if (!field) continue;
      if (rule.changes_within_ms != 0) {
        if (wanted) write_number(section, *field, next_step());
        continue;
      }
      // "Undone" is any other value: 0, but 1 where 0 is what the rule waits for.
      const double other = rule.value == 0 ? 1 : 0;
      write_number(section, *field, wanted ? static_cast<double>(rule.value) : other);
    }
  }
  for (const Channel& channel : title.channels) {
    if (channel.mapping != mapping) continue;
    const QuantityInfo& info = quantity_info(channel.quantity);
    if (info.text) {
      if (const auto field = find(channel.field)) write_text(section, *field, state.text(channel.quantity));
      continue;
    }
    if (channel.field.empty() && channel.wheel_fields.empty()) continue;  // it stands in a text
    if (const auto other = find(channel.other_field)) write_number(section, *other, kOtherValue);
    for (std::uint32_t i = 0; i < info.count; ++i) {
      const bool field_a_wheel = !channel.wheel_fields.empty();
      const auto field = find(field_a_wheel ? channel.wheel_fields[i] : channel.field);
      if (!field) continue;
      const double raw = raw_value(channel, state.number(channel.quantity, static_cast<int>(i)));
      const bool adjacent = !field_a_wheel && channel.stride_bytes == 0;
      write_number(section, *field, raw, channel.first_index + (adjacent ? i : 0),
                   std::uint64_t{i} * channel.stride_bytes);
    }
  }
}

FieldFinder field_finder(std::span<std::byte> section, const Title& title, std::string_view mapping) {
  const Layout* layout = title.find_layout(mapping);
  const bool describes_itself = title.find_variable != nullptr;
  return [=, &title](std::string_view name) -> std::optional<Field> {
    if (const Field* field = find_field(layout->fields, name)) return *field;
    return describes_itself ? find_variable_to_write(section, title, name) : std::nullopt;
  };
}

namespace {

std::string_view last_known_version(const VersionWord& word) {
  const std::string_view range = word.known[word.known.size() - 1];
  const auto dots = range.rfind("..");
  return dots == std::string_view::npos ? range : range.substr(dots + 2);
}

/// In whole numbers or as a text.
void state_version(std::span<std::byte> section, const Title& title, std::string_view version) {
  const VersionWord& word = title.version;
  std::string_view rest = version;
  for (const std::string_view name : word.fields) {
    const Field& field = *find_field(title.find_layout(word.mapping)->fields, name);
    if (is_text(field.type)) return write_text(section, field, std::string(rest));
    const auto dot = rest.find('.');
    write_number(section, field, std::stod(std::string(rest.substr(0, dot))));
    rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
  }
}

}  // namespace

void prepare_section(std::span<std::byte> section, const Title& title, std::string_view mapping,
                     const LapState& state, std::string_view version) {
  if (title.find_variable != nullptr) return make_iracing_map(section, title, state);
  // The words by which a title's data are recognised; real games write them once.
  const auto field = [&](std::string_view name) {
    return find_field(title.find_layout(mapping)->fields, name);
  };
  const auto set = [&](std::string_view name, double value) {
    if (const Field* found = field(name)) write_number(section, *found, value);
  };
  if (title.version.mapping == mapping)
    state_version(section, title, version.empty() ? last_known_version(title.version) : version);
  // What tells the titles with one set of names apart: Assetto Corsa alone states a torque, and the later
  // ones alone go on behind its graphics.
  if (title.id == "assetto_corsa") set("maxTorque", 500);
  set("playerCarID", 1);
  if (title.id == "ets2") set("scs_values.game", 1);
  if (title.id == "ats") set("scs_values.game", 2);
  // One vehicle, and it is the player's.
  for (const char* count : {"mScoringInfo.mNumVehicles", "scoring.scoringInfo.mNumVehicles", "mNumVehicles",
                            "telemetry.activeVehicles"})
    set(count, 1);
  for (const char* flag : {"veh0.mIsPlayer", "scoring.veh0.mIsPlayer"}) set(flag, 1);
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

}  // namespace pitbridge::fake
