// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/core/decode/activity_watch.hpp"
#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// A normalised value: one number, several (wheels), or a text.
using Value = std::variant<double, std::vector<double>, std::string>;

/// Why a quantity has no value. The numbers are those of the values page (pitbridge-shm(7)).
enum class AbsentReason : std::uint32_t {
  kUnknown = 0,         ///< nothing is known of the game: no title, or no data
  kNotGiven = 1,        ///< the sim does not give it
  kNotYet = 2,          ///< the sim says that there is none now, or has not filled its memory yet
  kUnknownVersion = 3,  ///< the layout of the game's version is not known
  kImplausible = 4,     ///< what stands there no vehicle can do
  kOff = 5,             ///< the game is off: what stands there is of an earlier drive, or nothing
  kCutOff = 6,          ///< the game's section ends before it
};
/// As JSON names it: "not_given".
std::string_view reason_name(AbsentReason reason);

/// What a snapshot says, the same way for every sim. A value is true, or absent with a reason.
struct Telemetry {
  Activity activity = Activity::kUnknown;
  std::array<std::optional<Value>, kQuantities.size()> values;
  std::array<AbsentReason, kQuantities.size()> reasons = {};  ///< of the absent ones
  std::string version;        ///< of the layout, as the memory states it; empty: it does not
  std::string version_fault;  ///< a sentence, where nothing is decoded because the version is not known

  const std::optional<Value>& operator[](Quantity q) const { return values[static_cast<std::size_t>(q)]; }
  /// Of an absent quantity.
  AbsentReason reason(Quantity q) const { return reasons[static_cast<std::size_t>(q)]; }
  std::optional<double> number(Quantity q) const;
  std::optional<std::string> text(Quantity q) const;
  /// In the order in which quantities are shown.
  std::vector<Quantity> absent_because(AbsentReason reason) const;
};

/// Decodes a snapshot that follows those which `watch` has seen.
Telemetry decode(const Title& title, const Snapshot& snapshot, ActivityWatch& watch, std::int64_t now_ns);
/// Decodes one snapshot alone, which cannot show movement.
Telemetry decode(const Title& title, const Snapshot& snapshot);

}  // namespace pitbridge
