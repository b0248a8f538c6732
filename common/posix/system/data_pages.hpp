// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
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

 private:
  bool is_known(std::size_t page) const { return page >= known_.size() || known_[page]; }
  void learn(std::size_t begin_bytes, std::size_t end_bytes);

  int fd_;
  std::vector<bool> known_;  ///< to have data, by page; empty: all have
  std::size_t unknown_ = 0;
};

}  // namespace pitbridge
