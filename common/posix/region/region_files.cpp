// SPDX-License-Identifier: MIT
#include "common/posix/region/region_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

#include "common/posix/region/futex.hpp"
#include "common/posix/region/plain_file.hpp"

namespace pitbridge {

std::string unfinished_name(std::string_view name) {
  return "." + std::string(name) + ".new";
}

bool remove_unfinished(const ShmDirectory& directory, std::string_view name) {
  const std::string unfinished = unfinished_name(name);
  const auto found = look_at(directory, unfinished);
  return found && S_ISREG(found->st_mode) && found->st_uid == ::geteuid() &&
         ::unlinkat(directory.fd(), unfinished.c_str(), 0) == 0;
}

bool give_name(const ShmDirectory& directory, std::string_view name, bool replaces) {
  const std::string from = unfinished_name(name);
  const std::string to(name);
  const int at = directory.fd();
  if (!replaces) {
    if (::renameat2(at, from.c_str(), at, to.c_str(), RENAME_NOREPLACE) == 0) return true;
    if (errno != EINVAL) return false;  // a file system may not know the flag
  }
  return ::renameat(at, from.c_str(), at, to.c_str()) == 0;
}

void mark_left(RegionHeader& header) {
  std::atomic_ref(header.state)
      .store(static_cast<std::uint32_t>(RegionState::kLeft), std::memory_order_relaxed);
  std::atomic_ref(header.lock.news).fetch_add(1, std::memory_order_release);
  wake_all(header.lock.news);
}

}  // namespace pitbridge
