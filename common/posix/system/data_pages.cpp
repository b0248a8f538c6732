// SPDX-License-Identifier: MIT
#include "common/posix/system/data_pages.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace pitbridge {
namespace {

constexpr std::size_t kPageBytes = 4096;

bool is_in_memory(int fd) {
  struct statfs system = {};
  return fd >= 0 && ::fstatfs(fd, &system) == 0 && system.f_type == TMPFS_MAGIC;
}

}  // namespace

DataPages::DataPages(int fd, std::size_t size_bytes) : fd_(fd) {
  if (is_in_memory(fd)) known_.resize((size_bytes + kPageBytes - 1) / kPageBytes);
  unknown_ = known_.size();
}

DataPages::Run DataPages::run_at(std::size_t offset_bytes, std::size_t most_bytes) {
  if (unknown_ == 0) return {most_bytes, true};
  const std::size_t end = offset_bytes + most_bytes;
  std::size_t page = offset_bytes / kPageBytes;
  if (is_known(page)) {
    while (page * kPageBytes < end && is_known(page)) ++page;
    return {std::min(page * kPageBytes, end) - offset_bytes, true};
  }
  const auto data = ::lseek(fd_, static_cast<off_t>(offset_bytes), SEEK_DATA);
  if (data < 0 && errno == ENXIO) return {most_bytes, false};
  if (data < 0) {  // cannot be asked
    unknown_ = 0;
    return {most_bytes, true};
  }
  const auto begin = static_cast<std::size_t>(data);
  if (begin > offset_bytes) return {std::min(begin, end) - offset_bytes, false};
  const auto hole = ::lseek(fd_, data, SEEK_HOLE);
  const std::size_t data_end = hole > data ? static_cast<std::size_t>(hole) : offset_bytes + 1;
  learn(offset_bytes, data_end);
  return {std::min(data_end, end) - offset_bytes, true};
}

void DataPages::learn(std::size_t begin_bytes, std::size_t end_bytes) {
  const std::size_t end = std::min((end_bytes + kPageBytes - 1) / kPageBytes, known_.size());
  for (std::size_t page = begin_bytes / kPageBytes; page < end; ++page) {
    unknown_ -= known_[page] ? 0 : 1;
    known_[page] = true;
  }
}

}  // namespace pitbridge
