// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace pitbridge::e2e {

/// What one process has at a moment.
struct Holding {
  std::size_t descriptors = 0;
  long resident_kb = 0;
  /// Has the ring of a stream, as a bridge has while somebody reads every frame.
  bool has_ring = false;
};
/// Throws when there is no such process, which fails the test.
Holding holding_of(pid_t pid);

}  // namespace pitbridge::e2e
