// SPDX-License-Identifier: MIT
#include "common/core/shm/relaxed_copy.hpp"

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

#ifdef __SANITIZE_THREAD__
// Only what is atomic by the rules of the language is no race for ThreadSanitizer.
Wide load_wide(const std::byte* shared) {
  std::uint64_t words[2];
  load_one<std::uint64_t>(reinterpret_cast<std::byte*>(&words[0]), shared);
  load_one<std::uint64_t>(reinterpret_cast<std::byte*>(&words[1]), shared + sizeof words[0]);
  return Wide{words[0], words[1]};
}
void store_wide(std::byte* shared, const Wide& value) {
  const std::uint64_t words[2] = {value[0], value[1]};
  store_one<std::uint64_t>(shared, reinterpret_cast<const std::byte*>(&words[0]));
  store_one<std::uint64_t>(shared + sizeof words[0], reinterpret_cast<const std::byte*>(&words[1]));
}
#else
Wide load_wide(const std::byte* shared) {
  return *reinterpret_cast<const volatile Wide*>(shared);
}
void store_wide(std::byte* shared, const Wide& value) {
  *reinterpret_cast<volatile Wide*>(shared) = value;
}
#endif

#if defined(__SSE2__) && !defined(__SANITIZE_THREAD__)
/// No order but that of the fences counts for such a store.
void store_wide_past_caches(std::byte* shared, const Wide& value) {
  asm volatile("movntdq %1, %0" : "=m"(*reinterpret_cast<Wide*>(shared)) : "x"(value));
}
void fence_past_caches() {
  asm volatile("sfence" ::: "memory");
}
#else
void store_wide_past_caches(std::byte* shared, const Wide& value) {
  store_wide(shared, value);
}
void fence_past_caches() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
}
#endif

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

template <typename StoreWide>
void store_by(StoreWide store, std::byte* shared, std::span<const std::byte> in) {
  std::size_t i = head_bytes(shared, in.size());
  store_narrow(shared, in.data(), i);
  const std::size_t end = i + (in.size() - i) / kWideBytes * kWideBytes;
#pragma GCC unroll 4
  for (; i < end; i += kWideBytes) {
    Wide value;
    std::memcpy(&value, in.data() + i, sizeof value);
    store(shared + i, value);
  }
  store_narrow(shared + i, in.data() + i, in.size() - i);
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
  store_by([](std::byte* to, const Wide& value) { store_wide(to, value); }, shared, in);
}

void store_past_caches(std::byte* shared, std::span<const std::byte> in) {
  fence_past_caches();
  store_by([](std::byte* to, const Wide& value) { store_wide_past_caches(to, value); }, shared, in);
  fence_past_caches();
}

void zero_relaxed(std::byte* shared, std::size_t size_bytes) {
  static constexpr std::byte kZeros[4096] = {};
  for (std::size_t i = 0; i < size_bytes; i += sizeof kZeros)
    store_relaxed(shared + i, {kZeros, std::min(sizeof kZeros, size_bytes - i)});
}

}  // namespace pitbridge
