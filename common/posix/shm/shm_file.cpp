// SPDX-License-Identifier: MIT
#include "common/posix/shm/shm_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/statfs.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "common/core/mirror/copy.hpp"
#include "common/core/sim/mapping_name.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/shm/live_file.hpp"
#include "common/posix/system/fault_guard.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// Enough for every reader generation of one evening; the oldest is let go beyond that.
constexpr std::size_t kMaxDisplaced = 4;
constexpr std::size_t kPageBytes = 4096;
constexpr mode_t kOwnersBits = S_IRUSR | S_IWUSR;

/// The permissions that a file may have at most.
mode_t most_bits(Others others) {
  switch (others) {
    case Others::kNothing:
      return kOwnersBits;
    case Others::kRead:
      return kOwnersBits | S_IRGRP | S_IROTH;
    case Others::kReadAndWrite:
      break;
  }
  return 0666;
}

std::size_t page_rounded(std::size_t size) {
  return (size + kPageBytes - 1) / kPageBytes * kPageBytes;
}

}  // namespace

MappedMemory::MappedMemory(MappedMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_bytes_(std::exchange(other.size_bytes_, 0)) {}

MappedMemory& MappedMemory::operator=(MappedMemory&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

MappedMemory::~MappedMemory() {
  if (data_ != nullptr) ::munmap(data_, size_bytes_);
}

ShmFile::ShmFile(std::shared_ptr<ShmDirectory> directory, std::string_view name, mode_t mode, Others others)
    : directory_(std::move(directory)),
      name_(name),
      path_(directory_->path() + "/" + name_),
      mode_(mode & most_bits(others)),
      others_(others) {}

Error ShmFile::refusal(const std::string& why) const {
  return {ExitCode::kOutputRefused, fmt::format("{}: {}", path_, why)};
}

Expected<std::unique_ptr<ShmFile>> ShmFile::open(std::shared_ptr<ShmDirectory> directory,
                                                 std::string_view name, std::size_t size_bytes, mode_t mode,
                                                 Others others) {
  if (auto good = check_file_name(name); !good) return tl::unexpected<Error>(std::move(good.error()));
  std::unique_ptr<ShmFile> file(new ShmFile(std::move(directory), name, mode, others));
  file->bring_back();
  auto fd = file->open_checked(true);
  if (!fd) return tl::unexpected<Error>(std::move(fd.error()));
  auto inode = file->adopt(std::move(*fd), page_rounded(size_bytes));
  if (!inode) {
    file->take_back();  // an empty file would tell readers of a bridge that never was
    return tl::unexpected<Error>(std::move(inode.error()));
  }
  file->inode_ = std::move(*inode);
  file->size_bytes_ = file->inode_.memory.size_bytes();
  return file;
}

Expected<std::unique_ptr<ShmFile>> ShmFile::open(const std::string& directory, std::string_view name,
                                                 std::size_t size_bytes, mode_t mode, Others others) {
  auto opened = ShmDirectory::open(directory);
  if (!opened) return tl::unexpected<Error>(std::move(opened.error()));
  return open(std::move(*opened), name, size_bytes, mode, others);
}

Expected<std::unique_ptr<ShmFile>> ShmFile::open_existing(std::shared_ptr<ShmDirectory> directory,
                                                          std::string_view name) {
  if (auto good = check_file_name(name); !good) return tl::unexpected<Error>(std::move(good.error()));
  std::unique_ptr<ShmFile> file(new ShmFile(std::move(directory), name, 0, Others::kRead));
  file->bring_back();
  auto fd = file->open_checked(false);
  if (!fd) return tl::unexpected<Error>(std::move(fd.error()));
  struct stat found = {};
  if (::fstat(fd->get(), &found) != 0 || found.st_size == 0)
    return tl::unexpected<Error>(file->refusal("is empty"));
  auto inode = file->map(std::move(*fd), static_cast<std::size_t>(found.st_size));
  if (!inode) return tl::unexpected<Error>(std::move(inode.error()));
  file->inode_ = std::move(*inode);
  file->size_bytes_ = file->inode_.memory.size_bytes();
  return file;
}

std::optional<struct stat> ShmFile::look_at_path() const {
  struct stat found = {};
  const auto place = directory_->place_of(name_, std::nullopt);
  if (!place || ::fstatat(place->parent.get(), place->leaf.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    return std::nullopt;
  return found;
}

void ShmFile::take_back() {
  if (!std::exchange(was_made_, false)) return;
  if (const auto place = directory_->place_of(name_, std::nullopt))
    (void)::unlinkat(place->parent.get(), place->leaf.c_str(), 0);
}

Expected<UniqueFd> ShmFile::open_checked(bool may_make) {
  const auto place = directory_->place_of(name_, may_make ? std::optional(mode_) : std::nullopt);
  if (!place) return tl::unexpected<Error>(place.error());
  // O_NONBLOCK: a planted FIFO or device must not hold us up; it means nothing for a plain file.
  constexpr int kFlags = O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  UniqueFd fd(::openat(place->parent.get(), place->leaf.c_str(), kFlags));
  if (!fd && errno == ENOENT && may_make) {
    fd = UniqueFd(::openat(place->parent.get(), place->leaf.c_str(), kFlags | O_CREAT, mode_));
    was_made_ = static_cast<bool>(fd);
    if (fd) (void)::fchmod(fd.get(), mode_);  // --mode is meant as it is written, whatever the umask
  }
  const int error = errno;
  struct stat found = {};
  const bool known =
      fd ? ::fstat(fd.get(), &found) == 0
         : ::fstatat(place->parent.get(), place->leaf.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0;
  if (known && !S_ISREG(found.st_mode))
    return tl::unexpected<Error>(
        refusal(fmt::format("is {}, not a plain file; move it away", kind_of(found.st_mode))));
  if (known && found.st_uid != ::geteuid())
    return tl::unexpected<Error>(refusal(
        fmt::format("belongs to user {}, not to us ({}); ask that user to remove it, or use --shm-dir",
                    found.st_uid, ::geteuid())));
  if (!fd)
    return tl::unexpected<Error>(
        refusal(fmt::format("cannot open or create the file: {}; check the directory's permissions, or use "
                            "--shm-dir",
                            system_message(error))));
  if (found.st_nlink > 1)
    return tl::unexpected<Error>(refusal(fmt::format(
        "has {} hard links, so writing to it would change another file; remove it", found.st_nlink)));
  mend_mode(fd.get(), found.st_mode);
  return fd;
}

void ShmFile::mend_mode(int fd, mode_t found) const {
  const mode_t wanted = (found & most_bits(others_)) | kOwnersBits;
  if (wanted != (found & 0777U)) (void)::fchmod(fd, wanted);
}

Expected<void> ShmFile::reserve(int fd, std::size_t size_bytes) const {
  int error = EINTR;
  while (error == EINTR) error = ::posix_fallocate(fd, 0, static_cast<off_t>(size_bytes));
  if (error != 0)
    return tl::unexpected<Error>(
        refusal(fmt::format("cannot reserve {} bytes: {}; free space in {} (df -h {})", size_bytes,
                            system_message(error), directory_->path(), directory_->path())));
  return {};
}

Expected<ShmFile::Inode> ShmFile::adopt(UniqueFd fd, std::size_t size_bytes) const {
  if (auto reserved = reserve(fd.get(), size_bytes); !reserved)
    return tl::unexpected<Error>(std::move(reserved.error()));
  struct stat now = {};
  if (::fstat(fd.get(), &now) != 0) return tl::unexpected<Error>(refusal(system_message(errno)));
  if (static_cast<std::size_t>(now.st_size) > size_bytes) {
    // A longer file stays as long as it is; its tail is emptied without taking memory for it.
    (void)::fallocate(fd.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(size_bytes),
                      now.st_size - static_cast<off_t>(size_bytes));
  }
  return map(std::move(fd), size_bytes);
}

Expected<ShmFile::Inode> ShmFile::map(UniqueFd fd, std::size_t size_bytes) const {
  struct stat now = {};
  if (::fstat(fd.get(), &now) != 0) return tl::unexpected<Error>(refusal(system_message(errno)));
  void* at = ::mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  if (at == MAP_FAILED)
    return tl::unexpected<Error>(refusal(fmt::format("cannot map the file: {}", system_message(errno))));
  Inode inode;
  inode.memory = MappedMemory(static_cast<std::byte*>(at), size_bytes);
  inode.fd = std::move(fd);
  inode.id = {now.st_dev, now.st_ino};
  return inode;
}

bool ShmFile::publish(std::span<const Store> stores) {
  const auto publish_to = [&](const Inode& inode) {
    return survives_sigbus([&] {
      for (const Store& store : stores) {
        if (store.offset_bytes + store.bytes.size() > inode.memory.size_bytes()) continue;
        store_relaxed(inode.memory.data() + store.offset_bytes, store.bytes);
        std::atomic_thread_fence(std::memory_order_release);
      }
    });
  };
  for (const Inode& inode : displaced_) (void)publish_to(inode);
  return publish_to(inode_);
}

void ShmFile::clear() {
  const auto clear_one = [](const Inode& inode) {
    (void)survives_sigbus([&] { zero_relaxed(inode.memory.data(), inode.memory.size_bytes()); });
  };
  clear_one(inode_);
  for (const Inode& inode : displaced_) clear_one(inode);
}

Expected<void> ShmFile::grow(std::size_t size_bytes) {
  const std::size_t wanted = page_rounded(size_bytes);
  if (wanted <= size_bytes_) return {};
  UniqueFd again(::fcntl(inode_.fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!again) return tl::unexpected<Error>(refusal(system_message(errno)));
  auto inode = adopt(std::move(again), wanted);
  if (!inode) return tl::unexpected<Error>(std::move(inode.error()));
  // The lock of a status page belongs to the open file, which both descriptors share.
  inode_ = std::move(*inode);
  size_bytes_ = wanted;
  return {};
}

bool ShmFile::lacks_pages(const struct stat& own) const {
  if (static_cast<std::size_t>(own.st_size) < size_bytes_) return true;
  // A file that was cut and grown again holds holes, and storing into a hole of a full /dev/shm is a SIGBUS.
  // Only tmpfs counts blocks so plainly.
  struct statfs system = {};
  if (::fstatfs(inode_.fd.get(), &system) != 0 || system.f_type != TMPFS_MAGIC) return false;
  return static_cast<std::size_t>(own.st_blocks) * 512 < size_bytes_;
}

void ShmFile::put_aside() {
  const auto at_path = look_at_path();
  const auto place = directory_->place_of(name_, std::nullopt);
  if (place && at_path && SectionId{at_path->st_dev, at_path->st_ino} == inode_.id)
    (void)::renameat(place->parent.get(), place->leaf.c_str(), place->parent.get(),
                     aside_name(place->leaf).c_str());
  is_aside_ = true;
}

void ShmFile::put_back() {
  bring_back();
  is_aside_ = false;
}

void ShmFile::bring_back() const {
  const auto place = directory_->place_of(name_, std::nullopt);
  if (!place) return;
  const std::string aside = aside_name(place->leaf);
  const int parent = place->parent.get();
  struct stat found = {};
  if (::fstatat(parent, aside.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (!S_ISREG(found.st_mode) || found.st_uid != ::geteuid()) return;
  // Somebody may have made a new one at the path meanwhile: that is where readers look then. Any other
  // failure costs nobody the file that he has open.
  if (::renameat2(parent, aside.c_str(), parent, place->leaf.c_str(), RENAME_NOREPLACE) != 0 &&
      errno == EEXIST)
    (void)::unlinkat(parent, aside.c_str(), 0);
}

Expected<bool> ShmFile::check() {
  if (is_aside_) return false;
  struct stat own = {};
  if (::fstat(inode_.fd.get(), &own) != 0) return tl::unexpected<Error>(refusal(system_message(errno)));
  if (auto there = directory_->check(); !there) return tl::unexpected<Error>(std::move(there.error()));
  const auto at_path = look_at_path();
  if (!at_path || at_path->st_ino != own.st_ino || at_path->st_dev != own.st_dev) {
    auto fd = open_checked(true);
    if (!fd) return tl::unexpected<Error>(std::move(fd.error()));
    auto inode = adopt(std::move(*fd), size_bytes_);
    if (!inode) return tl::unexpected<Error>(std::move(inode.error()));
    std::swap(inode_, *inode);
    displaced_.push_back(std::move(*inode));
    (void)survives_sigbus([&] { zero_relaxed(inode_.memory.data(), inode_.memory.size_bytes()); });
    if (displaced_.size() > kMaxDisplaced) displaced_.erase(displaced_.begin());
    return true;
  }
  if (own.st_nlink > 1)
    return tl::unexpected<Error>(refusal(fmt::format(
        "got {} hard links, so writing to it changes another file; remove the others", own.st_nlink)));
  mend_mode(inode_.fd.get(), own.st_mode);
  if (lacks_pages(own)) {
    if (auto reserved = reserve(inode_.fd.get(), size_bytes_); !reserved)
      return tl::unexpected<Error>(std::move(reserved.error()));
    return true;
  }
  return false;
}

Expected<std::unique_ptr<Sink>> ShmFileFactory::open(std::string_view file_name, std::size_t size_bytes) {
  auto file = ShmFile::open(directory_, file_name, size_bytes, mode_);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  return std::unique_ptr<Sink>(std::move(*file));
}

Expected<std::unique_ptr<LiveSlot>> ShmFileFactory::open_live_slot() {
  auto file = LiveFile::open(directory_, mode_);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  return std::unique_ptr<LiveSlot>(std::move(*file));
}

}  // namespace pitbridge
