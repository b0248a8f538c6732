// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>

namespace pitbridge {

/// A short list that a constant table holds in place: `.exe_names = {"a.exe", "b.exe"}`.
template <typename T, std::size_t kCapacity>
class Few {
 public:
  constexpr Few() = default;
  // Implicit, for the braces of a table.
  template <std::convertible_to<T>... Items>
  constexpr Few(const Items&... items)  // NOLINT(google-explicit-constructor)
      : items_{static_cast<T>(items)...}, size_(sizeof...(items)) {
    static_assert(sizeof...(items) <= kCapacity, "the list has more items than there is room for");
  }

  constexpr const T* begin() const { return items_; }
  constexpr const T* end() const { return items_ + size_; }
  constexpr std::size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr const T& front() const { return items_[0]; }
  constexpr const T& operator[](std::size_t i) const { return items_[i]; }

 private:
  T items_[kCapacity] = {};
  std::size_t size_ = 0;
};

}  // namespace pitbridge
