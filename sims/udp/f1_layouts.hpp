// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "common/core/sim/sim_table.hpp"
#include "sims/udp/f1_fields.hpp"

/// The fields of the F1 games put behind their headers, for each year.
namespace pitbridge::f1 {

template <std::size_t kCount>
constexpr auto placed(const Field (&fields)[kCount], std::uint32_t at_bytes) {
  auto table = std::to_array(fields);
  for (Field& field : table) field.offset_bytes += at_bytes;
  return table;
}

/// The header of `kYear`, and what stands behind it.
template <const Year& kYear, typename... Tables>
constexpr auto packet(const Tables&... tables) {
  if constexpr (kYear.format == 2022) {
    return join(kHeader22, placed(tables, kYear.header_bytes)...);
  } else {
    return join(kHeader23, placed(tables, kYear.header_bytes)...);
  }
}

template <const Year& kYear>
constexpr auto damage_fields() {
  return join(packet<kYear>(kTyreDamageFields), placed(kBodyDamageFields, kYear.header_bytes + kYear.wings));
}
template <const Year& kYear>
constexpr auto motion22_fields() {
  return join(packet<kYear>(kMotionFields),
              placed(kMotionTail22, kYear.header_bytes + kCars * kMotionRecord));
}

template <const Year& kYear>
inline constexpr auto kMotionOf = packet<kYear>(kMotionFields);
template <>
inline constexpr auto kMotionOf<kYear22> = motion22_fields<kYear22>();
template <const Year& kYear>
inline constexpr auto kMotionExOf = packet<kYear>(kMotionExFields);
template <const Year& kYear>
inline constexpr auto kSessionOf = packet<kYear>(kSessionFields, kTimeOfDay24);
template <>
inline constexpr auto kSessionOf<kYear22> = packet<kYear22>(kSessionFields, kTimeOfDay22);
template <>
inline constexpr auto kSessionOf<kYear23> = packet<kYear23>(kSessionFields, kTimeOfDay22);
template <const Year& kYear>
inline constexpr auto kLapOf = packet<kYear>(kLap24);
template <>
inline constexpr auto kLapOf<kYear22> = packet<kYear22>(kLap22);
template <>
inline constexpr auto kLapOf<kYear23> = packet<kYear23>(kLap23);
template <const Year& kYear>
inline constexpr auto kParticipantsOf = packet<kYear>(kParticipantsHead, kParticipantFields, kName22);
template <>
inline constexpr auto kParticipantsOf<kYear25> = packet<kYear25>(kParticipantsHead, kParticipantFields,
                                                                 kName25);
template <const Year& kYear>
inline constexpr auto kSetupsOf = packet<kYear>(kSetupFields, kColdPressures22);
template <>
inline constexpr auto kSetupsOf<kYear24> = packet<kYear24>(kSetupFields, kColdPressures24);
template <>
inline constexpr auto kSetupsOf<kYear25> = packet<kYear25>(kSetupFields, kColdPressures24);
template <const Year& kYear>
inline constexpr auto kTelemetryOf = packet<kYear>(kTelemetryFields);
template <const Year& kYear>
inline constexpr auto kStatusOf = packet<kYear>(kStatusFields, kErs23);
template <>
inline constexpr auto kStatusOf<kYear22> = packet<kYear22>(kStatusFields, kErs22);
template <const Year& kYear>
inline constexpr auto kDamageOf = damage_fields<kYear>();

/// Which fields of a kind a channel or a function reads.
template <const Year& kYear>
constexpr std::span<const Field> fields_of(std::string_view mapping) {
  if (mapping == kMotion) return kMotionOf<kYear>;
  if (mapping == kMotionEx) return kMotionExOf<kYear>;
  if (mapping == kSessionData) return kSessionOf<kYear>;
  if (mapping == kLapData) return kLapOf<kYear>;
  if (mapping == kParticipants) return kParticipantsOf<kYear>;
  if (mapping == kSetups) return kSetupsOf<kYear>;
  if (mapping == kTelemetry) return kTelemetryOf<kYear>;
  if (mapping == kStatus) return kStatusOf<kYear>;
  if (mapping == kDamage) return kDamageOf<kYear>;
  if constexpr (kYear.format == 2022) return kHeader22;
  return kHeader23;
}

template <const Year& kYear>
constexpr std::size_t layouts_in_year() {
  std::size_t count = 0;
  for (const Kind& kind : kKindsOfPackets) count += kind.sizes[kYear.index] != 0 ? 1 : 0;
  return count;
}

template <const Year& kYear>
inline constexpr auto kLayoutsOf = [] {
  std::array<Layout, layouts_in_year<kYear>()> layouts = {};
  std::size_t count = 0;
  for (const Kind& kind : kKindsOfPackets)
    if (const std::uint32_t size_bytes = kind.sizes[kYear.index]; size_bytes != 0)
      layouts[count++] = {kind.mapping, size_bytes, fields_of<kYear>(kind.mapping)};
  return layouts;
}();

}  // namespace pitbridge::f1
