// SPDX-License-Identifier: MIT
#include "common/core/mirror/bridge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;

/// Waiting costs one server call a name: often at first, when the game is about to start, then less so.
constexpr std::int64_t kFirstProbeEveryNs = 50 * kMs;
constexpr std::int64_t kSlowestProbeEveryNs = 250 * kMs;
/// A game makes and closes its mappings together, and each question is some calls of the wineserver: after a
/// while one name is asked for often, and all of them, also those that may never come, seldom.
constexpr std::int64_t kSettledAfterNs = 5000 * kMs;
constexpr std::int64_t kWholeProbeEveryNs = 1000 * kMs;
constexpr std::int64_t kHousekeepingEveryNs = 500 * kMs;
/// Calls of the wineserver and of the file system are made where no update is due: they would make it late.
/// But not put off for long, for a game may write all the time.
constexpr std::int64_t kLongestChoreNs = 1 * kMs;
constexpr std::int64_t kMostChoreDelayNs = 20 * kMs;
/// A wake-up costs more than most of them.
constexpr std::int64_t kChoresTogetherNs = 10 * kMs;
constexpr std::int64_t kPausedAfterNs = 3000 * kMs;
constexpr std::int64_t kWatchPausedEveryNs = 250 * kMs;
/// Long enough for a game that has just started to write something.
constexpr std::int64_t kGivesWayAfterNs = 3000 * kMs;

std::vector<Mirror> mirrors_of(const Sim& sim, StatusWriter& status, PacerProfile pacing) {
  std::vector<Mirror> mirrors;
  mirrors.reserve(sim.mappings.size());
  for (std::size_t i = 0; i < sim.mappings.size(); ++i)
    mirrors.emplace_back(sim.mappings[i], i, status, pacing);
  return mirrors;
}

}  // namespace

Bridge::Bridge(const Sim& sim, BridgeSettings settings, Source& source, SinkFactory& files, Clock& clock,
               Log& log, StatusWriter& status)
    : sim_(sim),
      settings_(std::move(settings)),
      source_(source),
      files_(files),
      clock_(clock),
      status_(status),
      voice_(log, status),
      mirrors_(mirrors_of(sim, status, settings_.pacing)),
      game_watch_(sim, mirrors_, settings_.guest, source, voice_, status),
      derived_(sim, mirrors_, files, voice_),
      title_files_(sim, mirrors_, settings_.expected_title, source, status),
      values_(sim, status),
      live_(sim, status),
      budget_(settings.pacing),
      probe_every_ns_(kFirstProbeEveryNs) {}

void Bridge::stream_to(FrameSink& frames) {
  for (Mirror& mirror : mirrors_) mirror.stream_to(frames);
}

void Bridge::repeat_frames() {
  for (Mirror& mirror : mirrors_) mirror.repeat_frame();
}

std::uint64_t Bridge::section_bytes() const {
  std::uint64_t attached = 0, expected = 0;
  for (const Mirror& mirror : mirrors_) {
    attached += mirror.published().size();
    if (!mirror.mapping().optional) expected += mirror.mapping().size_bytes;
  }
  return std::max(attached, expected);
}

Expected<void> Bridge::start() {
  for (Mirror& mirror : mirrors_) {
    if (mirror.mapping().min_file_bytes == 0) continue;
    auto opened = mirror.open_files(files_, 0, source_.identify(mirror.mapping().name));
    if (!opened) return opened;
  }
  if (settings_.own) own_mappings();
  without_data_since_ns_ = clock_.now_ns();
  if (auto opened = values_.open(files_, without_data_since_ns_); !opened) return opened;
  // Other bridges share it: it is no reason not to start.
  if (auto opened = live_.open(files_); !opened) voice_.say(LogLevel::kWarning, opened.error().message);
  choose_files(without_data_since_ns_);
  enter(BridgeState::kWaiting);
  voice_.say(LogLevel::kInfo, fmt::format("waiting for {}: start the game", sim_.description));
  return {};
}

