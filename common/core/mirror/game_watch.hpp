// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/core/mirror/mirror.hpp"
#include "common/core/mirror/voice.hpp"

namespace pitbridge {

/// What is known of the game's process (bridges/ARCHITECTURE.md, "The game and the session").
enum class GamePresence : std::uint8_t {
  kUnknown,   ///< no process is known; some program may write the mappings all the same
  kRuns,      ///< a process of one of the sim's titles runs
  kHandover,  ///< that process has ended and its names live on: another process may take over
};

/// Whether the Wine session waits for the bridge before it ends.
enum class SessionHold : std::uint8_t {
  kHeld,      ///< it does, as for every process of Wine
  kReleased,  ///< it does not
  kRefused,   ///< it does, because this Wine cannot do otherwise
  kEnded,     ///< its last ordinary program has ended
};

/// Watches the game's process and the Wine session, logs what happens to them, and shows the game in the
/// status page. Remembers the sections that a game has left behind.
class GameWatch {
 public:
  /// How often `look` is to be called.
  static constexpr std::int64_t kLookEveryNs = 100'000'000;

  /// All arguments must outlive it. With `guest` the bridge stops holding the session as soon as any program
  /// runs there, and not only a game.
  GameWatch(const Sim& sim, std::span<Mirror> mirrors, bool guest, Source& source, Voice voice,
            StatusWriter& status);

  GamePresence presence() const { return presence_; }
  SessionHold session() const { return session_; }
  /// pid 0 unless the game runs.
  const Game& game() const { return game_; }

  enum class News {
    kNone,
    kReplaced,  ///< the game has ended, and another process of the sim runs already
    kGone,      ///< no game is left
  };
  /// Looks at the session and at the known process. Cheap, but 1 to 4 ms during a handover, and for a guest
  /// as long as it holds the session.
  News look(std::int64_t now_ns);
  /// To be called when the last mapping of the game has been closed. `was_game` is what `has_seen_game` said
  /// before that. No news: a living game has closed it, or a program that was no game.
  News mappings_closed(bool was_game, std::int64_t now_ns);

  /// Makes a search for the process due at once; else it is due a second after the last.
  void search_soon(std::int64_t now_ns) { next_search_ns_ = now_ns; }
  /// Searches for the process unless one runs that is known. For use while a mapping is there.
  void search_when_due(std::int64_t now_ns);

  /// Forgets the game that has gone. `left_behind` are the views of its sections: some other program may hold
  /// these sections on, and as long as a view is kept no new section gets the same id.
  void forget_game(std::vector<std::unique_ptr<View>> left_behind);
  /// False for a section that a game has left behind: its bytes are old until a new game takes it over.
  /// Searches for that game when a search is due.
  bool may_attach(SectionId id, std::int64_t now_ns);

  /// Makes the session not wait for the bridge. Only while another program runs that it waits for; the first
  /// call decides.
  void stop_holding_session();
  /// True when the session has ended, or a guest would keep it from ending.
  bool must_leave() const;

  /// Whether data in this mapping shows that a game runs. False for a mapping that the user has added:
  /// another program may write it while no game runs.
  bool tells_of_game(const Mirror& mirror) const;
  /// Whether a mapping that tells of a game is attached.
  bool any_attached() const;
  /// Whether a game runs or has run: its process is known, or a mapping was written as often as only a game
  /// writes. Always true for a sim without titles, of whose games nothing but the mapping tells.
  bool has_seen_game() const;

 private:
  bool search(std::int64_t now_ns);  ///< true when a process was found, which is then watched
  News process_ended(std::int64_t now_ns);
  News settle_handover(std::int64_t now_ns);

  const Sim& sim_;
  std::span<Mirror> mirrors_;
  bool guest_;
  Source& source_;
  Voice voice_;
  StatusWriter& status_;

  GamePresence presence_ = GamePresence::kUnknown;
  SessionHold session_ = SessionHold::kHeld;
  Game game_;
  std::int64_t handover_since_ns_ = 0;  ///< while kHandover
  std::int64_t next_search_ns_ = 0;
  std::vector<std::unique_ptr<View>> left_behind_;
};

}  // namespace pitbridge
