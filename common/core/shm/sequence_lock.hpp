// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "common/core/shm/relaxed_copy.hpp"

namespace pitbridge {

/// A sequence lock beside the data that it keeps whole, in memory that several processes share: one writer,
/// any number of readers, which write nothing and never hold the writer up. The sequence is odd while the
/// writer writes (the fences are those of "Can seqlocks get along with programming language memory models?",
/// Boehm 2012). The layout is a promise: pitshm(7).
struct SequenceLock {
  std::uint32_t sequence;  ///< raised before and after each update
  std::uint32_t news;      ///< raised after each update; a futex word on Linux
};
static_assert(sizeof(SequenceLock) == 8);

/// The words of a lock as this processor sees them. The test of all outcomes puts a model of memory in their
/// place.
class LockWords {
 public:
  explicit LockWords(const SequenceLock& lock) : lock_(const_cast<SequenceLock*>(&lock)) {}

  std::uint32_t load(std::size_t offset_bytes, std::memory_order order) const {
    return word(offset_bytes).load(order);
  }
  void store(std::size_t offset_bytes, std::uint32_t value, std::memory_order order) {
    word(offset_bytes).store(value, order);
  }
  static void fence(std::memory_order order) { std::atomic_thread_fence(order); }

 private:
  // atomic_ref of const comes with C++26; loading does not write.
  std::atomic_ref<std::uint32_t> word(std::size_t offset_bytes) const {
    return std::atomic_ref<std::uint32_t>(offset_bytes == offsetof(SequenceLock, news) ? lock_->news
                                                                                       : lock_->sequence);
  }

  SequenceLock* lock_;
};

template <typename Words>
class SequenceLockOver {
 public:
  explicit SequenceLockOver(Words words) : words_(words) {}

  void begin_write() {
    const std::uint32_t now = words_.load(kSequence, std::memory_order_relaxed);
    words_.store(kSequence, now | 1U, std::memory_order_relaxed);
    Words::fence(std::memory_order_release);
  }
  void end_write() {
    words_.store(kSequence, words_.load(kSequence, std::memory_order_relaxed) + 1, std::memory_order_release);
    words_.store(kNews, words_.load(kNews, std::memory_order_relaxed) + 1, std::memory_order_release);
  }
  std::optional<std::uint32_t> begin_read() const {
    const std::uint32_t now = words_.load(kSequence, std::memory_order_acquire);
    return now % 2 == 0 ? std::optional(now) : std::nullopt;
  }
  bool was_whole(std::uint32_t begun) const {
    Words::fence(std::memory_order_acquire);
    return words_.load(kSequence, std::memory_order_relaxed) == begun;
  }

 private:
  static constexpr std::size_t kSequence = offsetof(SequenceLock, sequence);
  static constexpr std::size_t kNews = offsetof(SequenceLock, news);

  Words words_;
};

/// The writer's half. A writer that died in the middle has left the sequence odd; the next one goes on from
/// there, so that no reader takes the mixture for whole.
inline void begin_write(SequenceLock& lock) {
  SequenceLockOver(LockWords(lock)).begin_write();
}

/// Also raises `news`; whoever sleeps on it has to be woken by the caller.
inline void end_write(SequenceLock& lock) {
  SequenceLockOver(LockWords(lock)).end_write();
}

/// What a reader's look begins with; nothing: a writer is at work.
inline std::optional<std::uint32_t> begin_read(const SequenceLock& lock) {
  return SequenceLockOver(LockWords(lock)).begin_read();
}

/// Whether all that was loaded since `begin_read` is of one state. Loads must be those of relaxed_copy.
inline bool was_whole(const SequenceLock& lock, std::uint32_t begun) {
  return SequenceLockOver(LockWords(lock)).was_whole(begun);
}

inline void write_locked(SequenceLock& lock, std::byte* shared, std::span<const std::byte> in) {
  begin_write(lock);
  store_relaxed(shared, in);
  end_write(lock);
}

/// False when a writer was at work in each of the attempts; `out` is then undefined.
inline bool read_locked(const SequenceLock& lock, std::span<std::byte> out, const std::byte* shared,
                        int attempts) {
  for (; attempts > 0; --attempts) {
    const auto begun = begin_read(lock);
    if (!begun) continue;
    load_relaxed(out, shared);
    if (was_whole(lock, *begun)) return true;
  }
  return false;
}

}  // namespace pitbridge