std::int64_t Bridge::step() {
  const std::int64_t now = clock_.now_ns();
  look_at_mirrors(now);
  const std::int64_t next_look = next_look_ns();
  const auto is_time = [&](std::int64_t due_ns) {
    return now + kChoresTogetherNs >= due_ns &&
           (next_look - now >= kLongestChoreNs || now - due_ns >= kMostChoreDelayNs);
  };
  if (source_.takes_new_names()) next_probe_ns_ = next_whole_probe_ns_ = now;
  if (is_time(next_watch_ns_)) watch_game(now);
  if (!finished() && is_time(next_probe_ns_)) probe_names(now);
  if (!finished() && is_time(next_housekeeping_ns_)) housekeeping(now);
  if (!finished()) look_at_mirrors(now);  // at what was attached just now
  if (!finished()) derived_.follow(now);
  if (!finished()) values_.publish(mirrors_, now);
  // A chore that waits for the next look to be over has no time of its own.
  const auto or_after_the_look = [&](std::int64_t due_ns) {
    return due_ns > now ? due_ns : std::max(next_look, now + 1);
  };
  const std::int64_t next =
      std::min({next_look_ns(), or_after_the_look(next_watch_ns_), or_after_the_look(next_probe_ns_),
                or_after_the_look(next_housekeeping_ns_)});
  return std::max(next, budget_.next_after(now));
}

std::int64_t Bridge::next_look_ns() const {
  std::int64_t next = std::numeric_limits<std::int64_t>::max();
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
    if (!owned) voice_.say(LogLevel::kWarning, owned.error().message + "; mirroring it instead");
  }
  if (!any)
    voice_.say(
        LogLevel::kWarning,
        fmt::format("--own: {} is not known to take mappings that are there before it; mirroring instead",
                    sim_.description));
}

void Bridge::choose_files(std::int64_t now) {
  // What --own has made is the files' own memory, and a game may take it by any of the names.
  if (!settings_.own) title_files_.choose(!game_watch_.any_attached(), now);
}

void Bridge::stop() {
  title_files_.put_all_back();
  for (Mirror& mirror : mirrors_) {
    if (mirror.is_in_place() && source_.identify(mirror.mapping().name) == mirror.section()) {
      voice_.say(LogLevel::kInfo, fmt::format("{} goes on being the game's own memory", mirror.file_path()));
      mirror.leave_to_the_game();
    } else if (mirror.has_files()) {
      mirror.detach();
    }
  }
  values_.clear(clock_.now_ns());
  live_.leave();
  status_.set_game(0, "");
  // Nobody has asked for the end of a bridge that gives way.
  if (state_ != BridgeState::kGone) enter(gives_way_ ? BridgeState::kGone : BridgeState::kStopped);
}

void Bridge::watch_game(std::int64_t now) {
  next_watch_ns_ = now + (state_ == BridgeState::kPaused ? kWatchPausedEveryNs : GameWatch::kLookEveryNs);
  values_.watch_requests(now);
  choose_files(now);
  switch (game_watch_.look(now)) {
    case GameWatch::News::kNone:
      break;
    case GameWatch::News::kReplaced:
      next_probe_ns_ = now;
      break;
    case GameWatch::News::kGone:
      return game_gone();
  }
  if (game_watch_.any_attached()) {
    live_.follow(mirrors_, now);
  } else {
    live_.leave();
  }
}

void Bridge::game_gone() {
  const std::int64_t now = clock_.now_ns();
  for (Mirror& mirror : mirrors_)
    if (auto view = mirror.detach()) game_watch_.leave_behind(mirror.mapping(), std::move(view), now);
  values_.clear(now);
  live_.leave();
  game_watch_.forget_game();
  enter(BridgeState::kGone);
  voice_.say(LogLevel::kInfo, "the game has gone; the files are cleared");
  // Even with --stay: nobody can stay in a session that ends, and a guest must not keep one from ending.
  if (!settings_.stay || game_watch_.must_leave()) return;
  probe_every_ns_ = kFirstProbeEveryNs;
  enter(BridgeState::kWaiting);
}

