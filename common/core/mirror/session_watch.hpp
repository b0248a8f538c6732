// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "common/core/mirror/ports.hpp"

namespace pitbridge {

/// Whether the Wine session waits for the bridge before it ends.
enum class SessionHold : std::uint8_t {
  kHeld,      ///< it does, as for every process of Wine
  kReleased,  ///< it does not
  kRefused,   ///< it does, because this Wine cannot do otherwise
  kEnded,     ///< its last ordinary program has ended
};

/// Lets the Wine session end as it would without the bridge (bridges/ARCHITECTURE.md, "The game and the
/// session").
class SessionWatch {
 public:
  /// With `guest` the bridge stops holding the session as soon as any program runs there, and not only a
  /// game.
  SessionWatch(bool guest, Source& source) : guest_(guest), source_(source) {}

  SessionHold hold() const { return hold_; }
  /// Looks whether the session has ended, and for a guest whether it is to be released: that costs 1 to 4 ms.
  /// Why it was refused, when that is new.
  std::optional<Error> look();
  /// Makes the session not wait for the bridge. Only while another program runs that it waits for; the first
  /// call decides, and gives an error if this Wine refuses.
  std::optional<Error> release();
  /// True when the session has ended, or a guest would keep it from ending.
  bool must_leave() const {
    return hold_ == SessionHold::kEnded || (guest_ && hold_ == SessionHold::kRefused);
  }

 private:
  bool guest_;
  Source& source_;
  SessionHold hold_ = SessionHold::kHeld;
};

}  // namespace pitbridge
