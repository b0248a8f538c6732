// SPDX-License-Identifier: MIT
#include "common/core/shm/region_header.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace pitbridge {
namespace {

constexpr std::uint64_t kFileBytes = 2 * kRegionHeaderBytes;

RegionHeader good_header() {
  RegionHeader header = {};
  std::copy(kRegionMagic.begin(), kRegionMagic.end(), header.magic);
  header.version = kRegionVersion;
  header.header_bytes = kRegionHeaderBytes;
  header.data_bytes = kFileBytes - kRegionHeaderBytes;
  header.state = static_cast<std::uint32_t>(RegionState::kPublished);
  return header;
}

bool passes(const RegionHeader& header, std::uint64_t file_bytes = kFileBytes) {
  return check_region_header(std::as_bytes(std::span(&header, 1)), file_bytes).has_value();
}

TEST(RegionHeader, AGoodOnePasses) {
  RegionHeader header = good_header();
  EXPECT_TRUE(passes(header));
  header.state = static_cast<std::uint32_t>(RegionState::kLeft);
  header.lock.sequence = 7;
  header.publisher_pid = -1;
  EXPECT_TRUE(passes(header)) << "the lock and the claims are not judged";
}

TEST(RegionHeader, WhatLiesOutsideTheFileIsRefused) {
  RegionHeader header = good_header();
  EXPECT_FALSE(passes(header, kFileBytes - 1));
  EXPECT_FALSE(passes(header, kRegionHeaderBytes));
  EXPECT_FALSE(passes(header, kRegionHeaderBytes - 1));
  EXPECT_FALSE(passes(header, 0));
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  for (const std::uint64_t size : {std::uint64_t{0}, kMost, kMost - kRegionHeaderBytes + 1,
                                   kMaxRegionBytes + 1, kFileBytes - kRegionHeaderBytes + 1}) {
    header.data_bytes = size;
    EXPECT_FALSE(passes(header)) << size;
  }
  header.data_bytes = kMaxRegionBytes + 1;
  EXPECT_FALSE(passes(header, kMost));
}

TEST(RegionHeader, EachFieldIsJudged) {
  const auto spoilt = [](auto spoil) {
    RegionHeader header = good_header();
    spoil(header);
    return passes(header);
  };
  EXPECT_FALSE(spoilt([](RegionHeader& h) { h.magic[7] = 'S'; }));
  EXPECT_FALSE(spoilt([](RegionHeader& h) { h.version = 2; }));
  EXPECT_FALSE(spoilt([](RegionHeader& h) { h.version = 0; }));
  EXPECT_FALSE(spoilt([](RegionHeader& h) { h.header_bytes = 64; }));
  EXPECT_FALSE(spoilt([](RegionHeader& h) { h.header_bytes = 0xFFFFFFFF; }));
  EXPECT_FALSE(spoilt([](RegionHeader& h) { h.state = 0; }));
  EXPECT_FALSE(spoilt([](RegionHeader& h) { h.state = 3; }));
}

TEST(RegionHeader, AShortBeginIsRefused) {
  const RegionHeader header = good_header();
  const auto bytes = std::as_bytes(std::span(&header, 1));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(check_region_header(bytes.first(size), kFileBytes)) << size;
  EXPECT_TRUE(has_region_magic(bytes.first(8)));
  EXPECT_FALSE(has_region_magic(bytes.first(7)));
}

}  // namespace
}  // namespace pitbridge
