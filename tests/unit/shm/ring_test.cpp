// SPDX-License-Identifier: MIT
// The ring on real memory: what it refuses, what it keeps, and two threads at once (under MODE=tsan, too).
#include "common/core/shm/ring.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "common/core/shm/sequence_lock.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kCapacity = 1024;

struct Ring {
  alignas(64) std::byte memory[kRingControlBytes + kCapacity] = {};
  RingWriter writer{SharedWords(memory), kCapacity, 7};

  std::span<const std::byte> bytes() const { return memory; }
  RingReader reader(std::uint64_t position = 0) { return {SharedWords(memory), kCapacity, position}; }
  RingControl& control() { return *reinterpret_cast<RingControl*>(memory); }
  RecordHeader& header(std::uint64_t position) {
    return *reinterpret_cast<RecordHeader*>(memory + kRingControlBytes + position % kCapacity);
  }
  void publish(std::uint64_t sequence, std::size_t size_bytes = 40) {
    const std::vector<std::byte> data(size_bytes, static_cast<std::byte>(sequence));
    writer.publish(sequence, 0, 0, data);
  }
};

using Look = RingReader::Look;

Look look(RingReader& reader) {
  RingReader::Record record;
  return reader.look(record);
}

TEST(Ring, WhatNoWriterMakesIsRefused) {
  Ring ring;
  EXPECT_EQ(check_ring(ring.bytes()).value(), kCapacity);
  EXPECT_FALSE(check_ring({}));
  EXPECT_FALSE(check_ring(ring.bytes().first(kRingControlBytes + kMinRingBytes - 1)));
  EXPECT_FALSE(check_ring(ring.bytes().first(kRingControlBytes + kCapacity - 64)));
  const auto refuses = [&](auto alter) {
    Ring altered;
    alter(altered.control());
    return !check_ring(altered.bytes());
  };
  EXPECT_TRUE(refuses([](RingControl& control) { control.magic[0] ^= 1; }));
  EXPECT_TRUE(refuses([](RingControl& control) { ++control.version; }));
  EXPECT_TRUE(refuses([](RingControl& control) { control.control_bytes = 64; }));
  for (const std::uint64_t capacity : {std::uint64_t{0}, std::uint64_t{64}, std::uint64_t{kCapacity - 64},
                                       std::uint64_t{kCapacity + 64}, ~std::uint64_t{0}})
    EXPECT_TRUE(refuses([&](RingControl& control) { control.capacity_bytes = capacity; })) << capacity;
}

TEST(Ring, ARingWithoutEndIsRefused) {
  // Only its length is looked at.
  const std::byte* nowhere = nullptr;
  EXPECT_FALSE(check_ring({nowhere, kRingControlBytes + kMaxRingBytes + 64}));
}

TEST(Ring, AHeaderThatCannotBeIsDamage) {
  const auto look_at = [](auto alter) {
    Ring ring;
    ring.publish(0);
    ring.publish(1);
    alter(ring);
    auto reader = ring.reader();
    return look(reader);
  };
  EXPECT_EQ(look_at([](Ring&) {}), Look::kRecord);
  for (const std::uint64_t size : {~std::uint64_t{0}, ~std::uint64_t{0} - 63, std::uint64_t{1} << 63U,
                                   std::uint64_t{kCapacity}, std::uint64_t{1000}, std::uint64_t{193}})
    EXPECT_EQ(look_at([&](Ring& ring) { ring.header(0).size_bytes = size; }), Look::kDamaged) << size;
  EXPECT_EQ(look_at([](Ring& ring) { ring.header(0).kind = 2; }), Look::kDamaged);
  EXPECT_EQ(look_at([](Ring& ring) { ring.control().head = 100; }), Look::kDamaged);
  EXPECT_EQ(look_at([](Ring& ring) { ring.control().head = ~std::uint64_t{0}; }), Look::kLapped);
  EXPECT_EQ(look_at([](Ring& ring) { ring.control().tail = ~std::uint64_t{0}; }), Look::kLapped);
}

/// A padding is there for what comes behind it; without end they would keep a reader for ever.
TEST(Ring, PaddingsInARowAreDamage) {
  Ring ring;
  for (std::uint64_t i = 0; i < 3; ++i) ring.publish(i);
  ring.header(0).kind = ring.header(128).kind = 1;
  auto reader = ring.reader();
  EXPECT_EQ(look(reader), Look::kDamaged);
}

TEST(Ring, AReaderOutsideOfWhatThereIsIsDamage) {
  Ring ring;
  ring.publish(0);
  for (const std::uint64_t position :
       {std::uint64_t{1}, std::uint64_t{32}, std::uint64_t{256}, ~std::uint64_t{63}}) {
    auto reader = ring.reader(position);
    EXPECT_EQ(look(reader), Look::kDamaged) << position;
  }
}

