// SPDX-License-Identifier: MIT
#include "bridges/record/drive.hpp"

#include <algorithm>
#include <utility>

#include "common/core/decode/title.hpp"

namespace pitbridge::record {

Drive::Drive(const Sim& sim, std::vector<std::string> mappings)
    : sim_(sim), mappings_(std::move(mappings)), sections_(mappings_.size()) {}

void Drive::forget() {
  for (Section& section : sections_) section.is_there = false;
  snapshot_ = {};
  title_ = nullptr;
}

void Drive::take(const Record& record, bool has_gap) {
  if (has_gap) forget();
  if (record.kind == RecordKind::kTitle && record.title != title_id_) {
    title_id_ = record.title;
    title_ = nullptr;
  }
  if (record.kind == RecordKind::kTitle || record.kind == RecordKind::kLost) return;
  Section& section = sections_[record.mapping];
  if (record.kind == RecordKind::kGone) {
    section.is_there = false;
    snapshot_ = {};
    for (Section& other : sections_) other.is_new = other.is_there;
    if (!has_data()) title_ = nullptr;
    return;
  }
  if (record.kind == RecordKind::kChange && (!section.is_there || section.bytes.size() != record.size_bytes))
    return;
  section.bytes.resize(record.size_bytes);
  show_in(record, section.bytes);
  section.is_there = section.is_new = true;
}

bool Drive::has_data() const {
  return std::ranges::any_of(sections_, &Section::is_there);
}

Telemetry Drive::decode(std::int64_t time_ns) {
  for (std::size_t i = 0; i < sections_.size(); ++i)
    if (std::exchange(sections_[i].is_new, false)) snapshot_.show(mappings_[i], sections_[i].bytes);
  if (title_ == nullptr) title_ = identify_title(sim_, title_id_, snapshot_);
  if (title_ == nullptr || !has_data()) return {};
  // No moment of a clock is 0.
  return decoder_.decode(*title_, snapshot_, watch_, time_ns + 1);
}

}  // namespace pitbridge::record
