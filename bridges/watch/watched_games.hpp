// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/core/launch/watch_plan.hpp"
#include "common/core/settings/user_settings.hpp"
#include "common/posix/session/command_family.hpp"
#include "common/posix/session/process_scan.hpp"
#include "common/posix/session/wine_session.hpp"

namespace pitbridge {

/// The command that `pitbridge run` has become. Its games are those of its sim that start after it, by its
/// processes or in their prefix.
struct LaunchedCommand {
  ProcessId id;
  const Sim* sim = nullptr;
  /// Of the command line, where it names one: a launcher, or a game that the tables do not know.
  std::string exe_name;
  /// So long somebody else, Proton's script, has for starting a game's bridge before it is done from here.
  std::int64_t patience_ns = 0;
};

/// Whose games are wanted; by default everybody's.
struct GameFilter {
  std::vector<std::string> prefixes = {};  ///< only games of these; empty: of all
  std::optional<LaunchedCommand> command = {};
};

/// The games that run, with their sessions: what a supervisor decides by.
class WatchedGames {
 public:
  /// `user`: the settings of its own process; they must outlive this.
  WatchedGames(GameFilter filter, const UserSettings& user);

  /// Looks at the processes. A session that is not complete yet is looked at again the next time; with
  /// `at_once` it is judged as it is now.
  const std::vector<WatchedGame>& look(std::int64_t now_ns, bool at_once = false);
  /// The status pages of all places where these games, or `more`, may have a bridge.
  std::vector<WatchedPage> pages(const std::vector<BridgePlace>& more) const;

  /// Null when no such game runs.
  const WatchedGame* find(const ProcessId& game) const;
  const WineSession* session_of(const ProcessId& game) const;
  const ExitWatch* exit_of(const ProcessId& game) const;
  /// With these variables, and no others, a bridge serves the game.
  std::vector<BridgeVariable> variables_for(const ProcessId& game) const;

  /// The settings have changed: every game is looked up anew.
  void start_anew();

  const ProcessScan& scan() const { return scan_; }

 private:
  struct Known {
    RunningGame game;
    ExitWatch exit;
    std::int64_t first_seen_ns = 0;
    std::optional<WineSession> session;
    bool is_settled = false;  ///< its session has been judged
  };

  std::optional<RunningGame> judge(const ProcessInfo& process, const std::string& root) const;
  std::optional<RunningGame> judge_by_settings(const ProcessInfo& process, const std::string& root) const;
  std::optional<RunningGame> judge_by_command(const ProcessInfo& process, const std::string& root) const;
  /// What the configuration says of Steam's number of the game; null: nothing.
  const Sim* configured_sim(const Environment& game) const;
  bool settings_name_sims() const;
  /// A game that sends packets needs no session to be served.
  void settle_sender(Known& known, WatchedGame& game) const;
  /// Looks for the game's session, and judges what is found of it.
  void look_up_session(Known& known, WatchedGame& game, std::int64_t now_ns, bool at_once);
  /// Where this game's files are wanted, as its session names the directory.
  std::string wanted_directory(const Known& known) const;
  /// Why the user has chosen to get no bridge of ours for it; empty: nothing says so.
  std::string refusal_by_user(const Known& known, std::int64_t now_ns);
  bool simd_runs(std::int64_t now_ns);
  const Known* known_of(const ProcessId& game) const;

  GameFilter filter_;
  std::optional<CommandFamily> family_;  ///< of the filter's command
  const UserSettings& user_;
  ProcessScan scan_;
  std::vector<Known> known_;
  std::vector<WatchedGame> games_;  ///< one for each of `known_`, in the same order
  std::optional<ProcessId> simd_;
  std::int64_t next_simd_search_ns_ = 0;
};

}  // namespace pitbridge
