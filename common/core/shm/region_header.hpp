// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "common/core/error.hpp"
#include "common/core/shm/sequence_lock.hpp"

/// The first page of a region, before its data. The layout is a promise: pitshm(7).
namespace pitbridge {

inline constexpr std::string_view kRegionMagic = "pitshm\nR";
inline constexpr std::uint32_t kRegionVersion = 1;
/// The data begins there, so that it is aligned as a page is.
inline constexpr std::uint32_t kRegionHeaderBytes = 4096;
/// What one region may hold; enough for all, and no sum of two such numbers overflows.
inline constexpr std::uint64_t kMaxRegionBytes = std::uint64_t{1} << 46U;

enum class RegionState : std::uint32_t {
  kPublished = 1,
  kLeft = 2,  ///< the publisher has closed or removed it; whoever wants more opens the name anew
};

/// Native byte order. What changes does so under the lock, but for `state` and `news`, which also move when
/// the publisher leaves in the middle of an update.
struct RegionHeader {
  char magic[8];  ///< written last when a region is made
  std::uint32_t version;
  std::uint32_t header_bytes;
  std::uint64_t data_bytes;
  std::uint64_t generation;    ///< raised by each publisher that takes the region
  SequenceLock lock;           ///< of all data and the fields above and below
  std::int32_t publisher_pid;  ///< a claim; whether it lives tells its lock alone
  std::uint32_t state;
  std::uint64_t published_since_ns;  ///< CLOCK_MONOTONIC, of this generation
  std::uint64_t reserved;
};
static_assert(sizeof(RegionHeader) == 64 && std::is_trivially_copyable_v<RegionHeader>);
static_assert(offsetof(RegionHeader, data_bytes) == 16 && offsetof(RegionHeader, generation) == 24);
static_assert(offsetof(RegionHeader, lock) == 32 && offsetof(RegionHeader, state) == 44);
static_assert(sizeof(RegionHeader) <= kRegionHeaderBytes);

/// Whether a file that begins so says that it is a region, of any version.
bool has_region_magic(std::span<const std::byte> begin);

/// Judges the first bytes of a file of `file_bytes`; they may come from anybody. What passes lies within the
/// file, and is of our version. The error has no path in it: the caller knows which file it was.
Expected<RegionHeader> check_region_header(std::span<const std::byte> begin, std::uint64_t file_bytes);

}  // namespace pitbridge
