// SPDX-License-Identifier: MIT
#include "common/core/mirror/session_watch.hpp"

namespace pitbridge {

std::optional<Error> SessionWatch::look() {
  if (source_.session_ends()) {
    hold_ = SessionHold::kEnded;
    return std::nullopt;
  }
  // Proton waits for the last ordinary process, and a game may never make its mapping.
  if (guest_ && hold_ == SessionHold::kHeld && source_.others_run()) return release();
  return std::nullopt;
}

std::optional<Error> SessionWatch::release() {
  if (hold_ != SessionHold::kHeld) return std::nullopt;
  const auto released = source_.stop_holding_session();
  hold_ = released ? SessionHold::kReleased : SessionHold::kRefused;
  if (released) return std::nullopt;
  return released.error();
}

}  // namespace pitbridge
