// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/core/error.hpp"
#include "common/win32/shm/handle.hpp"
#include "common/win32/shm/mapped_section.hpp"

namespace pitbridge {

/// Owns a handle of a section. In Wine a name lives as long as a handle does, and a view does not keep it.
class Section {
 public:
  /// Nothing: no mapping has the name.
  static Expected<std::optional<Section>> open(std::string_view name, SectionAccess access);
  /// Makes a mapping of pages that are no file's, or opens the one that has the name, whoever made it.
  /// Refuses (kOutputRefused) one that is smaller.
  static Expected<Section> create(std::string_view name, std::uint64_t size_bytes);
  /// As above, of the pages of a file that is open for reading and writing. 0 bytes: as long as the file is;
  /// more than that makes the file longer.
  static Expected<Section> create_from_file(std::string_view name, HANDLE file, std::uint64_t size_bytes);

  /// Whether `create` has found it.
  bool was_there() const { return was_there_; }
  HANDLE handle() const { return handle_.get(); }
  /// The real size: in whole pages where no file is behind it, to the byte where one is. 0: not told.
  std::uint64_t size_bytes() const;
  /// A view of a part; 0 bytes: up to the end. The offset may be any.
  Expected<MappedSection> map(std::uint64_t offset_bytes, std::uint64_t size_bytes,
                              SectionAccess access) const;

 private:
  Section(std::string_view name, UniqueHandle handle, bool was_there)
      : name_(name), handle_(std::move(handle)), was_there_(was_there) {}

  std::string name_;
  UniqueHandle handle_;
  bool was_there_;
};

}  // namespace pitbridge
