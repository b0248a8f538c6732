// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "common/core/mirror/packet_counts.hpp"
#include "common/core/sim/packets.hpp"

namespace pitbridge {

/// What a packet is by a sim's tables.
struct PacketClass {
  const PacketKind* kind = nullptr;              ///< null: it is none of the sim's
  JunkReason reason = JunkReason::kUnknownMark;  ///< then why
};

/// By size, marks and bounds. Nothing is read beyond the packet's end, whatever the tables say.
PacketClass classify(std::span<const PacketKind> kinds, std::span<const std::byte> packet);

/// The whole number of `width_bytes` (at most 8) at this place, little-endian; 0 where the packet ends
/// before.
std::uint64_t packet_word(std::span<const std::byte> packet, std::uint32_t offset_bytes,
                          std::uint32_t width_bytes);

}  // namespace pitbridge
