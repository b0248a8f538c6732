// SPDX-License-Identifier: MIT
#include "common/core/mirror/copy.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>

namespace pitbridge {
namespace {

/// Processors make such an access in one piece (those with AVX), or in two of 8 bytes; so a word of 8 bytes
/// is never seen half-written, and a copy takes half as long as by words.
typedef std::uint64_t Wide __attribute__((vector_size(16), may_alias));  // NOLINT(modernize-use-using)
constexpr std::size_t kWideBytes = sizeof(Wide);
/// Of a comparison between two looks whether it is decided.
constexpr std::size_t kComparedAtOnce = 16 * kWideBytes;

/// Bytes before the first whole piece of `shared`.
std::size_t head_bytes(const std::byte* shared, std::size_t size) {
  const auto misalignment = reinterpret_cast<std::uintptr_t>(shared) % kWideBytes;
  return std::min(size, (kWideBytes - misalignment) % kWideBytes);
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

Wide load_wide(const std::byte* shared) {
  return *reinterpret_cast<const volatile Wide*>(shared);
}

/// The widest naturally aligned pieces of fewer than 16 bytes, so that a counter of 4 or 8 is one access.
template <typename Access>
void for_narrow_pieces(const std::byte* shared, std::size_t size, Access access) {
  const auto address = reinterpret_cast<std::uintptr_t>(shared);
  std::size_t done = 0;
  while (done < size) {
    std::size_t width = 8;
    while (width > size - done || (address + done) % width != 0) width /= 2;
    access(done, width);
    done += width;
  }
}

void load_narrow(std::byte* out, const std::byte* shared, std::size_t size) {
  for_narrow_pieces(shared, size, [&](std::size_t i, std::size_t width) {
    if (width == 8) load_one<std::uint64_t>(out + i, shared + i);
    if (width == 4) load_one<std::uint32_t>(out + i, shared + i);
    if (width == 2) load_one<std::uint16_t>(out + i, shared + i);
    if (width == 1) load_one<std::uint8_t>(out + i, shared + i);
  });
}

void store_narrow(std::byte* shared, const std::byte* in, std::size_t size) {
  for_narrow_pieces(shared, size, [&](std::size_t i, std::size_t width) {
    if (width == 8) store_one<std::uint64_t>(shared + i, in + i);
    if (width == 4) store_one<std::uint32_t>(shared + i, in + i);
    if (width == 2) store_one<std::uint16_t>(shared + i, in + i);
    if (width == 1) store_one<std::uint8_t>(shared + i, in + i);
  });
}

bool equals_narrow(const std::byte* shared, const std::byte* known, std::size_t size) {
  std::byte now[kWideBytes];
  load_narrow(now, shared, size);
  return std::memcmp(now, known, size) == 0;
}

/// `shared` is aligned, and `size` a multiple of kWideBytes.
bool equals_wide(const std::byte* shared, const std::byte* known, std::size_t size) {
  Wide difference = {};
  // As fast as memcmp with AVX-512; wider pieces gain nothing more.
#pragma GCC unroll 8
  for (std::size_t i = 0; i < size; i += kWideBytes) {
    Wide expected;
    std::memcpy(&expected, known + i, sizeof expected);
    difference |= load_wide(shared + i) ^ expected;
  }
  return (difference[0] | difference[1]) == 0;
}

}  // namespace

void load_relaxed(std::span<std::byte> out, const std::byte* shared) {
  std::size_t i = head_bytes(shared, out.size());
  load_narrow(out.data(), shared, i);
#pragma GCC unroll 4
  for (; i + kWideBytes <= out.size(); i += kWideBytes) {
    const Wide value = load_wide(shared + i);
    std::memcpy(out.data() + i, &value, sizeof value);
  }
  load_narrow(out.data() + i, shared + i, out.size() - i);
}

bool equals_relaxed(const std::byte* shared, std::span<const std::byte> known) {
  std::size_t i = head_bytes(shared, known.size());
  if (!equals_narrow(shared, known.data(), i)) return false;
  while (i + kWideBytes <= known.size()) {
    const std::size_t size = std::min(kComparedAtOnce, (known.size() - i) / kWideBytes * kWideBytes);
    if (!equals_wide(shared + i, known.data() + i, size)) return false;
    i += size;
  }
  return equals_narrow(shared + i, known.data() + i, known.size() - i);
}

void store_relaxed(std::byte* shared, std::span<const std::byte> in) {
  std::size_t i = head_bytes(shared, in.size());
  store_narrow(shared, in.data(), i);
#pragma GCC unroll 4
  for (; i + kWideBytes <= in.size(); i += kWideBytes) {
    Wide value;
    std::memcpy(&value, in.data() + i, sizeof value);
    *reinterpret_cast<volatile Wide*>(shared + i) = value;
  }
  store_narrow(shared + i, in.data() + i, in.size() - i);
}

void zero_relaxed(std::byte* shared, std::size_t size_bytes) {
  static constexpr std::byte kZeros[4096] = {};
  for (std::size_t i = 0; i < size_bytes; i += sizeof kZeros)
    store_relaxed(shared + i, {kZeros, std::min(sizeof kZeros, size_bytes - i)});
}

void add_changed_lines(std::span<const std::byte> before, std::span<const std::byte> now,
                       std::size_t begin_bytes, std::size_t end_bytes, std::vector<Run>& out) {
  constexpr std::size_t kJoinGapBytes = 2 * kCacheLineBytes;
  for (std::size_t i = begin_bytes; i < end_bytes; i += kCacheLineBytes) {
    const std::size_t size = std::min(kCacheLineBytes, end_bytes - i);
    if (std::memcmp(before.data() + i, now.data() + i, size) == 0) continue;
    if (!out.empty() && i - (out.back().offset_bytes + out.back().size_bytes) <= kJoinGapBytes) {
      out.back().size_bytes = i + size - out.back().offset_bytes;
    } else {
      out.push_back({i, size});
    }
  }
}

void changed_runs(std::span<const std::byte> before, std::span<const std::byte> now, std::vector<Run>& out) {
  out.clear();
  for (std::size_t i = 0; i < now.size(); i += kBlockBytes) {
    const std::size_t end = std::min(i + kBlockBytes, now.size());
    if (std::memcmp(before.data() + i, now.data() + i, end - i) != 0)
      add_changed_lines(before, now, i, end, out);
  }
}

}  // namespace pitbridge
