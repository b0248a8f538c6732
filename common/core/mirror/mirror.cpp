// SPDX-License-Identifier: MIT
#include "common/core/mirror/mirror.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace pitbridge {
namespace {

/// A detector's word says that the sim made an update; other bytes may change without it (a status in a
/// menu).
constexpr std::int64_t kFullLookEveryNs = 100'000'000;

/// So long a mapping has no update that is due: it is silent, and a look at some other moment is as good.
constexpr std::int64_t kLongWaitNs = 50'000'000;

/// A sim without a lock that writes all the time would never be seen at rest: after so many attempts a mixed
/// state is better than none, and is counted as torn.
constexpr std::uint32_t kMaxTornInARow = 8;

bool may_publish_torn(Consistency rule) {
  return rule == Consistency::kNone || rule == Consistency::kCounter;
}

}  // namespace

Mirror::Mirror(const Mapping& mapping, std::size_t index, StatusWriter& status, PacerProfile profile)
    : mapping_(mapping),
      index_(index),
      status_(status),
      profile_(profile),
      pacer_(profile, mapping.detector.nominal_rate_hz) {}

Expected<void> Mirror::open_files(SinkFactory& factory, std::size_t size_bytes,
                                  std::optional<SectionId> living) {
  const std::size_t size = std::max<std::size_t>(size_bytes, mapping_.min_file_bytes);
  std::vector<std::unique_ptr<Sink>> sinks;
  const auto open = [&](std::string_view name) -> Expected<void> {
    auto sink = factory.open(name, size);
    if (!sink) return tl::unexpected<Error>(std::move(sink.error()));
    status_.begin_publish(index_);
    if ((*sink)->id() != living) (*sink)->clear();
    status_.end_publish(index_, kNoUpdate);
    sinks.push_back(std::move(*sink));
    return {};
  };
  if (auto opened = open(mapping_.file_name()); !opened) return opened;
  for (const std::string_view name : mapping_.extra_files)
    if (auto opened = open(name); !opened) return opened;
  sinks_ = std::move(sinks);
  return {};
}

Expected<void> Mirror::attach(std::unique_ptr<View> view, std::int64_t now_ns) {
  const std::size_t size = view->size_bytes();
  for (const auto& sink : sinks_)
    if (auto grown = sink->grow(size); !grown) return grown;
  if (is_derived()) detach();
  put_back();
  copy_ = SectionCopy(size);
  view_ = std::move(view);
  pacer_ = Pacer(profile_, mapping_.detector.nominal_rate_hz);
  mark_.reset();
  seen_update_.reset();
  torn_in_a_row_ = 0;
  updates_ = 0;
  was_looked_at_ = was_written_ = false;
  next_look_ns_ = next_full_look_ns_ = last_change_ns_ = now_ns;
  const SectionId id = view_->id();
  status_.set_section(index_, true, size, id.device, id.inode, view_->descriptor());
  return {};
}

void Mirror::show_derived(std::span<const std::byte> bytes, std::span<const Run> changed,
                          std::int64_t now_ns) {
  if (!is_derived()) status_.set_section(index_, true, bytes.size(), 0, 0, -1);
  derived_ = bytes;
  publish(plan_.make(mapping_.detector, bytes, bytes, changed), now_ns);
}

std::unique_ptr<View> Mirror::detach() {
  const auto shown = is_derived() ? std::exchange(derived_, {}) : published();
  if (!shown.empty()) {
    // By the sim's own rule first, so that nobody takes a half-cleared state for a whole one.
    const std::vector<std::byte> zeros(shown.size());
    publish(plan_.make(mapping_.detector, shown, zeros), kNoUpdate);
  }
  if (attached()) stream({}, last_change_ns_, false);
  auto view = std::exchange(view_, nullptr);
  for (const auto& sink : sinks_) sink->clear();
  status_.set_section(index_, false, 0, 0, 0, -1);
  return view;
}

void Mirror::leave_to_the_game() {
  if (attached()) stream({}, last_change_ns_, false);
  view_.reset();
  status_.set_section(index_, false, 0, 0, 0, -1);
}

std::int64_t Mirror::next_look_ns() const {
  const bool has_news = view_ && seen_update_ && view_->updates() != seen_update_;
  return has_news ? 0 : next_look_ns_;
}

