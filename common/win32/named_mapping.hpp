// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "common/core/mirror/ports.hpp"

namespace pitbridge {

/// Opens a view of the named mapping, read-only; null when there is no such mapping. The handle is closed
/// before this returns: in Wine a view does not keep a name alive and a handle does, so the name dies with
/// the game and a restarted game never gets our old section (see README.md).
Expected<std::unique_ptr<View>> open_named_mapping(std::string_view name);

/// Which section has the name now; nothing when none has.
std::optional<SectionId> identify_named_mapping(std::string_view name);

/// How many handles of all processes there are of this object; 0 when Wine does not tell.
std::uint32_t handle_count(void* object);

}  // namespace pitbridge
