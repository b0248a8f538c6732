// SPDX-License-Identifier: MIT
#include "common/posix/shm/status_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// An open-file lock: a reader can ask for it (F_OFD_GETLK) without ever holding it.
struct flock whole_file_lock() {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

enum class Lock { kTaken, kHeldByAnother, kRefused };

Lock take_lock(int fd) {
  struct flock lock = whole_file_lock();
  if (::fcntl(fd, F_OFD_SETLK, &lock) == 0) return Lock::kTaken;
  return errno == EAGAIN || errno == EACCES ? Lock::kHeldByAnother : Lock::kRefused;
}

/// The bridge that has neither left nor lives, if the page tells of one.
std::optional<std::int32_t> killed_bridge_of(const std::optional<Status>& page) {
  if (!page || has_ended(static_cast<BridgeState>(page->header.state))) return std::nullopt;
  return page->header.bridge_pid;
}

}  // namespace

Expected<std::unique_ptr<StatusFile>> StatusFile::open(const SimPlace& place) {
  auto directory = ShmDirectory::open(place.directory);
  if (!directory) return tl::unexpected<Error>(std::move(directory.error()));
  return open(place, std::move(*directory));
}

Expected<std::unique_ptr<StatusFile>> StatusFile::open(const SimPlace& place,
                                                       std::shared_ptr<ShmDirectory> directory) {
  auto status = std::make_unique<StatusFile>();
  auto file = ShmFile::open(directory, status_file_name(place.sim), kStatusPageBytes, place.mode);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  status->file_ = std::move(*file);
  const auto before = read_status(status->content());
  const Lock lock = take_lock(status->file_->fd());
  if (lock == Lock::kRefused)
    return fail(ExitCode::kFailure,
                fmt::format("{}: cannot lock the file: {}", status->path(), system_message(errno)));
  if (lock == Lock::kHeldByAnother) {
    const std::string who = before ? fmt::format("pid {}, prefix {}", before->header.bridge_pid,
                                                 fixed_text(before->header.prefix))
                                   : "pid not known yet";
    return fail(
        ExitCode::kAlreadyRunning,
        fmt::format("another {}bridge runs already ({}); end it with kill, or give this one a directory "
                    "of its own with --shm-dir",
                    place.sim, who));
  }
  status->abandoned_by_ = killed_bridge_of(before);
  auto readers = ReadersFile::open(std::move(directory), place.sim, place.mode);
  if (!readers) return tl::unexpected<Error>(std::move(readers.error()));
  status->readers_ = std::move(*readers);
  return status;
}

std::unique_ptr<StatusFile> StatusFile::of_killed_bridge(std::shared_ptr<ShmDirectory> directory,
                                                         std::string_view sim) {
  auto status = std::make_unique<StatusFile>();
  auto file = ShmFile::open_existing(std::move(directory), status_file_name(sim));
  if (!file || (*file)->memory().size() < kStatusPageBytes) return nullptr;
  status->file_ = std::move(*file);
  if (take_lock(status->file_->fd()) != Lock::kTaken) return nullptr;
  status->abandoned_by_ = killed_bridge_of(read_status(status->content()));
  return status->abandoned_by_ ? std::move(status) : nullptr;
}

std::vector<std::byte> StatusFile::content() const {
  std::vector<std::byte> bytes(kStatusPageBytes);
  (void)::pread(file_->fd(), bytes.data(), bytes.size(), 0);
  return bytes;
}

void StatusFile::wake_readers() {
  if (readers_ && !readers_->anybody_waits()) return;
  // Not the private kind: the waiters are other processes. A page that somebody cut gives EFAULT.
  std::byte* word = file_->memory().data() + offsetof(StatusHeader, futex_word);
  ::syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

Expected<bool> StatusFile::check() {
  if (auto readers = readers_->check(); !readers) return readers;
  auto repaired = file_->check();
  if (repaired && *repaired && take_lock(file_->fd()) == Lock::kHeldByAnother)
    return fail(ExitCode::kAlreadyRunning, path() + ": another bridge has taken the status page");
  return repaired;
}

bool is_locked_by_a_bridge(int status_fd) {
  struct flock lock = whole_file_lock();
  return ::fcntl(status_fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace pitbridge
