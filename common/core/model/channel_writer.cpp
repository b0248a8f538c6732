// SPDX-License-Identifier: MIT
#include "common/core/model/channel_writer.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "common/core/model/lap.hpp"
#include "common/core/model/writer.hpp"

namespace pitbridge::model {
namespace {

/// What the other field of a product or a quotient is made to hold; any value that is not 0 or 1 will do.
constexpr double kOtherValue = 80;

/// A vector of a velocity is one in the car's own axes: +z points out of its back.
constexpr std::uint32_t kForwardElement = 2;

/// Where a whole number of a mapping stands, and which of its bits count.
struct Bits {
  std::span<std::byte> section;
  std::uint64_t at = 0;
  std::uint32_t size_bytes = 0;
  std::uint64_t mask = 0;

  bool is_inside() const { return at + size_bytes <= section.size(); }
  std::uint64_t word() const {
    std::uint64_t all = 0;
    std::memcpy(&all, section.data() + at, size_bytes);
    return all;
  }
  std::uint64_t get() const { return word() & mask; }
  void set(std::uint64_t bits) const {
    const std::uint64_t all = (word() & ~mask) | (bits & mask);
    std::memcpy(section.data() + at, &all, size_bytes);
  }
};

std::uint64_t all_bits(std::uint32_t size_bytes) {
  return size_bytes >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << (8 * size_bytes)) - 1;
}

bool has_word(const Channel& channel, std::uint8_t word) {
  return std::ranges::find(channel.codes, word, &Code::word) != channel.codes.end();
}

/// A number that stands for none of the words.
std::uint64_t meaningless(const Channel& channel) {
  std::int64_t raw = 0;
  while (std::ranges::find(channel.codes, raw, &Code::raw) != channel.codes.end()) ++raw;
  return static_cast<std::uint64_t>(raw);
}

/// What is said where a sim has no such word.
std::uint8_t next_best(Quantity quantity, std::uint8_t word) {
  const auto is = [&](PitState state) { return word == static_cast<std::uint8_t>(state); };
  if (quantity == Quantity::kFlag) return static_cast<std::uint8_t>(Flag::kNone);
  if (quantity != Quantity::kPitState) return word;
  if (is(PitState::kRequested)) return static_cast<std::uint8_t>(PitState::kOnTrack);
  return static_cast<std::uint8_t>(is(PitState::kLane) || is(PitState::kGarage) ? PitState::kBox
                                                                                : PitState::kLane);
}

bool is_plain(const Channel& channel) {
  return channel.compute == nullptr && channel.codes.empty() && channel.mask == 0 && channel.order.empty() &&
         (channel.combine == Combine::kNothing || channel.combine == Combine::kAbsolute) &&
         quantity_info(channel.quantity).count == 1;
}

}  // namespace

void ChannelWriter::write(const Channel& channel, const Told& told, const ShiftOf& shift_of) const {
  if (channel.compute != nullptr) return;
  const QuantityInfo& info = quantity_info(channel.quantity);
  if (info.text) {
    const std::string& text = told.text(channel.quantity);
    auto field = find_(channel.field);
    if (!field || text.empty()) return;
    // Of an array of texts each car has one.
    if (channel.record_bytes != 0)
      field->count = std::min(field->count, channel.record_bytes / element_size_bytes(field->type));
    write_text(section_, *field, text, shift_of(*field));
    return;
  }
  for (std::uint32_t i = 0; i < info.count; ++i) write_element(channel, i, told, shift_of);
}

void ChannelWriter::write_element(const Channel& channel, std::uint32_t i, const Told& told,
                                  const ShiftOf& shift_of) const {
  const bool field_an_element = !channel.fields.empty();
  double value = told.number(channel.quantity, static_cast<int>(i));
  if ((channel.field.empty() && !field_an_element) || std::isnan(value)) return;
  if (!channel.order.empty()) {
    if (channel.order[i] < 0) value = -value;
    i = static_cast<std::uint32_t>(std::abs(channel.order[i])) - 1;
  }
  const auto field = find_(field_an_element ? channel.fields[i] : channel.field);
  if (!field) return;
  const bool adjacent = !field_an_element && channel.stride_bytes == 0;
  // Where there is no value while the first element is 0, the whole length is there.
  const bool is_forward = channel.combine == Combine::kMagnitude && channel.no_value.empty();
  const std::uint32_t first = is_forward ? kForwardElement : channel.first_index;
  const std::uint32_t index = first + (adjacent ? i : 0);
  const std::uint64_t shift = std::uint64_t{i} * channel.stride_bytes + shift_of(*field);
  if (value == kNoneNow)
    return write_number(section_, *field, channel.no_value.empty() ? 0 : channel.no_value[0], index, shift);
  if (channel.mask != 0 || !channel.codes.empty()) return write_word(channel, *field, value, index, shift);
  const auto raw = raw_values(channel, told, value);
  if (!raw) return;
  const auto other = find_(channel.other_field);
  if (other && raw->other) write_number(section_, *other, *raw->other, 0, shift_of(*other));
  write_number(section_, *field, raw->field, index, shift);
}

