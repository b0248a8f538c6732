// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

/// Copying memory that another process writes or reads at the same moment, in relaxed atomic words: no
/// undefined behaviour, and a word is never seen half-written. Order between copies comes from the fences of
/// the callers (the sequence lock of abseil's `internal/` and of "Can seqlocks get along with programming
/// language memory models?", Boehm 2012).
namespace pitbridge {

/// `shared` must be aligned to 8 bytes, or share the alignment of its offset in a page.
void load_relaxed(std::span<std::byte> out, const std::byte* shared);
void store_relaxed(std::byte* shared, std::span<const std::byte> in);
void zero_relaxed(std::byte* shared, std::size_t size_bytes);

inline constexpr std::size_t kCacheLineBytes = 64;

struct Run {
  std::size_t offset_bytes;
  std::size_t size_bytes;
};

/// The runs of whole cache lines in which `now` differs from `before` (equal sizes). Runs that nearly touch
/// are joined: one store of a few extra lines is cheaper than two.
void changed_runs(std::span<const std::byte> before, std::span<const std::byte> now, std::vector<Run>& out);

}  // namespace pitbridge
