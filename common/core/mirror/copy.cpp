// SPDX-License-Identifier: MIT
#include "common/core/mirror/copy.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>

namespace pitbridge {
namespace {

using Word = std::uint64_t;

/// Bytes before the first whole word of `shared`.
std::size_t head_bytes(const std::byte* shared, std::size_t size) {
  const auto misalignment = reinterpret_cast<std::uintptr_t>(shared) % sizeof(Word);
  return std::min(size, (sizeof(Word) - misalignment) % sizeof(Word));
}

/// The widest naturally aligned pieces of fewer than 8 bytes, so that a 4-byte counter is one access.
template <typename Access>
void for_narrow_pieces(std::uintptr_t address, std::size_t size, Access access) {
  std::size_t done = 0;
  while (done < size) {
    std::size_t width = 4;
    while (width > size - done || (address + done) % width != 0) width /= 2;
    access(done, width);
    done += width;
  }
}

template <typename T>
void load_one(std::byte* out, const std::byte* shared) {
  // atomic_ref of const comes with C++26; loading does not write.
  auto& object = *reinterpret_cast<T*>(const_cast<std::byte*>(shared));
  const T value = std::atomic_ref<T>(object).load(std::memory_order_relaxed);
  std::memcpy(out, &value, sizeof value);
}

template <typename T>
void store_one(std::byte* shared, const std::byte* in) {
  T value;
  std::memcpy(&value, in, sizeof value);
  std::atomic_ref<T>(*reinterpret_cast<T*>(shared)).store(value, std::memory_order_relaxed);
}

void load_narrow(std::byte* out, const std::byte* shared, std::size_t size) {
  for_narrow_pieces(reinterpret_cast<std::uintptr_t>(shared), size, [&](std::size_t i, std::size_t width) {
    if (width == 4) load_one<std::uint32_t>(out + i, shared + i);
    if (width == 2) load_one<std::uint16_t>(out + i, shared + i);
    if (width == 1) load_one<std::uint8_t>(out + i, shared + i);
  });
}

void store_narrow(std::byte* shared, const std::byte* in, std::size_t size) {
  for_narrow_pieces(reinterpret_cast<std::uintptr_t>(shared), size, [&](std::size_t i, std::size_t width) {
    if (width == 4) store_one<std::uint32_t>(shared + i, in + i);
    if (width == 2) store_one<std::uint16_t>(shared + i, in + i);
    if (width == 1) store_one<std::uint8_t>(shared + i, in + i);
  });
}

}  // namespace

void load_relaxed(std::span<std::byte> out, const std::byte* shared) {
  std::size_t i = head_bytes(shared, out.size());
  load_narrow(out.data(), shared, i);
  for (; i + sizeof(Word) <= out.size(); i += sizeof(Word)) load_one<Word>(out.data() + i, shared + i);
  load_narrow(out.data() + i, shared + i, out.size() - i);
}

void store_relaxed(std::byte* shared, std::span<const std::byte> in) {
  std::size_t i = head_bytes(shared, in.size());
  store_narrow(shared, in.data(), i);
  for (; i + sizeof(Word) <= in.size(); i += sizeof(Word)) store_one<Word>(shared + i, in.data() + i);
  store_narrow(shared + i, in.data() + i, in.size() - i);
}

void zero_relaxed(std::byte* shared, std::size_t size_bytes) {
  static constexpr std::byte kZeros[4096] = {};
  for (std::size_t i = 0; i < size_bytes; i += sizeof kZeros)
    store_relaxed(shared + i, {kZeros, std::min(sizeof kZeros, size_bytes - i)});
}

void changed_runs(std::span<const std::byte> before, std::span<const std::byte> now, std::vector<Run>& out) {
  constexpr std::size_t kJoinGapBytes = 2 * kCacheLineBytes;
  // Most of a large section stays as it is, and one comparison of a page costs little more than that of a
  // line.
  constexpr std::size_t kBlockBytes = 4096;
  out.clear();
  for (std::size_t i = 0; i < now.size(); i += kCacheLineBytes) {
    if (i % kBlockBytes == 0) {
      const std::size_t block = std::min(kBlockBytes, now.size() - i);
      if (std::memcmp(before.data() + i, now.data() + i, block) == 0) {
        i += kBlockBytes - kCacheLineBytes;
        continue;
      }
    }
    const std::size_t size = std::min(kCacheLineBytes, now.size() - i);
    if (std::memcmp(before.data() + i, now.data() + i, size) == 0) continue;
    if (!out.empty() && i - (out.back().offset_bytes + out.back().size_bytes) <= kJoinGapBytes) {
      out.back().size_bytes = i + size - out.back().offset_bytes;
    } else {
      out.push_back({i, size});
    }
  }
}

}  // namespace pitbridge
