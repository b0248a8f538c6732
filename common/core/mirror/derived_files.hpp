// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/core/decode/snapshot.hpp"
#include "common/core/mirror/mirror.hpp"
#include "common/core/mirror/voice.hpp"

namespace pitbridge {

/// Copies the records of `from` to their places in `to`, which has the size of the whole mapping, and nothing
/// else; adds what has changed there to `changed`. Returns where the records end. No number in `from` is
/// trusted: there are never more cars than have room.
std::size_t copy_records(const DerivedMapping& derived, std::span<const std::byte> from,
                         std::span<std::byte> to, std::vector<Run>& changed);

/// Makes the mappings of `Title::derived`: of states that are mirrored, and never of the game's memory.
class DerivedFiles {
 public:
  /// All arguments must outlive it.
  DerivedFiles(const Sim& sim, std::span<Mirror> mirrors, SinkFactory& files, Voice voice);

  /// To be called when the mirrors have been looked at. Costs nothing while none of them has changed.
  void follow(std::int64_t now_ns);

 private:
  struct One {
    const Title* title;
    const DerivedMapping* table;
    Mirror* source;
    Mirror* target;
    std::int64_t seen_change_ns = 0;
    bool was_shown = false;
    std::uint32_t version = 0;          ///< goes on from one game to the next: who waits for a change sees it
    std::size_t end_bytes = 0;          ///< of the records that are shown
    std::vector<std::byte> bytes = {};  ///< what is shown
  };

  void follow(One& one, std::int64_t now_ns);
  bool show(One& one, std::int64_t now_ns);
  /// `bytes`: of the mapping that the version stands in.
  bool is_known_version(const Title& title, std::span<const std::byte> bytes);

  SinkFactory& files_;
  Voice voice_;
  std::vector<One> all_;
  std::vector<Run> changed_;  ///< kept for its memory, as is the next
  Snapshot version_word_;
};

}  // namespace pitbridge
