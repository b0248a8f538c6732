// SPDX-License-Identifier: MIT
#pragma once

#include <csetjmp>

namespace pitbridge {

/// Installs the SIGBUS handler behind `survives_sigbus`. Once, at the start of a program; faults outside of a
/// guarded body go on to the handler that was there before (Wine's).
void install_fault_guard();

namespace detail {
extern sigjmp_buf* volatile g_fault_exit;
}

/// Runs `body`, which copies from or to mapped files; false when a page that it touched has no backing any
/// more. The body is left by a jump then: it must hold no object with a destructor, and must not nest.
/// Why not by a vectored handler of Windows: common/win32/README.md.
template <typename Body>
bool survives_sigbus(Body body) {
  sigjmp_buf here;
  // Saving no signal mask keeps this free of system calls; the handler does not block SIGBUS.
  if (sigsetjmp(here, 0) != 0) {
    detail::g_fault_exit = nullptr;
    return false;
  }
  detail::g_fault_exit = &here;
  body();
  detail::g_fault_exit = nullptr;
  return true;
}

}  // namespace pitbridge
