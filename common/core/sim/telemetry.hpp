// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/core/sim/sim.hpp"
#include "common/core/sim/snapshot.hpp"

namespace pitbridge {

/// A normalised value: one number, several (wheels), or a text.
using Value = std::variant<double, std::vector<double>, std::string>;

/// What a snapshot says, the same way for every sim. A quantity that the title does not give, or whose field
/// lies outside the bytes at hand, is absent; so are all while the game is off (a cleared file must not
/// decode to "reverse gear").
struct Telemetry {
  Activity activity = Activity::kUnknown;
  std::array<std::optional<Value>, kQuantities.size()> values;

  const std::optional<Value>& operator[](Quantity q) const { return values[static_cast<std::size_t>(q)]; }
  std::optional<double> number(Quantity q) const;
  std::optional<std::string> text(Quantity q) const;
};

Telemetry decode(const Title& title, const Snapshot& snapshot);

/// The quantities that `title` gives, but not here: a section is smaller than its layout, and ends before
/// them.
std::vector<Quantity> missing_quantities(const Title& title, const Snapshot& snapshot);

/// The first activity rule of `title` that holds.
Activity decode_activity(const Title& title, const Snapshot& snapshot);

/// A field of `title` by name: of its layout, or a variable of a map that describes itself. Nothing when
/// there is none.
std::optional<Field> find_title_field(const Title& title, const Snapshot& snapshot, std::string_view mapping,
                                      std::string_view name);

}  // namespace pitbridge
