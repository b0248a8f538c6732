// SPDX-License-Identifier: MIT
#include "common/posix/region/file_memory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "common/posix/region/plain_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {

namespace {

tl::unexpected<Error> cannot_map(const ShmDirectory& directory, std::string_view name, std::size_t size_bytes,
                                 int error) {
  return tl::unexpected<Error>(
      refused_file(directory, name,
                   fmt::format("cannot map {} bytes: {}; raise the limit of memory (ulimit -v)", size_bytes,
                               system_message(error))));
}

}  // namespace

MappedMemory::MappedMemory(MappedMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_bytes_(std::exchange(other.size_bytes_, 0)) {}

MappedMemory& MappedMemory::operator=(MappedMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

MappedMemory::~MappedMemory() {
  if (data_ != nullptr) ::munmap(data_, size_bytes_);
}

MappedMemory map_shared(int fd, std::size_t size_bytes, int protection) {
  void* at = ::mmap(nullptr, size_bytes, protection, MAP_SHARED, fd, 0);
  return at == MAP_FAILED ? MappedMemory() : MappedMemory(static_cast<std::byte*>(at), size_bytes);
}

FileMemory::FileMemory(UniqueFd fd, MappedMemory memory) : fd_(std::move(fd)), memory_(std::move(memory)) {
  struct stat now = {};
  if (::fstat(fd_.get(), &now) != 0) return;
  device_ = now.st_dev;
  inode_ = now.st_ino;
}

Expected<FileMemory> FileMemory::adopt(const ShmDirectory& directory, std::string_view name, UniqueFd fd,
                                       std::size_t size_bytes) {
  if (auto reserved = reserve(directory, name, fd.get(), size_bytes); !reserved)
    return tl::unexpected<Error>(std::move(reserved.error()));
  struct stat now = {};
  if (::fstat(fd.get(), &now) == 0 && static_cast<std::size_t>(now.st_size) > size_bytes)
    (void)::fallocate(fd.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(size_bytes),
                      now.st_size - static_cast<off_t>(size_bytes));
  return map(directory, name, std::move(fd), size_bytes);
}

Expected<FileMemory> FileMemory::map(const ShmDirectory& directory, std::string_view name, UniqueFd fd,
                                     std::size_t size_bytes) {
  MappedMemory memory = map_shared(fd.get(), size_bytes);
  if (memory.data() == nullptr) return cannot_map(directory, name, size_bytes, errno);
  return FileMemory(std::move(fd), std::move(memory));
}

Expected<void> FileMemory::grow(const ShmDirectory& directory, std::string_view name,
                                std::size_t size_bytes) {
  if (auto reserved = reserve(directory, name, fd_.get(), size_bytes); !reserved) return reserved;
  MappedMemory longer = map_shared(fd_.get(), size_bytes);
  if (longer.data() == nullptr) return cannot_map(directory, name, size_bytes, errno);
  memory_ = std::move(longer);
  return {};
}

}  // namespace pitbridge
