// SPDX-License-Identifier: MIT
#include "common/core/mirror/changed_runs.hpp"

#include <algorithm>
#include <cstring>

namespace pitbridge {

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
