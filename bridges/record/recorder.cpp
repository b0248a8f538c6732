// SPDX-License-Identifier: MIT
#include "bridges/record/recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "build_info.hpp"
#include "common/core/sim/describe.hpp"

namespace pitbridge::record {
namespace {

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
  return Recorder(sim, std::move(*reader));
}

Expected<void> Recorder::start(RecordingWriter& writer) {
  names_ = file_names(*sim_);
  // Those that the user has added are in the page, too.
  for (std::uint32_t i = 0; i < page_.header.mapping_count; ++i)
    if (std::find(names_.begin(), names_.end(), page_.mappings[i].file_name) == names_.end())
      names_.emplace_back(page_.mappings[i].file_name);
  if (names_.size() > kMostMappings) names_.resize(kMostMappings);
  slots_.resize(names_.size());
  start_ns_ = clock_.now_ns();
  return writer.start({.sim = std::string(sim_->name),
                       .writer = kVersion,
                       .start_unix_ns = unix_now_ns(),
                       .mappings = names_});
}

Expected<void> Recorder::step(RecordingWriter& writer, std::chrono::milliseconds timeout) {
  (void)reader_.wait(timeout);
  result_ = reader_.status(page_);
  is_live_ = result_ == reader::Result::kOk;
  if (!is_live_) return close_all(writer);
  if (!writer.has_started())
    if (auto started = start(writer); !started) return started;
  if (page_.header.bridge_start_ns != bridge_start_ns_) {
    bridge_start_ns_ = page_.header.bridge_start_ns;
    for (Slot& slot : slots_) slot.updates = 0;
  }
  if (const std::string_view title = page_.header.title; title != title_) {
    title_ = title;
    if (auto done = writer.title(title_, time_ns()); !done) return done;
  }
  for (std::size_t i = 0; i < names_.size(); ++i) take(i);
  if (auto done = write_news(writer); !done) return done;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto* mapping = pitbridge_find_mapping(&page_, names_[i].c_str());
    if (mapping != nullptr && mapping->attached != 0) continue;
    if (!std::exchange(slots_[i].is_there, false)) continue;
    if (auto done = writer.gone(i, time_ns()); !done) return done;
  }
  return writer.tick(time_ns());
}

void Recorder::take(std::size_t i) {
  const auto* mapping = pitbridge_find_mapping(&page_, names_[i].c_str());
  if (mapping == nullptr || mapping->attached == 0) return;
  Slot& slot = slots_[i];
  if (slot.is_there && mapping->updates == slot.updates) return;
  if (mapping->updates == 0) return;  // attached, and not looked at yet
  // What cannot be read now is read at the next news.
  if (reader_.snapshot(names_[i], slot.snapshot) != reader::Result::kOk || slot.snapshot.bytes.empty()) return;
  const std::uint64_t updates = slot.snapshot.record.updates;
  const bool follows = slot.is_there && slot.updates != 0 && updates > slot.updates;
  slot.lost = follows ? static_cast<std::uint32_t>(std::min<std::uint64_t>(updates - slot.updates - 1, 1U << 30U))
                      : 0;
  slot.updates = updates;
  slot.is_there = true;
  news_.push_back(i);
}

Expected<void> Recorder::write_news(RecordingWriter& writer) {
  std::stable_sort(news_.begin(), news_.end(), [this](std::size_t a, std::size_t b) {
    return slots_[a].snapshot.record.last_change_ns < slots_[b].snapshot.record.last_change_ns;
  });
  Expected<void> done;
  for (const std::size_t i : news_) {
    const reader::Snapshot& snapshot = slots_[i].snapshot;
    const auto time_ns = static_cast<std::int64_t>(snapshot.record.last_change_ns) - start_ns_;
    if (done) done = writer.frame(i, snapshot.bytes, slots_[i].lost, time_ns);
  }
  news_.clear();
  return done;
}

Expected<void> Recorder::close_all(RecordingWriter& writer) {
  if (!writer.has_started()) return {};
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (std::exchange(slots_[i].is_there, false))
      if (auto done = writer.gone(i, time_ns()); !done) return done;
  return writer.tick(time_ns());
}

}  // namespace pitbridge::record
