// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace pitbridge {

/// What goes back to a reader who asked for a section; the descriptor rides along where `outcome` is kGiven.
/// The layout is a promise to readers: pitbridge-shm(7), "WITHOUT A COPY".
struct SectionReply {
  std::uint32_t version;
  std::uint32_t outcome;  ///< SectionOutcome
  std::uint64_t size_bytes;
  std::uint64_t device;
  std::uint64_t inode;
};
static_assert(sizeof(SectionReply) == 32);
inline constexpr std::uint32_t kSectionReplyVersion = 1;
enum class SectionOutcome : std::uint32_t { kGiven = 0, kNoSuchSection = 1, kRefused = 2 };

}  // namespace pitbridge
