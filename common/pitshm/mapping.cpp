// SPDX-License-Identifier: MIT
#include "common/pitshm/mapping.h"

#include <optional>

#include "common/pitshm/answer.hpp"
#include "common/win32/shm/section.hpp"
#include "common/win32/shm/section_file.hpp"

using pitbridge::Accessed;
using pitbridge::Expected;
using pitbridge::MappedSection;
using pitbridge::Section;
using pitbridge::SectionAccess;
using pitshm::detail::answer;
using pitshm::detail::answered;
using pitshm::detail::null_pointer;

struct pitshm_mapping {
  Section section;
};
struct pitshm_view {
  MappedSection mapped;
};

namespace {

SectionAccess access_of(pitshm_access access) {
  return access == PITSHM_READ_WRITE ? SectionAccess::kReadWrite : SectionAccess::kReadOnly;
}

pitshm_result give(Expected<Section> section, pitshm_mapping** mapping) {
  if (!section) return answer(section.error());
  *mapping = new pitshm_mapping{std::move(*section)};
  return PITSHM_OK;
}

pitshm_result answer_of(Accessed accessed) {
  switch (accessed) {
    case Accessed::kDone:
      return PITSHM_OK;
    case Accessed::kBeyondEnd:
      return answer(PITSHM_BAD_ARGUMENT,
                    "that is beyond the end of the view, or the lock is at no multiple of 4 bytes");
    case Accessed::kReadOnly:
      return answer(PITSHM_BAD_ARGUMENT, "the view is read-only; map it with PITSHM_READ_WRITE");
    case Accessed::kBusy:
      return answer(PITSHM_BUSY, "a writer was at work in each of the attempts; try again");
    case Accessed::kPagesGone:
      break;
  }
  return answer(
      PITSHM_FAULT,
      "the pages of the view have gone: the file behind them was cut, or could not be read; map it again");
}

}  // namespace

pitshm_result pitshm_mapping_create(const char* name, uint64_t size_bytes, pitshm_mapping** mapping) {
  if (name == nullptr || mapping == nullptr) return null_pointer();
  return answered([&] { return give(Section::create(name, size_bytes), mapping); });
}

pitshm_result pitshm_mapping_create_from_file(const char* name, const char* path, uint64_t size_bytes,
                                              pitshm_mapping** mapping) {
  if (name == nullptr || path == nullptr || mapping == nullptr) return null_pointer();
  return answered([&] {
    const auto file = pitbridge::open_section_file(path);
    if (!file) return answer(file.error());
    return give(Section::create_from_file(name, file->get(), size_bytes), mapping);
  });
}

pitshm_result pitshm_mapping_open(const char* name, pitshm_access access, pitshm_mapping** mapping) {
  if (name == nullptr || mapping == nullptr) return null_pointer();
  return answered([&] {
    auto section = Section::open(name, access_of(access));
    if (!section) return answer(section.error());
    if (!*section) return answer(PITSHM_NOT_THERE, "");
    return give(std::move(**section), mapping);
  });
}

void pitshm_mapping_close(pitshm_mapping* mapping) {
  delete mapping;
}

int pitshm_mapping_was_there(const pitshm_mapping* mapping) {
  return mapping != nullptr && mapping->section.was_there() ? 1 : 0;
}

uint64_t pitshm_mapping_size(const pitshm_mapping* mapping) {
  return mapping == nullptr ? 0 : mapping->section.size_bytes();
}

pitshm_result pitshm_view_map(const pitshm_mapping* mapping, uint64_t offset_bytes, uint64_t size_bytes,
                              pitshm_access access, pitshm_view** view) {
  if (mapping == nullptr || view == nullptr) return null_pointer();
  return answered([&] {
    auto mapped = mapping->section.map(offset_bytes, size_bytes, access_of(access));
    if (!mapped) return answer(mapped.error());
    *view = new pitshm_view{std::move(*mapped)};
    return PITSHM_OK;
  });
}

void pitshm_view_unmap(pitshm_view* view) {
  delete view;
}

size_t pitshm_view_size(const pitshm_view* view) {
  return view == nullptr ? 0 : view->mapped.size_bytes();
}

void* pitshm_view_data(const pitshm_view* view) {
  return view == nullptr ? nullptr : view->mapped.data();
}

pitshm_result pitshm_view_read(const pitshm_view* view, size_t offset_bytes, void* out, size_t size) {
  if (view == nullptr || (out == nullptr && size != 0)) return null_pointer();
  return answer_of(view->mapped.read(offset_bytes, {static_cast<std::byte*>(out), size}));
}

pitshm_result pitshm_view_write(pitshm_view* view, size_t offset_bytes, const void* in, size_t size) {
  if (view == nullptr || (in == nullptr && size != 0)) return null_pointer();
  return answer_of(view->mapped.write(offset_bytes, {static_cast<const std::byte*>(in), size}));
}

pitshm_result pitshm_view_read_locked(const pitshm_view* view, size_t lock_bytes, size_t offset_bytes,
                                      void* out, size_t size, int attempts) {
  if (view == nullptr || (out == nullptr && size != 0)) return null_pointer();
  return answer_of(
      view->mapped.read_locked(lock_bytes, offset_bytes, {static_cast<std::byte*>(out), size}, attempts));
}

pitshm_result pitshm_view_write_locked(pitshm_view* view, size_t lock_bytes, size_t offset_bytes,
                                       const void* in, size_t size) {
  if (view == nullptr || (in == nullptr && size != 0)) return null_pointer();
  return answer_of(
      view->mapped.write_locked(lock_bytes, offset_bytes, {static_cast<const std::byte*>(in), size}));
}

pitshm_result pitshm_guarded_call(const pitshm_view* view, void (*call)(void* argument), void* argument) {
  if (view == nullptr || call == nullptr) return null_pointer();
  return pitbridge::call_guarded({view->mapped.data(), view->mapped.size_bytes()}, call, argument)
             ? PITSHM_OK
             : answer_of(Accessed::kPagesGone);
}
