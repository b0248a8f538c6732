// SPDX-License-Identifier: MIT
// The guard of Winelib programs, in which handlers of Windows do not get over a cut file (README.md).
#include "common/posix/system/fault_guard.hpp"
#include "common/win32/shm/guard.hpp"

namespace pitbridge {

// The handler is not told of the range: of a bridge, all pages that can go away are somebody's views or
// files.
bool call_guarded(const GuardedRange& /*range*/, void (*body)(void*), void* argument) {
  return survives_sigbus([&] { body(argument); });
}

}  // namespace pitbridge
