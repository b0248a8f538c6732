// SPDX-License-Identifier: MIT
#include "common/pitshm/sequence_lock.h"

#include "common/core/shm/sequence_lock.hpp"
#include "common/pitshm/answer.hpp"

using pitbridge::SequenceLock;

static_assert(sizeof(pitshm_sequence_lock) == sizeof(SequenceLock) &&
              offsetof(pitshm_sequence_lock, news) == offsetof(SequenceLock, news));

namespace {

SequenceLock& lock_of(pitshm_sequence_lock* lock) {
  return *reinterpret_cast<SequenceLock*>(lock);
}
const SequenceLock& lock_of(const pitshm_sequence_lock* lock) {
  return *reinterpret_cast<const SequenceLock*>(lock);
}
std::span<const std::byte> bytes(const void* data, std::size_t size) {
  return {static_cast<const std::byte*>(data), size};
}
std::span<std::byte> bytes(void* data, std::size_t size) {
  return {static_cast<std::byte*>(data), size};
}

}  // namespace

void pitshm_locked_write(pitshm_sequence_lock* lock, void* shared, const void* in, size_t size) {
  pitbridge::write_locked(lock_of(lock), static_cast<std::byte*>(shared), bytes(in, size));
}

pitshm_result pitshm_locked_read(const pitshm_sequence_lock* lock, void* out, const void* shared, size_t size,
                                 int attempts) {
  return pitbridge::read_locked(lock_of(lock), bytes(out, size), static_cast<const std::byte*>(shared),
                                attempts)
             ? PITSHM_OK
             : pitshm::detail::answer(PITSHM_BUSY, "a writer was at work in each of the attempts; try again");
}

void pitshm_begin_write(pitshm_sequence_lock* lock) {
  pitbridge::begin_write(lock_of(lock));
}

void pitshm_end_write(pitshm_sequence_lock* lock) {
  pitbridge::end_write(lock_of(lock));
}

pitshm_result pitshm_begin_read(const pitshm_sequence_lock* lock, uint32_t* begun) {
  const auto sequence = pitbridge::begin_read(lock_of(lock));
  if (sequence) *begun = *sequence;
  return sequence ? PITSHM_OK : pitshm::detail::answer(PITSHM_BUSY, "a writer is at work; try again");
}

int pitshm_was_whole(const pitshm_sequence_lock* lock, uint32_t begun) {
  return pitbridge::was_whole(lock_of(lock), begun) ? 1 : 0;
}

void pitshm_load(void* out, const void* shared, size_t size) {
  pitbridge::load_relaxed(bytes(out, size), static_cast<const std::byte*>(shared));
}

void pitshm_store(void* shared, const void* in, size_t size) {
  pitbridge::store_relaxed(static_cast<std::byte*>(shared), bytes(in, size));
}

uint32_t pitshm_news(const pitshm_sequence_lock* lock) {
  return std::atomic_ref<std::uint32_t>(const_cast<std::uint32_t&>(lock->news))
      .load(std::memory_order_acquire);
}
