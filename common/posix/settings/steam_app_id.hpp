// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

namespace pitbridge {

/// The Steam app that this process runs for: by its environment (see `app_id_from`), else the number of the
/// prefix (`.../compatdata/244210/pfx`), which is all that simd leaves a bridge. Nothing outside Steam.
std::optional<std::uint32_t> running_app_id();

}  // namespace pitbridge
