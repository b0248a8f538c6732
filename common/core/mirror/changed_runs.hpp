// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace pitbridge {

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
