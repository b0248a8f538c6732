// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "common/core/sim/sim_place.hpp"

namespace pitbridge {

/// Clears what a bridge left that was killed: its files, as the status page names them, `more_files` (further
/// names of the same bytes, which the page does not hold), and the page's state.
/// Does nothing while a bridge lives, or where the last one stopped by itself. Returns the pid of the killed
/// bridge when there was something to clear. All files keep their modes, whatever `place.mode` says.
std::optional<std::int32_t> clean_up_after_killed_bridge(const SimPlace& place,
                                                         std::span<const std::string> more_files = {});

}  // namespace pitbridge
