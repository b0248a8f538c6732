// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/decode/activity_watch.hpp"
#include "common/core/decode/cars.hpp"
#include "common/core/decode/snapshot.hpp"
#include "common/core/decode/value.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// What a snapshot says, the same way for every sim. A value is true, or absent with a reason.
struct Telemetry {
  Activity activity = Activity::kUnknown;
  std::array<std::optional<Value>, kQuantities.size()> values;
  std::array<AbsentReason, kQuantities.size()> reasons = {};  ///< of the absent ones
  std::vector<CarRow> cars;                                   ///< of the session, the player's too
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

/// Decodes snapshots one after the other. What it looks up in the tables of a title it keeps for the next.
class Decoder {
 public:
  /// `snapshot` follows those that `watch` has seen.
  Telemetry decode(const Title& title, const Snapshot& snapshot, ActivityWatch& watch, std::int64_t now_ns);

 private:
  void take(const Title& version);

  const Title* version_ = nullptr;  ///< whose fields are kept
  std::vector<ChannelFields> channels_, cars_;
};

/// Decodes a snapshot that follows those which `watch` has seen.
Telemetry decode(const Title& title, const Snapshot& snapshot, ActivityWatch& watch, std::int64_t now_ns);
/// Decodes one snapshot alone, which cannot show movement.
Telemetry decode(const Title& title, const Snapshot& snapshot);

}  // namespace pitbridge
