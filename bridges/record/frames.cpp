// SPDX-License-Identifier: MIT
#include "bridges/record/frames.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include "bridges/record/wire.hpp"

namespace pitbridge::record {
namespace {

constexpr std::size_t kRunBytes = 8;
constexpr std::size_t kMostRuns = std::numeric_limits<std::uint16_t>::max();

/// Bytes of `run` in a section of this size, whose last block may be shorter.
std::size_t run_bytes(const BlockRun& run, std::size_t section_bytes) {
  const std::size_t begin = run.first * kBlockBytes;
  return std::min(run.count * kBlockBytes, section_bytes - begin);
}

/// Most of a large section stays as it is, and to compare a page costs little more than to compare a block.
constexpr std::size_t kPageBytes = 64 * kBlockBytes;

void find_runs(std::span<const std::byte> before, std::span<const std::byte> now,
               std::vector<BlockRun>& runs) {
  const auto differs = [&](std::size_t at, std::size_t most_bytes) {
    return std::memcmp(before.data() + at, now.data() + at, std::min(most_bytes, now.size() - at)) != 0;
  };
  runs.clear();
  std::size_t next = 0;  // the block behind the last run
  for (std::size_t page = 0; page < now.size(); page += kPageBytes) {
    if (!differs(page, kPageBytes)) continue;
    for (std::size_t at = page; at < std::min(page + kPageBytes, now.size()); at += kBlockBytes) {
      if (!differs(at, kBlockBytes)) continue;
      const std::size_t block = at / kBlockBytes;
      if (runs.empty() || block != next) runs.push_back({static_cast<std::uint32_t>(block), 0});
      ++runs.back().count;
      next = block + 1;
    }
  }
}

/// Walks over the runs as they stand in a file; false when they are not in order, or leave the section.
/// `take` gets each with its bytes.
template <typename Take>
bool for_each_run(std::span<const std::byte> runs, std::span<const std::byte> bytes,
                  std::size_t section_bytes, Take take) {
  const std::size_t blocks = (section_bytes + kBlockBytes - 1) / kBlockBytes;
  WireReader from(runs);
  std::size_t next = 0;
  while (from.left() != 0) {
    const auto first = from.number<std::uint32_t>();
    const BlockRun run = {first, from.number<std::uint32_t>()};
    if (run.count == 0 || run.first < next || run.first >= blocks || run.count > blocks - run.first)
      return false;
    next = std::size_t{run.first} + run.count;
    const std::size_t size = run_bytes(run, section_bytes);
    if (size > bytes.size()) return false;
    take(run, bytes.first(size));
    bytes = bytes.subspan(size);
  }
  return true;
}

}  // namespace

void FrameEncoder::head(RecordKind kind, std::size_t mapping, std::size_t runs, std::int64_t time_ns,
                        std::size_t number, std::vector<std::byte>& out) const {
  WireWriter to(out);
  to.number(static_cast<std::uint8_t>(kind));
  to.number(static_cast<std::uint8_t>(mapping));
  to.number(static_cast<std::uint16_t>(runs));
  to.number(static_cast<std::uint32_t>(time_ns - chunk_ns_));
  to.number(static_cast<std::uint32_t>(number));
}

void FrameEncoder::begin_chunk(std::int64_t time_ns, std::vector<std::byte>& out) {
  chunk_ns_ = time_ns;
  title(title_, time_ns, out);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (!states_[i]) continue;
    head(RecordKind::kState, i, 0, time_ns, states_[i]->size(), out);
    WireWriter(out).bytes(*states_[i]);
  }
}

