// SPDX-License-Identifier: MIT
#include "common/core/mirror/consistency.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace pitbridge {
namespace {

/// Enough for a writer that holds its words for some microseconds; then the state is passed over and counted.
constexpr std::uint32_t kMaxAttempts = 16;

bool fits(std::uint64_t offset, std::uint64_t width, std::size_t size) {
  return width <= 8 && offset + width <= size;
}

std::optional<std::uint64_t> read_word(const View& view, std::uint32_t offset, std::uint32_t width) {
  std::uint64_t value = 0;
  if (!fits(offset, width, view.size_bytes())) return std::nullopt;
  if (!view.read(offset, {reinterpret_cast<std::byte*>(&value), width})) return std::nullopt;
  return value;
}

std::uint64_t word_of(std::span<const std::byte> bytes, std::uint32_t offset, std::uint32_t width) {
  std::uint64_t value = 0;
  if (fits(offset, width, bytes.size())) std::memcpy(&value, bytes.data() + offset, width);
  return value;
}

/// Whether the rule's words lie in the mapping at all: a section may be smaller than its layout.
bool usable(const Detector& d, std::size_t size) {
  const std::uint64_t last =
      std::uint64_t{d.offset_bytes} + std::uint64_t{d.count > 0 ? d.count - 1 : 0} * d.stride_bytes;
  return fits(last, d.width_bytes, size) && fits(d.end_offset_bytes, d.width_bytes, size);
}

/// The words to compare before and after a copy; in a whole state they are equal. Of rotating buffers the
/// writer is always in some other than the newest, so the copy is whole when no tick counter moved meanwhile.
/// Which buffer is newest is the reader's business: all are mirrored.
std::optional<std::uint64_t> read_opening(const View& view, const Detector& d) {
  // End first, begin last: a writer that starts in between shows in begin, one that ends shows in end.
  if (d.rule == Consistency::kVersionPair) return read_word(view, d.end_offset_bytes, d.width_bytes);
  return read_mark(view, d);
}

std::optional<std::uint64_t> read_closing(const View& view, const Detector& d) {
  if (d.rule == Consistency::kVersionPair) return read_word(view, d.offset_bytes, d.width_bytes);
  return read_mark(view, d);
}

}  // namespace

std::optional<Mark> read_mark(const View& view, const Detector& d) {
  if (!usable(d, view.size_bytes())) return std::nullopt;
  if (d.rule == Consistency::kVersionPair) {
    const auto begin = read_word(view, d.offset_bytes, d.width_bytes);
    const auto end = read_word(view, d.end_offset_bytes, d.width_bytes);
    if (!begin || !end) return std::nullopt;
    return *begin ^ (*end << 32U);
  }
  if (d.rule == Consistency::kRotating) {
    Mark mark = 0;
    for (std::uint32_t i = 0; i < d.count; ++i) {
      const auto tick = read_word(view, d.offset_bytes + i * d.stride_bytes, d.width_bytes);
      if (!tick) return std::nullopt;
      mark = mark * 0x9E3779B97F4A7C15ULL + *tick;
    }
    return mark;
  }
  return read_word(view, d.offset_bytes, d.width_bytes);
}

SectionCopy::SectionCopy(std::size_t size_bytes)
    : accepted_(size_bytes), now_(size_bytes), touched_((size_bytes + kBlockBytes - 1) / kBlockBytes) {}

std::optional<bool> SectionCopy::follow(const View& view) {
  bool changed = false;
  for (std::size_t block = 0; block < touched_.size(); ++block) {
    const std::size_t at = block * kBlockBytes;
    const auto bytes = std::span(now_).subspan(at, std::min(kBlockBytes, now_.size() - at));
    const auto holds = view.holds(at, bytes);
    if (!holds) return std::nullopt;
    if (*holds) continue;
    touched_[block] = changed = true;
    if (!view.read(at, bytes)) return std::nullopt;
  }
  return changed;
}

