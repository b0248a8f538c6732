// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

/// Copying memory that another process writes or reads at the same moment, in pieces that the processor
/// accesses at once: a word is never seen half-written. Order between copies comes from the fences of
/// the callers (the sequence lock of abseil's `internal/` and of "Can seqlocks get along with programming
/// language memory models?", Boehm 2012).
namespace pitbridge {

/// `shared` must share the alignment of its offset in a page.
void load_relaxed(std::span<std::byte> out, const std::byte* shared);
/// Whether the bytes at `shared` are `known`; stores nothing, so it is faster than loading and comparing.
bool equals_relaxed(const std::byte* shared, std::span<const std::byte> known);
void store_relaxed(std::byte* shared, std::span<const std::byte> in);
void zero_relaxed(std::byte* shared, std::size_t size_bytes);

inline constexpr std::size_t kCacheLineBytes = 64;
/// Most of a large section stays as it is, and comparing a page costs little more than comparing a line.
inline constexpr std::size_t kBlockBytes = 4096;

struct Run {
  std::size_t offset_bytes;
  std::size_t size_bytes;
};

/// The runs of whole cache lines in which `now` differs from `before` (equal sizes). Runs that nearly touch
/// are joined: one store of a few extra lines is cheaper than two.
void changed_runs(std::span<const std::byte> before, std::span<const std::byte> now, std::vector<Run>& out);
/// The same for the part from `begin_bytes`, which begins a cache line, to `end_bytes`; adds to `out`, which
/// has those of the part before.
void add_changed_lines(std::span<const std::byte> before, std::span<const std::byte> now,
                       std::size_t begin_bytes, std::size_t end_bytes, std::vector<Run>& out);

}  // namespace pitbridge
