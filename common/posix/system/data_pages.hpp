// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace pitbridge {

/// Which pages of a section in memory (tmpfs, memfd) somebody has written. Reading any other by a map would
/// give it a page of memory, so that whoever only looks at a large, empty section fills the memory.
class DataPages {
 public:
  /// `fd` stays the caller's, and must outlive this. Of a file on disk every page counts as written: reading
  /// costs no memory there that the system cannot take back.
  DataPages(int fd, std::size_t size_bytes);

  struct Run {
    std::size_t size_bytes;
    bool has_data;  ///< else all zeros, and not to be touched
  };
  /// What begins at `offset_bytes`, at most `most_bytes` long. Costs system calls only where nobody had
  /// written yet when it was last asked.
  Run run_at(std::size_t offset_bytes, std::size_t most_bytes);

  /// Reads what begins at `offset_bytes`, and touches no page that holds nothing. `load(offset_bytes, part)`
  /// is for a run that has data; false from it, when the pages are no longer there, ends the reading.
  template <typename Load>
  bool read(std::size_t offset_bytes, std::span<std::byte> out, const Load& load) {
    for (std::size_t done = 0; done < out.size();) {
      const Run run = run_at(offset_bytes + done, out.size() - done);
      const auto part = out.subspan(done, run.size_bytes);
      if (!run.has_data) {
        std::fill(part.begin(), part.end(), std::byte{0});
      } else if (!load(offset_bytes + done, part)) {
        return false;
      }
      done += run.size_bytes;
    }
    return true;
  }

  /// Whether the bytes from `offset_bytes` are `known`, in the same way. `equals(offset_bytes, part)` gives
  /// nothing when the pages are no longer there, and so does this then.
  template <typename Equals>
  std::optional<bool> holds(std::size_t offset_bytes, std::span<const std::byte> known,
                            const Equals& equals) {
    for (std::size_t done = 0; done < known.size();) {
      const Run run = run_at(offset_bytes + done, known.size() - done);
      const auto part = known.subspan(done, run.size_bytes);
      const std::optional<bool> is_equal =
          run.has_data ? equals(offset_bytes + done, part)
                       : std::all_of(part.begin(), part.end(), [](std::byte b) { return b == std::byte{0}; });
      if (is_equal != true) return is_equal;
      done += run.size_bytes;
    }
    return true;
  }

 private:
  bool is_known(std::size_t page) const { return page >= known_.size() || known_[page]; }
  void learn(std::size_t begin_bytes, std::size_t end_bytes);

  int fd_;
  std::vector<bool> known_;  ///< to have data, by page; empty: all have
  std::size_t unknown_ = 0;
};

}  // namespace pitbridge
