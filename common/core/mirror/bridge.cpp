// SPDX-License-Identifier: MIT
#include "common/core/mirror/bridge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;

/// Waiting costs one server call a name: often at first, when the game is about to start, then less so.
constexpr std::int64_t kFirstProbeEveryNs = 50 * kMs;
constexpr std::int64_t kSlowestProbeEveryNs = 250 * kMs;
/// A game makes its mappings together; one that is still absent after a while may never come, and each
/// question is a call of the wineserver.
constexpr std::int64_t kSettledAfterNs = 5000 * kMs;
constexpr std::int64_t kAbsentProbeEveryNs = 1000 * kMs;
constexpr std::int64_t kPresenceEveryNs = 100 * kMs;
constexpr std::int64_t kHousekeepingEveryNs = 500 * kMs;
constexpr std::int64_t kGameSearchEveryNs = 1000 * kMs;
constexpr std::int64_t kPausedAfterNs = 3000 * kMs;
/// How long names may outlive the game's process (a handover to another process) before it counts as gone.
constexpr std::int64_t kHandoverNs = 500 * kMs;
/// A section that nobody with a known exe name owns was a game's if it was written so often.
constexpr std::uint64_t kUpdatesOfAGame = 10;

}  // namespace

Bridge::Bridge(const Sim& sim, BridgeSettings settings, Source& source, SinkFactory& files, Clock& clock,
               Log& log, StatusWriter& status)
    : sim_(sim),
      settings_(settings),
      source_(source),
      files_(files),
      clock_(clock),
      log_(log),
      status_(status),
      values_(sim, status),
      complaints_(sim.mappings.size()),
      probe_every_ns_(kFirstProbeEveryNs) {
  mirrors_.reserve(sim.mappings.size());
  for (std::size_t i = 0; i < sim.mappings.size(); ++i)
    mirrors_.emplace_back(sim.mappings[i], i, status, settings.pacing);
}

Expected<void> Bridge::start() {
  for (Mirror& mirror : mirrors_) {
    if (mirror.mapping().min_file_bytes == 0) continue;
    auto opened = mirror.open_files(files_, 0, source_.identify(mirror.mapping().name));
    if (!opened) return opened;
  }
  if (settings_.own) own_mappings();
  if (auto opened = values_.open(files_, clock_.now_ns()); !opened) return opened;
  enter(BridgeState::kWaiting);
  say(LogLevel::kInfo, fmt::format("waiting for {}: start the game", sim_.description));
  return {};
}

std::int64_t Bridge::step() {
  const std::int64_t now = clock_.now_ns();
  if (now >= next_presence_ns_) watch_presence(now);
  if (!finished_ && now >= next_probe_ns_) probe_names(now);
  if (!finished_) look_at_mirrors(now);
  if (!finished_) values_.publish(mirrors_, game_.exe_name, now);
  if (!finished_ && now >= next_housekeeping_ns_) housekeeping(now);

  std::int64_t next = std::min({next_presence_ns_, next_probe_ns_, next_housekeeping_ns_});
  for (const Mirror& mirror : mirrors_)
    if (mirror.attached()) next = std::min(next, mirror.next_look_ns());
  return next;
}

void Bridge::own_mappings() {
  bool any = false;
  for (const Mirror& mirror : mirrors_) {
    if (!mirror.mapping().may_be_owned) continue;
    any = true;
    const auto owned = source_.own(mirror.mapping().name, mirror.file_path());
    if (!owned) say(LogLevel::kWarning, owned.error().message + "; mirroring it instead");
  }
  if (!any)
    say(LogLevel::kWarning,
        fmt::format("--own: {} is not known to take mappings that are there before it; mirroring instead",
                    sim_.description));
}

void Bridge::stop() {
  for (Mirror& mirror : mirrors_) {
    if (mirror.is_in_place() && source_.identify(mirror.mapping().name) == mirror.section()) {
      say(LogLevel::kInfo, fmt::format("{} goes on being the game's own memory", mirror.file_path()));
      mirror.let_go();
    } else if (mirror.has_files()) {
      mirror.detach();
    }
  }
  values_.clear(clock_.now_ns());
  status_.set_game(0, "");
  if (state_ != BridgeState::kGone) enter(BridgeState::kStopped);
}

void Bridge::watch_presence(std::int64_t now) {
  next_presence_ns_ = now + kPresenceEveryNs;
  values_.watch_requests(now);
  if (source_.session_ends()) {
    say(LogLevel::kInfo, "the last program of the Wine session has ended");
    finished_ = true;  // also with --stay: the server goes, and takes everybody with it
    game_gone();
    return;
  }
  // Proton waits for the last ordinary process, and a game may never make its mapping.
  if (settings_.guest && !session_left_open_ && source_.others_run()) stop_holding_session();
  if (game_.pid != 0 && !source_.game_runs()) game_process_ended(now);
  if (ended_ns_ != 0 && look_for_game()) ended_ns_ = 0;
  if (ended_ns_ != 0 && now - ended_ns_ >= kHandoverNs) {
    const bool written_since = std::any_of(mirrors_.begin(), mirrors_.end(), [&](const Mirror& m) {
      return m.attached() && tells_of_game(m) && m.last_change_ns() > ended_ns_ + kPresenceEveryNs;
    });
    ended_ns_ = 0;
    if (written_since) {
      say(LogLevel::kInfo, "another process goes on writing; following it");
    } else {
      game_gone();
    }
  }
}

