// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/core/mirror/mirror.hpp"
#include "common/core/mirror/ports.hpp"
#include "common/core/mirror/status_page.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// Puts the files of titles that do not run aside: libsimapi takes the mere presence of Assetto Corsa's files
/// beside the process of Evo for a car that is driven. They are back when nothing is known of the title.
class TitleFiles {
 public:
  /// `expected`: the id of the title that the session is for, where that is known before it runs; may be
  /// empty. All arguments must outlive it.
  TitleFiles(const Sim& sim, std::span<Mirror> mirrors, std::string_view expected, Source& source,
             const StatusWriter& status);

  /// `is_waiting`: nothing is mirrored, so that nobody else looks for the game's process. Costs as much as
  /// Source::find_game then, now and again, and nothing for a sim whose titles have the same files.
  void choose(bool is_waiting, std::int64_t now_ns);
  void put_all_back();

 private:
  const Title* running(bool is_waiting, std::int64_t now_ns);

  const Sim& sim_;
  std::span<Mirror> mirrors_;
  const Title* expected_;
  Source& source_;
  const StatusWriter& status_;
  bool titles_differ_ = false;
  const Title* found_ = nullptr;  ///< by its process, while nothing is mirrored
  std::int64_t next_search_ns_ = 0;
};

}  // namespace pitbridge
