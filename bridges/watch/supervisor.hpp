// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "bridges/watch/watched_games.hpp"
#include "common/core/launch/bridge_kind.hpp"
#include "common/posix/launch/bridge_start.hpp"

namespace pitbridge {

/// Keeps a bridge in the session of every game that it is for: starts it, starts it again when it dies, ends
/// it after its game, and clears the files of one that was killed. The caller gives it time: `look`, then
/// `wait`, again and again. `pitbridge watch` does so for all games, `pitbridge run` for those of its
/// command.
class Supervisor {
 public:
  /// `user` and `log` must outlive it.
  Supervisor(GameFilter filter, const UserSettings& user, Log& log);

  /// Sees what has changed, and does what is to be done now. `at_once`: also with sessions that are not
  /// complete yet. Besides the places of games and bridges those in `more` are cleared of killed bridges.
  void look(bool at_once = false, const std::vector<BridgePlace>& more = {});
  /// Until a bridge or a game ends, one of `fds` can be read, or the time is over.
  void wait(std::span<const int> fds, std::int64_t timeout_ns) const;
  /// Ends the bridges that it has started, and clears after those that had to be killed.
  void end_bridges();
  /// The settings have changed. Games that were given up get another chance.
  void start_anew();

  const std::vector<WatchedGame>& games() const { return facts_.games; }
  bool has_bridges() const { return !children_.empty(); }
  /// The pid of the bridge that serves the game, whoever has started it.
  std::optional<std::int32_t> bridge_of(const WatchedGame& game) const;

 private:
  void carry_out(const WatchOrders& orders);
  void start_bridge_for(const ProcessId& game);
  struct Choice {
    ChosenBridge bridge;
    bool has_twin = false;  ///< that is to be tried if this one does not start
  };
  Choice choose_bridge_for(const WatchedGame& game);
  /// Starts a bridge in the game's Wine session.
  Expected<StartedBridge> join(const WatchedGame& game, BridgeKind kind) const;
  /// Takes the exit status of each bridge that has ended.
  void reap_bridges();
  /// Clears the files of bridges that were killed together with their janitors.
  void clear_after_killed_bridges();
  std::vector<BridgePlace> own_places() const;

  Log& log_;
  const UserSettings& user_;
  WatchedGames games_;
  WatchPlan plan_;
  std::vector<StartedBridge> children_;
  WatchFacts facts_;
};

}  // namespace pitbridge