/// Without words that tell, a state is whole when nothing of it has changed since it was copied.
ReadResult SectionCopy::update_at_rest(const View& view) {
  for (std::uint32_t attempt = 0; attempt <= kMaxAttempts; ++attempt) {
    if (attempt != 0) view.let_the_game_go_on();
    std::atomic_thread_fence(std::memory_order_acquire);  // each pass sees what was written since the last
    const auto changed = follow(view);
    const std::uint32_t retries = attempt > 1 ? attempt - 1 : 0;
    if (!changed) return {ReadOutcome::kFault, retries};
    if (!*changed) return {ReadOutcome::kWhole, retries};
  }
  return {ReadOutcome::kTorn, kMaxAttempts};
}

ReadResult SectionCopy::update(const View& view, const Detector& d) {
  const Consistency rule = usable(d, now_.size()) ? d.rule : Consistency::kNone;
  if (rule == Consistency::kNone || rule == Consistency::kCounter) return update_at_rest(view);
  for (std::uint32_t attempt = 0; attempt < kMaxAttempts; ++attempt) {
    if (attempt != 0) view.let_the_game_go_on();
    const auto before = read_opening(view, d);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (!before || !follow(view)) return {ReadOutcome::kFault, attempt};
    std::atomic_thread_fence(std::memory_order_acquire);
    const auto after = read_closing(view, d);
    if (!after) return {ReadOutcome::kFault, attempt};
    const bool is_being_written = rule == Consistency::kSequence && *before % 2 != 0;
    if (before == after && !is_being_written) return {ReadOutcome::kWhole, attempt};
  }
  return {ReadOutcome::kTorn, kMaxAttempts};
}

std::span<const Run> SectionCopy::find_changes() {
  changes_.clear();
  for (std::size_t block = 0; block < touched_.size(); ++block) {
    if (!touched_[block]) continue;
    const std::size_t at = block * kBlockBytes;
    add_changed_lines(accepted_, now_, at, std::min(at + kBlockBytes, now_.size()), changes_);
  }
  return changes_;
}

void SectionCopy::accept() {
  for (const Run& run : changes_)
    std::memcpy(accepted_.data() + run.offset_bytes, now_.data() + run.offset_bytes, run.size_bytes);
  touched_.assign(touched_.size(), false);
}

void PublishPlan::add_body(std::span<const std::byte> now, std::size_t from, std::size_t to) {
  for (const Run& run : runs_) {
    const std::size_t begin = std::max(from, run.offset_bytes);
    const std::size_t end = std::min(to, run.offset_bytes + run.size_bytes);
    if (begin < end) stores_.push_back({begin, now.subspan(begin, end - begin)});
  }
}

void PublishPlan::make_rotating(const Detector& d, std::span<const std::byte> before,
                                std::span<const std::byte> now) {
  // As the sim does it, buffer by buffer in the order of their ticks: the body, then the tick that makes it
  // the newest. So the buffer that readers hold for the newest is never the one that is written.
  struct Buffer {
    std::uint32_t tick_at;
    std::uint64_t tick, from, to;
  };
  std::vector<Buffer> buffers;
  const std::uint64_t length = word_of(now, d.end_offset_bytes, d.width_bytes);
  for (std::uint32_t i = 0; i < d.count; ++i) {
    const std::uint32_t tick_at = d.offset_bytes + i * d.stride_bytes;
    const std::uint64_t from = word_of(now, tick_at + d.width_bytes, d.width_bytes);
    const std::uint64_t tick = word_of(now, tick_at, d.width_bytes);
    if (tick != word_of(before, tick_at, d.width_bytes) && from <= now.size() && length <= now.size() - from)
      buffers.push_back({tick_at, tick, from, from + length});
  }
  std::sort(buffers.begin(), buffers.end(), [](const Buffer& a, const Buffer& b) { return a.tick < b.tick; });

  // What belongs to no changed buffer and is no tick: header, variables, session text.
  std::vector<Run> apart;
  for (const Buffer& buffer : buffers) {
    apart.push_back({buffer.tick_at, d.width_bytes});
    apart.push_back({buffer.from, buffer.to - buffer.from});
  }
  std::sort(apart.begin(), apart.end(),
            [](const Run& a, const Run& b) { return a.offset_bytes < b.offset_bytes; });
  std::size_t done = 0;
  for (const Run& run : apart) {
    add_body(now, done, run.offset_bytes);
    done = std::max(done, run.offset_bytes + run.size_bytes);
  }
  add_body(now, done, now.size());

  std::memset(opening_, 0, sizeof opening_);
  for (const Buffer& buffer : buffers) {
    // Older than everything, for a slow reader that still copies this buffer and will ask for its tick again.
    stores_.push_back({buffer.tick_at, {opening_, d.width_bytes}});
    add_body(now, buffer.from, buffer.to);
    stores_.push_back({buffer.tick_at, now.subspan(buffer.tick_at, d.width_bytes)});
  }
}

