// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/core/error.hpp"
#include "common/win32/shm/handle.hpp"

namespace pitbridge {

enum class EventKind : std::uint8_t {
  kWakesOne,  ///< and is reset by waking it
  kWakesAll,  ///< until it is reset
};

/// An event that all programs of the session know by its name: "new data".
class NamedEvent {
 public:
  /// Makes it, not set, or opens the one that has the name, which keeps its own kind.
  static Expected<NamedEvent> make(std::string_view name, EventKind kind);
  Expected<void> set();
  Expected<void> reset();
  /// False: `timeout_ms` came first. Nothing to wait with: for ever.
  Expected<bool> wait(std::optional<std::uint32_t> timeout_ms);

 private:
  NamedEvent(std::string_view name, UniqueHandle handle) : name_(name), handle_(std::move(handle)) {}
  std::string name_;
  UniqueHandle handle_;
};

}  // namespace pitbridge
