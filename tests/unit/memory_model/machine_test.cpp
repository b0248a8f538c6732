// SPDX-License-Identifier: MIT
// The model itself, by the classic small programs: it must show what the language allows, and nothing else.
#include "tests/unit/memory_model/machine.hpp"

#include <gtest/gtest.h>

#include <set>

namespace pitbridge::memory_model {
namespace {

using std::memory_order_acquire;
using std::memory_order_relaxed;
using std::memory_order_release;
using std::memory_order_seq_cst;

constexpr std::size_t kX = 64, kY = 128;
using Outcomes = std::set<std::vector<std::uint64_t>>;

/// What the last threads of a program can have read together.
template <typename Program>
Outcomes outcomes_of(Program program, Order order = Order::kInterleaved) {
  Machine machine;
  Outcomes all;
  std::vector<std::uint64_t> read(4, 0);
  const auto result = machine.explore(program(read), order, 100000, [&] {
    all.insert(read);
    read.assign(4, 0);
  });
  EXPECT_TRUE(result.is_complete);
  EXPECT_EQ(result.violation, "");
  return all;
}

/// One thread stores data and then a flag, the other one loads the flag and then the data.
auto message_passing(std::memory_order stored, std::memory_order loaded) {
  return [=](std::vector<std::uint64_t>& read) {
    return std::vector<Machine::Thread>{[=] {
                                          Machine::store(kX, 1, memory_order_relaxed);
                                          Machine::store(kY, 1, stored);
                                        },
                                        [=, &read] {
                                          read[0] = Machine::load(kY, loaded);
                                          read[1] = Machine::load(kX, memory_order_relaxed);
                                        }};
  };
}

const std::vector<std::uint64_t> kFlagWithoutData = {1, 0, 0, 0};

TEST(MemoryModel, AReleaseThatIsAcquiredCarriesWhatWasStoredBefore) {
  const Outcomes all = outcomes_of(message_passing(memory_order_release, memory_order_acquire));
  EXPECT_EQ(all, (Outcomes{{0, 0, 0, 0}, {0, 1, 0, 0}, {1, 1, 0, 0}}));
}

TEST(MemoryModel, WithoutEitherHalfTheFlagMayComeBeforeTheData) {
  EXPECT_TRUE(
      outcomes_of(message_passing(memory_order_relaxed, memory_order_acquire)).contains(kFlagWithoutData));
  EXPECT_TRUE(
      outcomes_of(message_passing(memory_order_release, memory_order_relaxed)).contains(kFlagWithoutData));
}

TEST(MemoryModel, FencesDoTheSameForRelaxedAccesses) {
  const auto program = [](std::memory_order before_flag, std::memory_order behind_flag) {
    return [=](std::vector<std::uint64_t>& read) {
      return std::vector<Machine::Thread>{[=] {
                                            Machine::store(kX, 1, memory_order_relaxed);
                                            Machine::fence(before_flag);
                                            Machine::store(kY, 1, memory_order_relaxed);
                                          },
                                          [=, &read] {
                                            read[0] = Machine::load(kY, memory_order_relaxed);
                                            Machine::fence(behind_flag);
                                            read[1] = Machine::load(kX, memory_order_relaxed);
                                          }};
    };
  };
  EXPECT_FALSE(outcomes_of(program(memory_order_release, memory_order_acquire)).contains(kFlagWithoutData));
  EXPECT_TRUE(outcomes_of(program(memory_order_release, memory_order_release)).contains(kFlagWithoutData));
  EXPECT_TRUE(outcomes_of(program(memory_order_acquire, memory_order_acquire)).contains(kFlagWithoutData));
}

TEST(MemoryModel, NoLoadGoesBackBehindAnEarlierOneOfThePlace) {
  const Outcomes all = outcomes_of([](std::vector<std::uint64_t>& read) {
    return std::vector<Machine::Thread>{[] {
                                          Machine::store(kX, 1, memory_order_relaxed);
                                          Machine::store(kX, 2, memory_order_relaxed);
                                        },
                                        [&read] {
                                          read[0] = Machine::load(kX, memory_order_relaxed);
                                          read[1] = Machine::load(kX, memory_order_relaxed);
                                        }};
  });
  EXPECT_EQ(all,
            (Outcomes{{0, 0, 0, 0}, {0, 1, 0, 0}, {0, 2, 0, 0}, {1, 1, 0, 0}, {1, 2, 0, 0}, {2, 2, 0, 0}}));
}

/// Each of two threads stores, and then loads what the other one stores.
auto store_buffering(std::memory_order fence) {
  return [=](std::vector<std::uint64_t>& read) {
    return std::vector<Machine::Thread>{[=, &read] {
                                          Machine::store(kX, 1, memory_order_release);
                                          Machine::fence(fence);
                                          read[0] = Machine::load(kY, memory_order_acquire);
                                        },
                                        [=, &read] {
                                          Machine::store(kY, 1, memory_order_release);
                                          Machine::fence(fence);
                                          read[1] = Machine::load(kX, memory_order_acquire);
                                        }};
  };
}

TEST(MemoryModel, OnlyATotalOrderKeepsTwoThreadsFromMissingEachOther) {
  EXPECT_FALSE(outcomes_of(store_buffering(memory_order_seq_cst)).contains({0, 0, 0, 0}));
  EXPECT_EQ(outcomes_of(store_buffering(std::memory_order_acq_rel)).size(), 4U);
}

/// Two threads look at two independent stores, in opposite orders.
auto independent_stores(std::memory_order fence) {
  return [=](std::vector<std::uint64_t>& read) {
    const auto look = [=, &read](std::size_t first, std::size_t second, std::size_t to) {
      return [=, &read] {
        read[to] = Machine::load(first, memory_order_acquire);
        Machine::fence(fence);
        read[to + 1] = Machine::load(second, memory_order_acquire);
      };
    };
    return std::vector<Machine::Thread>{[] { Machine::store(kX, 1, memory_order_release); },
                                        [] { Machine::store(kY, 1, memory_order_release); }, look(kX, kY, 0),
                                        look(kY, kX, 2)};
  };
}

TEST(MemoryModel, TwoReadersMaySeeIndependentStoresInDifferentOrders) {
  const std::vector<std::uint64_t> opposite = {1, 0, 1, 0};
  EXPECT_TRUE(outcomes_of(independent_stores(memory_order_acquire)).contains(opposite));
  EXPECT_FALSE(outcomes_of(independent_stores(memory_order_seq_cst)).contains(opposite));
}

TEST(MemoryModel, AWriterThatLooksAtNobodyMayAsWellBeRunFirst) {
  for (const auto stored : {memory_order_relaxed, memory_order_release})
    for (const auto loaded : {memory_order_relaxed, memory_order_acquire})
      EXPECT_EQ(outcomes_of(message_passing(stored, loaded), Order::kInTurn),
                outcomes_of(message_passing(stored, loaded), Order::kInterleaved));
}

TEST(MemoryModel, AThreadThatNobodyWakesIsFound) {
  Machine machine;
  const auto result = machine.explore({[] {
                                         if (Machine::load(kX, memory_order_relaxed) == 0)
                                           Machine::wait_for_signal();
                                       },
                                       [] { Machine::store(kX, 1, memory_order_relaxed); }},
                                      Order::kInterleaved);
  EXPECT_EQ(result.violation, "a thread sleeps for ever");
}

}  // namespace
}  // namespace pitbridge::memory_model