void FrameEncoder::frame(std::size_t mapping, std::int64_t time_ns, std::span<const std::byte> bytes,
                         std::vector<std::byte>& out) {
  auto& state = states_[mapping];
  WireWriter to(out);
  const bool follows = state && state->size() == bytes.size();
  if (follows) find_runs(*state, bytes, runs_);
  if (!follows || runs_.size() > kMostRuns) {
    head(RecordKind::kWhole, mapping, 0, time_ns, bytes.size(), out);
    to.bytes(bytes);
    state.emplace(bytes.begin(), bytes.end());
    return;
  }
  head(RecordKind::kChange, mapping, runs_.size(), time_ns, bytes.size(), out);
  for (const BlockRun& run : runs_) {
    to.number(run.first);
    to.number(run.count);
  }
  for (const BlockRun& run : runs_) {
    const auto changed = bytes.subspan(run.first * kBlockBytes, run_bytes(run, bytes.size()));
    to.bytes(changed);
    std::ranges::copy(changed, state->begin() + static_cast<std::ptrdiff_t>(run.first * kBlockBytes));
  }
}

void FrameEncoder::gone(std::size_t mapping, std::int64_t time_ns, std::vector<std::byte>& out) {
  if (!states_[mapping]) return;
  states_[mapping].reset();
  head(RecordKind::kGone, mapping, 0, time_ns, 0, out);
}

void FrameEncoder::title(std::string_view id, std::int64_t time_ns, std::vector<std::byte>& out) {
  title_ = std::string(id.substr(0, kMostRuns));
  head(RecordKind::kTitle, 0, 0, time_ns, title_.size(), out);
  WireWriter(out).bytes(std::as_bytes(std::span(title_)));
}

void FrameEncoder::lost(std::size_t mapping, std::uint32_t count, std::int64_t time_ns,
                        std::vector<std::byte>& out) {
  head(RecordKind::kLost, mapping, 0, time_ns, count, out);
}

std::optional<Record> RecordReader::next() {
  if (rest_.empty() || is_bad_) return std::nullopt;
  is_bad_ = true;  // unless the end is reached
  WireReader from(rest_);
  Record record;
  record.kind = static_cast<RecordKind>(from.number<std::uint8_t>());
  record.mapping = from.number<std::uint8_t>();
  const std::size_t runs = from.number<std::uint16_t>();
  record.time_ns = first_ns_ + from.number<std::uint32_t>();
  const auto number = from.number<std::uint32_t>();
  if (from.failed() || record.time_ns < last_ns_) return std::nullopt;
  if (record.kind != RecordKind::kTitle && record.mapping >= mappings_) return std::nullopt;
  switch (record.kind) {
    case RecordKind::kState:
    case RecordKind::kWhole:
      if (number == 0 || number > kMostSectionBytes) return std::nullopt;
      record.size_bytes = number;
      record.bytes = from.bytes(number);
      break;
    case RecordKind::kChange: {
      if (number == 0 || number > kMostSectionBytes) return std::nullopt;
      record.size_bytes = number;
      record.runs = from.bytes(runs * kRunBytes);
      std::size_t size = 0;
      const auto whatever = std::span(rest_).first(from.left());  // only its size counts here
      if (!for_each_run(record.runs, whatever, number,
                        [&](const BlockRun&, std::span<const std::byte> part) { size += part.size(); }))
        return std::nullopt;
      record.bytes = from.bytes(size);
      break;
    }
    case RecordKind::kGone:
      break;
    case RecordKind::kTitle: {
      const auto text = from.bytes(number);
      record.title = {reinterpret_cast<const char*>(text.data()), text.size()};
      break;
    }
    case RecordKind::kLost:
      record.lost = number;
      break;
    default:
      return std::nullopt;
  }
  if (from.failed()) return std::nullopt;
  last_ns_ = record.time_ns;
  rest_ = rest_.last(from.left());
  is_bad_ = false;
  return record;
}

void show_in(const Record& record, std::span<std::byte> section) {
  if (record.kind != RecordKind::kChange) {
    std::ranges::copy(record.bytes, section.begin());
    return;
  }
  (void)for_each_run(
      record.runs, record.bytes, section.size(), [&](const BlockRun& run, std::span<const std::byte> part) {
        std::ranges::copy(part, section.begin() + static_cast<std::ptrdiff_t>(run.first * kBlockBytes));
      });
}

}  // namespace pitbridge::record
