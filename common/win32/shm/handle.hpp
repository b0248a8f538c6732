// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "common/win32/shm/windows_api.hpp"

namespace pitbridge {

/// Owns a HANDLE.
class UniqueHandle {
 public:
  UniqueHandle() = default;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): INVALID_HANDLE_VALUE is Windows' own -1.
  explicit UniqueHandle(HANDLE handle) : handle_(handle == INVALID_HANDLE_VALUE ? nullptr : handle) {}
  UniqueHandle(UniqueHandle&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  UniqueHandle& operator=(UniqueHandle&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~UniqueHandle() {
    if (handle_ != nullptr) CloseHandle(handle_);
  }

  HANDLE get() const { return handle_; }
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  HANDLE handle_ = nullptr;
};

}  // namespace pitbridge
