// SPDX-License-Identifier: MIT
#include "common/core/mirror/game_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pitbridge {
namespace {

constexpr std::int64_t kSearchEveryNs = 1'000'000'000;
/// How long names may outlive the game's process (a handover to another process) before it counts as gone.
constexpr std::int64_t kHandoverNs = 500'000'000;
/// A section that nobody with a known exe name owns was a game's if it was written so often.
constexpr std::uint64_t kUpdatesOfAGame = 10;
/// A game with an unknown exe writes soon after it has made its mappings.
constexpr std::int64_t kQuietIsToldAfterNs = 1'000'000'000;

}  // namespace

GameWatch::GameWatch(const Sim& sim, std::span<Mirror> mirrors, bool guest, Source& source, Voice voice,
                     StatusWriter& status)
    : sim_(sim),
      mirrors_(mirrors),
      source_(source),
      session_(guest, source),
      voice_(voice),
      status_(status) {}

GameWatch::News GameWatch::look(std::int64_t now_ns) {
  report(session_.look());
  if (session_.hold() == SessionHold::kEnded) {
    voice_.say(LogLevel::kInfo, "the last program of the Wine session has ended");
    return News::kGone;
  }
  switch (presence_) {
    case GamePresence::kUnknown:
      break;
    case GamePresence::kRuns:
      if (!source_.game_runs()) return process_ended(now_ns);
      break;
    case GamePresence::kHandover:
      return settle_handover(now_ns);
  }
  return News::kNone;
}

GameWatch::News GameWatch::process_ended(std::int64_t now_ns) {
  const Game old = std::exchange(game_, {});
  presence_ = GamePresence::kUnknown;
  status_.set_game(0, "");
  voice_.say(LogLevel::kInfo, fmt::format("{} (pid {}) has ended", old.exe_name, old.pid));
  const bool names_live_on = std::any_of(mirrors_.begin(), mirrors_.end(), [&](const Mirror& m) {
    return m.attached() && tells_of_game(m) && source_.identify(m.mapping().name) == m.section();
  });
  if (search(now_ns)) return News::kReplaced;
  if (!names_live_on) return News::kGone;
  presence_ = GamePresence::kHandover;
  handover_since_ns_ = now_ns;
  // What the game itself wrote last is seen now, and not taken for another writer's later.
  for (Mirror& mirror : mirrors_) mirror.look_soon();
  return News::kNone;
}

GameWatch::News GameWatch::settle_handover(std::int64_t now_ns) {
  if (search(now_ns) || now_ns - handover_since_ns_ < kHandoverNs) return News::kNone;
  presence_ = GamePresence::kUnknown;
  // What is seen within one look of the end may still be the ended process's, and what a section holds when
  // it is attached is no news.
  const bool written_since = std::any_of(mirrors_.begin(), mirrors_.end(), [&](const Mirror& m) {
    return m.was_written() && tells_of_game(m) && m.last_change_ns() > handover_since_ns_ + kLookEveryNs;
  });
  if (!written_since) return News::kGone;
  voice_.say(LogLevel::kInfo, "another process goes on writing; following it");
  return News::kNone;
}

GameWatch::News GameWatch::mappings_closed(bool was_game, std::int64_t now_ns) {
  if (presence_ == GamePresence::kRuns) return source_.game_runs() ? News::kNone : process_ended(now_ns);
  return was_game ? News::kGone : News::kNone;
}

void GameWatch::search_when_due(std::int64_t now_ns) {
  if (presence_ != GamePresence::kRuns && now_ns >= next_search_ns_) (void)search(now_ns);
}

bool GameWatch::search(std::int64_t now_ns) {
  next_search_ns_ = now_ns + kSearchEveryNs;
  const auto found = source_.find_game(sim_);
  if (!found) return false;
  game_ = *found;
  presence_ = GamePresence::kRuns;
  const Title* title = sim_.title_of_exe(game_.exe_name);
  status_.set_game(game_.pid, title != nullptr ? title->id : "");
  voice_.say(LogLevel::kInfo, fmt::format("the game is {} (pid {})", game_.exe_name, game_.pid));
  stop_holding_session();
  return true;
}

void GameWatch::forget_game() {
  game_ = {};
  presence_ = GamePresence::kUnknown;
  status_.set_game(0, "");
}

void GameWatch::leave_behind(const Mapping& mapping, std::unique_ptr<View> view, std::int64_t now_ns) {
  quiet_.insert_or_assign(&mapping, Quiet{WatchedSection(std::move(view)), now_ns, true});
}

bool GameWatch::may_attach(const Mapping& mapping, std::unique_ptr<View>& view, bool follows,
                           std::int64_t now_ns) {
  if (const auto found = quiet_.find(&mapping); found != quiet_.end()) {
    const bool is_the_same = found->second.section.id() == view->id();
    if (is_the_same && is_old(mapping, found->second, follows, now_ns)) return false;
    quiet_.erase(found);
    if (is_the_same) return true;
  }
  if (follows || presence_ == GamePresence::kRuns) return true;
  if (!sim_.tells_of_game(mapping) || sim_.titles.empty()) return true;
  // At once, but not once for each of the sections that a game makes together.
  if (next_search_ns_ != now_ns + kSearchEveryNs && search(now_ns)) return true;
  if (quiet_.empty()) quiet_was_told_ = false;
  quiet_.emplace(&mapping, Quiet{WatchedSection(std::move(view)), now_ns, false});
  return false;
}

bool GameWatch::is_old(const Mapping& mapping, Quiet& quiet, bool follows, std::int64_t now_ns) {
  if (quiet.section.was_written() || presence_ == GamePresence::kRuns) return false;
  if (follows && !quiet.is_left_behind) return false;
  if (now_ns >= next_search_ns_ && search(now_ns)) return false;
  if (now_ns - quiet.since_ns >= kQuietIsToldAfterNs && !std::exchange(quiet_was_told_, true))
    voice_.say(
        LogLevel::kInfo,
        fmt::format("{} is held by a program that is no game: its old bytes are not shown; start the game",
                    mapping.name));
  return true;
}

void GameWatch::report(const std::optional<Error>& refusal) {
  if (refusal) voice_.say(LogLevel::kWarning, refusal->message);
}

bool GameWatch::any_attached() const {
  return std::any_of(mirrors_.begin(), mirrors_.end(),
                     [this](const Mirror& m) { return m.attached() && tells_of_game(m); });
}

bool GameWatch::has_seen_game() const {
  return presence_ == GamePresence::kRuns || sim_.titles.empty() ||
         std::any_of(mirrors_.begin(), mirrors_.end(),
                     [this](const Mirror& m) { return tells_of_game(m) && m.updates() >= kUpdatesOfAGame; });
}

}  // namespace pitbridge
