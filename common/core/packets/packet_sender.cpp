// SPDX-License-Identifier: MIT
#include "common/core/packets/packet_sender.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;
/// A sender that has said nothing for so long has left, or pauses.
constexpr std::int64_t kSilentNs = 2000 * kMs;
/// Nobody needs more, and somebody may send from ever new ports.
constexpr std::size_t kMostKnown = 8;
/// One that was on its way when the new session began is no conflict.
constexpr std::uint32_t kRefusedInConflict = 3;
/// No packet is on its way for longer. A number that still goes back is that of a game which was wound back,
/// or started anew.
constexpr std::int64_t kLongestWayNs = 250 * kMs;

}  // namespace

std::string PacketSender::text() const {
  constexpr std::array<std::uint8_t, 12> kOfIpv4 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (std::equal(kOfIpv4.begin(), kOfIpv4.end(), address.begin()))
    return fmt::format("{}.{}.{}.{}:{}", address[12], address[13], address[14], address[15], port);
  std::string groups;
  for (std::size_t i = 0; i < address.size(); i += 2)
    groups += fmt::format("{}{:x}", i == 0 ? "" : ":", address[i] << 8U | address[i + 1]);
  return fmt::format("[{}]:{}", groups, port);
}

NewestOrigin::Standing NewestOrigin::judge(const PacketOrigin& origin, std::int64_t now_ns) {
  const auto found =
      std::find_if(known_.begin(), known_.end(), [&](const Known& known) { return known.origin == origin; });
  if (found == known_.end()) {
    if (known_.size() == kMostKnown) known_.erase(known_.begin());
    known_.push_back({origin, now_ns});
    return Standing::kTakesOver;
  }
  if (found + 1 == known_.end()) {
    found->last_ns = now_ns;
    return Standing::kCurrent;
  }
  if (now_ns - known_.back().last_ns < kSilentNs) {
    has_conflict_ |= ++found->refused == kRefusedInConflict;
    return Standing::kOlder;
  }
  std::rotate(found, found + 1, known_.end());
  known_.back().last_ns = now_ns;
  known_.back().refused = 0;
  return Standing::kTakesOver;
}

bool NewestOrigin::takes_conflict() {
  return std::exchange(has_conflict_, false);
}

bool LatePackets::is_late(std::uint64_t order, std::int64_t now_ns) {
  if (last_ns_ && order < newest_ && now_ns - *last_ns_ < kLongestWayNs) return true;
  newest_ = order;
  last_ns_ = now_ns;
  return false;
}

}  // namespace pitbridge
