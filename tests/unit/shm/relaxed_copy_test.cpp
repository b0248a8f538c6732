// SPDX-License-Identifier: MIT
#include "common/core/shm/relaxed_copy.hpp"

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

template <typename Store>
void expect_equals_memcpy(Store store) {
  Dice dice(2);
  for_all_places([&](std::size_t at, std::size_t size) {
    Shared shared;
    Bytes expected = dice.bytes(sizeof shared.bytes);
    std::memcpy(shared.bytes, expected.data(), expected.size());
    const Bytes in = dice.bytes(size);
    store(shared.bytes + at, in);
    std::copy(in.begin(), in.end(), expected.begin() + static_cast<std::ptrdiff_t>(at));
    ASSERT_EQ(std::memcmp(shared.bytes, expected.data(), expected.size()), 0)
        << "alignment " << at % 16 << ", size " << size;
  });
}

TEST(StoreRelaxed, EqualsMemcpyForEveryAlignmentAndSize) {
  expect_equals_memcpy([](std::byte* shared, const Bytes& in) { store_relaxed(shared, in); });
}

TEST(StorePastCaches, EqualsMemcpyForEveryAlignmentAndSize) {
  expect_equals_memcpy([](std::byte* shared, const Bytes& in) { store_past_caches(shared, in); });
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

}  // namespace
}  // namespace pitbridge
