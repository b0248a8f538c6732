// SPDX-License-Identifier: MIT
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "common/posix/region/shm_directory.hpp"

namespace pitbridge {

/// Owns a shared mapping of a file.
class MappedMemory {
 public:
  MappedMemory() = default;
  MappedMemory(std::byte* data, std::size_t size_bytes) : data_(data), size_bytes_(size_bytes) {}
  MappedMemory(MappedMemory&& other) noexcept;
  MappedMemory& operator=(MappedMemory&& other) noexcept;
  ~MappedMemory();

  std::byte* data() const { return data_; }
  std::size_t size_bytes() const { return size_bytes_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_bytes_ = 0;
};

/// From the file's begin. Nothing is mapped on failure, and errno says why.
MappedMemory map_shared(int fd, std::size_t size_bytes, int protection = PROT_READ | PROT_WRITE);

/// One file that we write, open and mapped. Readers may hold it for as long as they like.
class FileMemory {
 public:
  FileMemory() = default;
  FileMemory(UniqueFd fd, MappedMemory memory);
  /// Takes a file of ours for writing: at least `size_bytes` long, its space reserved. A longer one stays as
  /// long as it is, and its tail is emptied without taking memory for it.
  static Expected<FileMemory> adopt(const ShmDirectory& directory, std::string_view name, UniqueFd fd,
                                    std::size_t size_bytes);
  /// Takes it as it is.
  static Expected<FileMemory> map(const ShmDirectory& directory, std::string_view name, UniqueFd fd,
                                  std::size_t size_bytes);

  /// Makes it longer. The memory is at another address then, and the open file, with its locks, stays.
  Expected<void> grow(const ShmDirectory& directory, std::string_view name, std::size_t size_bytes);

  int fd() const { return fd_.get(); }
  std::span<std::byte> bytes() const { return {memory_.data(), memory_.size_bytes()}; }
  std::uint64_t device() const { return device_; }
  std::uint64_t inode() const { return inode_; }

 private:
  UniqueFd fd_;
  MappedMemory memory_;
  std::uint64_t device_ = 0, inode_ = 0;
};

}  // namespace pitbridge