Mirror::Look Mirror::look(std::int64_t now_ns) {
  const auto update = view_->updates();
  const auto mark = mapping_.detector.rule == Consistency::kNone ? std::optional<Mark>{}
                                                                 : read_mark(*view_, mapping_.detector);
  // Who tells of an update tells of bytes that have changed, whatever the sim's own word says.
  const bool is_told = update && update != seen_update_;
  if (mark && mark == mark_ && !is_told && now_ns < next_full_look_ns_) {
    plan_next_look(now_ns, false);
    return Look::kUnchanged;
  }
  const ReadResult result = copy_.update(*view_, mapping_.detector);
  if (result.outcome == ReadOutcome::kFault) return Look::kFault;
  const bool torn = result.outcome == ReadOutcome::kTorn;
  if (result.retries != 0) status_.count(index_, result.retries, torn ? 1 : 0, 0);
  torn_in_a_row_ = torn ? torn_in_a_row_ + 1 : 0;
  if (torn && !(may_publish_torn(mapping_.detector.rule) && torn_in_a_row_ >= kMaxTornInARow)) {
    next_look_ns_ = now_ns + profile_.step_ns;
    return Look::kUnchanged;
  }
  mark_ = mark;
  next_full_look_ns_ = now_ns + kFullLookEveryNs;
  const auto changes = copy_.find_changes();
  const bool changed = !changes.empty();
  if (changed) {
    publish(plan_.make(mapping_.detector, copy_.accepted(), copy_.now(), changes), now_ns);
    last_change_ns_ = now_ns;
    ++updates_;
    was_written_ |= was_looked_at_;
  }
  copy_.accept();
  // The first look also tells that there is a section, whatever it holds.
  if (changed || !was_looked_at_) stream(copy_.accepted(), now_ns, false);
  was_looked_at_ = true;
  seen_update_ = update;
  plan_next_look(now_ns, changed);
  return changed ? Look::kChanged : Look::kUnchanged;
}

void Mirror::stream(std::span<const std::byte> bytes, std::int64_t time_ns, bool is_repeated) {
  if (frames_ == nullptr || !frames_->wants_frames()) return;
  frames_->publish({.mapping = static_cast<std::uint32_t>(index_),
                    .time_ns = time_ns,
                    .bytes = bytes,
                    .is_torn = !is_whole(),
                    .is_repeated = is_repeated});
}

void Mirror::repeat_frame() {
  if (attached() && was_looked_at_) stream(published(), last_change_ns_, true);
}

void Mirror::plan_next_look(std::int64_t now_ns, bool changed) {
  if (seen_update_) {
    next_look_ns_ = std::numeric_limits<std::int64_t>::max();
    may_be_early_ns_ = 0;
    return;
  }
  next_look_ns_ = pacer_.looked(now_ns, changed);
  const std::int64_t wait_ns = next_look_ns_ - now_ns;
  may_be_early_ns_ = wait_ns >= kLongWaitNs ? wait_ns / 4 : profile_.step_ns / 2;
}

void Mirror::publish(std::span<const Store> stores, std::int64_t now_ns) {
  status_.begin_publish(index_);
  for (const auto& sink : sinks_)
    if (!is_in_place(*sink)) files_hurt_ |= !sink->publish(stores);
  status_.end_publish(index_, static_cast<std::uint64_t>(now_ns));
}

void Mirror::put_aside() {
  if (!has_files() || std::exchange(is_aside_, true)) return;
  for (const auto& sink : sinks_) sink->put_aside();
}

void Mirror::put_back() {
  if (!std::exchange(is_aside_, false)) return;
  for (const auto& sink : sinks_) {
    sink->put_back();
    (void)sink->check();  // what is wrong now is told when it is looked at next
  }
}

std::vector<Mirror::FileNews> Mirror::check_files() {
  std::vector<FileNews> news;
  if (is_aside_) return news;
  files_hurt_ = false;
  for (const auto& sink : sinks_) {
    const auto repaired = sink->check();
    if (!repaired) {
      news.push_back({LogLevel::kWarning, repaired.error().message});
    } else if (*repaired) {
      status_.count(index_, 0, 0, 1);
      news.push_back({LogLevel::kWarning,
                      fmt::format("{}: another program unlinked, replaced or cut the file; made whole again",
                                  sink->path())});
      const auto shown = is_derived() ? derived_ : published();
      if (!shown.empty()) publish(plan_.make_whole(mapping_.detector, shown), kNoUpdate);
    }
  }
  return news;
}

}  // namespace pitbridge
