// SPDX-License-Identifier: MIT
#include "common/posix/system/log_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "common/posix/system/fd.hpp"

namespace pitbridge {
namespace {

bool is_too_long(const struct stat& file) {
  return S_ISREG(file.st_mode) && file.st_size > static_cast<off_t>(kMaxLogBytes);
}

void copy_end(const std::string& path, const struct stat& log) {
  const UniqueFd from(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  struct stat found = {};
  if (!from || ::fstat(from.get(), &found) != 0 || found.st_dev != log.st_dev || found.st_ino != log.st_ino)
    return;
  const UniqueFd to(
      ::open((path + ".1").c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
  // What another user has put there is neither emptied nor given our lines.
  if (!to || ::fstat(to.get(), &found) != 0 || !S_ISREG(found.st_mode) || found.st_uid != ::geteuid() ||
      found.st_nlink != 1 || ::ftruncate(to.get(), 0) != 0)
    return;
  std::array<char, 65536> buffer;
  for (off_t at = log.st_size - static_cast<off_t>(kMaxLogBytes); at < log.st_size;) {
    const ssize_t n = ::pread(from.get(), buffer.data(), buffer.size(), at);
    // A full disk: what is newer matters more, and that has its room in the log itself.
    if (n <= 0 || ::write(to.get(), buffer.data(), static_cast<std::size_t>(n)) != n) return;
    at += n;
  }
}

}  // namespace

void cut_log(int fd, const std::string& path) {
  struct stat log = {};
  if (::fstat(fd, &log) != 0 || !is_too_long(log)) return;
  // An attendant and its bridge write to one file. Whoever comes second finds it cut.
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return;
  if (::fstat(fd, &log) == 0 && is_too_long(log)) {
    copy_end(path, log);
    (void)!::ftruncate(fd, 0);
  }
  ::flock(fd, LOCK_UN);
}

}  // namespace pitbridge
