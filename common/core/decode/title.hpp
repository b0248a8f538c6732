// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string_view>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// The title of a snapshot: by the exe that the bridge saw (`title_id`, may be empty), then by what the data
/// say, then the only one there is; null: an unknown variant, whose bytes are mirrored all the same.
const Title* identify_title(const Sim& sim, std::string_view title_id, const Snapshot& snapshot);

/// A field of `title` by name: of its layout, or a variable of a map that describes itself. Nothing when
/// there is none.
std::optional<Field> find_title_field(const Title& title, const Snapshot& snapshot, std::string_view mapping,
                                      std::string_view name);

}  // namespace pitbridge
