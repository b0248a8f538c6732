// SPDX-License-Identifier: MIT
#include "common/core/decode/telemetry.hpp"

#include <utility>

#include "common/core/decode/channel.hpp"
#include "common/core/decode/version.hpp"

namespace pitbridge {
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
  return Decoder().decode(title, snapshot, watch, now_ns);
}

void Decoder::take(const Title& version) {
  if (version_ == &version) return;
  version_ = &version;
  channels_.clear();
  for (const Channel& channel : version.channels) channels_.emplace_back(version, channel);
  cars_.clear();
  if (version.cars != nullptr)
    for (const Channel& channel : version.cars->channels) cars_.emplace_back(version, channel);
}

Telemetry Decoder::decode(const Title& title, const Snapshot& snapshot, ActivityWatch& watch,
                          std::int64_t now_ns) {
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
  take(*version.by);
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    const Channel& channel = version.by->channels[i];
    const auto slot = static_cast<std::size_t>(channel.quantity);
    if (out.values[slot]) continue;
    auto value = decode_channel(*version.by, channel, channels_[i], snapshot);
    if (value) {
      out.values[slot] = std::move(*value);
    } else if (value.error() != AbsentReason::kNotGiven) {
      out.reasons[slot] = value.error();
    }
  }
  if (version.by->cars != nullptr) out.cars = decode_cars(*version.by, cars_, snapshot);
  return out;
}

}  // namespace pitbridge
