// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "common/core/mirror/live_values.hpp"
#include "common/core/mirror/mirror.hpp"

namespace pitbridge {

struct BridgeSettings {
  bool stay = false;  ///< wait for the next game when one has gone, instead of finishing
  /// Make the mappings before the game does, out of the files' own pages, where the game is known to take it.
  bool own = false;
  /// Somebody else has started the session, and it must end as it would without the bridge. So the bridge
  /// stops holding it as soon as any program runs there, and not only the game; where Wine refuses, the
  /// bridge leaves.
  bool guest = false;
  PacerProfile pacing = kDefaultProfile;
};

/// The whole life of a bridge (bridges/ARCHITECTURE.md), as steps in time: the caller sleeps between them.
/// Single-threaded.
class Bridge {
 public:
  /// All arguments must outlive the bridge.
  Bridge(const Sim& sim, BridgeSettings settings, Source& source, SinkFactory& files, Clock& clock, Log& log,
         StatusWriter& status);

  /// Opens every file that readers may expect before the game runs. Nothing is left half-done on an error.
  Expected<void> start();

  /// Does all that is due now; returns the monotonic time of the next step.
  std::int64_t step();

  /// True when the game that was seen has gone, or the session ends; then only `stop` is left to call.
  bool finished() const { return finished_; }

  /// Clears the files and leaves the status page at "stopped".
  void stop();

  BridgeState state() const { return state_; }

  /// The section that is mirrored to this file, for readers that want the game's own pages.
  std::optional<OfferedSection> find_section(std::string_view file_name) const;

 private:
  void watch_presence(std::int64_t now);
  void own_mappings();
  void probe_names(std::int64_t now);
  void probe_one(Mirror& mirror, std::int64_t now);
  bool look_for_game();         ///< true when a process was found, which is then watched
  void stop_holding_session();  ///< once; only while a game runs
  void game_process_ended(std::int64_t now);
  void game_gone();
  void housekeeping(std::int64_t now);
  void look_at_mirrors(std::int64_t now);

  bool any_attached() const;  ///< of those that tell of a game
  /// Whether data in this mapping shows that a game runs. False for a mapping that the user has added:
  /// another program may write it while no game runs.
  bool tells_of_game(const Mirror& mirror) const;
  bool game_was_seen() const;
  void enter(BridgeState state);
  void say(LogLevel level, const std::string& message);
  /// As `say`, but once for each cause until `what` changes or succeeds.
  void complain(const Mirror& mirror, const std::string& message);
  void complain(std::string& last, const std::string& message);

  const Sim& sim_;
  BridgeSettings settings_;
  Source& source_;
  SinkFactory& files_;
  Clock& clock_;
  Log& log_;
  StatusWriter& status_;

  std::vector<Mirror> mirrors_;
  LiveValues values_;
  std::vector<std::string> complaints_;  ///< by mirror: the last one made
  std::string status_complaint_;         ///< the same for the status page
  std::string values_complaint_;         ///< and for the values page
  std::vector<std::unique_ptr<View>>
      stale_views_;  ///< outlived their game: not attached to again without one
  BridgeState state_ = BridgeState::kStarting;
  Game game_;  ///< pid 0: no process known
  bool session_left_open_ = false;
  bool finished_ = false;
  std::int64_t ended_ns_ = 0;  ///< when the game's process ended while its names lived on; 0: no
  std::int64_t attached_since_ns_ = 0;
  std::int64_t probe_every_ns_;
  std::int64_t next_presence_ns_ = 0, next_probe_ns_ = 0, next_housekeeping_ns_ = 0, next_game_search_ns_ = 0,
               next_absent_probe_ns_ = 0;
};

}  // namespace pitbridge
