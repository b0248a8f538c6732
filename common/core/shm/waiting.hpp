// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace pitbridge {

/// How a reader sleeps and no news is missed, without a system call of the writer where nobody sleeps: the
/// reader raises a number before it looks a last time, the writer looks at the number after it has published.
/// By the two fences one of them sees the other.
template <typename Memory>
class WaiterOver {
 public:
  explicit WaiterOver(Memory memory, std::size_t offset_bytes)
      : memory_(memory), offset_bytes_(offset_bytes) {}

  /// The reader's: from now on the next news wakes it. It must look once more before it sleeps.
  void announce() {
    memory_.store(offset_bytes_, ++announced_, std::memory_order_relaxed);
    Memory::fence(std::memory_order_seq_cst);
  }

 private:
  Memory memory_;
  std::size_t offset_bytes_;
  std::uint64_t announced_ = 0;
};

/// The writer's half for one reader.
template <typename Memory>
class WakerOver {
 public:
  explicit WakerOver(Memory memory, std::size_t offset_bytes)
      : memory_(memory), offset_bytes_(offset_bytes) {}

  /// Whether the reader has announced a sleep since the last time that this was true. After the news, and a
  /// fence of seq_cst, which serves all readers.
  bool must_wake() {
    const std::uint64_t announced = memory_.load(offset_bytes_, std::memory_order_relaxed);
    if (announced == answered_) return false;
    answered_ = announced;
    return true;
  }

 private:
  Memory memory_;
  std::size_t offset_bytes_;
  std::uint64_t answered_ = 0;
};

}  // namespace pitbridge
