// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "common/core/mirror/ports.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// Opens a view of the named mapping, read-only; null when there is no such mapping. The handle is closed
/// before this returns: in Wine a view does not keep a name alive and a handle does, so the name dies with
/// the game and a restarted game never gets our old section (see README.md).
Expected<std::unique_ptr<View>> open_named_mapping(std::string_view name);

/// Which section has the name now; nothing when none has.
std::optional<SectionId> identify_named_mapping(std::string_view name);

/// The pages of a section, for whoever is to write them too.
struct SharedSection {
  UniqueFd descriptor;  ///< for reading and writing; keeps the pages, and not the name
  std::uint64_t size_bytes;
  SectionId id;
};

/// The section that has the name, for native writers; nothing when there is none. Never for a game's mapping
/// that the user has not named (shmbridge --both).
Expected<std::optional<SharedSection>> open_shared_section(std::string_view name);

}  // namespace pitbridge
