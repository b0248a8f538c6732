// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
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

/// What a rule that watches for changes must remember from one snapshot to the next; see `ActivityRule`.
class ActivityWatch {
 public:
  /// The first activity rule of `title` that holds. Asked for each snapshot in turn; with another title than
  /// before it begins anew. Unknown where movement decides and has not been looked for long enough.
  Activity decide(const Title& title, const Snapshot& snapshot, std::int64_t now_ns);

  /// When `decide` may answer otherwise although no byte changes; nothing where time decides nothing.
  std::optional<std::int64_t> turns_at_ns() const { return turns_at_ns_; }

 private:
  /// Notes what the watched field holds, before any rule is asked.
  void look(const Title& title, const Snapshot& snapshot, std::int64_t now_ns);

  const Title* title_ = nullptr;
  std::optional<std::uint64_t> value_;  ///< the watched field's bits; 0: it has not begun to move
  std::int64_t since_ns_ = 0;           ///< since when the field holds it
  bool has_moved_ = false;              ///< it was seen to change
  std::optional<std::int64_t> turns_at_ns_;
};

/// Decodes a snapshot that follows those which `watch` has seen.
Telemetry decode(const Title& title, const Snapshot& snapshot, ActivityWatch& watch, std::int64_t now_ns);
/// Decodes one snapshot alone, which cannot show movement.
Telemetry decode(const Title& title, const Snapshot& snapshot);

/// The quantities that `title` gives, but not here: a section is smaller than its layout, and ends before
/// them.
std::vector<Quantity> missing_quantities(const Title& title, const Snapshot& snapshot);

/// A field of `title` by name: of its layout, or a variable of a map that describes itself. Nothing when
/// there is none.
std::optional<Field> find_title_field(const Title& title, const Snapshot& snapshot, std::string_view mapping,
                                      std::string_view name);

}  // namespace pitbridge
