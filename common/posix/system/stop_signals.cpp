// SPDX-License-Identifier: MIT
#include "common/posix/system/stop_signals.hpp"

#include <csignal>
#include <initializer_list>

namespace pitbridge {
namespace {

volatile std::sig_atomic_t g_signal = 0;

void on_signal(int signal) {
  g_signal = signal;
}

}  // namespace

void install_stop_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;  // without SA_RESTART, so that a sleep ends
  ::sigemptyset(&action.sa_mask);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaction(signal, &action, nullptr);
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
}

int stop_signal() {
  return g_signal;
}

}  // namespace pitbridge
