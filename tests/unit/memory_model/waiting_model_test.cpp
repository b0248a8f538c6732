// SPDX-License-Identifier: MIT
// Sleeping and waking under a model of memory: no reader sleeps on while there is news.
#include <gtest/gtest.h>

#include "common/core/shm/waiting.hpp"
#include "tests/unit/memory_model/machine.hpp"

namespace pitbridge::memory_model {
namespace {

using std::memory_order_acquire;
using std::memory_order_release;
using std::memory_order_seq_cst;

constexpr std::size_t kHead = 64, kWaits = 128;

/// As StreamHub does for each frame.
void publish(std::uint64_t frames) {
  WakerOver<Memory> waker(Memory(), kWaits);
  for (std::uint64_t frame = 1; frame <= frames; ++frame) {
    Machine::store(kHead, frame, memory_order_release);
    Machine::fence(memory_order_seq_cst);
    if (waker.must_wake()) Machine::signal();
  }
}

/// As StreamConsumer does.
void read(std::uint64_t frames) {
  WaiterOver<Memory> waiter(Memory(), kWaits);
  std::uint64_t seen = 0;
  while (seen < frames) {
    const std::uint64_t head = Machine::load(kHead, memory_order_acquire);
    if (head != seen) {
      seen = head;
      continue;
    }
    waiter.announce();
    if (Machine::load(kHead, memory_order_acquire) != seen) continue;
    Machine::wait_for_signal();
  }
}

Machine::Result explore(std::uint64_t frames, const Weakening& weakening = {}) {
  Machine machine(16, weakening);
  auto result = machine.explore({[=] { publish(frames); }, [=] { read(frames); }}, Order::kInterleaved);
  testing::Test::RecordProperty("executions", std::to_string(result.executions));
  return result;
}

TEST(WaitingModel, NoReaderSleepsOnWhileThereIsNews) {
  EXPECT_EQ(explore(depth() > 0 ? 3 : 2).violation, "");
}

TEST(WaitingModel, BothFencesAreNeeded) {
  for (const int thread : {0, 1})
    EXPECT_EQ(explore(2, {.seq_cst_fences = true, .of_thread = thread}).violation,
              "a thread sleeps for ever");
}

TEST(WaitingModel, AReaderThatAnnouncesNothingSleepsForEver) {
  EXPECT_EQ(explore(1, {.lost_store = kWaits}).violation, "a thread sleeps for ever");
}

}  // namespace
}  // namespace pitbridge::memory_model
