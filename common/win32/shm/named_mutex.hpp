// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/core/error.hpp"
#include "common/win32/shm/handle.hpp"

namespace pitbridge {

enum class Acquired : std::uint8_t {
  kYes,
  kAbandoned,  ///< ours now; who held it before has died, perhaps in the middle of a change
  kTimedOut,
};

/// A mutex that all programs of the session know by its name. A thread may acquire it again, and releases it
/// as often.
class NamedMutex {
 public:
  /// Makes it, free, or opens the one that has the name.
  static Expected<NamedMutex> make(std::string_view name);
  /// Nothing to wait with: for ever.
  Expected<Acquired> acquire(std::optional<std::uint32_t> timeout_ms);
  /// Fails for a thread that does not hold it.
  Expected<void> release();

 private:
  NamedMutex(std::string_view name, UniqueHandle handle) : name_(name), handle_(std::move(handle)) {}
  std::string name_;
  UniqueHandle handle_;
};

}  // namespace pitbridge
