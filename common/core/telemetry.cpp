// SPDX-License-Identifier: MIT
#include "common/core/telemetry.hpp"

namespace pitbridge {
namespace {

std::optional<Value> decode_channel(const Title& title, const Channel& channel, const Snapshot& snapshot) {
  const Field* field = channel_field(title, channel);
  if (field == nullptr) return std::nullopt;
  std::uint64_t shift = 0;
  if (channel.of_player && title.player_offset_bytes != nullptr) {
    const auto offset = title.player_offset_bytes(snapshot, channel.mapping);
    if (!offset) return std::nullopt;
    shift = *offset;
  }
  if (is_text(field->type)) {
    auto text = snapshot.text(channel.mapping, *field, shift);
    if (!text) return std::nullopt;
    return Value(std::move(*text));
  }
  const auto element = [&](std::uint32_t i) -> std::optional<double> {
    const bool apart = channel.stride_bytes != 0;
    const auto raw = snapshot.number(channel.mapping, *field, apart ? 0 : i,
                                     shift + (apart ? std::uint64_t{i} * channel.stride_bytes : 0));
    if (!raw) return std::nullopt;
    return *raw * channel.scale + channel.offset;
  };
  const std::uint8_t count = quantity_info(channel.quantity).count;
  if (count == 1) {
    const auto value = element(0);
    if (!value) return std::nullopt;
    return Value(*value);
  }
  std::vector<double> values;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto value = element(i);
    if (!value) return std::nullopt;
    values.push_back(*value);
  }
  return Value(std::move(values));
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

const Field* channel_field(const Title& title, const Channel& channel) {
  const Layout* layout = title.find_layout(channel.mapping);
  return layout == nullptr ? nullptr : find_field(layout->fields, channel.field);
}

Activity decode_activity(const Title& title, const Snapshot& snapshot) {
  for (const ActivityRule& rule : title.activity_rules) {
    const Layout* layout = title.find_layout(rule.mapping);
    const Field* field = layout == nullptr ? nullptr : find_field(layout->fields, rule.field);
    if (field == nullptr) continue;
    if (snapshot.integer(rule.mapping, *field) == rule.value) return rule.activity;
  }
  return Activity::kUnknown;
}

Telemetry decode(const Title& title, const Snapshot& snapshot) {
  Telemetry out;
  out.activity = decode_activity(title, snapshot);
  if (out.activity == Activity::kOff) return out;
  for (const Channel& channel : title.channels) {
    auto& slot = out.values[static_cast<std::size_t>(channel.quantity)];
    if (!slot) slot = decode_channel(title, channel, snapshot);
  }
  return out;
}

}  // namespace pitbridge
