// SPDX-License-Identifier: MIT
#include "common/posix/region/plain_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// O_NONBLOCK: a planted FIFO or device must not hold us up; it means nothing for a plain file.
constexpr int kFlags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;

/// On failure errno says why.
PlainFile open_or_make(const ShmDirectory::Place& place, const PlainFileWish& wish) {
  const char* leaf = place.leaf.c_str();
  // Somebody else may make or remove the file in between, and then once more.
  for (int attempt = 0; attempt < 3; ++attempt) {
    UniqueFd there(::openat(place.parent.get(), leaf, kFlags));
    if (there || errno != ENOENT || !wish.may_make) return {std::move(there), false};
    UniqueFd made(::openat(place.parent.get(), leaf, kFlags | O_CREAT | O_EXCL, wish.mode));
    if (made) {
      (void)::fchmod(made.get(), wish.mode);  // a mode is meant as it is written
      return {std::move(made), true};
    }
    if (errno != EEXIST) break;
  }
  return {};
}

std::string remedy_of(int error, const ShmDirectory& directory) {
  if (error == EMFILE || error == ENFILE) return "close some, or raise the limit (ulimit -n)";
  if (error == ENOSPC || error == EDQUOT)
    return fmt::format("free space in {} (df -h {}, df -i {})", directory.path(), directory.path(),
                       directory.path());
  return fmt::format("check the directory's permissions, or use {}", directory.choice().option);
}

}  // namespace

std::size_t page_rounded(std::size_t size_bytes) {
  return (size_bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
}

Error refused_file(const ShmDirectory& directory, std::string_view name, const std::string& why) {
  return {ExitCode::kOutputRefused, fmt::format("{}/{}: {}", directory.path(), name, why)};
}

Expected<std::optional<PlainFile>> open_plain_file(const ShmDirectory& directory, std::string_view name,
                                                   const PlainFileWish& wish) {
  const auto refuse = [&](const std::string& why) {
    return tl::unexpected<Error>(refused_file(directory, name, why));
  };
  const auto place = directory.place_of(name, wish.may_make ? std::optional(wish.mode) : std::nullopt);
  if (!place) return tl::unexpected<Error>(place.error());
  PlainFile file = open_or_make(*place, wish);
  const int error = errno;
  struct stat found = {};
  const bool known =
      file.fd ? ::fstat(file.fd.get(), &found) == 0
              : ::fstatat(place->parent.get(), place->leaf.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0;
  if (known && !S_ISREG(found.st_mode))
    return refuse(fmt::format("is {}, not a plain file; move it away", kind_of(found.st_mode)));
  if (known && found.st_uid != ::geteuid())
    return refuse(fmt::format("belongs to user {}, not to us ({}); ask that user to remove it, or use {}",
                              found.st_uid, ::geteuid(), directory.choice().option));
  if (!file.fd && error == ENOENT && !wish.may_make) return std::optional<PlainFile>();
  if (!file.fd)
    return refuse(fmt::format("cannot open or create the file: {}; {}", system_message(error),
                              remedy_of(error, directory)));
  if (found.st_nlink > 1)
    return refuse(fmt::format("has {} hard links, so writing to it would change another file; remove it",
                              found.st_nlink));
  mend_mode(file.fd.get(), found.st_mode, wish.most);
  return std::optional(std::move(file));
}

void mend_mode(int fd, mode_t found, mode_t most) {
  const mode_t wanted = (found & most) | kOwnersBits;
  if (wanted != (found & 0777U)) (void)::fchmod(fd, wanted);
}

std::optional<struct stat> look_at(const ShmDirectory& directory, std::string_view name) {
  struct stat found = {};
  const auto place = directory.place_of(name, std::nullopt);
  if (!place || ::fstatat(place->parent.get(), place->leaf.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    return std::nullopt;
  return found;
}

bool is_same_inode(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int allocate(int fd, std::size_t size_bytes) {
  int error = EINTR;
  while (error == EINTR) error = ::posix_fallocate(fd, 0, static_cast<off_t>(size_bytes));
  return error;
}

Expected<void> reserve(const ShmDirectory& directory, std::string_view name, int fd, std::size_t size_bytes) {
  const int error = allocate(fd, size_bytes);
  if (error == 0) return {};
  return tl::unexpected<Error>(
      refused_file(directory, name,
                   fmt::format("cannot reserve {} bytes: {}; free space in {} (df -h {})", size_bytes,
                               system_message(error), directory.path(), directory.path())));
}

bool lacks_pages(int fd, const struct stat& found, std::size_t size_bytes) {
  if (static_cast<std::size_t>(found.st_size) < size_bytes) return true;
  // A file that was cut and grown again holds holes. Only tmpfs counts blocks so plainly.
  if (static_cast<std::size_t>(found.st_blocks) * 512 >= size_bytes) return false;
  struct statfs system = {};
  return ::fstatfs(fd, &system) == 0 && system.f_type == TMPFS_MAGIC;
}

}  // namespace pitbridge
