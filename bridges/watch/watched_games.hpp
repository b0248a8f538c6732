// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/launch/watch_plan.hpp"
#include "common/posix/session/process_scan.hpp"
#include "common/posix/session/wine_session.hpp"

namespace pitbridge {

struct WatchSettings {
  std::vector<std::string> prefixes = {};  ///< only games of these; empty: of all
};

/// The games that run, with their sessions: what a watcher decides by.
class WatchedGames {
 public:
  explicit WatchedGames(WatchSettings settings);

  /// Looks at the processes, and returns the games among them. A session may still be starting: then the
  /// missing parts are looked for at the next call. With `at_once` a session is judged as it is now.
  const std::vector<WatchedGame>& look(std::int64_t now_ns, bool at_once = false);
  /// The status pages of all places where these games, or `more`, may have a bridge.
  std::vector<WatchedPage> pages(const std::vector<BridgePlace>& more) const;

  /// Null when no such game runs.
  const WatchedGame* find(const ProcessId& game) const;
  const WineSession* session_of(const ProcessId& game) const;
  const ExitWatch* exit_of(const ProcessId& game) const;
  /// The whole environment with which a bridge for this game is started.
  std::vector<BridgeVariable> variables_for(const ProcessId& game) const;

  /// Judges every game again, because the configuration has changed.
  void start_anew();

  const ProcessScan& scan() const { return scan_; }

 private:
  struct Known {
    RunningGame game;
    ExitWatch exit;
    std::int64_t first_seen_ns = 0;
    std::optional<WineSession> session;
    bool is_settled = false;  ///< its session is known, and is not looked at again
  };

  std::optional<RunningGame> judge(const ProcessInfo& process, const std::string& root) const;
  void find_out(Known& known, WatchedGame& game, std::int64_t now_ns, bool at_once);
  /// The reason for which the user wants no bridge of ours for this game; empty if the user wants one.
  std::string wish_against(const Known& known, std::int64_t now_ns);
  bool simd_runs(std::int64_t now_ns);
  const Known* known_of(const ProcessId& game) const;

  WatchSettings settings_;
  ProcessScan scan_;
  std::vector<Known> known_;
  std::vector<WatchedGame> games_;  ///< one for each of `known_`, in the same order
  std::optional<ProcessId> simd_;
  std::int64_t next_simd_search_ns_ = 0;
};

}  // namespace pitbridge
