// SPDX-License-Identifier: MIT
#include "common/core/launch/watch_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/core/launch/exec_status.hpp"
#include "common/core/sim/describe.hpp"

namespace pitbridge {
namespace {

std::string name_of(const WatchedGame& game) {
  if (game.prefix.empty()) return fmt::format("{} (pid {})", game.exe_name, game.id.pid);
  return fmt::format("{} (pid {}, prefix {})", game.exe_name, game.id.pid, game.prefix);
}

std::string other_prefix(const WatchedGame& game, std::int32_t bridge, std::string_view prefix) {
  return fmt::format(
      "{}: {} (pid {}) of prefix {} has the files in {}, which show one game at a time: the one that writes "
      "first. To have both at once put PITBRIDGE_SHM_DIR=DIRECTORY %command% into the launch options of "
      "one of them",
      name_of(game), bridge_program(*game.place.sim), bridge, prefix, game.place.shm_directory);
}

const WatchedPage* page_of(const WatchedGame& game, const WatchFacts& facts) {
  const auto page = std::find_if(facts.pages.begin(), facts.pages.end(),
                                 [&](const WatchedPage& p) { return p.place == game.place; });
  return page == facts.pages.end() ? nullptr : &*page;
}

std::string reason_of(const BridgeEnd& end) {
  if (!end.exit_code) return fmt::format("was killed by signal {}", end.signal);
  return fmt::format("ended with status {}", *end.exit_code);
}

WatchOrders one_line(LogLevel level, std::string text) {
  WatchOrders orders;
  orders.add_line(level, std::move(text));
  return orders;
}

constexpr const char* kStopped = "was asked to stop by somebody; this game gets no other";

/// What the user can do when the game's Wine does not run the bridge from out here.
constexpr std::string_view kOtherWay =
    "; look into its log, and start it inside the session: pitbridge %command% in the launch options";

}  // namespace

bool is_same_prefix(std::string_view of_page, std::string_view prefix) {
  constexpr std::size_t kCutAt = sizeof(StatusHeader::prefix) - 1;
  return of_page.size() < kCutAt ? of_page == prefix : prefix.starts_with(of_page);
}

WatchOrders WatchPlan::decide(const WatchFacts& facts, std::int64_t now_ns) {
  WatchOrders orders;
  forget_ended(orders, facts);
  for (Bridge& bridge : bridges_) look_after_own_bridge(orders, bridge, facts, now_ns);
  // One bridge for each place and prefix: which of several prefixes is shown, the bridges decide by who
  // writes.
  std::vector<const WatchedGame*> taken;
  for (const WatchedGame& game : facts.games) {
    tell_of_other_prefix(orders, game, facts);
    if (bridge_of(game) != nullptr) continue;
    // Of several games in one prefix the oldest that can be served is.
    if (std::any_of(taken.begin(), taken.end(), [&](const WatchedGame* other) {
          return other->place == game.place && other->prefix == game.prefix;
        }))
      continue;
    look_after_unserved_game(orders, game, facts, now_ns);
    if (!orders.starts.empty() && orders.starts.back() == game.id) taken.push_back(&game);
  }
  last_games_ = facts.games;
  return orders;
}

void WatchPlan::forget_ended(WatchOrders& orders, const WatchFacts& facts) {
  const auto runs = [&](const ProcessId& id) {
    return std::any_of(facts.games.begin(), facts.games.end(), [&](const auto& g) { return g.id == id; });
  };
  for (const WatchedGame& game : last_games_)
    if (!runs(game.id)) orders.add_line(LogLevel::kInfo, name_of(game) + " has ended");
  std::erase_if(notes_, [&](const GameNotes& notes) { return !runs(notes.id); });
}

void WatchPlan::look_after_own_bridge(WatchOrders& orders, Bridge& bridge, const WatchFacts& facts,
                                      std::int64_t now_ns) {
  bool has_game = false;
  for (const WatchedGame& game : facts.games) {
    if (!(game.place == bridge.place) || game.prefix != bridge.prefix) continue;
    if (game.refusal.empty()) {
      has_game = true;
    } else {
      add_line_once(orders, game, game.is_refused_by_user ? LogLevel::kInfo : LogLevel::kWarning,
                    fmt::format("{}: {}", name_of(game), game.refusal));
    }
  }
  if (has_game) {
    bridge.alone_since_ns = 0;
    return;
  }
  if (bridge.alone_since_ns == 0) bridge.alone_since_ns = now_ns;
  // It may wait for a game that never made its mapping, and hold the Wine session open meanwhile.
  const std::int64_t alone_ns = now_ns - bridge.alone_since_ns;
  if (bridge.signals_sent < 2 && alone_ns >= kFarewellNs * (bridge.signals_sent + 1))
    orders.signals.push_back({bridge.pid, ++bridge.signals_sent == 1 ? Farewell::kAsk : Farewell::kKill});
}

void WatchPlan::look_after_unserved_game(WatchOrders& orders, const WatchedGame& game,
                                         const WatchFacts& facts, std::int64_t now_ns) {
  const bool needs_session = game.place.sim->packets == nullptr;
  if (needs_session && game.prefix.empty() && game.refusal.empty()) return;  // nothing is known of it yet
  const WatchedPage* page = page_of(game, facts);
  const bool has_its_page = page != nullptr && is_same_prefix(page->prefix, game.prefix);
  if (has_its_page && page->is_locked) {
    notes_of(game.id).others_bridge = page->bridge_pid;
    add_line_once(orders, game, LogLevel::kInfo,
                  fmt::format("{} is served by {} (pid {}), which somebody else has started", name_of(game),
                              bridge_program(*game.place.sim), page->bridge_pid));
    return;
  }
  if (game.has_bridge) {
    add_line_once(orders, game, LogLevel::kInfo,
                  fmt::format("{} has its {}, which waits for the files and which somebody else has started",
                              name_of(game), bridge_program(*game.place.sim)));
    return;
  }
  if (!game.refusal.empty()) {
    add_line_once(orders, game, game.is_refused_by_user ? LogLevel::kInfo : LogLevel::kWarning,
                  fmt::format("no bridge for {}: {}", name_of(game), game.refusal));
    return;
  }
  GameNotes& notes = notes_of(game.id);
  if (page != nullptr && page->was_stopped && page->bridge_pid == notes.others_bridge) {
    notes.given_up = true;
    add_line_once(orders, game, LogLevel::kInfo,
                  fmt::format("{} (pid {}) {}", bridge_program(*game.place.sim), page->bridge_pid, kStopped));
  }
  if (game.is_ready && !notes.given_up && now_ns >= notes.next_try_ns) orders.starts.push_back(game.id);
}

void WatchPlan::tell_of_other_prefix(WatchOrders& orders, const WatchedGame& game, const WatchFacts& facts) {
  const WatchedPage* page = page_of(game, facts);
  if (page == nullptr || !page->is_locked || game.prefix.empty() || !game.refusal.empty() ||
      is_same_prefix(page->prefix, game.prefix))
    return;
  if (std::exchange(notes_of(game.id).knows_of_other, true)) return;
  orders.add_line(LogLevel::kInfo, other_prefix(game, page->bridge_pid, page->prefix));
}

void WatchPlan::bridge_started(const WatchedGame& game, std::int32_t bridge, std::int64_t now_ns,
                               bool is_twin, bool has_twin) {
  bridges_.push_back({.pid = bridge,
                      .game = game.id,
                      .place = game.place,
                      .prefix = game.prefix,
                      .started_ns = now_ns,
                      .is_twin = is_twin,
                      .has_twin = has_twin});
}

WatchOrders WatchPlan::start_failed(const WatchedGame& game, const std::string& why) {
  notes_of(game.id).given_up = true;
  return one_line(LogLevel::kError, fmt::format("no bridge for {}: {}", name_of(game), why));
}

WatchOrders WatchPlan::bridge_ended(std::int32_t pid, const BridgeEnd& end, std::int64_t now_ns) {
  const auto found =
      std::find_if(bridges_.begin(), bridges_.end(), [&](const Bridge& b) { return b.pid == pid; });
  if (found == bridges_.end()) return {};
  const Bridge bridge = *found;
  bridges_.erase(found);
  const std::string who = fmt::format("{} (pid {}) ", bridge_program(*bridge.place.sim), pid);
  if (bridge.signals_sent != 0) return one_line(LogLevel::kInfo, who + "has left");

  GameNotes& notes = notes_of_game_of(bridge);
  if (now_ns - bridge.started_ns >= kGoodRunNs) notes.delay_ns = 0;
  if (end.last_state || now_ns - bridge.started_ns >= kGoodRunNs) notes.early_deaths = 0;
  const auto delay = [&] {
    notes.delay_ns =
        notes.delay_ns == 0 ? kFirstDelayNs : std::min(notes.delay_ns * 2, std::int64_t{kMostDelayNs});
    notes.next_try_ns = now_ns + notes.delay_ns;
  };
  const auto give_up = [&](LogLevel level, const std::string& why) {
    notes.given_up = true;
    return one_line(level, who + why);
  };

  const int code = end.exit_code.value_or(-1);
  if (code == static_cast<int>(ExitCode::kOk)) {
    if (end.last_state == BridgeState::kStopped) return give_up(LogLevel::kInfo, kStopped);
    delay();  // where the game lives on after all
    return one_line(LogLevel::kInfo, who + "has left: its game has gone");
  }
  if (code == static_cast<int>(ExitCode::kAlreadyRunning)) {
    notes.next_try_ns = now_ns + kFirstDelayNs;  // the rest is in the other one's status page
    return {};
  }
  // A Wine that cannot load it ends at once, in one of several ways.
  if (bridge.has_twin && !end.last_state && code != static_cast<int>(ExitCode::kUsage) &&
      code != static_cast<int>(ExitCode::kOutputRefused)) {
    notes.wants_twin = true;
    return one_line(
        LogLevel::kWarning,
        who + reason_of(end) + " before it could do anything; trying its twin, a Windows program");
  }
  if (code == static_cast<int>(ExitCode::kUsage))
    return give_up(
        LogLevel::kError,
        "refused its options; correct the PITBRIDGE_ variables of the game's launch options, see its log");
  if (code == kExitNotExecutable || code == kExitNotFound)
    return give_up(LogLevel::kError, "could not be run by the game's Wine from out here: " + reason_of(end) +
                                         std::string(kOtherWay));
  if (!end.last_state && code != static_cast<int>(ExitCode::kOutputRefused) &&
      ++notes.early_deaths >= kMostEarlyDeaths)
    return give_up(LogLevel::kError, fmt::format("{} before it could do anything, like the {} before it{}",
                                                 reason_of(end), kMostEarlyDeaths - 1, kOtherWay));
  delay();
  return one_line(LogLevel::kWarning, fmt::format("{}{}; starting it again in {} s", who, reason_of(end),
                                                  notes.delay_ns / kSecondNs));
}

void WatchPlan::forget_refusals() {
  notes_.clear();
}

WatchPlan::GameNotes& WatchPlan::notes_of(const ProcessId& game) {
  const auto found =
      std::find_if(notes_.begin(), notes_.end(), [&](const GameNotes& notes) { return notes.id == game; });
  if (found != notes_.end()) return *found;
  notes_.push_back({.id = game, .lines = {}});
  return notes_.back();
}

/// The bridge follows its game to another process of the same prefix.
WatchPlan::GameNotes& WatchPlan::notes_of_game_of(const Bridge& bridge) {
  for (const WatchedGame& game : last_games_)
    if (game.place == bridge.place && game.prefix == bridge.prefix) return notes_of(game.id);
  return notes_of(bridge.game);
}

WatchPlan::Bridge* WatchPlan::bridge_of(const WatchedGame& game) {
  const auto found = std::find_if(bridges_.begin(), bridges_.end(), [&](const Bridge& b) {
    return b.place == game.place && b.prefix == game.prefix;
  });
  return found == bridges_.end() ? nullptr : &*found;
}

void WatchPlan::add_line_once(WatchOrders& orders, const WatchedGame& game, LogLevel level,
                              std::string text) {
  if (notes_of(game.id).lines.insert(text).second) orders.add_line(level, std::move(text));
}

}  // namespace pitbridge
