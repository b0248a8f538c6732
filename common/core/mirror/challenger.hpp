// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>

#include "common/core/mirror/session_watch.hpp"
#include "common/core/mirror/watched_section.hpp"

namespace pitbridge {

/// A bridge that waits, because a bridge of another prefix has the files of its sim. It looks whether a game
/// writes in its own Wine session, which decides who gets them (bridges/ARCHITECTURE.md, "Two prefixes").
class Challenger {
 public:
  static constexpr std::int64_t kLookEveryNs = 250'000'000;

  /// All arguments must outlive it. `stay`, `guest` and `max_total_bytes` as in BridgeSettings.
  Challenger(const Sim& sim, bool stay, bool guest, std::uint64_t max_total_bytes, Source& source, Log& log);

  void look();
  /// Some section of the sim was written since it was first seen, and is there.
  bool has_data() const { return has_data_; }
  /// The session has ended, a guest would keep it from ending, or the game that was seen has gone.
  bool must_leave() const { return session_.must_leave() || game_has_gone_; }

 private:
  void report(const std::optional<Error>& refusal);
  /// Whether the section of this mapping is there, and was written.
  bool was_written(const Mapping& mapping);

  const Sim& sim_;
  bool stay_;
  std::uint64_t max_total_bytes_;
  Source& source_;
  Log& log_;
  SessionWatch session_;
  std::map<const Mapping*, WatchedSection> sections_;
  bool has_data_ = false;
  bool game_has_gone_ = false;
};

}  // namespace pitbridge
