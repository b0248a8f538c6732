// SPDX-License-Identifier: MIT
#include "common/posix/region/shm_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

constexpr int kDirectory = O_PATH | O_DIRECTORY | O_CLOEXEC;

tl::unexpected<Error> refusal(const std::string& path, const std::string& why) {
  return fail(ExitCode::kOutputRefused, fmt::format("{}: {}", path, why));
}

tl::unexpected<Error> cannot_open(const std::string& path, const DirectoryChoice& choice, int error) {
  const std::string remedy = error == EMFILE || error == ENFILE
                                 ? "close some, or raise the limit (ulimit -n)"
                                 : fmt::format("make it, or name {}", choice.anew);
  return refusal(path,
                 fmt::format("cannot open the directory {}: {}; {}", path, system_message(error), remedy));
}

/// Each part of an absolute path by itself, because O_NOFOLLOW is about the last one only. On failure errno
/// says why.
UniqueFd open_without_links(const std::string& path) {
  UniqueFd at(::open("/", kDirectory));
  for (std::size_t begin = 1; at && begin < path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    at = UniqueFd(::openat(at.get(), path.substr(begin, end - begin).c_str(), kDirectory | O_NOFOLLOW));
    begin = end + 1;
  }
  return at;
}

}  // namespace

Expected<std::shared_ptr<ShmDirectory>> ShmDirectory::open(const std::string& path,
                                                           const DirectoryChoice& choice) {
  std::shared_ptr<ShmDirectory> directory(new ShmDirectory(path, choice));
  char resolved[PATH_MAX];
  if (::realpath(path.c_str(), resolved) == nullptr) return cannot_open(path, choice, errno);
  directory->resolved_ = resolved;
  directory->fd_ = open_without_links(directory->resolved_);
  if (!directory->fd_) return cannot_open(path, choice, errno);
  return directory;
}

bool ShmDirectory::has(const std::string& name) const {
  struct stat found = {};
  return ::fstatat(fd_.get(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0;
}

Expected<void> ShmDirectory::check() {
  struct stat held = {};
  struct stat at_path = {};
  if (::fstat(fd_.get(), &held) != 0) return cannot_open(path_, choice_, errno);
  if (::lstat(resolved_.c_str(), &at_path) == 0 && at_path.st_dev == held.st_dev &&
      at_path.st_ino == held.st_ino)
    return {};
  UniqueFd now = open_without_links(resolved_);
  const int error = errno;
  if (!now && (error == ELOOP || error == ENOTDIR))
    return refusal(path_,
                   "something else, perhaps a symbolic link, has taken the place of the directory, "
                   "and is not followed; put the directory back");
  if (!now) return cannot_open(path_, choice_, error);
  if (::fstat(now.get(), &at_path) != 0) return cannot_open(path_, choice_, errno);
  if (at_path.st_uid != held.st_uid && at_path.st_uid != ::geteuid())
    return refusal(path_, fmt::format("user {} has put another directory here, which is not used; put the "
                                      "first one back",
                                      at_path.st_uid));
  fd_ = std::move(now);
  return {};
}

Expected<ShmDirectory::Place> ShmDirectory::place_of(std::string_view name,
                                                     std::optional<mode_t> mode_of_files) const {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) {
    UniqueFd same(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
    if (!same) return cannot_open(path_, choice_, errno);
    return Place{std::move(same), std::string(name)};
  }
  const std::string sub(name.substr(0, slash));
  const std::string sub_path = path_ + "/" + sub;
  if (mode_of_files) {
    // Whoever may read a file may also enter its directory.
    const mode_t mode = 0700U | ((*mode_of_files & 0044U) >> 2U) | (*mode_of_files & 0044U);
    if (::mkdirat(fd_.get(), sub.c_str(), mode) == 0) {
      (void)::fchmodat(fd_.get(), sub.c_str(), mode, 0);  // whatever the umask
    } else if (errno != EEXIST) {
      return refusal(sub_path,
                     fmt::format("cannot make the directory: {}; check the permissions of {}, or use {}",
                                 system_message(errno), path_, choice_.option));
    }
  }
  UniqueFd below(::openat(fd_.get(), sub.c_str(), kDirectory | O_NOFOLLOW));
  if (!below)
    return refusal(sub_path, fmt::format("is no plain directory ({}); move it away", system_message(errno)));
  struct stat found = {};
  if (::fstat(below.get(), &found) != 0) return refusal(sub_path, system_message(errno));
  if (found.st_uid != ::geteuid())
    return refusal(sub_path, fmt::format("the directory belongs to user {}, not to us ({}); ask that user to "
                                         "remove it, or use {}",
                                         found.st_uid, ::geteuid(), choice_.option));
  return Place{std::move(below), std::string(name.substr(slash + 1))};
}

}  // namespace pitbridge
