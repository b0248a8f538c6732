// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/error.hpp"
#include "common/win32/shm/handle.hpp"

namespace pitbridge {

/// Makes this process a system process of its wineserver: the session, and so Steam, no longer waits for it.
/// Only to be called while an ordinary program runs: without one the server shuts down at once (see
/// README.md).
class SystemProcess {
 public:
  Expected<void> become();
  /// The last ordinary program has ended; the server is about to go.
  bool session_ends() const;

 private:
  UniqueHandle shutdown_event_;
};

}  // namespace pitbridge
