// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>

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
/// The same past the caches, which is sooner where much is stored that only other cores will load. Comes
/// after all stores before it, and before all after it.
void store_past_caches(std::byte* shared, std::span<const std::byte> in);
void zero_relaxed(std::byte* shared, std::size_t size_bytes);

}  // namespace pitbridge
