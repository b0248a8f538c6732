// SPDX-License-Identifier: MIT
#include "common/posix/launch/watch_notice.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// An open-file lock, which the kernel drops with the process. No child inherits it: the descriptor closes on
/// exec.
struct flock whole_file(short type) {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::string lock_path(const std::string& directory) {
  return directory + "/watch.lock";
}
std::string json_path(const std::string& directory) {
  return directory + "/watch.json";
}

}  // namespace

Expected<WatchLock> WatchLock::take(const std::string& directory) {
  (void)make_directories(directory);  // open tells what is wrong
  const std::string path = lock_path(directory);
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd)
    return fail(
        ExitCode::kOutputRefused,
        fmt::format("cannot open the lock {}: {}; make the directory writable, or set XDG_RUNTIME_DIR to "
                    "one that is",
                    path, system_message(errno)));
  struct flock lock = whole_file(F_WRLCK);
  if (::fcntl(fd.get(), F_OFD_SETLK, &lock) == 0) return WatchLock(directory, std::move(fd));
  const int error_number = errno;
  if (error_number != EAGAIN && error_number != EACCES)
    return fail(ExitCode::kFailure, fmt::format("cannot lock {}: {}", path, system_message(error_number)));
  return fail(ExitCode::kAlreadyRunning,
              fmt::format("another pitbridge watch of this user runs already ({} is locked); see pitbridge "
                          "status, or systemctl --user status pitbridge",
                          path));
}

WatchLock::WatchLock(std::string directory, UniqueFd lock)
    : directory_(std::move(directory)), lock_(std::move(lock)) {}

WatchLock::~WatchLock() {
  if (lock_) ::unlink(json_path(directory_).c_str());
}

void WatchLock::publish(const std::string& json) const {
  // Only who holds the lock writes, so the name needs no chance.
  const std::string path = json_path(directory_);
  const std::string fresh = path + ".new";
  const UniqueFd fd(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (fd && ::write(fd.get(), json.data(), json.size()) == static_cast<ssize_t>(json.size()))
    (void)std::rename(fresh.c_str(), path.c_str());
}

std::optional<std::string> running_watch(const std::string& directory) {
  const UniqueFd fd(::open(lock_path(directory).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct flock lock = whole_file(F_WRLCK);
  if (!fd || ::fcntl(fd.get(), F_OFD_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
  return small_file(json_path(directory));
}

}  // namespace pitbridge
