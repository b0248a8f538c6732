// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// The whole life of the bridge of one sim, from its arguments to its exit status.
int run_sim_bridge(const Sim& sim, std::span<const char* const> arguments);

}  // namespace pitbridge
