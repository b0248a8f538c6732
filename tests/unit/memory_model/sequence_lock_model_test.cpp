// SPDX-License-Identifier: MIT
// The sequence lock under a model of memory: a reader gets one state, or knows that it has none.
#include <gtest/gtest.h>

#include "common/core/shm/sequence_lock.hpp"
#include "tests/unit/memory_model/machine.hpp"

namespace pitbridge::memory_model {
namespace {

constexpr std::size_t kLock = 64, kData = 128;
using Data = std::array<std::uint64_t, 4>;  // two pieces, of which each is loaded at once

/// In place of LockWords.
class Words {
 public:
  std::uint32_t load(std::size_t offset, std::memory_order order) const {
    return static_cast<std::uint32_t>(Machine::load(kLock + 4 * offset, order));
  }
  void store(std::size_t offset, std::uint32_t value, std::memory_order order) const {
    Machine::store(kLock + 4 * offset, value, order);
  }
  static void fence(std::memory_order order) { Machine::fence(order); }
};
using Lock = SequenceLockOver<Words>;

Data state_of(std::uint64_t number) {
  return {number, 100 + number, 200 + number, 300 + number};
}

void write(std::uint64_t number) {
  Lock lock{Words()};
  lock.begin_write();
  const Data data = state_of(number);
  Memory().copy_in(kData, std::as_bytes(std::span(data)));
  lock.end_write();
}

/// Killed when one half is there.
void write_half(std::uint64_t number) {
  Lock lock{Words()};
  lock.begin_write();
  const Data data = state_of(number);
  Memory().copy_in(kData, std::as_bytes(std::span(data)).first(16));
}

void read(int attempts) {
  const Lock lock{Words()};
  std::uint64_t last = 0;
  for (; attempts > 0; --attempts) {
    const auto begun = lock.begin_read();
    if (!begun) continue;
    Data data;
    Memory().copy_out(std::as_writable_bytes(std::span(data)), kData);
    if (!lock.was_whole(*begun)) continue;
    Machine::require(data == (*begun == 0 ? Data{} : state_of(data[0])), "a state is a mixture");
    Machine::require(data[0] >= last, "a state comes back");
    Machine::require(data[0] * 2 == *begun, "a state is not that of its number");
    last = data[0];
  }
}

Machine::Result explore(const std::function<void()>& writer, int attempts, Order order,
                        const Weakening& weakening = {}) {
  Machine machine(depth() > 0 ? 8 : 16, weakening);
  auto result = machine.explore({writer, [=] { read(attempts); }}, order);
  testing::Test::RecordProperty("executions", std::to_string(result.executions));
  return result;
}

void write_three() {
  for (std::uint64_t i = 1; i <= 3; ++i) write(i);
}

TEST(SequenceLockModel, AReaderGetsOneStateInEveryOutcome) {
  EXPECT_EQ(explore(write_three, depth() > 0 ? 4 : 3, Order::kInTurn).violation, "");
}

TEST(SequenceLockModel, AReaderGetsOneStateInEveryOrderOfSteps) {
  const auto write_two = [] {
    write(1);
    write(2);
  };
  EXPECT_EQ(explore(write_two, 2, Order::kInterleaved).violation, "");
}

TEST(SequenceLockModel, WhatAKilledWriterLeftIsNoState) {
  const auto die_and_take_over = [] {
    write(1);
    write_half(7);
    write(2);
  };
  EXPECT_EQ(explore(die_and_take_over, 3, Order::kInTurn).violation, "");
}

TEST(SequenceLockModel, EachFenceAndEachOrderIsNeeded) {
  for (const Weakening& weakening : std::initializer_list<Weakening>{{.release_fences = true},
                                                                     {.acquire_fences = true},
                                                                     {.release_stores = true},
                                                                     {.acquire_loads = true},
                                                                     {.lost_store = kLock}})
    EXPECT_NE(explore(write_three, 3, Order::kInTurn, weakening).violation, "");
}

}  // namespace
}  // namespace pitbridge::memory_model
