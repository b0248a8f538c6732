// SPDX-License-Identifier: MIT
#include "common/posix/system/fault_guard.hpp"

#include <csignal>

namespace pitbridge {
namespace detail {
sigjmp_buf* volatile g_fault_exit = nullptr;
}

namespace {

struct sigaction g_previous;

void on_sigbus(int /*signal*/, siginfo_t* /*info*/, void* /*context*/) {
  if (detail::g_fault_exit != nullptr) siglongjmp(*detail::g_fault_exit, 1);
  // Not ours: let the instruction fault again under the handler that was there before.
  ::sigaction(SIGBUS, &g_previous, nullptr);
}

}  // namespace

void install_fault_guard() {
  struct sigaction action = {};
  action.sa_sigaction = on_sigbus;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGBUS, &action, &g_previous);
}

}  // namespace pitbridge
