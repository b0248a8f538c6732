// SPDX-License-Identifier: MIT
#include "common/posix/shm/lock_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>

#include "common/core/sim/number_text.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/region/byte_lock.hpp"
#include "common/posix/region/own_file.hpp"

namespace pitbridge {
namespace {

/// The bytes of the file that are locked: the first by whoever has the files for himself, the second by a
/// holder that has written its name, the third by the challenger that has. So a name is never read that a
/// dead bridge has left. Far behind the file's end, a byte for each prefix.
constexpr off_t kExclusive = 0;
constexpr off_t kLivingBridge = 1;
constexpr off_t kAsking = 2;
constexpr off_t kFirstPrefix = 4096;

/// Where the names stand: "PID\nPREFIX\n".
constexpr std::size_t kHolderAt = 0;
constexpr std::size_t kChallengerAt = 2048;
constexpr std::size_t kMostNameBytes = 2048;
/// Who cleans up has the lock for some milliseconds.
constexpr int kMostTries = 100;
constexpr timespec kBetweenTries = {0, 10'000'000};

/// By the directory itself: one prefix may have several names.
off_t byte_of_prefix(const std::string& prefix) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  const auto mix = [&](std::uint64_t value) { hash = (hash ^ value) * 0x100000001B3ULL; };
  struct stat found = {};
  if (::stat(prefix.c_str(), &found) == 0) {
    mix(found.st_dev);
    mix(found.st_ino);
  } else {
    for (const char c : prefix) mix(static_cast<unsigned char>(c));
  }
  return kFirstPrefix + static_cast<off_t>(hash >> 2U);
}

std::optional<NamedBridge> name_at(int fd, std::size_t at) {
  char text[kMostNameBytes] = {};
  const ssize_t n = ::pread(fd, text, sizeof text, static_cast<off_t>(at));
  if (n <= 0) return std::nullopt;
  const std::string_view all(text, static_cast<std::size_t>(n));
  const std::size_t line_end = all.find('\n');
  const auto pid = number_from<pid_t>(all.substr(0, line_end));
  if (!pid) return std::nullopt;
  const std::string_view rest = line_end == std::string_view::npos ? "" : all.substr(line_end + 1);
  return NamedBridge{*pid, std::string(rest.substr(0, rest.find('\n')))};
}

std::optional<NamedBridge> challenger_in(int fd) {
  if (!is_taken(fd, kAsking)) return std::nullopt;
  return name_at(fd, kChallengerAt);
}

}  // namespace

Expected<std::unique_ptr<LockFile>> LockFile::open(std::shared_ptr<ShmDirectory> directory,
                                                   std::string_view sim) {
  auto file = ShmFile::open(std::move(directory), lock_file_name(sim), kChallengerAt + kMostNameBytes, 0600,
                            Others::kNothing);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  return std::unique_ptr<LockFile>(new LockFile(std::move(*file)));
}

std::unique_ptr<LockFile> LockFile::take_existing(std::shared_ptr<ShmDirectory> directory,
                                                  std::string_view sim) {
  auto file = ShmFile::open_existing(std::move(directory), lock_file_name(sim));
  if (!file || !take_byte((*file)->fd(), kExclusive)) return nullptr;
  return std::unique_ptr<LockFile>(new LockFile(std::move(*file)));
}

bool LockFile::enter(const std::string& prefix) {
  prefix_ = prefix;
  return take_byte(file_->fd(), byte_of_prefix(prefix));
}

bool LockFile::lock_as_holder() {
  const int fd = file_->fd();
  return take_byte(fd, kExclusive) && write_name(kHolderAt) && take_byte(fd, kLivingBridge);
}

bool LockFile::take() {
  if (is_taken(file_->fd(), kAsking) || !lock_as_holder()) return false;
  withdraw();
  is_holder_ = true;
  return true;
}

bool LockFile::take_patiently() {
  for (int attempt = 0; attempt < kMostTries; ++attempt) {
    if (take()) return true;
    if (is_taken(file_->fd(), kLivingBridge)) break;
    ::nanosleep(&kBetweenTries, nullptr);
  }
  return false;
}

void LockFile::give_up() {
  is_holder_ = false;
  release_byte(file_->fd(), kLivingBridge);
  release_byte(file_->fd(), kExclusive);
}

std::optional<NamedBridge> LockFile::holder() const {
  if (!is_taken(file_->fd(), kLivingBridge)) return std::nullopt;
  return name_at(file_->fd(), kHolderAt);
}

bool LockFile::ask() {
  return take_byte(file_->fd(), kAsking) && write_name(kChallengerAt);
}

void LockFile::withdraw() {
  release_byte(file_->fd(), kAsking);
}

std::optional<NamedBridge> LockFile::challenger() const {
  return challenger_in(file_->fd());
}

bool LockFile::write_name(std::size_t at) {
  std::string name = fmt::format("{}\n{}\n", ::getpid(), prefix_.substr(0, kMostNameBytes - 16));
  name.resize(kMostNameBytes);
  const Store store = {at, std::as_bytes(std::span(name))};
  return file_->publish({&store, 1});
}

Expected<bool> LockFile::check() {
  auto repaired = file_->check();
  if (!repaired || !*repaired) return repaired;
  const bool entered = prefix_.empty() || take_byte(file_->fd(), byte_of_prefix(prefix_));
  if (!entered || (is_holder_ && !lock_as_holder()))
    return fail(ExitCode::kAlreadyRunning, path() + ": another bridge has taken the lock");
  return repaired;
}

bool bridge_lives(const std::string& directory, std::string_view sim) {
  const OwnFile file = open_own_file(directory, lock_file_name(sim));
  return file.fd && is_taken(file.fd.get(), kLivingBridge);
}

std::optional<NamedBridge> challenger_of(const std::string& directory, std::string_view sim) {
  const OwnFile file = open_own_file(directory, lock_file_name(sim));
  return file.fd ? challenger_in(file.fd.get()) : std::nullopt;
}

bool bridge_lives_in(const std::string& directory, std::string_view sim, const std::string& prefix) {
  const OwnFile file = open_own_file(directory, lock_file_name(sim));
  return file.fd && is_taken(file.fd.get(), byte_of_prefix(prefix));
}

}  // namespace pitbridge
