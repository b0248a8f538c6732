// SPDX-License-Identifier: MIT
#include "common/core/mirror/changed_runs.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

std::vector<Run> runs_of(const Bytes& before, const Bytes& now) {
  std::vector<Run> runs = {{99, 99}};  // whatever is in there must go
  changed_runs(before, now, runs);
  return runs;
}

TEST(ChangedRuns, AreNoneWhenNothingChanged) {
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 4096U}) {
    const Bytes bytes = Dice(4).bytes(size);
    EXPECT_TRUE(runs_of(bytes, bytes).empty()) << size;
  }
}

TEST(ChangedRuns, AreWholeCacheLines) {
  const Bytes before(1024);
  Bytes now = before;
  now[70] = std::byte{1};
  const auto runs = runs_of(before, now);
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].offset_bytes, 64U);
  EXPECT_EQ(runs[0].size_bytes, 64U);
}

TEST(ChangedRuns, EndWithTheBytes) {
  const Bytes before(100);
  Bytes now = before;
  now[99] = std::byte{1};
  const auto runs = runs_of(before, now);
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].offset_bytes, 64U);
  EXPECT_EQ(runs[0].size_bytes, 36U);
}

TEST(ChangedRuns, JoinAcrossASmallGapOnly) {
  const Bytes before(1024);
  for (std::size_t gap_lines = 0; gap_lines < 5; ++gap_lines) {
    Bytes now = before;
    now[64] = std::byte{1};
    now[64 * (2 + gap_lines)] = std::byte{1};
    const auto runs = runs_of(before, now);
    EXPECT_EQ(runs.size(), gap_lines <= 2 ? 1U : 2U) << gap_lines;
    EXPECT_EQ(runs.front().offset_bytes, 64U);
    EXPECT_EQ(runs.back().offset_bytes + runs.back().size_bytes, 64 * (3 + gap_lines));
  }
}

TEST(ChangedRuns, CoverEveryDifferenceInOrderAndInBounds) {
  Dice dice(5);
  for (int round = 0; round < 2000; ++round) {
    const Bytes before = dice.bytes(dice.below(2000));
    Bytes now = before;
    for (std::size_t flips = dice.below(6); flips > 0 && !now.empty(); --flips)
      now[dice.below(now.size())] ^= std::byte{1};
    const auto runs = runs_of(before, now);
    // Taking only the runs over makes the old bytes into the new ones.
    Bytes copy = before;
    std::size_t end = 0;
    for (const auto& run : runs) {
      ASSERT_GE(run.offset_bytes, end);
      ASSERT_GT(run.size_bytes, 0U);
      end = run.offset_bytes + run.size_bytes;
      ASSERT_LE(end, now.size());
      std::memcpy(copy.data() + run.offset_bytes, now.data() + run.offset_bytes, run.size_bytes);
    }
    ASSERT_EQ(copy, now);
    ASSERT_EQ(runs.empty(), before == now);
  }
}

TEST(ChangedRuns, AreFoundInEachBlockAndAcrossBlocks) {
  constexpr std::size_t kSize = 3 * 4096 + 100;
  const Bytes before(kSize);
  for (const std::size_t at : {std::size_t{0}, std::size_t{4095}, std::size_t{4096}, std::size_t{8191},
                               std::size_t{12287}, std::size_t{12288}, kSize - 1}) {
    Bytes now = before;
    now[at] = std::byte{1};
    std::vector<pitbridge::Run> runs;
    changed_runs(before, now, runs);
    ASSERT_EQ(runs.size(), 1U) << at;
    EXPECT_LE(runs[0].offset_bytes, at);
    EXPECT_GT(runs[0].offset_bytes + runs[0].size_bytes, at);
    EXPECT_LE(runs[0].size_bytes, kCacheLineBytes);
  }
}

}  // namespace
}  // namespace pitbridge
