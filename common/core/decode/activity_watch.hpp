// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

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
  const ActivityRule* rule_ = nullptr;  ///< that watches; null: none does
  std::optional<std::uint64_t> value_;  ///< the watched field's bits; 0: it has not begun to move
  std::int64_t since_ns_ = 0;           ///< since when the field holds it
  bool has_moved_ = false;              ///< it was seen to change
  std::optional<std::int64_t> turns_at_ns_;
};

}  // namespace pitbridge
