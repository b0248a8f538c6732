// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/core/sim/few.hpp"

/// How a sim that sends UDP packets is recognised. Each kind of packet is a mapping, whose newest packet is
/// mirrored; all else of the sim (layouts, channels, rules) is as for any.
namespace pitbridge {

/// A whole number that stands at this place of every packet of a kind, little-endian.
struct PacketMark {
  std::uint32_t offset_bytes = 0;
  std::uint32_t width_bytes = 1;
  std::uint64_t value = 0;
};

/// A 32-bit float of a packet that has no magic number: what is no number, or lies outside, is no such
/// packet.
struct PacketBound {
  std::uint32_t offset_bytes = 0;
  double least = 0, most = 0;
};

/// A packet is of the first kind whose size, marks and bounds it has. Several kinds may share a mapping: the
/// same packet in another year's game.
struct PacketKind {
  std::string_view mapping;          ///< file name
  Few<std::uint32_t, 6> sizes = {};  ///< in bytes
  Few<PacketMark, 3> marks = {};
  Few<PacketBound, 6> bounds = {};
  /// Where a number stands that another session changes; width 0: packets do not say.
  std::uint32_t session_offset_bytes = 0, session_width_bytes = 0;
  /// Where a number stands that rises from packet to packet of a session; width 0: packets do not say.
  std::uint32_t order_offset_bytes = 0, order_width_bytes = 0;
};

struct PacketSource {
  std::uint16_t port = 0;  ///< where the game sends to, unless the player says otherwise
  std::span<const PacketKind> kinds = {};
};

}  // namespace pitbridge
