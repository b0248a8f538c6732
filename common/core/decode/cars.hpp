// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "common/core/decode/channel.hpp"
#include "common/core/decode/snapshot.hpp"
#include "common/core/decode/value.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// One car. A value is true, or absent.
struct CarRow {
  bool is_player = false;
  std::array<std::optional<Value>, kCarQuantities.size()> values;

  const std::optional<Value>& operator[](Quantity quantity) const;
};

/// All cars that the snapshot tells of, in the order of the sim's records. The title has a table of cars, and
/// `fields` are those of its channels.
std::vector<CarRow> decode_cars(const Title& title, std::span<const ChannelFields> fields,
                                const Snapshot& snapshot);

}  // namespace pitbridge
