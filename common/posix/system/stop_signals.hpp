// SPDX-License-Identifier: MIT
#pragma once

namespace pitbridge {

/// From now on SIGTERM, SIGINT and SIGHUP interrupt sleeps and only set a flag. sigaction, not signalfd or
/// SetConsoleCtrlHandler: the first misses SIGINT once Wine has a thread, the second TERM and HUP
/// (common/win32/README.md). SIGPIPE is ignored: a closed stderr must not end a bridge.
void install_stop_signals();

/// The signal that asked for the end; 0: none yet.
int stop_signal();

}  // namespace pitbridge