std::span<const Store> PublishPlan::make(const Detector& d, std::span<const std::byte> before,
                                         std::span<const std::byte> now) {
  changed_runs(before, now, all_runs_);
  return make(d, before, now, all_runs_);
}

std::span<const Store> PublishPlan::make_whole(const Detector& d, std::span<const std::byte> now) {
  all_runs_.assign(1, {0, now.size()});
  return make(d, now, now, all_runs_);
}

std::span<const Store> PublishPlan::make(const Detector& d, std::span<const std::byte> before,
                                         std::span<const std::byte> now, std::span<const Run> runs) {
  runs_ = runs;
  stores_.clear();
  if (runs_.empty()) return stores_;
  const std::size_t width = d.width_bytes;
  const Consistency rule = usable(d, now.size()) ? d.rule : Consistency::kNone;

  if (rule == Consistency::kSequence) {
    // Odd first, then the body around the word, then the even word that the sim wrote.
    const std::uint64_t odd = (word_of(now, d.offset_bytes, d.width_bytes) - 1) | 1U;
    std::memcpy(opening_, &odd, sizeof opening_);
    stores_.push_back({d.offset_bytes, {opening_, width}});
    add_body(now, 0, d.offset_bytes);
    add_body(now, d.offset_bytes + width, now.size());
    stores_.push_back({d.offset_bytes, now.subspan(d.offset_bytes, width)});
  } else if (rule == Consistency::kVersionPair) {
    // Begin must differ from the end that readers still see, also when the versions did not move.
    std::uint64_t begin = word_of(now, d.offset_bytes, d.width_bytes);
    if (begin == word_of(before, d.end_offset_bytes, d.width_bytes)) ++begin;
    std::memcpy(opening_, &begin, sizeof opening_);
    const std::size_t low = std::min(d.offset_bytes, d.end_offset_bytes);
    const std::size_t high = std::max(d.offset_bytes, d.end_offset_bytes);
    stores_.push_back({d.offset_bytes, {opening_, width}});
    add_body(now, 0, low);
    add_body(now, low + width, high);
    add_body(now, high + width, now.size());
    stores_.push_back({d.offset_bytes, now.subspan(d.offset_bytes, width)});
    stores_.push_back({d.end_offset_bytes, now.subspan(d.end_offset_bytes, width)});
  } else if (rule == Consistency::kCounter) {
    // The counter last: a reader that waits for it finds the new body behind it.
    add_body(now, 0, d.offset_bytes);
    add_body(now, d.offset_bytes + width, now.size());
    stores_.push_back({d.offset_bytes, now.subspan(d.offset_bytes, width)});
  } else if (rule == Consistency::kRotating) {
    make_rotating(d, before, now);
  } else {
    add_body(now, 0, now.size());
  }
  return stores_;
}

}  // namespace pitbridge
