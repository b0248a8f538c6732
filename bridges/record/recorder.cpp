// SPDX-License-Identifier: MIT
#include "bridges/record/recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "build_info.hpp"
#include "common/core/sim/describe.hpp"

namespace pitbridge::record {
namespace {

/// So late a bridge may be noticed that has ended or was replaced; it clears its files, and counts no update
/// for that.
constexpr std::int64_t kLookAroundEveryNs = 100'000'000;

std::int64_t unix_now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Expected<Recorder> Recorder::open(const Sim& sim, const std::string& directory) {
  auto reader = reader::Reader::open(std::string(sim.name), directory);
  if (!reader)
    return fail(ExitCode::kFailure,
                fmt::format("cannot read {} in {}: {}", sim.name, directory, message(reader.result())));
  return Recorder(sim, directory, std::move(*reader));
}

Expected<void> Recorder::start(RecordingWriter& writer) {
  std::vector<std::string> names = file_names(*sim_);
  // Those that the user has added are in the page, too.
  for (std::uint32_t i = 0; i < page_.header.mapping_count; ++i)
    if (std::find(names.begin(), names.end(), page_.mappings[i].file_name) == names.end())
      names.emplace_back(page_.mappings[i].file_name);
  if (names.size() > kMostMappings) names.resize(kMostMappings);
  slots_.clear();
  for (const std::string& name : names) slots_.push_back({.name = name});
  start_ns_ = clock_.now_ns();
  return writer.start({.sim = std::string(sim_->name),
                       .writer = kVersion,
                       .start_unix_ns = unix_now_ns(),
                       .mappings = std::move(names)});
}

Expected<void> Recorder::step(RecordingWriter& writer, std::chrono::milliseconds timeout) {
  if (tap_) {
    const std::int64_t left_ns = std::max<std::int64_t>(next_look_ns_ - clock_.now_ns(), 0);
    const std::chrono::nanoseconds limit = timeout;
    tap_->wait(std::min(limit, std::chrono::nanoseconds(left_ns)));
  } else {
    (void)reader_.wait(timeout);
  }
  const bool is_time = !tap_ || clock_.now_ns() >= next_look_ns_ || timeout.count() == 0 ||
                       tap_->bridge_start_ns() != bridge_start_ns_;
  if (is_time)
    if (auto done = look_around(writer); !done) return done;
  if (!writer.has_started()) return {};
  for (Slot& slot : slots_)
    if (slot.place && !slot.is_derived) take(slot);
  if (auto done = write_news(writer); !done) return done;
  return is_time ? writer.tick(time_ns()) : Expected<void>();
}

Expected<void> Recorder::look_around(RecordingWriter& writer) {
  next_look_ns_ = clock_.now_ns() + kLookAroundEveryNs;
  result_ = reader_.status(page_);
  is_live_ = result_ == reader::Result::kOk;
  if (tap_ && (!is_live_ || !tap_->is_current())) tap_.reset();
  if (is_live_ && !tap_) tap_ = FrameTap::open(directory_, sim_->name);
  if (is_live_ && !writer.has_started())
    if (auto started = start(writer); !started) return started;
  if (!writer.has_started()) return {};
  const bool is_another = page_.header.bridge_start_ns != bridge_start_ns_;
  bridge_start_ns_ = page_.header.bridge_start_ns;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = slots_[i];
    const auto* mapping = pitbridge_find_mapping(&page_, slot.name.c_str());
    const bool is_there = is_live_ && mapping != nullptr && mapping->attached != 0;
    if (!is_there || is_another)
      if (auto done = close(i, writer); !done) return done;
    slot.place.reset();
    if (!is_there) continue;
    slot.place = static_cast<std::size_t>(mapping - page_.mappings);
    slot.is_derived =
        mapping->section_device == 0 && mapping->section_inode == 0 && !made_of(*sim_, slot.name).empty();
  }
  if (const std::string_view title = page_.header.title; is_live_ && title != title_) {
    title_ = title;
    return writer.title(title_, time_ns());
  }
  return {};
}

void Recorder::take(Slot& slot) {
  constexpr std::uint64_t kNone = ~std::uint64_t{0};
  const std::uint64_t known = slot.updates.value_or(kNone);
  if (tap_) {
    const auto mapping = tap_->take(*slot.place, slot.name, known, slot.bytes);
    if (mapping && mapping->attached == 0) next_look_ns_ = 0;
    if (mapping && mapping->attached != 0 && mapping->updates != known)
      note(slot, mapping->updates, mapping->last_change_ns);
    return;
  }
  if (page_.mappings[*slot.place].updates == known) return;
  // What cannot be read now is read at the next news.
  if (reader_.snapshot(slot.name, snapshot_) != reader::Result::kOk || snapshot_.bytes.empty()) return;
  slot.bytes = snapshot_.bytes;
  note(slot, snapshot_.record.updates, snapshot_.record.last_change_ns);
}

void Recorder::note(Slot& slot, std::uint64_t updates, std::uint64_t changed_ns) {
  const bool follows = slot.updates && updates > *slot.updates;
  constexpr std::uint64_t kMost = std::uint64_t{1} << 30U;
  slot.lost = follows ? static_cast<std::uint32_t>(std::min(updates - *slot.updates - 1, kMost)) : 0;
  // When a mapping appears, what is said of its last change may be of the time before.
  slot.time_ns = follows ? static_cast<std::int64_t>(changed_ns) - start_ns_ : time_ns();
  slot.updates = updates;
  news_.push_back(&slot);
}

Expected<void> Recorder::write_news(RecordingWriter& writer) {
  std::ranges::stable_sort(news_, {}, [](const Slot* slot) { return slot->time_ns; });
  Expected<void> done;
  for (const Slot* slot : news_) {
    const auto number = static_cast<std::size_t>(slot - slots_.data());
    if (done) done = writer.frame(number, slot->bytes, slot->lost, slot->time_ns);
  }
  news_.clear();
  return done;
}

Expected<void> Recorder::close(std::size_t slot, RecordingWriter& writer) {
  if (!slots_[slot].is_there()) return {};
  slots_[slot].updates.reset();
  return writer.gone(slot, time_ns());
}

}  // namespace pitbridge::record
