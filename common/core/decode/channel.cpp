// SPDX-License-Identifier: MIT
#include "common/core/decode/channel.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "common/core/sim/number_text.hpp"

namespace pitbridge {
namespace {

template <typename T>
using OrReason = tl::expected<T, AbsentReason>;
using Absent = tl::unexpected<AbsentReason>;

/// One channel of one snapshot.
class ChannelDecoder {
 public:
  ChannelDecoder(const Title& title, const Channel& channel, const ChannelFields& fields,
                 const Snapshot& snapshot)
      : title_(title),
        channel_(channel),
        fields_(fields),
        info_(quantity_info(channel.quantity)),
        snapshot_(snapshot) {}

  OrReason<Value> decode_player() {
    std::uint64_t shift = 0;
    if (channel_.of_player && title_.player_offset_bytes != nullptr && snapshot_.has_data(channel_.mapping)) {
      const auto player = title_.player_offset_bytes(snapshot_, channel_);
      // Where the player's number is cut off too, the first record tells.
      if (!player) return Absent(is_cut_off() ? AbsentReason::kCutOff : AbsentReason::kNotYet);
      shift = *player;
    }
    return decode(shift);
  }

  OrReason<Value> decode(std::uint64_t shift_bytes) {
    if (!snapshot_.has_data(channel_.mapping)) return Absent(AbsentReason::kNotYet);
    shift_ = shift_bytes;
    if (info_.text) return text();
    if (info_.count == 1) return checked(element(0));
    std::vector<double> values;
    for (std::uint32_t i = 0; i < info_.count; ++i) {
      const auto value = checked(element(i));
      if (!value) return Absent(value.error());
      values.push_back(*value);
    }
    return values;
  }

 private:
  std::optional<Field> element_field(std::uint32_t i) const {
    return found(fields_.elements[i], channel_.fields.empty() ? channel_.field : channel_.fields[i]);
  }
  std::optional<Field> found(const Field* field, std::string_view name) const {
    if (field != nullptr) return *field;
    return title_.find_variable != nullptr ? title_.find_variable(snapshot_, channel_.mapping, name)
                                           : std::nullopt;
  }

  bool is_found_text() const {
    return channel_.field.empty() && channel_.fields.empty() && channel_.compute == nullptr &&
           title_.find_text != nullptr;
  }

  /// Whether the field lies beyond the bytes, as it stands in the first record.
  bool is_cut_off() const {
    const auto field = element_field(0);
    const auto* bytes = snapshot_.bytes(channel_.mapping);
    return field && bytes != nullptr &&
           std::uint64_t{field->offset_bytes} + field->size_bytes() > bytes->size();
  }

  OrReason<Value> text() const {
    std::optional<std::string> found;
    if (is_found_text()) {
      found = title_.find_text(snapshot_, channel_.quantity);
    } else if (const auto field = element_field(0)) {
      found = snapshot_.text(channel_.mapping, *field, shift_);
      if (!found) return Absent(AbsentReason::kCutOff);
    } else {
      return Absent(AbsentReason::kNotGiven);
    }
    if (!found || found->empty()) return Absent(AbsentReason::kNotYet);
    return Value(std::move(*found));
  }

  OrReason<double> element(std::uint32_t i) const {
    if (channel_.order.empty()) return source_element(i);
    const int from = channel_.order[i];
    const auto value = source_element(static_cast<std::uint32_t>(std::abs(from)) - 1);
    if (!value) return value;
    return from < 0 ? 0 - *value : *value;  // no -0, which readers would show
  }

  /// In the sim's own order.
  OrReason<double> source_element(std::uint32_t i) const {
    if (channel_.compute != nullptr) {
      const auto computed = channel_.compute(snapshot_, shift_, i);
      if (!computed) return Absent(AbsentReason::kNotYet);
      return normalised(*computed);
    }
    if (is_found_text()) {
      const auto found = title_.find_text(snapshot_, channel_.quantity);
      const auto number = number_from<double>(found.value_or(""));
      if (!number) return Absent(AbsentReason::kNotYet);
      return normalised(*number);
    }
    const bool field_an_element = !channel_.fields.empty();
    const auto field = element_field(i);
    if (!field || !is_number(field->type)) return Absent(AbsentReason::kNotGiven);
    const bool adjacent = !field_an_element && channel_.stride_bytes == 0;
    const std::uint32_t index = channel_.first_index + (adjacent ? i : 0);
    const std::uint64_t shift = shift_ + std::uint64_t{i} * channel_.stride_bytes;
    const auto raw = number(*field, index, shift);
    if (!raw) return raw;
    const auto is_raw = [&](double mark) { return mark == *raw; };
    if (std::any_of(channel_.no_value.begin(), channel_.no_value.end(), is_raw))
      return Absent(AbsentReason::kNotYet);
    if (channel_.mask != 0) return masked(*field, index, shift);
    const auto whole = combined(*raw, *field, index, shift);
    if (!whole) return whole;
    return normalised(*whole);
  }

