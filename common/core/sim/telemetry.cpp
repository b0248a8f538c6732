// SPDX-License-Identifier: MIT
#include "common/core/sim/telemetry.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace pitbridge {
namespace {

/// One element of `field`, combined as the channel says; `shift` bytes further on.
std::optional<double> raw_element(const Title& title, const Channel& channel, const Field& field,
                                  const Snapshot& snapshot, std::uint32_t index, std::uint64_t shift) {
  const auto raw = snapshot.number(channel.mapping, field, index, shift);
  if (!raw || channel.combine == Combine::kNothing) return raw;
  if (channel.combine == Combine::kMagnitude) {
    const auto y = snapshot.number(channel.mapping, field, index + 1, shift);
    const auto z = snapshot.number(channel.mapping, field, index + 2, shift);
    if (!y || !z) return std::nullopt;
    return std::hypot(*raw, *y, *z);
  }
  const auto other_field = find_title_field(title, snapshot, channel.mapping, channel.other_field);
  if (!other_field) return std::nullopt;
  const auto other = snapshot.number(channel.mapping, *other_field, 0, shift);
  if (!other) return std::nullopt;
  if (channel.combine == Combine::kTimes) return *raw * *other;
  if (channel.combine == Combine::kMinus) return *raw - *other;
  if (*other == 0) return std::nullopt;
  return *raw / *other;
}

std::optional<double> decode_element(const Title& title, const Channel& channel, const Snapshot& snapshot,
                                     std::uint32_t i, std::uint64_t shift) {
  const bool field_a_wheel = !channel.wheel_fields.empty();
  const auto field = find_title_field(title, snapshot, channel.mapping,
                                      field_a_wheel ? channel.wheel_fields[i] : channel.field);
  if (!field) return std::nullopt;
  const bool adjacent = !field_a_wheel && channel.stride_bytes == 0;
  const auto raw = raw_element(title, channel, *field, snapshot, channel.first_index + (adjacent ? i : 0),
                               shift + std::uint64_t{i} * channel.stride_bytes);
  if (!raw) return std::nullopt;
  return *raw * channel.scale + channel.offset;
}

/// How far the player's record is from the first; nothing when there is no player.
std::optional<std::uint64_t> player_shift(const Title& title, const Channel& channel,
                                          const Snapshot& snapshot) {
  if (!channel.of_player || title.player_offset_bytes == nullptr) return 0;
  return title.player_offset_bytes(snapshot, channel);
}

std::optional<Value> decode_channel(const Title& title, const Channel& channel, const Snapshot& snapshot) {
  const QuantityInfo& info = quantity_info(channel.quantity);
  const auto player = player_shift(title, channel, snapshot);
  if (!player) return std::nullopt;
  const std::uint64_t shift = *player;
  if (info.text) {
    std::optional<std::string> text;
    if (channel.field.empty() && title.find_text != nullptr) {
      text = title.find_text(snapshot, channel.quantity);
    } else if (const auto field = find_title_field(title, snapshot, channel.mapping, channel.field)) {
      text = snapshot.text(channel.mapping, *field, shift);
    }
    if (!text) return std::nullopt;
    return Value(std::move(*text));
  }
  std::vector<double> values;
  for (std::uint32_t i = 0; i < info.count; ++i) {
    const auto value = decode_element(title, channel, snapshot, i, shift);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  if (info.count == 1) return Value(values.front());
  return Value(std::move(values));
}

/// Whether a field of `channel` reaches beyond the end of a mapping that is there.
bool is_cut_off(const Title& title, const Channel& channel, const Snapshot& snapshot) {
  const Layout* layout = title.find_layout(channel.mapping);
  const auto* bytes = snapshot.bytes(channel.mapping);
  if (layout == nullptr || bytes == nullptr) return false;
  // Where the player's number is cut off too, the first record tells.
  const std::uint64_t shift =
      player_shift(title, channel, snapshot).value_or(0) +
      std::uint64_t{quantity_info(channel.quantity).count - 1U} * channel.stride_bytes;
  const auto is_outside = [&](std::string_view name) {
    const Field* field = find_field(layout->fields, name);
    return field != nullptr && field->offset_bytes + shift + field->size_bytes() > bytes->size();
  };
  return is_outside(channel.field) || is_outside(channel.other_field) ||
         std::any_of(channel.wheel_fields.begin(), channel.wheel_fields.end(), is_outside);
}

constexpr std::int64_t kNsPerMs = 1'000'000;

/// The rule of `title` that watches for changes: there is one at most, the last.
const ActivityRule* watching_rule(const Title& title) {
  if (title.activity_rules.empty() || title.activity_rules.back().changes_within_ms == 0) return nullptr;
  return &title.activity_rules.back();
}

/// What the rule's field holds, as bits that are 0 for zero; nothing where it is not there or no number.
std::optional<std::uint64_t> field_bits(const Title& title, const Snapshot& snapshot,
                                        const ActivityRule& rule) {
  const auto field = find_title_field(title, snapshot, rule.mapping, rule.field);
  if (!field) return std::nullopt;
  if (const auto whole = snapshot.integer(rule.mapping, *field)) return static_cast<std::uint64_t>(*whole);
  const auto number = snapshot.number(rule.mapping, *field);
  if (!number) return std::nullopt;
  return *number == 0 ? 0 : std::bit_cast<std::uint64_t>(*number);
}

}  // namespace

std::optional<double> Telemetry::number(Quantity q) const {
  const auto& value = (*this)[q];
  if (!value || !std::holds_alternative<double>(*value)) return std::nullopt;
  return std::get<double>(*value);
}

std::optional<std::string> Telemetry::text(Quantity q) const {
  const auto& value = (*this)[q];
  if (!value || !std::holds_alternative<std::string>(*value)) return std::nullopt;
  return std::get<std::string>(*value);
}

std::optional<Field> find_title_field(const Title& title, const Snapshot& snapshot, std::string_view mapping,
                                      std::string_view name) {
  const Layout* layout = title.find_layout(mapping);
  const Field* field = layout == nullptr ? nullptr : find_field(layout->fields, name);
  if (field != nullptr) return *field;
  return title.find_variable != nullptr ? title.find_variable(snapshot, mapping, name) : std::nullopt;
}

void ActivityWatch::look(const Title& title, const Snapshot& snapshot, std::int64_t now_ns) {
  if (title_ != &title) *this = ActivityWatch();
  title_ = &title;
  turns_at_ns_.reset();
  const ActivityRule* rule = watching_rule(title);
  if (rule == nullptr) return;
  const auto value = field_bits(title, snapshot, *rule);
  if (value == value_) return;
  has_moved_ = value_.value_or(0) != 0;
  since_ns_ = now_ns;
  value_ = value;
}

Activity ActivityWatch::decide(const Title& title, const Snapshot& snapshot, std::int64_t now_ns) {
  look(title, snapshot, now_ns);
  for (const ActivityRule& rule : title.activity_rules) {
    if (rule.changes_within_ms == 0) {
      const auto field = find_title_field(title, snapshot, rule.mapping, rule.field);
      if (field && snapshot.integer(rule.mapping, *field) == rule.value) return rule.activity;
    } else if (value_) {
      if (*value_ == 0) return Activity::kOff;
      const std::int64_t until_ns = since_ns_ + std::int64_t{rule.changes_within_ms} * kNsPerMs;
      if (now_ns >= until_ns) return Activity::kPaused;
      turns_at_ns_ = until_ns;
      return has_moved_ ? rule.activity : Activity::kUnknown;
    }
  }
  return Activity::kUnknown;
}

Telemetry decode(const Title& title, const Snapshot& snapshot) {
  ActivityWatch one_look;
  return decode(title, snapshot, one_look, 0);
}

Telemetry decode(const Title& title, const Snapshot& snapshot, ActivityWatch& watch, std::int64_t now_ns) {
  Telemetry out;
  out.activity = watch.decide(title, snapshot, now_ns);
  if (out.activity == Activity::kOff) return out;
  for (const Channel& channel : title.channels) {
    auto& slot = out.values[static_cast<std::size_t>(channel.quantity)];
    if (!slot) slot = decode_channel(title, channel, snapshot);
  }
  return out;
}

std::vector<Quantity> missing_quantities(const Title& title, const Snapshot& snapshot) {
  std::vector<Quantity> missing;
  for (const QuantityInfo& info : kQuantities) {
    bool cut_off = false;
    bool there = false;
    for (const Channel& channel : title.channels) {
      if (channel.quantity != info.quantity) continue;
      there |= decode_channel(title, channel, snapshot).has_value();
      cut_off |= is_cut_off(title, channel, snapshot);
    }
    if (cut_off && !there) missing.push_back(info.quantity);
  }
  return missing;
}

}  // namespace pitbridge