void Bridge::probe_names(std::int64_t now) {
  // By the state and not by the mirrors: one that met a fault is detached already.
  const bool was_attached = state_ == BridgeState::kAttached || state_ == BridgeState::kPaused;
  const bool was_game = was_attached && game_watch_.has_seen_game();
  const bool settled = was_attached && now - attached_since_ns_ >= kSettledAfterNs;
  const std::size_t quiet_before = game_watch_.quiet_sections();
  if (!settled || now + kSlowestProbeEveryNs / 2 >= next_whole_probe_ns_ || !first_is_unchanged()) {
    next_whole_probe_ns_ = now + kWholeProbeEveryNs;
    for (Mirror& mirror : mirrors_) probe_one(mirror, was_attached, now);
  }
  // A game whose exe is not known shows itself by its next update.
  if (game_watch_.quiet_sections() > quiet_before) probe_every_ns_ = kFirstProbeEveryNs;
  const bool attached = game_watch_.any_attached();
  if (attached && !was_attached) {
    // Who writes one section has the others, too.
    if (game_watch_.quiet_sections() != 0)
      for (Mirror& mirror : mirrors_)
        if (!mirror.attached()) probe_one(mirror, true, now);
    attached_since_ns_ = now;
    enter(BridgeState::kAttached);
    game_watch_.search_soon(now);
  } else if (!attached && was_attached) {
    switch (game_watch_.mappings_closed(was_game, now)) {
      case GameWatch::News::kNone:
        enter(BridgeState::kWaiting);
        break;
      case GameWatch::News::kReplaced:
        break;  // the next probe finds its mappings
      case GameWatch::News::kGone:
        game_gone();
        break;
    }
  }
  if (attached) {
    game_watch_.search_when_due(now);
    probe_every_ns_ = kSlowestProbeEveryNs;
  } else {
    probe_every_ns_ = std::min(probe_every_ns_ + kMs, kSlowestProbeEveryNs);
  }
  next_probe_ns_ = now + probe_every_ns_;
}

bool Bridge::first_is_unchanged() {
  const auto first = std::ranges::find_if(
      mirrors_, [&](const Mirror& m) { return m.attached() && game_watch_.tells_of_game(m); });
  return first != mirrors_.end() && source_.identify(first->mapping().name) == first->section();
}

void Bridge::probe_one(Mirror& mirror, bool follows, std::int64_t now) {
  if (mirror.attached()) {
    const auto id = source_.identify(mirror.mapping().name);
    if (id == mirror.section()) return;
    voice_.say(LogLevel::kInfo, fmt::format("{} {}", mirror.mapping().name,
                                            id ? "was made anew" : "was closed; its file is cleared"));
    mirror.detach();
    values_.mark_changed();
    if (!id) return;
  }
  auto view = source_.open(mirror.mapping().name);
  if (!view) return mirror.complaint().make(voice_, view.error().message);
  if (*view == nullptr) return game_watch_.closed(mirror.mapping());
  const SectionId id = (*view)->id();
  const std::size_t size = (*view)->size_bytes();
  if (const auto refusal = refusal_of(mirror.mapping(), size))
    return mirror.complaint().make(voice_, *refusal);
  if (!game_watch_.may_attach(mirror.mapping(), *view, follows, now)) return;
  if (!mirror.has_files())
    if (auto opened = mirror.open_files(files_, size, id); !opened)
      return mirror.complaint().make(voice_, opened.error().message);
  if (auto attached = mirror.attach(std::move(*view), now); !attached)
    return mirror.complaint().make(voice_, attached.error().message);
  mirror.complaint().settle();
  voice_.say(LogLevel::kInfo, fmt::format("attached to {} ({} bytes)", mirror.mapping().name, size));
}

std::optional<std::string> Bridge::refusal_of(const Mapping& mapping, std::uint64_t size_bytes) const {
  const auto refuse = [&](const std::string& why) {
    return fmt::format("{}: its section has {} bytes, and {}; it is not mirrored", mapping.name, size_bytes,
                       why);
  };
  if (const std::uint64_t most = mapping.most_section_bytes(); most != 0 && size_bytes > most)
    return refuse(
        fmt::format("no version of the game is known to need more than {}. Report it, if the game is", most));
  std::uint64_t others = 0;
  for (const Mirror& mirror : mirrors_)
    if (&mirror.mapping() != &mapping) others += mirror.published().size();
  if (size_bytes > settings_.max_total_bytes || others > settings_.max_total_bytes - size_bytes)
    return refuse(fmt::format("all sections together would be over {} MiB. Raise --max-mib, if they shall be",
                              settings_.max_total_bytes >> 20U));
  return std::nullopt;
}

