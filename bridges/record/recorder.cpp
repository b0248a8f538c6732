// SPDX-License-Identifier: MIT
#include "bridges/record/recorder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "build_info.hpp"
#include "common/core/sim/describe.hpp"

namespace pitbridge::record {
namespace {

/// So late the game's name, or the end of a bridge, may be noticed.
constexpr std::int64_t kLookAroundEveryNs = 100'000'000;
/// Then the caller may have something to do.
constexpr int kMostFramesAStep = 256;

}  // namespace

Expected<Recorder> Recorder::open(const Sim& sim, const std::string& directory) {
  auto reader = reader::Reader::open(std::string(sim.name), directory);
  if (!reader)
    return fail(ExitCode::kFailure,
                fmt::format("cannot read {} in {}: {}", sim.name, directory, message(reader.result())));
  auto frames = FrameFeed::in(sim, directory, 0);
  if (!frames) return tl::unexpected<Error>(std::move(frames.error()));
  return Recorder(sim, std::move(*reader), std::move(*frames));
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
  const std::int64_t now = clock_.now_ns();
  const bool is_time = now >= next_look_ns_ || timeout.count() == 0;
  if (is_time)
    if (auto done = look_around(writer); !done) return done;
  std::int64_t deadline_ns = std::min(now + std::chrono::nanoseconds(timeout).count(), next_look_ns_);
  for (int taken = 0; taken < kMostFramesAStep; ++taken, deadline_ns = 0) {
    MappingFrame frame;
    const auto next = frames_.next(frame, deadline_ns);
    if (!next) return tl::unexpected<Error>(next.error());
    if (*next == FrameFeed::Next::kLeft)
      if (auto done = close_all(writer); !done) return done;
    if (*next != FrameFeed::Next::kFrame) break;
    if (auto done = take(frame, writer); !done) return done;
  }
  return is_time && writer.has_started() ? writer.tick(time_ns()) : Expected<void>();
}

Expected<void> Recorder::look_around(RecordingWriter& writer) {
  next_look_ns_ = clock_.now_ns() + kLookAroundEveryNs;
  result_ = reader_.status(page_);
  is_live_ = result_ == reader::Result::kOk;
  if (is_live_ && !writer.has_started())
    if (auto started = start(writer); !started) return started;
  if (const std::string_view title = page_.header.title; is_live_ && title != title_) {
    title_ = title;
    return writer.title(title_, time_ns());
  }
  return {};
}

Expected<void> Recorder::take(const MappingFrame& frame, RecordingWriter& writer) {
  lost_ += frame.lost;
  if (!writer.has_started()) {
    if (auto done = look_around(writer); !done) return done;
    if (!writer.has_started()) return {};
  }
  const auto slot = std::ranges::find(slots_, frame.mapping, &Slot::name);
  if (slot == slots_.end()) return {};
  const auto number = static_cast<std::size_t>(slot - slots_.begin());
  if (frame.bytes.empty()) {
    if (!std::exchange(slot->is_there, false)) return {};
    return writer.gone(number, time_ns());
  }
  // It is for somebody who came after us.
  if (frame.is_repeated && slot->is_there && lost_ == 0) return {};
  slot->is_there = true;
  constexpr std::uint64_t kMost = std::uint64_t{1} << 30U;
  const auto lost = static_cast<std::uint32_t>(std::min(std::exchange(lost_, 0), kMost));
  // What was there when we came is of the time before the recording.
  return writer.frame(number, frame.bytes, lost, frame.is_repeated ? time_ns() : frame.time_ns - start_ns_);
}

Expected<void> Recorder::close_all(RecordingWriter& writer) {
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (std::exchange(slots_[i].is_there, false))
      if (auto done = writer.gone(i, time_ns()); !done) return done;
  return {};
}

}  // namespace pitbridge::record
