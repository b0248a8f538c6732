// SPDX-License-Identifier: MIT
#include "common/core/shm/region_header.hpp"

#include <fmt/format.h>

#include <cstring>

namespace pitbridge {
namespace {

tl::unexpected<Error> damaged(const std::string& why) {
  return fail(ExitCode::kOutputRefused, why);
}

}  // namespace

bool has_region_magic(std::span<const std::byte> begin) {
  return begin.size() >= kRegionMagic.size() &&
         std::memcmp(begin.data(), kRegionMagic.data(), kRegionMagic.size()) == 0;
}

Expected<RegionHeader> check_region_header(std::span<const std::byte> begin, std::uint64_t file_bytes) {
  RegionHeader header = {};
  if (begin.size() < sizeof header || file_bytes < kRegionHeaderBytes)
    return damaged("is shorter than the header of a region");
  std::memcpy(&header, begin.data(), sizeof header);
  if (!has_region_magic(begin)) return damaged("is no region: it does not begin as one does");
  if (header.version != kRegionVersion)
    return damaged(
        fmt::format("is a region of version {}, and version {} is known", header.version, kRegionVersion));
  if (header.header_bytes != kRegionHeaderBytes)
    return damaged(fmt::format("its header says that it has {} bytes, and it has {}", header.header_bytes,
                               kRegionHeaderBytes));
  if (header.data_bytes == 0 || header.data_bytes > kMaxRegionBytes ||
      header.data_bytes > file_bytes - kRegionHeaderBytes)
    return damaged(fmt::format("its header says that {} bytes of data follow, and {} do", header.data_bytes,
                               file_bytes - kRegionHeaderBytes));
  const auto state = static_cast<RegionState>(header.state);
  if (state != RegionState::kPublished && state != RegionState::kLeft)
    return damaged(fmt::format("its header has a state {}, which there is not", header.state));
  return header;
}

}  // namespace pitbridge
