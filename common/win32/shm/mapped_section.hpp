// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "common/win32/shm/guard.hpp"

namespace pitbridge {

enum class SectionAccess : std::uint8_t { kReadOnly, kReadWrite };

/// How an access to a view went.
enum class Accessed : std::uint8_t {
  kDone,
  kBeyondEnd,  ///< of the view; or a lock that does not begin at a multiple of 4
  kReadOnly,
  kPagesGone,  ///< the file behind them was cut, or they could not be read in
  kBusy,       ///< a writer was at work in each of the attempts
};

/// Owns a view of a section, or of a part of it. Every access is checked against its end, and survives pages
/// that go away.
class MappedSection {
 public:
  /// `base` is what MapViewOfFile gave; the view begins `before_bytes` behind it.
  MappedSection(void* base, std::size_t before_bytes, std::size_t size_bytes, SectionAccess access)
      : base_(base), before_bytes_(before_bytes), size_bytes_(size_bytes), access_(access) {}
  MappedSection(MappedSection&& other) noexcept
      : base_(std::exchange(other.base_, nullptr)),
        before_bytes_(other.before_bytes_),
        size_bytes_(other.size_bytes_),
        access_(other.access_) {}
  MappedSection& operator=(MappedSection&&) = delete;
  ~MappedSection();

  std::byte* data() const { return static_cast<std::byte*>(base_) + before_bytes_; }
  std::size_t size_bytes() const { return size_bytes_; }

  Accessed read(std::size_t offset_bytes, std::span<std::byte> out) const;
  Accessed write(std::size_t offset_bytes, std::span<const std::byte> in) const;
  /// With the sequence lock that lies at `lock_bytes` of the view.
  Accessed read_locked(std::size_t lock_bytes, std::size_t offset_bytes, std::span<std::byte> out,
                       int attempts) const;
  Accessed write_locked(std::size_t lock_bytes, std::size_t offset_bytes,
                        std::span<const std::byte> in) const;

  /// Runs `body`, which touches `data()` itself; false when a page was not there. See call_guarded.
  template <typename Body>
  bool guarded(Body body) const {
    return call_guarded({data(), size_bytes_}, body);
  }

 private:
  bool holds(std::size_t offset_bytes, std::size_t size) const;
  bool holds_lock(std::size_t lock_bytes) const;

  void* base_;
  std::size_t before_bytes_, size_bytes_;
  SectionAccess access_;
};

}  // namespace pitbridge
