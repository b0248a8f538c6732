// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <tl/expected.hpp>

#include "common/core/decode/snapshot.hpp"
#include "common/core/decode/value.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// The value of one channel of `title`, or why there is none. The player's record is looked up where the
/// channel is of the player.
tl::expected<Value, AbsentReason> decode_channel(const Title& title, const Channel& channel,
                                                 const Snapshot& snapshot);

/// The same, of the record of another car: `shift_bytes` leads to it from the first one.
tl::expected<Value, AbsentReason> decode_channel_at(const Title& title, const Channel& channel,
                                                    const Snapshot& snapshot, std::uint64_t shift_bytes);

}  // namespace pitbridge
