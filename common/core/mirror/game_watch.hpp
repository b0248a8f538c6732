// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "common/core/mirror/mirror.hpp"
#include "common/core/mirror/session_watch.hpp"
#include "common/core/mirror/voice.hpp"
#include "common/core/mirror/watched_section.hpp"

namespace pitbridge {

/// What is known of the game's process (bridges/ARCHITECTURE.md, "The game and the session").
enum class GamePresence : std::uint8_t {
  kUnknown,   ///< no process is known; some program may write the mappings all the same
  kRuns,      ///< a process of one of the sim's titles runs
  kHandover,  ///< that process has ended and its names live on: another process may take over
};

/// Watches the game's process and the Wine session, logs what happens to them, and shows the game in the
/// status page. Keeps apart the sections whose bytes may be old.
class GameWatch {
 public:
  /// How often `look` is to be called.
  static constexpr std::int64_t kLookEveryNs = 100'000'000;

  /// All arguments must outlive it. With `guest` the bridge stops holding the session as soon as any program
  /// runs there, and not only a game.
  GameWatch(const Sim& sim, std::span<Mirror> mirrors, bool guest, Source& source, Voice voice,
            StatusWriter& status);

  GamePresence presence() const { return presence_; }
  SessionHold session() const { return session_.hold(); }
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

  /// Forgets the game that has gone.
  void forget_game();
  /// Keeps the view of a section of that game: some other program may hold the section on. As long as a view
  /// is kept no new section gets the same id.
  void leave_behind(const Mapping& mapping, std::unique_ptr<View> view, std::int64_t now_ns);
  /// False for a section whose bytes may be old: no game is known to run, and nobody has written it since it
  /// was first seen. Its view is then kept. `follows`: another section of the sim was mirrored until now, so
  /// that this one is the next of the same program. Searches for the game at once for a new section, and then
  /// when a search is due.
  bool may_attach(const Mapping& mapping, std::unique_ptr<View>& view, bool follows, std::int64_t now_ns);
  /// No section has the name any more.
  void closed(const Mapping& mapping) { quiet_.erase(&mapping); }
  /// How many sections are there whose bytes may be old.
  std::size_t quiet_sections() const { return quiet_.size(); }

  /// As SessionWatch has it.
  void stop_holding_session() { report(session_.release()); }
  bool must_leave() const { return session_.must_leave(); }

  bool tells_of_game(const Mirror& mirror) const { return sim_.tells_of_game(mirror.mapping()); }
  /// Whether a mapping that tells of a game is attached.
  bool any_attached() const;
  /// Whether a game runs or has run: its process is known, or a mapping was written as often as only a game
  /// writes. Always true for a sim without titles, of whose games nothing but the mapping tells.
  bool has_seen_game() const;

 private:
  /// A section that nobody has been seen to write.
  struct Quiet {
    WatchedSection section;
    std::int64_t since_ns;
    bool is_left_behind;  ///< by a game that was mirrored
  };

  void report(const std::optional<Error>& refusal);
  bool is_old(const Mapping& mapping, Quiet& quiet, bool follows, std::int64_t now_ns);
  bool search(std::int64_t now_ns);  ///< true when a process was found, which is then watched
  News process_ended(std::int64_t now_ns);
  News settle_handover(std::int64_t now_ns);

  const Sim& sim_;
  std::span<Mirror> mirrors_;
  Source& source_;
  SessionWatch session_;
  Voice voice_;
  StatusWriter& status_;

  GamePresence presence_ = GamePresence::kUnknown;
  Game game_;
  std::int64_t handover_since_ns_ = 0;  ///< while kHandover
  std::int64_t next_search_ns_ = 0;
  std::map<const Mapping*, Quiet> quiet_;
  bool quiet_was_told_ = false;  ///< that there are such sections
};

}  // namespace pitbridge
