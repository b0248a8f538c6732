// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace pitbridge {

/// How many handles of all processes there are of this object; 0 when Wine does not tell.
std::uint32_t handle_count(void* object);

}  // namespace pitbridge
