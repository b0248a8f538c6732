// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/launch/process_id.hpp"
#include "common/core/mirror/ports.hpp"
#include "common/core/mirror/status_page.hpp"

/// Decides what a watcher does about the games and bridges that it sees. Nothing here asks the system: the
/// caller looks, starts bridges and ends them.
namespace pitbridge {

/// A sim in a directory: the place that has one status page, and so shows one game at a time. Bridges of
/// other prefixes wait for it.
struct BridgePlace {
  const Sim* sim = nullptr;
  std::string shm_directory;

  friend bool operator==(const BridgePlace&, const BridgePlace&) = default;
};

/// A game that runs, as it was last seen.
struct WatchedGame {
  ProcessId id;
  std::string exe_name;
  BridgePlace place;
  std::string prefix;       ///< empty: not known yet
  bool is_ready = false;    ///< its session can be joined now
  bool has_bridge = false;  ///< a bridge of its prefix lives, with or without the place
  /// Why no bridge is to be started for it, with the remedy; empty: one is.
  std::string refusal = {};
  bool is_refused_by_user = false;  ///< the refusal is what the user has chosen, and no warning
};

/// A status page that is there.
struct WatchedPage {
  BridgePlace place;
  bool is_locked = false;     ///< by a living bridge
  bool is_abandoned = false;  ///< its bridge was killed, and has cleared nothing
  bool was_stopped = false;   ///< somebody has asked its bridge to stop
  std::int32_t bridge_pid = 0;
  std::string prefix;  ///< cut at 95 bytes
};

/// Whether the prefix in a status page, which is cut where it is too long, is this one.
bool is_same_prefix(std::string_view of_page, std::string_view prefix);

struct WatchFacts {
  std::vector<WatchedGame> games;  ///< oldest first
  std::vector<WatchedPage> pages;
};

/// By which signal a bridge is ended.
enum class Farewell : std::uint8_t {
  kAsk,   ///< SIGTERM: it clears its files first
  kKill,  ///< SIGKILL: its janitor clears them
};
/// A signal for a bridge that the watcher has started.
struct BridgeSignal {
  std::int32_t bridge = 0;
  Farewell farewell = Farewell::kAsk;

  friend bool operator==(const BridgeSignal&, const BridgeSignal&) = default;
};
struct WatchLine {
  LogLevel level = LogLevel::kInfo;
  std::string text;
};
/// What is to be done.
struct WatchOrders {
  std::vector<WatchLine> lines;
  std::vector<BridgeSignal> signals;
  std::vector<ProcessId> starts;  ///< games that are to get a bridge

  void add_line(LogLevel level, std::string text) { lines.push_back({level, std::move(text)}); }
};

/// How a bridge of ours ended.
struct BridgeEnd {
  std::optional<int> exit_code;  ///< nothing: by `signal`
  int signal = 0;
  /// What its status page said then; nothing: it never had the page.
  std::optional<BridgeState> last_state;
};

class WatchPlan {
 public:
  static constexpr std::int64_t kSecondNs = 1'000'000'000;
  static constexpr std::int64_t kFirstDelayNs = kSecondNs;
  static constexpr std::int64_t kMostDelayNs = 60 * kSecondNs;
  /// A bridge that ran for this long has succeeded; its next start is not delayed.
  static constexpr std::int64_t kGoodRunNs = 60 * kSecondNs;
  /// A bridge whose game has gone leaves by itself within this time; then SIGTERM, then SIGKILL.
  static constexpr std::int64_t kFarewellNs = 5 * kSecondNs;
  /// So many bridges in a row that die before they have taken their status page: this Wine cannot run them.
  static constexpr int kMostEarlyDeaths = 3;

  /// A bridge of ours.
  struct Bridge {
    std::int32_t pid = 0;
    ProcessId game;  ///< for which it was started; it follows the game to other processes of its prefix
    BridgePlace place;
    std::string prefix;
    std::int64_t started_ns = 0;
    std::int64_t alone_since_ns = 0;  ///< 0: it has a game
    int signals_sent = 0;
    bool is_twin = false;
    bool has_twin = false;  ///< to be tried where this Wine does not run it
  };

  /// What is to be done now. Each line of the log comes once for a game.
  WatchOrders decide(const WatchFacts& facts, std::int64_t now_ns);

  void bridge_started(const WatchedGame& game, std::int32_t bridge, std::int64_t now_ns, bool is_twin = false,
                      bool has_twin = false);
  /// The bridge of this game could not be started at all; it is not tried again.
  WatchOrders start_failed(const WatchedGame& game, const std::string& why);
  WatchOrders bridge_ended(std::int32_t bridge, const BridgeEnd& end, std::int64_t now_ns);

  /// Tries the games that were given up once more, because the user has changed the configuration.
  void forget_refusals();

  const std::vector<Bridge>& bridges() const { return bridges_; }
  /// Its bridge died before it could do anything, and has a twin.
  bool wants_twin(const ProcessId& game) { return notes_of(game).wants_twin; }

 private:
  struct GameNotes {
    ProcessId id;
    std::set<std::string> lines;  ///< that have been logged
    bool given_up = false;
    bool wants_twin = false;
    bool knows_of_other = false;     ///< it was told that another prefix has the place
    std::int32_t others_bridge = 0;  ///< that has served it, and that we have not started
    int early_deaths = 0;
    std::int64_t delay_ns = 0;  ///< before the last try; 0: nothing has failed
    std::int64_t next_try_ns = 0;
  };

  GameNotes& notes_of(const ProcessId& game);
  GameNotes& notes_of_game_of(const Bridge& bridge);
  Bridge* bridge_of(const WatchedGame& game);
  void tell_of_other_prefix(WatchOrders& orders, const WatchedGame& game, const WatchFacts& facts);
  void add_line_once(WatchOrders& orders, const WatchedGame& game, LogLevel level, std::string text);
  void look_after_own_bridge(WatchOrders& orders, Bridge& bridge, const WatchFacts& facts,
                             std::int64_t now_ns);
  void look_after_unserved_game(WatchOrders& orders, const WatchedGame& game, const WatchFacts& facts,
                                std::int64_t now_ns);
  void forget_ended(WatchOrders& orders, const WatchFacts& facts);

  std::vector<Bridge> bridges_;
  std::vector<GameNotes> notes_;
  std::vector<WatchedGame> last_games_;
};

}  // namespace pitbridge
