// SPDX-License-Identifier: MIT
#include "common/core/mirror/derived_files.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/core/decode/version.hpp"

namespace pitbridge {
namespace {

/// Copies what differs, and notes where that is.
void copy_changed(std::span<const std::byte> from, std::span<std::byte> to, std::size_t offset,
                  std::vector<Run>& changed) {
  // Not std::equal, which compares byte by byte.
  if (std::memcmp(to.data() + offset, from.data(), from.size()) == 0) return;
  std::memcpy(to.data() + offset, from.data(), from.size());
  if (!changed.empty() && changed.back().offset_bytes + changed.back().size_bytes == offset) {
    changed.back().size_bytes += from.size();
  } else {
    changed.push_back({offset, from.size()});
  }
}

void put_word(std::span<std::byte> to, std::size_t offset, std::size_t value, std::vector<Run>& changed) {
  const auto word = static_cast<std::uint32_t>(value);
  copy_changed(std::as_bytes(std::span(&word, 1)), to, offset, changed);
}

/// Copies so many whole records as `from` holds of `count`; returns their number.
std::size_t copy_whole(const RecordCopy& copy, std::size_t count, std::span<const std::byte> from,
                       std::span<std::byte> to, std::vector<Run>& changed) {
  if (copy.record_bytes == 0 || copy.from_bytes > from.size()) return 0;
  const std::size_t whole = std::min(count, (from.size() - copy.from_bytes) / copy.record_bytes);
  for (std::size_t i = 0; i < whole; ++i)
    copy_changed(from.subspan(copy.from_bytes + i * copy.record_bytes, copy.record_bytes), to,
                 copy.to_bytes + i * copy.record_bytes, changed);
  return whole;
}

/// How many cars `from` states. A number that there is no room for is none, and one below 0 is such a number.
std::size_t cars_in(const DerivedMapping& derived, std::span<const std::byte> from) {
  std::uint64_t count = 0;
  const std::uint32_t size = derived.count.size_bytes();
  if (size > sizeof count || from.size() < std::uint64_t{derived.count.offset_bytes} + size) return 0;
  std::memcpy(&count, from.data() + derived.count.offset_bytes, size);
  return count <= derived.most_cars ? count : 0;
}

/// The first bytes of its mapping, up to the end of the version.
std::size_t end_of_version(const Title& title) {
  std::size_t end = 0;
  for (const std::string_view name : title.version.fields)
    if (const Layout* layout = title.find_layout(title.version.mapping))
      if (const Field* field = find_field(layout->fields, name))
        end = std::max<std::size_t>(end, field->offset_bytes + field->size_bytes());
  return end;
}

}  // namespace

std::size_t copy_records(const DerivedMapping& derived, std::span<const std::byte> from,
                         std::span<std::byte> to, std::vector<Run>& changed) {
  copy_whole(derived.head, 1, from, to, changed);
  const std::size_t cars = copy_whole(derived.cars, cars_in(derived, from), from, to, changed);
  const std::size_t end = derived.cars.to_bytes + cars * derived.cars.record_bytes;
  // What the head says of the number is not what was copied.
  put_word(to, derived.count_bytes, cars, changed);
  put_word(to, derived.written_bytes, end - derived.written_bytes, changed);
  return end;
}

DerivedFiles::DerivedFiles(const Sim& sim, std::span<Mirror> mirrors, SinkFactory& files, Voice voice)
    : files_(files), voice_(voice) {
  const auto mirror_of = [&](std::string_view file_name) {
    return &*std::find_if(mirrors.begin(), mirrors.end(),
                          [&](const Mirror& mirror) { return mirror.mapping().file_name() == file_name; });
  };
  for (const Title& title : sim.titles)
    for (const DerivedMapping& table : title.derived)
      all_.push_back({&title, &table, mirror_of(table.from), mirror_of(table.mapping)});
}

void DerivedFiles::follow(std::int64_t now_ns) {
  for (One& one : all_) follow(one, now_ns);
}

void DerivedFiles::follow(One& one, std::int64_t now_ns) {
  Mirror& target = *one.target;
  const bool is_due =
      one.seen_change_ns != one.source->last_change_ns() || one.was_shown != target.is_derived();
  if (target.attached() || (one.source->attached() && !is_due)) return;
  // A mixture is passed over: the next state may be whole.
  if (one.source->attached() && !one.source->is_whole()) return;
  one.seen_change_ns = one.source->last_change_ns();
  one.was_shown = one.source->attached() && show(one, now_ns);
  if (!one.was_shown && target.is_derived()) target.detach();
}

bool DerivedFiles::show(One& one, std::int64_t now_ns) {
  const std::span<const std::byte> from = one.source->published();
  Mirror& target = *one.target;
  if (!is_known_version(*one.title, from)) return false;
  const Mapping& mapping = target.mapping();
  if (!target.has_files())
    if (const auto opened = target.open_files(files_, mapping.size_bytes); !opened) {
      target.complaint().make(voice_, opened.error().message);
      return false;
    }
  if (!target.is_derived()) {
    one.bytes.assign(mapping.size_bytes, std::byte{0});
    one.end_bytes = 0;
  }
  const std::span<std::byte> bytes(one.bytes);
  changed_.clear();
  const std::size_t end = copy_records(*one.table, from, bytes, changed_);
  const std::size_t last_end = std::exchange(one.end_bytes, end);
  if (last_end > end) {
    // Nothing stays of a car that has left.
    std::ranges::fill(bytes.subspan(end, last_end - end), std::byte{0});
    changed_.push_back({end, last_end - end});
  }
  if (changed_.empty()) return true;
  ++one.version;
  for (const std::uint32_t offset : {mapping.detector.offset_bytes, mapping.detector.end_offset_bytes})
    std::memcpy(one.bytes.data() + offset, &one.version, sizeof one.version);
  target.show_derived(bytes, changed_, now_ns);
  return true;
}

bool DerivedFiles::is_known_version(const Title& title, std::span<const std::byte> bytes) {
  version_word_.show(title.version.mapping, bytes.first(std::min(bytes.size(), end_of_version(title))));
  return version_of(title, version_word_).by == &title;
}

}  // namespace pitbridge
