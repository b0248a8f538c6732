// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/settings/bridge_options.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// What every bridge program does once its options are parsed: answers --help, --version and --list, or opens
/// the log, installs the signal handlers, and calls `work`. Maps errors to exit codes.
/// What is wrong with the configuration files (`faults`) is logged once, and hinders nothing.
int run_program(const std::string& program, const Sim& sim, const Expected<BridgeOptions>& options,
                const std::vector<ConfigFault>& faults,
                Expected<void> (*work)(const Sim&, const BridgeOptions&, Log&));

/// Mirrors `sim` until the game has gone or a signal comes.
Expected<void> run_bridge(const Sim& sim, const BridgeOptions& options, Log& log);

}  // namespace pitbridge
