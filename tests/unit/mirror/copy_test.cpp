// SPDX-License-Identifier: MIT
#include "common/core/mirror/copy.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kLargest = 96;
constexpr std::size_t kGuard = 16;

/// Memory whose start has a known alignment, as shared memory has.
struct alignas(64) Shared {
  std::byte bytes[kGuard + kLargest + kGuard];
};

template <typename Body>
void for_all_places(Body body) {
  for (std::size_t alignment = 0; alignment < 16; ++alignment)
    for (std::size_t size = 0; size <= kLargest; ++size) body(kGuard + alignment, size);
}

TEST(LoadRelaxed, EqualsMemcpyForEveryAlignmentAndSize) {
  Dice dice(1);
  for_all_places([&](std::size_t at, std::size_t size) {
    Shared shared;
    const Bytes content = dice.bytes(sizeof shared.bytes);
    std::memcpy(shared.bytes, content.data(), content.size());
    Bytes out(size + 2 * kGuard, std::byte{0xAA});
    load_relaxed(std::span(out).subspan(kGuard, size), shared.bytes + at);
    Bytes expected(size + 2 * kGuard, std::byte{0xAA});
    if (size != 0) std::memcpy(expected.data() + kGuard, content.data() + at, size);
    ASSERT_EQ(out, expected) << "alignment " << at % 16 << ", size " << size;
    ASSERT_EQ(std::memcmp(shared.bytes, content.data(), content.size()), 0);
  });
}

TEST(EqualsRelaxed, SeesEachByteForEveryAlignmentAndSize) {
  Dice dice(5);
  for_all_places([&](std::size_t at, std::size_t size) {
    Shared shared;
    const Bytes content = dice.bytes(sizeof shared.bytes);
    std::memcpy(shared.bytes, content.data(), content.size());
    const auto known = std::span(content).subspan(at, size);
    ASSERT_TRUE(equals_relaxed(shared.bytes + at, known)) << "alignment " << at % 16 << ", size " << size;
    for (std::size_t i = 0; i < sizeof shared.bytes; ++i) {
      shared.bytes[i] ^= std::byte{1};
      ASSERT_EQ(equals_relaxed(shared.bytes + at, known), i < at || i >= at + size)
          << "alignment " << at % 16 << ", size " << size << ", byte " << i;
      shared.bytes[i] ^= std::byte{1};
    }
  });
}

TEST(EqualsRelaxed, SeesEachByteOfALargeSection) {
  Bytes shared = Dice(6).bytes(1000);
  const Bytes known = shared;
  for (std::byte& byte : shared) {
    byte ^= std::byte{0x80};
    ASSERT_FALSE(equals_relaxed(shared.data(), known));
    byte ^= std::byte{0x80};
  }
  EXPECT_TRUE(equals_relaxed(shared.data(), known));
}

TEST(StoreRelaxed, EqualsMemcpyForEveryAlignmentAndSize) {
  Dice dice(2);
  for_all_places([&](std::size_t at, std::size_t size) {
    Shared shared;
    Bytes expected = dice.bytes(sizeof shared.bytes);
    std::memcpy(shared.bytes, expected.data(), expected.size());
    const Bytes in = dice.bytes(size);
    store_relaxed(shared.bytes + at, in);
    std::copy(in.begin(), in.end(), expected.begin() + static_cast<std::ptrdiff_t>(at));
    ASSERT_EQ(std::memcmp(shared.bytes, expected.data(), expected.size()), 0)
        << "alignment " << at % 16 << ", size " << size;
  });
}

TEST(StoreRelaxed, TakesASourceOfAnyAlignment) {
  Dice dice(3);
  for (std::size_t shift = 0; shift < 8; ++shift) {
    Shared shared = {};
    const Bytes in = dice.bytes(kLargest);
    const auto part = std::span(in).subspan(shift, 33);
    store_relaxed(shared.bytes + kGuard, part);
    EXPECT_EQ(std::memcmp(shared.bytes + kGuard, part.data(), part.size()), 0);
  }
}

TEST(ZeroRelaxed, ZeroesExactlyWhatItIsTold) {
  for_all_places([&](std::size_t at, std::size_t size) {
    Shared shared;
    std::memset(shared.bytes, 0xAA, sizeof shared.bytes);
    zero_relaxed(shared.bytes + at, size);
    for (std::size_t i = 0; i < sizeof shared.bytes; ++i)
      ASSERT_EQ(shared.bytes[i], i >= at && i < at + size ? std::byte{0} : std::byte{0xAA})
          << "alignment " << at % 16 << ", size " << size << ", byte " << i;
  });
}

TEST(ZeroRelaxed, ZeroesMoreThanOnePage) {
  for (const std::size_t size : {4095U, 4096U, 4097U, 16000U}) {
    Bytes memory(size + 8, std::byte{0xAA});
    zero_relaxed(memory.data(), size);
    EXPECT_TRUE(all_zero(std::span(memory).first(size))) << size;
    EXPECT_EQ(memory[size], std::byte{0xAA}) << size;
  }
}

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
