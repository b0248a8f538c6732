// SPDX-License-Identifier: MIT
#include "common/posix/region/name_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <utility>

#include "common/posix/region/byte_lock.hpp"
#include "common/posix/region/plain_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// The byte that a bridge's lock file has for the holder, too.
constexpr off_t kHolder = 0;
/// Each failed one means that another process has just left.
constexpr int kMaxAttempts = 100;

std::string joined(std::string_view name, std::string_view suffix) {
  return std::string(name) + std::string(suffix);
}

bool is_at(const ShmDirectory& directory, std::string_view file_name, int fd) {
  struct stat held = {};
  const auto at_path = look_at(directory, file_name);
  return at_path && ::fstat(fd, &held) == 0 && is_same_inode(held, *at_path);
}

/// For people only: what others read of it is not what decides.
void write_pid(int fd) {
  const std::string text = fmt::format("{}\n", ::getpid());
  (void)::ftruncate(fd, 0);
  if (::pwrite(fd, text.data(), text.size(), 0) < 0) return;  // a full directory; the lock holds all the same
}

pid_t pid_in(int fd) {
  char text[16];
  const ssize_t n = ::pread(fd, text, sizeof text, 0);
  pid_t pid = 0;
  if (n > 0) std::from_chars(text, text + n, pid);
  return pid;
}

}  // namespace

NameLock::NameLock(std::shared_ptr<ShmDirectory> directory, std::string file_name, UniqueFd fd)
    : directory_(std::move(directory)),
      file_name_(std::move(file_name)),
      fd_(std::move(fd)),
      taker_(::getpid()) {}

Expected<NameLock> NameLock::take(std::shared_ptr<ShmDirectory> directory, std::string_view name,
                                  std::string_view suffix) {
  if (auto good = check_published_name(name); !good) return tl::unexpected<Error>(std::move(good.error()));
  std::string file_name = joined(name, suffix);
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    auto file = open_plain_file(*directory, file_name, {.may_make = true});
    if (!file) return tl::unexpected<Error>(std::move(file.error()));
    UniqueFd fd = std::move((*file)->fd);
    if (!take_byte(fd.get(), kHolder)) {
      const int error = errno;
      if (error != EAGAIN && error != EACCES)
        return tl::unexpected<Error>(refused_file(
            *directory, file_name,
            fmt::format("cannot lock the file: {}; use another directory, on tmpfs", system_message(error))));
      const pid_t pid = pid_in(fd.get());
      return fail(
          ExitCode::kAlreadyRunning,
          fmt::format("{}/{}: another process publishes under this name ({}); end it, or use "
                      "another name",
                      directory->path(), name, pid > 0 ? fmt::format("pid {}", pid) : "pid not known"));
    }
    // The holder before us removes the file as it leaves, and somebody may have made the next one already.
    if (!is_at(*directory, file_name, fd.get())) continue;
    write_pid(fd.get());
    return NameLock(std::move(directory), std::move(file_name), std::move(fd));
  }
  return tl::unexpected<Error>(refused_file(
      *directory, file_name, "is made and removed all the time; find out by whom (fuser), and end that"));
}

NameLock::~NameLock() {
  // In a child the lock is still its parent's.
  if (fd_ && taker_ == ::getpid() && is_at_path()) (void)::unlinkat(directory_->fd(), file_name_.c_str(), 0);
}

bool NameLock::is_at_path() const {
  return is_at(*directory_, file_name_, fd_.get());
}

std::optional<pid_t> holder_of_name(const ShmDirectory& directory, std::string_view name,
                                    std::string_view suffix) {
  const std::string file_name = joined(name, suffix);
  const UniqueFd fd(
      ::openat(directory.fd(), file_name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat found = {};
  if (!fd || ::fstat(fd.get(), &found) != 0 || !S_ISREG(found.st_mode) || found.st_uid != ::geteuid())
    return std::nullopt;
  if (!is_taken(fd.get(), kHolder)) return std::nullopt;
  return pid_in(fd.get());
}

}  // namespace pitbridge
