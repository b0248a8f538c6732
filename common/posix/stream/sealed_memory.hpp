// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "common/core/error.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// Anonymous memory that other processes may map, and that nobody can cut or lengthen: so no access to it
/// ever ends in SIGBUS. Owns its view of it.
class SealedMemory {
 public:
  /// What those may do who get a descriptor.
  enum class Others : std::uint8_t {
    kRead,
    kWrite,
  };

  /// New memory, all zeros. `name` is for /proc/PID/maps.
  static Expected<SealedMemory> make(const char* name, std::size_t size_bytes, Others others);
  /// What somebody else has made; refuses what could still be cut. Maps it as `others` says.
  static Expected<SealedMemory> of(UniqueFd fd, Others others);

  SealedMemory() = default;
  SealedMemory(SealedMemory&& other) noexcept { *this = std::move(other); }
  SealedMemory& operator=(SealedMemory&& other) noexcept;
  ~SealedMemory();

  std::byte* data() const { return data_; }
  std::span<std::byte> bytes() const { return {data_, size_bytes_}; }
  /// To be passed on. Of memory that others may only read it cannot be made writable, not even by opening it
  /// again through /proc.
  int fd() const { return fd_.get(); }

 private:
  SealedMemory(UniqueFd fd, std::byte* data, std::size_t size_bytes)
      : fd_(std::move(fd)), data_(data), size_bytes_(size_bytes) {}

  UniqueFd fd_;
  std::byte* data_ = nullptr;
  std::size_t size_bytes_ = 0;
};

}  // namespace pitbridge