void Bridge::game_process_ended(std::int64_t now) {
  const Game old = game_;
  game_ = {};
  status_.set_game(0, "");
  say(LogLevel::kInfo, fmt::format("{} (pid {}) has ended", old.exe_name, old.pid));
  const bool names_live_on = std::any_of(mirrors_.begin(), mirrors_.end(), [&](const Mirror& m) {
    return m.attached() && tells_of_game(m) && source_.identify(m.mapping().name) == m.section();
  });
  if (look_for_game()) {
    next_probe_ns_ = now;  // it handed over to another process
  } else if (names_live_on) {
    ended_ns_ = now;  // some other program holds them, or takes over: decided after kHandoverNs
    // What the game itself wrote last is seen now, and not taken for another writer's later.
    for (Mirror& mirror : mirrors_) mirror.look_soon();
  } else {
    game_gone();
  }
}

void Bridge::game_gone() {
  ended_ns_ = 0;
  stale_views_.clear();
  for (Mirror& mirror : mirrors_)
    if (auto view = mirror.detach()) stale_views_.push_back(std::move(view));
  values_.clear(clock_.now_ns());
  game_ = {};
  status_.set_game(0, "");
  enter(BridgeState::kGone);
  say(LogLevel::kInfo, "the game has gone; the files are cleared");
  if (settings_.stay && !finished_) {
    probe_every_ns_ = kFirstProbeEveryNs;
    enter(BridgeState::kWaiting);
  } else {
    finished_ = true;
  }
}

void Bridge::probe_names(std::int64_t now) {
  // By the state and not by the mirrors: one that met a fault is detached already.
  const bool was_attached = state_ == BridgeState::kAttached || state_ == BridgeState::kPaused;
  const bool was_game = was_attached && game_was_seen();
  const bool settled = was_attached && now - attached_since_ns_ >= kSettledAfterNs;
  const bool ask_for_absent = !settled || now >= next_absent_probe_ns_;
  if (ask_for_absent) next_absent_probe_ns_ = now + kAbsentProbeEveryNs;
  for (Mirror& mirror : mirrors_)
    if (mirror.attached() || ask_for_absent) probe_one(mirror, now);
  const bool attached = any_attached();
  if (attached && !was_attached) {
    attached_since_ns_ = now;
    enter(BridgeState::kAttached);
    next_game_search_ns_ = now;
  } else if (!attached && was_attached) {
    if (game_.pid != 0 && !source_.game_runs()) {
      game_process_ended(now);
    } else if (game_.pid == 0 && was_game) {
      game_gone();
    } else {
      enter(BridgeState::kWaiting);  // closed by a living game, or by a tool that was no game
    }
  }
  if (attached && game_.pid == 0 && now >= next_game_search_ns_) (void)look_for_game();
  if (attached) {
    probe_every_ns_ = kSlowestProbeEveryNs;
  } else {
    probe_every_ns_ = std::min(probe_every_ns_ + kMs, kSlowestProbeEveryNs);
  }
  next_probe_ns_ = now + probe_every_ns_;
}

void Bridge::probe_one(Mirror& mirror, std::int64_t now) {
  if (mirror.attached()) {
    const auto id = source_.identify(mirror.mapping().name);
    if (id == mirror.section()) return;
    say(LogLevel::kInfo, fmt::format("{} {}", mirror.mapping().name,
                                     id ? "was made anew" : "was closed; its file is cleared"));
    mirror.detach();
    values_.mark_changed();
    if (!id) return;
  }
  auto view = source_.open(mirror.mapping().name);
  if (!view) return complain(mirror, view.error().message);
  if (*view == nullptr) return;
  const SectionId id = (*view)->id();
  const auto is_stale = [&](const auto& stale) { return stale->id() == id; };
  if (std::any_of(stale_views_.begin(), stale_views_.end(), is_stale)) {
    // Held by some other program since its game ended: its bytes are old until a new game takes it over.
    if (now < next_game_search_ns_) return;
    if (!look_for_game()) return;
    stale_views_.clear();
  }
  const std::size_t size = (*view)->size_bytes();
  if (!mirror.has_files())
    if (auto opened = mirror.open_files(files_, size, id); !opened)
      return complain(mirror, opened.error().message);
  if (auto attached = mirror.attach(std::move(*view), now); !attached)
    return complain(mirror, attached.error().message);
  complaints_[static_cast<std::size_t>(&mirror - mirrors_.data())].clear();
  say(LogLevel::kInfo, fmt::format("attached to {} ({} bytes)", mirror.mapping().name, size));
}

