// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pitbridge {

/// Who has sent a packet: an address of IPv6, or one of IPv4 in its form of IPv6.
struct PacketSender {
  std::array<std::uint8_t, 16> address = {};
  std::uint16_t port = 0;

  bool operator==(const PacketSender&) const = default;
  std::string text() const;  ///< "127.0.0.1:4444", "[::1]:4444"
};

/// A sender and its session; a game that is started anew is another one.
struct PacketOrigin {
  PacketSender sender;
  std::uint64_t session = 0;

  bool operator==(const PacketOrigin&) const = default;
};

/// Of several that send the same packets to one port the one that began last is believed, as long as it
/// sends.
class NewestOrigin {
 public:
  enum class Standing : std::uint8_t {
    kCurrent,
    kTakesOver,  ///< it is the current one from now on
    kOlder,      ///< its packets are not wanted
  };
  Standing judge(const PacketOrigin& origin, std::int64_t now_ns);

  /// True once while an older one and the current one send at the same time.
  bool takes_conflict();
  /// Only after a packet was judged.
  const PacketOrigin& current() const { return known_.back().origin; }

 private:
  struct Known {
    PacketOrigin origin;
    std::int64_t last_ns = 0;
    std::uint32_t refused = 0;  ///< since another has taken over
  };

  std::vector<Known> known_;  ///< the current one last
  bool has_conflict_ = false;
};

/// Refuses what newer packets of the same kind have overtaken on their way.
class LatePackets {
 public:
  bool is_late(std::uint64_t order, std::int64_t now_ns);
  void start_anew() { last_ns_.reset(); }

 private:
  std::uint64_t newest_ = 0;
  std::optional<std::int64_t> last_ns_;  ///< of the newest
};

}  // namespace pitbridge
