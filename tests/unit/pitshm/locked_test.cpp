// SPDX-License-Identifier: MIT
// The sequence lock of the library, as a program of others uses it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <thread>

#include "common/pitshm/sequence_lock.hpp"

namespace pitshm {
namespace {

using Words = std::array<std::uint32_t, 256>;

Words all(std::uint32_t word) {
  Words words;
  words.fill(word);
  return words;
}

TEST(Locked, WhatWasWrittenIsReadAndIsNews) {
  Locked<Words> shared = {};
  const std::uint32_t before = shared.news();
  shared.write(all(7));
  EXPECT_NE(shared.news(), before);
  const auto read = shared.read();
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, all(7));
}

TEST(Locked, AWriterThatDiedInTheMiddleIsToldAndTheNextOneMendsIt) {
  Locked<Words> shared = {};
  pitshm_begin_write(&shared.lock);
  const auto read = shared.read(10);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().result, PITSHM_BUSY);
  EXPECT_FALSE(read.error().text.empty());
  std::uint32_t begun = 0;
  EXPECT_EQ(pitshm_begin_read(&shared.lock, &begun), PITSHM_BUSY);
  shared.write(all(8));
  EXPECT_EQ(*shared.read(), all(8));
}

TEST(Locked, AnUpdateInPartsIsSeenByAReadInParts) {
  Locked<Words> shared = {};
  std::uint32_t begun = 0;
  ASSERT_EQ(pitshm_begin_read(&shared.lock, &begun), PITSHM_OK);
  Words seen = {};
  pitshm_load(&seen, &shared.value, sizeof seen);
  EXPECT_EQ(pitshm_was_whole(&shared.lock, begun), 1);
  pitshm_begin_write(&shared.lock);
  EXPECT_EQ(pitshm_was_whole(&shared.lock, begun), 0);
  const Words update = all(3);
  pitshm_store(&shared.value, &update, sizeof update);
  pitshm_end_write(&shared.lock);
  EXPECT_EQ(pitshm_was_whole(&shared.lock, begun), 0);
  EXPECT_EQ(*shared.read(), update);
}

TEST(Locked, NoReadMixesTwoUpdates) {
  constexpr std::uint32_t kUpdates = 20'000;
  Locked<Words> shared = {};
  std::thread writer([&] {
    for (std::uint32_t n = 1; n <= kUpdates; ++n) shared.write(all(n));
  });
  std::uint32_t last = 0;
  while (last < kUpdates) {
    const auto read = shared.read();
    if (!read) continue;
    if (!std::all_of(read->begin(), read->end(), [&](std::uint32_t word) { return word == read->front(); })) {
      ADD_FAILURE() << "a mixture after update " << last;
      break;
    }
    last = read->front();
  }
  writer.join();
}

}  // namespace
}  // namespace pitshm
