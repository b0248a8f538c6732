// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace pitbridge {

/// Of all sims of this build, sorted. A bridge has one sim linked in, and judges a configuration file that
/// names them all, so the makefile writes this function (SIM_NAMES_SRC).
std::span<const std::string_view> sim_names();

}  // namespace pitbridge
