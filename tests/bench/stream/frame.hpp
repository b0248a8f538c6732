// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/stream/channel.hpp"

namespace pitbridge::bench {

inline void put_stamp(std::span<std::byte> frame, const Stamp& stamp) {
  std::memcpy(frame.data(), &stamp, sizeof stamp);
  std::memcpy(frame.data() + frame.size() - sizeof stamp.number, &stamp.number, sizeof stamp.number);
}

/// Throws when the frame is a mixture of two.
inline Stamp stamp_of(std::span<const std::byte> frame) {
  Stamp stamp;
  std::uint64_t number = 0;
  std::memcpy(&stamp, frame.data(), sizeof stamp);
  std::memcpy(&number, frame.data() + frame.size() - sizeof number, sizeof number);
  if (number != stamp.number) throw std::runtime_error("stream_bench: a frame is a mixture of two");
  return stamp;
}

[[noreturn]] void throw_system_error(const std::string& what);

/// Memory that this process and those that it forks share; all zeros at first.
class SharedMemory {
 public:
  explicit SharedMemory(std::size_t size_bytes);
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  ~SharedMemory();
  std::byte* data() const { return data_; }

 private:
  std::size_t size_bytes_;
  std::byte* data_;
};

}  // namespace pitbridge::bench
