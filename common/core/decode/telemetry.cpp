// SPDX-License-Identifier: MIT
#include "common/core/decode/telemetry.hpp"

#include <algorithm>
#include <cmath>
#include <tl/expected.hpp>

#include "common/core/decode/title.hpp"
#include "common/core/decode/version.hpp"
#include "common/core/sim/number_text.hpp"

namespace pitbridge {
namespace {

template <typename T>
using OrReason = tl::expected<T, AbsentReason>;
using Absent = tl::unexpected<AbsentReason>;

/// One channel of one snapshot.
class ChannelDecoder {
 public:
  ChannelDecoder(const Title& title, const Channel& channel, const Snapshot& snapshot)
      : title_(title), channel_(channel), info_(quantity_info(channel.quantity)), snapshot_(snapshot) {}

  OrReason<Value> decode() {
    if (!snapshot_.has_data(channel_.mapping)) return Absent(AbsentReason::kNotYet);
    if (channel_.of_player && title_.player_offset_bytes != nullptr) {
      const auto player = title_.player_offset_bytes(snapshot_, channel_);
      // Where the player's number is cut off too, the first record tells.
      if (!player) return Absent(is_cut_off() ? AbsentReason::kCutOff : AbsentReason::kNotYet);
      shift_ = *player;
    }
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
  bool is_found_text() const {
    return channel_.field.empty() && channel_.wheel_fields.empty() && title_.find_text != nullptr;
  }

  /// Whether the field lies beyond the bytes, as it stands in the first record.
  bool is_cut_off() const {
    const auto field = find_title_field(title_, snapshot_, channel_.mapping, channel_.field);
    const auto* bytes = snapshot_.bytes(channel_.mapping);
    return field && bytes != nullptr &&
           std::uint64_t{field->offset_bytes} + field->size_bytes() > bytes->size();
  }

  OrReason<Value> text() const {
    std::optional<std::string> found;
    if (is_found_text()) {
      found = title_.find_text(snapshot_, channel_.quantity);
    } else if (const auto field = find_title_field(title_, snapshot_, channel_.mapping, channel_.field)) {
      found = snapshot_.text(channel_.mapping, *field, shift_);
      if (!found) return Absent(AbsentReason::kCutOff);
    } else {
      return Absent(AbsentReason::kNotGiven);
    }
    if (!found || found->empty()) return Absent(AbsentReason::kNotYet);
    return Value(std::move(*found));
  }

  OrReason<double> element(std::uint32_t i) const {
    if (is_found_text()) {
      const auto found = title_.find_text(snapshot_, channel_.quantity);
      const auto number = number_from<double>(found.value_or(""));
      if (!number) return Absent(AbsentReason::kNotYet);
      return *number * channel_.scale + channel_.offset;
    }
    const bool field_a_wheel = !channel_.wheel_fields.empty();
    const auto field = find_title_field(title_, snapshot_, channel_.mapping,
                                        field_a_wheel ? channel_.wheel_fields[i] : channel_.field);
    if (!field || !is_number(field->type)) return Absent(AbsentReason::kNotGiven);
    const bool adjacent = !field_a_wheel && channel_.stride_bytes == 0;
    const std::uint32_t index = channel_.first_index + (adjacent ? i : 0);
    const std::uint64_t shift = shift_ + std::uint64_t{i} * channel_.stride_bytes;
    const auto raw = number(*field, index, shift);
    if (!raw) return raw;
    const auto is_raw = [&](double mark) { return mark == *raw; };
    if (std::any_of(channel_.no_value.begin(), channel_.no_value.end(), is_raw))
      return Absent(AbsentReason::kNotYet);
    const auto whole = combined(*raw, *field, index, shift);
    if (!whole) return whole;
    return *whole * channel_.scale + channel_.offset;
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
    const auto other_field = find_title_field(title_, snapshot_, channel_.mapping, channel_.other_field);
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
  const QuantityInfo& info_;
  const Snapshot& snapshot_;
  std::uint64_t shift_ = 0;  ///< of the player's record from the first
};

}  // namespace

std::string_view reason_name(AbsentReason reason) {
  constexpr std::string_view kNames[] = {"unknown",     "not_given", "not_yet", "unknown_version",
                                         "implausible", "off",       "cut_off"};
  return kNames[static_cast<std::size_t>(reason)];
}

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

std::vector<Quantity> Telemetry::absent_because(AbsentReason reason) const {
  std::vector<Quantity> found;
  for (const QuantityInfo& info : kQuantities)
    if (!(*this)[info.quantity] && this->reason(info.quantity) == reason) found.push_back(info.quantity);
  return found;
}

Telemetry decode(const Title& title, const Snapshot& snapshot) {
  ActivityWatch one_look;
  return decode(title, snapshot, one_look, 0);
}

Telemetry decode(const Title& title, const Snapshot& snapshot, ActivityWatch& watch, std::int64_t now_ns) {
  Telemetry out;
  TitleVersion version = version_of(title, snapshot);
  out.version = std::move(version.stated);
  out.version_fault = std::move(version.fault);
  if (version.by == nullptr) {
    out.reasons.fill(out.version_fault.empty() ? AbsentReason::kNotYet : AbsentReason::kUnknownVersion);
    return out;
  }
  out.activity = watch.decide(*version.by, snapshot, now_ns);
  out.reasons.fill(out.activity == Activity::kOff ? AbsentReason::kOff : AbsentReason::kNotGiven);
  if (out.activity == Activity::kOff) return out;
  for (const Channel& channel : version.by->channels) {
    const auto slot = static_cast<std::size_t>(channel.quantity);
    if (out.values[slot]) continue;
    auto value = ChannelDecoder(*version.by, channel, snapshot).decode();
    if (value) {
      out.values[slot] = std::move(*value);
    } else if (value.error() != AbsentReason::kNotGiven) {
      out.reasons[slot] = value.error();
    }
  }
  return out;
}

}  // namespace pitbridge
