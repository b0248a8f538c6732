// SPDX-License-Identifier: MIT
#include "common/posix/shm/lock_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <ctime>

#include "common/core/sim/number_text.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/shm/own_file.hpp"

namespace pitbridge {
namespace {

/// The bytes of the file that are locked: the first by whoever has the files for himself, the second by a
/// bridge that has written its pid. So a pid is never read that a dead bridge has left.
constexpr off_t kExclusive = 0;
constexpr off_t kLivingBridge = 1;

constexpr std::size_t kMostPidBytes = 16;
/// Who cleans up has the lock for some milliseconds.
constexpr int kMaxAttempts = 100;
constexpr timespec kBetweenAttempts = {0, 10'000'000};

struct flock lock_of(off_t byte) {
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return lock;
}

bool take_byte(int fd, off_t byte) {
  struct flock lock = lock_of(byte);
  return ::fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

bool is_taken(int fd, off_t byte) {
  struct flock lock = lock_of(byte);
  return ::fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

std::optional<pid_t> pid_in(int fd) {
  char text[kMostPidBytes] = {};
  const ssize_t n = ::pread(fd, text, sizeof text, 0);
  if (n <= 0) return std::nullopt;
  const std::string_view all(text, static_cast<std::size_t>(n));
  return number_from<pid_t>(all.substr(0, all.find('\n')));
}

}  // namespace

bool LockFile::lock_as_bridge() {
  if (!take_byte(file_->fd(), kExclusive)) return false;
  const std::string pid = fmt::format("{}\n", ::getpid());
  const Store store = {0, std::as_bytes(std::span(pid))};
  return file_->publish({&store, 1}) && take_byte(file_->fd(), kLivingBridge);
}

Expected<std::unique_ptr<LockFile>> LockFile::take(std::shared_ptr<ShmDirectory> directory,
                                                   std::string_view sim, std::optional<pid_t>& holder) {
  auto file = ShmFile::open(std::move(directory), lock_file_name(sim), kMostPidBytes, 0600, Others::kNothing);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  std::unique_ptr<LockFile> lock(new LockFile(std::move(*file)));
  for (int attempt = 0; attempt < kMaxAttempts; ++attempt) {
    if (lock->lock_as_bridge()) return lock;
    if (is_taken(lock->file_->fd(), kLivingBridge)) {
      holder = pid_in(lock->file_->fd());
      break;
    }
    ::nanosleep(&kBetweenAttempts, nullptr);
  }
  return fail(ExitCode::kAlreadyRunning,
              fmt::format("{}: another process holds the lock", lock->file_->path()));
}

std::unique_ptr<LockFile> LockFile::take_existing(std::shared_ptr<ShmDirectory> directory,
                                                  std::string_view sim) {
  auto file = ShmFile::open_existing(std::move(directory), lock_file_name(sim));
  if (!file || !take_byte((*file)->fd(), kExclusive)) return nullptr;
  return std::unique_ptr<LockFile>(new LockFile(std::move(*file)));
}

Expected<bool> LockFile::check() {
  auto repaired = file_->check();
  if (repaired && *repaired && !lock_as_bridge())
    return fail(ExitCode::kAlreadyRunning, file_->path() + ": another bridge has taken the lock");
  return repaired;
}

bool bridge_lives(const std::string& directory, std::string_view sim) {
  const OwnFile file = open_own_file(directory, lock_file_name(sim));
  return file.fd && is_taken(file.fd.get(), kLivingBridge);
}

}  // namespace pitbridge