void ChannelWriter::write_word(const Channel& channel, const Field& field, double number, std::uint32_t index,
                               std::uint64_t shift_bytes) const {
  const std::uint32_t size = element_size_bytes(field.type);
  const std::uint64_t width = all_bits(size);
  const Bits bits = {section_, field.offset_bytes + std::uint64_t{index} * size + shift_bytes, size,
                     channel.mask != 0 ? channel.mask & width : width};
  if (!bits.is_inside()) return;
  if (channel.codes.empty()) return bits.set(number != 0 ? bits.mask : 0);
  const std::uint8_t word = word_to_say(channel.quantity, static_cast<std::uint8_t>(number));
  const auto stands_for = [&](const Code& code) {
    return (static_cast<std::uint64_t>(code.raw) & width) == bits.get();
  };
  const auto now = std::ranges::find_if(channel.codes, stands_for);
  // Several quantities may be told by one number: what says the word already stays.
  if (now != channel.codes.end() && now->word == word) return;
  const auto code = std::ranges::find(channel.codes, word, &Code::word);
  if (code != channel.codes.end()) return bits.set(static_cast<std::uint64_t>(code->raw));
  bits.set(is_said_before(channel, word) ? 0 : meaningless(channel));
}

std::uint8_t ChannelWriter::word_to_say(Quantity quantity, std::uint8_t word) const {
  const auto can_say = [&](std::uint8_t which) {
    return std::ranges::any_of(channels_, [&](const Channel& channel) {
      return channel.quantity == quantity && channel.mapping == mapping_ && has_word(channel, which);
    });
  };
  if (can_say(word)) return word;
  const std::uint8_t other = next_best(quantity, word);
  return can_say(other) ? other : word;
}

bool ChannelWriter::is_said_before(const Channel& channel, std::uint8_t word) const {
  for (const Channel& each : channels_) {
    if (&each == &channel) return false;
    if (each.quantity == channel.quantity && each.mapping == mapping_ && has_word(each, word)) return true;
  }
  return false;
}

std::optional<double> ChannelWriter::raw_told(std::string_view field, const Told& told) const {
  for (const Channel& channel : channels_) {
    if (channel.mapping != mapping_ || channel.field != field || !is_plain(channel)) continue;
    const double value = told.number(channel.quantity, 0);
    if (std::isfinite(value)) return (value - channel.offset) / channel.scale;
  }
  return std::nullopt;
}

std::optional<ChannelWriter::RawValues> ChannelWriter::raw_values(const Channel& channel, const Told& told,
                                                                  double value) const {
  const double scaled = (value - channel.offset) / channel.scale;
  if (channel.combine == Combine::kMagnitude) return RawValues{-scaled, {}};
  if (channel.combine == Combine::kNothing || channel.combine == Combine::kAbsolute)
    return RawValues{scaled, {}};
  const auto own = raw_told(channel.field, told);
  const auto other = raw_told(channel.other_field, told);
  if (own && other) return std::nullopt;  // written where they are told
  RawValues raw;
  if (channel.combine == Combine::kTimes) {
    raw = own ? RawValues{*own, scaled / *own}
              : RawValues{scaled / other.value_or(kOtherValue), other.value_or(kOtherValue)};
  } else if (channel.combine == Combine::kDividedBy) {
    raw = own ? RawValues{*own, *own / scaled}
              : RawValues{scaled * other.value_or(kOtherValue), other.value_or(kOtherValue)};
  } else {  // two times of the session's clock, where no other is told
    raw = own     ? RawValues{*own, *own - scaled}
          : other ? RawValues{scaled + *other, *other}
                  : RawValues{clock_seconds_, clock_seconds_ - scaled};
  }
  const bool is_solved = std::isfinite(raw.field) && std::isfinite(raw.other.value_or(0));
  return is_solved ? std::optional(raw) : std::nullopt;
}

}  // namespace pitbridge::model