  OrReason<double> masked(const Field& field, std::uint32_t index, std::uint64_t shift) const {
    const auto raw = snapshot_.integer(channel_.mapping, field, index, shift);
    if (!raw) return Absent(AbsentReason::kNotGiven);
    const auto bits = static_cast<std::uint64_t>(*raw) & channel_.mask;
    if (!channel_.codes.empty()) return normalised(static_cast<double>(bits));
    return bits != 0 ? 1.0 : 0.0;
  }

  OrReason<double> normalised(double raw) const {
    if (channel_.codes.empty()) return raw * channel_.scale + channel_.offset;
    const auto code = std::find_if(channel_.codes.begin(), channel_.codes.end(),
                                   [&](const Code& c) { return static_cast<double>(c.raw) == raw; });
    if (code == channel_.codes.end()) return Absent(AbsentReason::kNotGiven);
    return static_cast<double>(code->word);
  }

  OrReason<double> number(const Field& field, std::uint32_t index, std::uint64_t shift) const {
    const auto raw = snapshot_.number(channel_.mapping, field, index, shift);
    if (!raw) return Absent(AbsentReason::kCutOff);
    return *raw;
  }

  OrReason<double> combined(double raw, const Field& field, std::uint32_t index, std::uint64_t shift) const {
    if (channel_.combine == Combine::kNothing) return raw;
    if (channel_.combine == Combine::kAbsolute) return std::abs(raw);
    if (channel_.combine == Combine::kMagnitude) {
      const auto y = number(field, index + 1, shift);
      const auto z = number(field, index + 2, shift);
      if (!y || !z) return Absent(AbsentReason::kCutOff);
      return std::hypot(raw, *y, *z);
    }
    const auto other_field = found(fields_.other, channel_.other_field);
    if (!other_field) return Absent(AbsentReason::kNotGiven);
    const auto other = number(*other_field, 0, shift);
    if (!other) return other;
    if (channel_.combine == Combine::kTimes) return raw * *other;
    if (channel_.combine == Combine::kMinus) return raw - *other;
    if (*other == 0) return Absent(AbsentReason::kNotYet);
    return raw / *other;
  }

  /// NaN is how some sims say that there is none; infinity is no quantity of a car.
  OrReason<double> checked(OrReason<double> value) const {
    if (!value) return value;
    if (std::isnan(*value) || (info_.zero_is_none && *value == 0)) return Absent(AbsentReason::kNotYet);
    if (std::isinf(*value) || *value < info_.least || *value > info_.most)
      return Absent(AbsentReason::kImplausible);
    return value;
  }

  const Title& title_;
  const Channel& channel_;
  const ChannelFields& fields_;
  const QuantityInfo& info_;
  const Snapshot& snapshot_;
  std::uint64_t shift_ = 0;  ///< of the record from the first
};

}  // namespace

ChannelFields::ChannelFields(const Title& title, const Channel& channel) {
  const Layout* layout = title.find_layout(channel.mapping);
  if (layout == nullptr) return;
  for (std::size_t i = 0; i < elements.size(); ++i)
    elements[i] = i < channel.fields.size() ? find_field(layout->fields, channel.fields[i])
                  : i == 0                  ? find_field(layout->fields, channel.field)
                                            : elements[0];
  other = find_field(layout->fields, channel.other_field);
}

tl::expected<Value, AbsentReason> decode_channel(const Title& title, const Channel& channel,
                                                 const ChannelFields& fields, const Snapshot& snapshot) {
  return ChannelDecoder(title, channel, fields, snapshot).decode_player();
}

tl::expected<Value, AbsentReason> decode_channel_at(const Title& title, const Channel& channel,
                                                    const ChannelFields& fields, const Snapshot& snapshot,
                                                    std::uint64_t shift_bytes) {
  return ChannelDecoder(title, channel, fields, snapshot).decode(shift_bytes);
}

}  // namespace pitbridge
