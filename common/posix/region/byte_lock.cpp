// SPDX-License-Identifier: MIT
#include "common/posix/region/byte_lock.hpp"

#include <fcntl.h>

namespace pitbridge {
namespace {

struct flock lock_of(off_t byte) {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return lock;
}

}  // namespace

bool take_byte(int fd, off_t byte) {
  struct flock lock = lock_of(byte);
  return ::fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

bool is_taken(int fd, off_t byte) {
  struct flock lock = lock_of(byte);
  return ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

void release_byte(int fd, off_t byte) {
  struct flock lock = lock_of(byte);
  lock.l_type = F_UNLCK;
  (void)::fcntl(fd, F_OFD_SETLK, &lock);
}

}  // namespace pitbridge
