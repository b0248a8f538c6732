// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <tl/expected.hpp>

#include "common/core/decode/snapshot.hpp"
#include "common/core/decode/value.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// The fields that a channel names, found once: to look for a name costs more than to decode.
struct ChannelFields {
  ChannelFields(const Title& title, const Channel& channel);

  std::array<const Field*, 4> elements = {};  ///< null: only a snapshot may tell (`Title::find_variable`)
  const Field* other = nullptr;
};

/// The value of one channel of `title`, or why there is none. The player's record is looked up where the
/// channel is of the player.
tl::expected<Value, AbsentReason> decode_channel(const Title& title, const Channel& channel,
                                                 const ChannelFields& fields, const Snapshot& snapshot);

/// The same, of the record of another car: `shift_bytes` leads to it from the first one.
tl::expected<Value, AbsentReason> decode_channel_at(const Title& title, const Channel& channel,
                                                    const ChannelFields& fields, const Snapshot& snapshot,
                                                    std::uint64_t shift_bytes);

}  // namespace pitbridge
