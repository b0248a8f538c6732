// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>

namespace pitbridge {

/// Why a packet was not taken for the sim's. The numbers stand in the status page, so none is ever given to
/// another reason.
enum class JunkReason : std::uint8_t {
  kTooShort,
  kTooLong,
  kOtherSize,    ///< between the sizes that are known
  kUnknownMark,  ///< the words that tell kinds apart are none of the sim's
  kOtherFormat,  ///< of another year: the first word is near to a known one
  kImplausible,  ///< a number that is none, or that no car can have
  kLate,         ///< overtaken by a newer one
  kOtherSender,  ///< of a sender or a session that a newer one has taken the place of
  kShed,         ///< more came than there was time for
};
inline constexpr std::array<std::string_view, 9> kJunkReasonNames = {
    "too short",   "too long", "of another size",    "of an unknown kind", "of another format",
    "implausible", "late",     "of a second sender", "too many at once"};

/// What came to the port of a sim since its receiver has begun.
struct PacketCounts {
  std::uint64_t taken = 0;
  std::array<std::uint64_t, kJunkReasonNames.size()> junk = {};

  void add(JunkReason reason, std::uint64_t count = 1) { junk[static_cast<std::size_t>(reason)] += count; }
  std::uint64_t of(JunkReason reason) const { return junk[static_cast<std::size_t>(reason)]; }
  std::uint64_t all_junk() const { return std::accumulate(junk.begin(), junk.end(), std::uint64_t{0}); }
  bool operator==(const PacketCounts&) const = default;
};

}  // namespace pitbridge
