// SPDX-License-Identifier: MIT
// The ring under a model of memory: whatever the processors reorder, a reader gets frames whole or not at
// all.
#include <gtest/gtest.h>

#include <algorithm>

#include "common/core/shm/ring.hpp"
#include "tests/unit/memory_model/machine.hpp"

namespace pitbridge::memory_model {
namespace {

using Writer = RingWriterOver<Memory>;
using Reader = RingReaderOver<Memory>;

struct Write {
  std::size_t reserved_bytes;
  std::size_t size_bytes;
};
struct Case {
  std::size_t capacity_bytes;
  std::vector<Write> writes;
  int looks;                          ///< of the reader while the writer is at work
  bool laps = true;                   ///< there is not room for all
  std::size_t uncommitted_bytes = 0;  ///< the writer dies as it writes one more
};

constexpr std::size_t kMostBytes = 64;
using Data = std::array<std::byte, kMostBytes>;

/// No two records have a word in common.
Data data_of(std::uint64_t sequence) {
  Data data;
  for (std::size_t i = 0; i < data.size(); ++i)
    data[i] = static_cast<std::byte>(0x10 * (sequence + 1) + i / 8);
  return data;
}

void write_all(const Case& test) {
  Writer writer(Memory(), test.capacity_bytes, 1);
  std::uint64_t sequence = 0;
  for (const auto& [reserved_bytes, size_bytes] : test.writes) {
    const Data data = data_of(sequence);
    Memory().copy_in(writer.reserve(reserved_bytes), std::span(data).first(size_bytes));
    writer.commit(sequence, static_cast<std::int64_t>(1000 + sequence),
                  static_cast<std::uint32_t>(10 + sequence), size_bytes);
    ++sequence;
  }
  const Data data = data_of(sequence);
  if (test.uncommitted_bytes != 0)
    Memory().copy_in(writer.reserve(test.uncommitted_bytes), std::span(data).first(test.uncommitted_bytes));
}

class Looks {
 public:
  explicit Looks(const Case& test) : test_(test), reader_(Memory(), test.capacity_bytes, 0) {}

  /// False: nothing is there.
  bool look() {
    Reader::Record record;
    switch (reader_.look(record)) {
      case Reader::Look::kNothing:
        return false;
      case Reader::Look::kDamaged:
        Machine::require(false, "an honest ring is called damaged");
        break;
      case Reader::Look::kLapped:
        lapped();
        return true;
      case Reader::Look::kRecord:
        take(record);
        break;
    }
    return true;
  }

  std::uint64_t next_sequence() const { return next_sequence_; }
  std::uint64_t lost() const { return lost_; }
  std::uint64_t seen() const { return seen_; }

 private:
  void lapped() {
    Machine::require(test_.laps, "a frame is lost though nothing was overwritten");
    Machine::require(reader_.catch_up(), "an honest ring is called damaged when a reader catches up");
  }

  void take(const Reader::Record& record) {
    Machine::require(record.sequence < test_.writes.size() &&
                         record.size_bytes == test_.writes[record.sequence].size_bytes &&
                         record.time_ns == static_cast<std::int64_t>(1000 + record.sequence) &&
                         record.tag == 10 + record.sequence,
                     "a header is a mixture");
    Machine::require(record.sequence >= next_sequence_, "a frame comes twice, or too late");
    Data copy;
    const auto out = std::span(copy).first(record.size_bytes);
    if (!reader_.copy(record, out)) {
      Machine::require(test_.laps, "a frame is lost though nothing was overwritten");
      return;
    }
    const Data expected = data_of(record.sequence);
    Machine::require(std::equal(out.begin(), out.end(), expected.begin()), "a frame is a mixture");
    lost_ += record.sequence - next_sequence_;
    ++seen_;
    next_sequence_ = record.sequence + 1;
    reader_.pass(record);
  }

  const Case& test_;
  Reader reader_;
  std::uint64_t next_sequence_ = 0, seen_ = 0, lost_ = 0;
};

void read_all(const Case& test) {
  Looks looks(test);
  for (int i = 0; i < test.looks; ++i)
    if (!looks.look()) break;
  // Then the writer rests, and nothing is lost any more.
  Machine::join(0);
  for (int i = 0; looks.look(); ++i) Machine::require(i < 100, "a ring that rests has no end");
  Machine::require(looks.seen() + looks.lost() == test.writes.size(), "frames are lost, and nobody says so");
}

Machine::Result explore(const Case& test, Order order, const Weakening& weakening = {}) {
  Machine machine(depth() > 1 ? 8 : 16, weakening);
  auto result = machine.explore({[&] { write_all(test); }, [&] { read_all(test); }}, order);
  testing::Test::RecordProperty("executions", std::to_string(result.executions));
  return result;
}

int looks() {
  return 2 + static_cast<int>(depth());
}

TEST(RingModel, EveryFrameIsWholeInEveryOutcome) {
  // Two small ones fill the ring, so each place is written twice and more.
  EXPECT_EQ(
      explore({256, {{32, 32}, {32, 32}, {32, 32}, {32, 32}, {0, 0}}, looks() + 1}, Order::kInTurn).violation,
      "");
}

TEST(RingModel, WhatBeginsAnewBehindAPaddingIsWhole) {
  EXPECT_EQ(
      explore({320, {{32, 32}, {32, 32}, {32, 32}, {0, 0}, {32, 32}}, looks()}, Order::kInTurn).violation,
      "");
}

TEST(RingModel, WhatIsCommittedIsOftenLessThanWhatWasReserved) {
  EXPECT_EQ(explore({320, {{64, 32}, {64, 0}, {64, 32}, {0, 0}, {64, 0}}, looks()}, Order::kInTurn).violation,
            "");
}

TEST(RingModel, AWriterThatDiesInTheMiddleTakesOnlyWhatItHasReserved) {
  EXPECT_EQ(explore({.capacity_bytes = 320,
                     .writes = {{32, 32}, {32, 32}, {0, 0}},
                     .looks = looks() + 1,
                     .uncommitted_bytes = 64},
                    Order::kInTurn)
                .violation,
            "");
}

TEST(RingModel, NothingIsLostWhereNothingIsOverwritten) {
  EXPECT_EQ(explore({256, {{32, 32}, {32, 32}}, 4, false}, Order::kInTurn).violation, "");
}

/// The other tests run the writer first; this one shows for a small case that it makes no difference.
TEST(RingModel, EveryFrameIsWholeInEveryOrderOfSteps) {
  EXPECT_EQ(explore({256, {{8, 8}, {8, 8}, {8, 8}}, looks()}, Order::kInterleaved).violation, "");
}

TEST(RingModel, EachFenceAndEachOrderIsNeeded) {
  const Case test = {256, {{32, 32}, {32, 32}, {32, 32}, {32, 32}}, 3};
  for (const Weakening& weakening :
       std::initializer_list<Weakening>{{.release_fences = true},
                                        {.acquire_fences = true},
                                        {.release_stores = true},
                                        {.acquire_loads = true},
                                        {.lost_store = offsetof(RingControl, tail)}})
    EXPECT_NE(explore(test, Order::kInTurn, weakening).violation, "");
}

}  // namespace
}  // namespace pitbridge::memory_model
