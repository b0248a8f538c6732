// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace pitbridge {

/// The addresses of a view. Its pages may go away: somebody cuts the file behind them, or the disk that they
/// are read from fails.
struct GuardedRange {
  const std::byte* begin;
  std::size_t size_bytes;
};

/// Calls `body(argument)`. False: it touched a page of `range` that was not there, and was left in its
/// middle; it must hold nothing that needs a destructor, and must not throw. Faults at other addresses are
/// not ours. Windows programs (seh_guard.cpp): on any thread, nested, and handlers of the body's own come
/// first. Winelib (sigbus_guard.cpp): on one thread, and not nested.
bool call_guarded(const GuardedRange& range, void (*body)(void*), void* argument);

template <typename Body>
bool call_guarded(const GuardedRange& range, Body body) {
  return call_guarded(
      range, [](void* argument) { (*static_cast<Body*>(argument))(); }, &body);
}

}  // namespace pitbridge