TEST(Ring, TheLastRecordsAreCountedFromTheEnd) {
  Ring ring;
  EXPECT_EQ(ring.writer.last_records(5).count, 0U);
  for (std::uint64_t i = 0; i < 100; ++i) {
    ring.publish(i, i % 7 * 40);
    for (const std::uint64_t count : {0U, 1U, 2U, 3U, 1000U}) {
      const auto [position, found] = ring.writer.last_records(count);
      EXPECT_LE(found, count);
      auto reader = ring.reader(position);
      RingReader::Record record;
      for (std::uint64_t next = i + 1 - found; next <= i; ++next) {
        ASSERT_EQ(reader.look(record), Look::kRecord);
        EXPECT_EQ(record.sequence, next);
        reader.pass(record);
      }
      EXPECT_EQ(reader.look(record), Look::kNothing);
      if (count > 10) {
        EXPECT_EQ(position, ring.writer.tail());
      }
    }
  }
}

/// A writer that was too fast for a reader, and rests: nothing that is there is passed over.
TEST(Ring, WhoJumpedToTheHeadGoesBackWhenNothingComes) {
  Ring ring;
  for (std::uint64_t i = 0; i < 50; ++i) ring.publish(i);
  auto reader = ring.reader();
  EXPECT_EQ(look(reader), Look::kLapped);
  // As long as the writer seems to be about to overwrite everything.
  const std::uint64_t tail = ring.control().tail;
  ring.control().tail = ring.control().head + 64;
  EXPECT_TRUE(reader.catch_up());
  ring.control().tail = tail;
  EXPECT_TRUE(reader.has_news());
  RingReader::Record record;
  std::uint64_t last = 0, seen = 0;
  for (; reader.look(record) == Look::kRecord; ++seen) {
    last = record.sequence;
    reader.pass(record);
  }
  EXPECT_EQ(last, 49U);
  EXPECT_EQ(seen, kCapacity / 128);
  EXPECT_FALSE(reader.has_news());
}

/// The order of the fences is proved by the model; this is so that the real accesses are seen by
/// ThreadSanitizer, and really race.
TEST(Ring, TwoThreadsAtOnce) {
  Ring ring;
  constexpr std::uint64_t kRecords = 20'000;
  std::thread writer([&] {
    for (std::uint64_t i = 0; i < kRecords; ++i) ring.publish(i, i % 300);
  });
  auto reader = ring.reader();
  std::uint64_t next = 0, seen = 0, lost = 0;
  std::vector<std::byte> copy(300);
  while (next < kRecords) {
    RingReader::Record record;
    const Look found = reader.look(record);
    ASSERT_NE(found, Look::kDamaged);
    if (found == Look::kLapped) {
      ASSERT_TRUE(reader.catch_up());
    }
    if (found != Look::kRecord) continue;
    const auto bytes = std::span(copy).first(record.size_bytes);
    ASSERT_EQ(record.size_bytes, record.sequence % 300);
    if (!reader.copy(record, bytes)) continue;
    ASSERT_TRUE(std::all_of(bytes.begin(), bytes.end(),
                            [&](std::byte byte) { return byte == static_cast<std::byte>(record.sequence); }));
    lost += record.sequence - next;
    ++seen;
    next = record.sequence + 1;
    reader.pass(record);
  }
  writer.join();
  EXPECT_EQ(seen + lost, kRecords);
}

TEST(SequenceLock, TwoThreadsAtOnce) {
  struct {
    SequenceLock lock = {};
    std::uint64_t words[25] = {};
  } shared;
  constexpr std::uint64_t kUpdates = 20'000;
  std::thread writer([&] {
    for (std::uint64_t i = 1; i <= kUpdates; ++i) {
      std::uint64_t words[25];
      std::fill(std::begin(words), std::end(words), i);
      write_locked(shared.lock, reinterpret_cast<std::byte*>(shared.words), std::as_bytes(std::span(words)));
    }
  });
  std::uint64_t last = 0;
  while (last < kUpdates) {
    std::uint64_t words[25];
    if (!read_locked(shared.lock, std::as_writable_bytes(std::span(words)),
                     reinterpret_cast<const std::byte*>(shared.words), 100))
      continue;
    ASSERT_TRUE(std::all_of(std::begin(words), std::end(words),
                            [&](std::uint64_t word) { return word == words[0]; }));
    ASSERT_GE(words[0], last);
    last = words[0];
  }
  writer.join();
}

}  // namespace
}  // namespace pitbridge