void Bridge::look_at_mirrors(std::int64_t now) {
  if (next_look_ns() > now) return;
  bool changed = false;
  for (Mirror& mirror : mirrors_) {
    if (!mirror.attached() || !mirror.is_nearly_due(now)) continue;
    switch (mirror.look(now)) {
      case Mirror::Look::kUnchanged:
        break;
      case Mirror::Look::kChanged:
        changed |= game_watch_.tells_of_game(mirror);
        if (mirror.files_hurt()) next_housekeeping_ns_ = now;
        break;
      case Mirror::Look::kFault:
        voice_.say(LogLevel::kWarning, fmt::format("{}: the pages of the section went away; opening it again",
                                                   mirror.mapping().name));
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
    status_complaint_.make(voice_, repaired.error().message);
  } else if (*repaired) {
    voice_.say(LogLevel::kWarning, "the status page was unlinked, replaced or cut; made whole again");
  }
  if (const auto repaired = values_.check(); !repaired)
    values_complaint_.make(voice_, repaired.error().message);
  for (Mirror& mirror : mirrors_) {
    const auto news = mirror.check_files();
    for (const auto& item : news) mirror.complaint().make(voice_, item.message);
    // A file that is well again may fall ill again, and that is worth a new line.
    if (news.empty() && mirror.attached()) mirror.complaint().settle();
  }
  // Also where the exe is not known: whoever writes the mapping is a running program.
  if (game_watch_.any_attached() && game_watch_.has_seen_game()) game_watch_.stop_holding_session();
  if (state_ == BridgeState::kAttached) {
    std::int64_t last_change = attached_since_ns_;
    for (const Mirror& mirror : mirrors_)
      if (game_watch_.tells_of_game(mirror)) last_change = std::max(last_change, mirror.last_change_ns());
    if (now - last_change >= kPausedAfterNs) enter(BridgeState::kPaused);
  }
  answer_challenger(now);
}

void Bridge::answer_challenger(std::int64_t now) {
  const bool has_data = std::any_of(mirrors_.begin(), mirrors_.end(), [this](const Mirror& mirror) {
    return game_watch_.tells_of_game(mirror) && mirror.was_written();
  });
  if (has_data) {
    without_data_since_ns_ = 0;
  } else if (without_data_since_ns_ == 0) {
    without_data_since_ns_ = now;
  }
  const auto challenger = status_.challenger();
  if (!challenger) return challenger_complaint_.settle();
  // What --own has made is the files' own memory, and a game of this prefix may take it at any time.
  if (has_data || settings_.own)
    return challenger_complaint_.make(
        voice_,
        fmt::format("a second game of {} has data ({}); the files show the first, {}. To have both at "
                    "once give one a directory of its own with PITBRIDGE_SHM_DIR",
                    sim_.description, *challenger,
                    game_watch_.game().pid != 0
                        ? fmt::format("{} (pid {})", game_watch_.game().exe_name, game_watch_.game().pid)
                        : "whose exe is not known"));
  if (now - without_data_since_ns_ < kGivesWayAfterNs) return;
  gives_way_ = true;
  voice_.say(LogLevel::kInfo,
             fmt::format("no game has written anything here; the place goes to the bridge that has data ({})",
                         *challenger));
}

std::optional<OfferedSection> Bridge::find_section(std::string_view file_name) const {
  for (const Mirror& mirror : mirrors_)
    if (mirror.mapping().file_name() == file_name && mirror.section_descriptor() >= 0)
      return OfferedSection{mirror.section_descriptor(), mirror.published().size(), mirror.section()};
  return std::nullopt;
}

void Bridge::enter(BridgeState state) {
  if (state == state_) return;
  state_ = state;
  status_.set_state(state);
  voice_.note(fmt::format("state: {}", state_name(state)));
}

}  // namespace pitbridge
