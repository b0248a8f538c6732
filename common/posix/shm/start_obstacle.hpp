// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// Why a bridge of this sim could not make its files in the directory, with the remedy; nothing: it can, as
/// far as can be seen without making any.
std::optional<std::string> start_obstacle(const std::string& directory, const Sim& sim);

}  // namespace pitbridge
