// SPDX-License-Identifier: MIT
#include "common/posix/system/sealed_memfd.hpp"

#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/vfs.h>

#include <cerrno>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

namespace pitbridge {

UniqueFd make_memfd(const char* label) {
  // Before Linux 6.3 there is no such flag, and since then a memory without it is complained about in the
  // kernel's log.
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  UniqueFd fd(::memfd_create(label, kFlags | MFD_NOEXEC_SEAL));
  if (!fd && errno == EINVAL) fd = UniqueFd(::memfd_create(label, kFlags));
  return fd;
}

bool is_safe_to_touch(int fd) {
  const int seals = ::fcntl(fd, F_GET_SEALS);
  struct statfs system = {};
  // Large pages can be sealed too, and there may be none when one is touched.
  return seals >= 0 && (seals & kSizeSeals) == kSizeSeals && ::fstatfs(fd, &system) == 0 &&
         system.f_type == TMPFS_MAGIC;
}

}  // namespace pitbridge
