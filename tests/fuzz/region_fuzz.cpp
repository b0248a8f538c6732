// SPDX-License-Identifier: MIT
// The header of a region as a reader takes it from anybody: the input is laid over a good one, so that more
// than the magic is reached.
#include <algorithm>
#include <cstring>

#include "common/core/shm/region_header.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitbridge;
  fuzz::Input input(data, size);
  RegionHeader header = {};
  std::copy(kRegionMagic.begin(), kRegionMagic.end(), header.magic);
  header.version = kRegionVersion;
  header.header_bytes = kRegionHeaderBytes;
  header.data_bytes = 4096;
  header.state = 1;
  std::vector<std::byte> begin(sizeof header);
  std::memcpy(begin.data(), &header, sizeof header);
  std::uint64_t file_bytes = 0;
  const auto length = input.take(sizeof file_bytes);
  std::memcpy(&file_bytes, length.data(), length.size());
  while (input.left() > 2) {
    const std::size_t at = input.take_u8() % begin.size();
    const auto patch = input.take(std::min<std::size_t>(input.take_u8() % 9, begin.size() - at));
    std::copy(patch.begin(), patch.end(), begin.begin() + static_cast<std::ptrdiff_t>(at));
  }
  if (input.take_u8() % 4 == 1) begin.resize(input.take_u8() % begin.size());
  if (const auto good = check_region_header(begin, file_bytes)) {
    fuzz::require(has_region_magic(begin));
    fuzz::require(good->data_bytes > 0 && good->data_bytes <= kMaxRegionBytes);
    fuzz::require(good->data_bytes <= file_bytes && kRegionHeaderBytes <= file_bytes - good->data_bytes);
    fuzz::require(good->version == kRegionVersion && (good->state == 1 || good->state == 2));
  }
  return 0;
}
