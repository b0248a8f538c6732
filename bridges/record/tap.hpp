// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/mirror/status_page.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge::record {

/// A file of our own, mapped. Whoever touches its bytes does so where a page that is cut away is survived.
class MappedFile {
 public:
  /// Nothing when it is not there, is shorter, or not ours alone.
  static std::optional<MappedFile> open(const std::string& directory, std::string_view name,
                                        std::size_t size_bytes, bool writable);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::byte* data() const { return data_; }
  /// It is still the file of that name.
  bool is_at(const std::string& directory, std::string_view name) const;

 private:
  MappedFile(std::byte* data, std::size_t size_bytes, std::uint64_t device, std::uint64_t inode)
      : data_(data), size_bytes_(size_bytes), device_(device), inode_(inode) {}

  std::byte* data_;
  std::size_t size_bytes_;
  std::uint64_t device_, inode_;
};

/// The short way to the frames of a living bridge: one system call a frame, where the reader for everybody
/// makes twenty, as it asks each time whether the bridge still lives and where its files are. Its owner asks
/// that some times a second. Only for a bridge of the same user.
class FrameTap {
 public:
  static std::optional<FrameTap> open(const std::string& directory, std::string_view sim);

  /// Until something is published that `look` has not seen, the time is over, or a signal comes.
  void wait(std::chrono::nanoseconds timeout);
  /// The record of the mapping at that place of the status page, and in `bytes` what its file holds, both of
  /// one moment; `bytes` is untouched where `updates` are those that are there. Nothing: no whole state, or
  /// no file of its size.
  std::optional<StatusMapping> take(std::size_t place, std::string_view name, std::uint64_t known_updates,
                                    std::vector<std::byte>& bytes);
  std::uint64_t bridge_start_ns() const;
  /// All that is mapped is still at its path.
  bool is_current() const;

 private:
  FrameTap(std::string directory, std::string_view sim, MappedFile status, MappedFile readers)
      : directory_(std::move(directory)),
        sim_(sim),
        status_(std::move(status)),
        readers_(std::move(readers)) {}

  struct Mirrored {
    std::string name;
    std::size_t size_bytes;
    MappedFile file;
  };
  const MappedFile* file_of(std::string_view name, std::size_t size_bytes);

  std::string directory_, sim_;
  MappedFile status_, readers_;
  std::vector<Mirrored> files_;
  std::uint32_t seen_word_ = 0;
};

}  // namespace pitbridge::record