bool Bridge::look_for_game() {
  next_game_search_ns_ = clock_.now_ns() + kGameSearchEveryNs;
  const auto found = source_.find_game(sim_);
  if (!found) return false;
  game_ = *found;
  const Title* title = sim_.title_of_exe(game_.exe_name);
  status_.set_game(game_.pid, title != nullptr ? title->id : "");
  say(LogLevel::kInfo, fmt::format("the game is {} (pid {})", game_.exe_name, game_.pid));
  stop_holding_session();
  return true;
}

void Bridge::stop_holding_session() {
  if (session_left_open_) return;
  session_left_open_ = true;
  const auto left = source_.stop_holding_session();
  if (left) return;
  say(LogLevel::kWarning, left.error().message);
  if (settings_.guest) finished_ = true;  // the session would wait for us
}

void Bridge::look_at_mirrors(std::int64_t now) {
  bool changed = false;
  for (Mirror& mirror : mirrors_) {
    if (!mirror.attached() || now < mirror.next_look_ns()) continue;
    switch (mirror.look(now)) {
      case Mirror::Look::kUnchanged:
        break;
      case Mirror::Look::kChanged:
        changed |= tells_of_game(mirror);
        if (mirror.files_hurt()) next_housekeeping_ns_ = now;
        break;
      case Mirror::Look::kFault:
        say(LogLevel::kWarning,
            fmt::format("{}: the pages of the section went away; opening it again", mirror.mapping().name));
        mirror.detach();
        next_probe_ns_ = now + kFirstProbeEveryNs;
        break;
    }
  }
  if (changed) values_.mark_changed();
  if (changed && state_ == BridgeState::kPaused) enter(BridgeState::kAttached);
}

void Bridge::housekeeping(std::int64_t now) {
  next_housekeeping_ns_ = now + kHousekeepingEveryNs;
  status_.beat(static_cast<std::uint64_t>(now));
  if (const auto repaired = status_.check(); !repaired) {
    complain(status_complaint_, repaired.error().message);
  } else if (*repaired) {
    say(LogLevel::kWarning, "the status page was unlinked, replaced or cut; made whole again");
  }
  if (const auto repaired = values_.check(); !repaired) complain(values_complaint_, repaired.error().message);
  for (Mirror& mirror : mirrors_) {
    const auto news = mirror.check_files();
    for (const auto& item : news) complain(mirror, item.message);
    // A file that is well again may fall ill again, and that is worth a new line.
    if (news.empty() && mirror.attached())
      complaints_[static_cast<std::size_t>(&mirror - mirrors_.data())].clear();
  }
  // Also where the exe is not known: whoever writes the mapping is a running program.
  if (any_attached() && game_was_seen()) stop_holding_session();
  if (state_ == BridgeState::kAttached) {
    std::int64_t last_change = attached_since_ns_;
    for (const Mirror& mirror : mirrors_)
      if (tells_of_game(mirror)) last_change = std::max(last_change, mirror.last_change_ns());
    if (now - last_change >= kPausedAfterNs) enter(BridgeState::kPaused);
  }
}

std::optional<OfferedSection> Bridge::find_section(std::string_view file_name) const {
  for (const Mirror& mirror : mirrors_)
    if (mirror.mapping().file_name() == file_name && mirror.section_descriptor() >= 0)
      return OfferedSection{mirror.section_descriptor(), mirror.published().size(), mirror.section()};
  return std::nullopt;
}

bool Bridge::any_attached() const {
  return std::any_of(mirrors_.begin(), mirrors_.end(),
                     [this](const Mirror& m) { return m.attached() && tells_of_game(m); });
}

bool Bridge::tells_of_game(const Mirror& mirror) const {
  // Without titles nothing but the users' mappings tells of a game.
  return !mirror.mapping().by_user || sim_.titles.empty();
}

bool Bridge::game_was_seen() const {
  // Without titles nothing but the mapping tells of a game.
  return game_.pid != 0 || sim_.titles.empty() ||
         std::any_of(mirrors_.begin(), mirrors_.end(),
                     [this](const Mirror& m) { return tells_of_game(m) && m.updates() >= kUpdatesOfAGame; });
}

void Bridge::enter(BridgeState state) {
  if (state == state_) return;
  state_ = state;
  status_.set_state(state);
  log_.write(LogLevel::kDebug, fmt::format("state: {}", state_name(state)));
}

void Bridge::say(LogLevel level, const std::string& message) {
  log_.write(level, message);
  status_.set_message(message);
}

void Bridge::complain(const Mirror& mirror, const std::string& message) {
  complain(complaints_[static_cast<std::size_t>(&mirror - mirrors_.data())], message);
}

void Bridge::complain(std::string& last, const std::string& message) {
  if (last == message) return;
  last = message;
  say(LogLevel::kWarning, message);
}

}  // namespace pitbridge
