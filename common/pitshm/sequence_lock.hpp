// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

#include "result.hpp"
#include "sequence_lock.h"

namespace pitshm {

/// A value beside its sequence lock, as it lies in shared memory: cast the memory to this. `T` has the same
/// layout in every program that shares it: no pointers, no `long`.
template <typename T>
struct Locked {
  static_assert(std::is_trivially_copyable_v<T>);

  pitshm_sequence_lock lock;
  T value;

  /// Only one writer at a time.
  void write(const T& from) { pitshm_locked_write(&lock, &value, &from, sizeof from); }
  /// PITSHM_BUSY: a writer was at work in each of the attempts, or died in the middle of an update.
  Result<T> read(int attempts = 1000) const {
    T out;
    const pitshm_result result = pitshm_locked_read(&lock, &out, &value, sizeof out, attempts);
    if (result != PITSHM_OK) return Failure::last(result);
    return out;
  }
  std::uint32_t news() const { return pitshm_news(&lock); }
};

}  // namespace pitshm
