// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/settings/bridge_options.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// `--to-wine`: holds files as named mappings until a signal comes. Programs under Wine write and read the
/// files' own pages: nothing is copied.
Expected<void> run_to_wine(const Sim& sim, const BridgeOptions& options, Log& log);

/// `--both`: native and Windows programs share the pages of each mapping, whoever made it first, until a
/// signal comes.
Expected<void> run_both(const Sim& sim, const BridgeOptions& options, Log& log);

}  // namespace pitbridge
