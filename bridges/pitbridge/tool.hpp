// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/launch/tools.hpp"

namespace pitbridge {

/// Becomes the tool's program, with these arguments. Returns only when it cannot.
Expected<void> become_tool(const Tool& tool, const std::vector<std::string>& words);

}  // namespace pitbridge
