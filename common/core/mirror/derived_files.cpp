// SPDX-License-Identifier: MIT
#include "common/core/mirror/derived_files.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/core/sim/version.hpp"

namespace pitbridge {
namespace {

void put_word(std::span<std::byte> bytes, std::size_t offset, std::uint32_t value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

void put_versions(const Detector& detector, std::uint32_t version, std::span<std::byte> bytes) {
  put_word(bytes, detector.offset_bytes, version);
  put_word(bytes, detector.end_offset_bytes, version);
}

/// Copies so many whole records as `from` holds of `count`; returns their number.
std::size_t copy_whole(const RecordCopy& copy, std::size_t count, std::span<const std::byte> from,
                       std::span<std::byte> to) {
  if (copy.record_bytes == 0 || copy.from_bytes > from.size()) return 0;
  const std::size_t whole = std::min(count, (from.size() - copy.from_bytes) / copy.record_bytes);
  std::memcpy(to.data() + copy.to_bytes, from.data() + copy.from_bytes, whole * copy.record_bytes);
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
                         std::span<std::byte> to) {
  copy_whole(derived.head, 1, from, to);
  const std::size_t cars = copy_whole(derived.cars, cars_in(derived, from), from, to);
  const std::size_t end = derived.cars.to_bytes + cars * derived.cars.record_bytes;
  // What the head says of the number is not what was copied.
  put_word(to, derived.count_bytes, static_cast<std::uint32_t>(cars));
  put_word(to, derived.written_bytes, static_cast<std::uint32_t>(end - derived.written_bytes));
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
  if (!target.is_derived()) {
    one.next.assign(mapping.size_bytes, std::byte{0});
    one.end_bytes = 0;
  }
  const std::span<std::byte> next(one.next);
  const std::size_t end = copy_records(*one.table, from, next);
  const std::size_t last_end = std::exchange(one.end_bytes, end);
  // Nothing stays of a car that has left.
  if (last_end > end) std::ranges::fill(next.subspan(end, last_end - end), std::byte{0});
  const auto changed = next.first(std::max(end, last_end));
  put_versions(mapping.detector, one.version, next);
  // Not std::equal, which compares byte by byte.
  if (target.is_derived() && std::memcmp(changed.data(), target.derived().data(), changed.size()) == 0)
    return true;
  if (!target.has_files())
    if (const auto opened = target.open_files(files_, mapping.size_bytes); !opened) {
      target.complaint().make(voice_, opened.error().message);
      return false;
    }
  put_versions(mapping.detector, ++one.version, next);
  target.show_derived(changed, now_ns);
  return true;
}

bool DerivedFiles::is_known_version(const Title& title, std::span<const std::byte> bytes) {
  version_word_.assign(title.version.mapping, bytes.first(std::min(bytes.size(), end_of_version(title))));
  return version_of(title, version_word_).by == &title;
}

}  // namespace pitbridge
