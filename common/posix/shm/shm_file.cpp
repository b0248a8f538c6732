// SPDX-License-Identifier: MIT
#include "common/posix/shm/shm_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "common/core/shm/relaxed_copy.hpp"
#include "common/core/sim/mapping_name.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/region/plain_file.hpp"
#include "common/posix/shm/bridge_directory.hpp"
#include "common/posix/shm/live_file.hpp"
#include "common/posix/system/fault_guard.hpp"
#include "common/posix/system/small_file.hpp"
#include "common/posix/system/system_error.hpp"

namespace pitbridge {
namespace {

/// Enough for every reader generation of one evening; the oldest is let go beyond that.
constexpr std::size_t kMaxDisplaced = 4;

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

}  // namespace

ShmFile::ShmFile(std::shared_ptr<ShmDirectory> directory, std::string_view name, mode_t mode, Others others)
    : directory_(std::move(directory)),
      name_(name),
      path_(directory_->path() + "/" + name_),
      mode_(mode & most_bits(others)),
      others_(others) {}

Error ShmFile::refusal(const std::string& why) const {
  return refused_file(*directory_, name_, why);
}

Expected<std::unique_ptr<ShmFile>> ShmFile::open(std::shared_ptr<ShmDirectory> directory,
                                                 std::string_view name, std::size_t size_bytes, mode_t mode,
                                                 Others others) {
  if (auto good = check_file_name(name); !good) return tl::unexpected<Error>(std::move(good.error()));
  std::unique_ptr<ShmFile> file(new ShmFile(std::move(directory), name, mode, others));
  file->bring_back();
  auto fd = file->open_checked(true);
  if (!fd) return tl::unexpected<Error>(std::move(fd.error()));
  auto inode = FileMemory::adopt(*file->directory_, name, std::move(*fd), page_rounded(size_bytes));
  if (!inode) {
    file->take_back();  // an empty file would tell readers of a bridge that never was
    return tl::unexpected<Error>(std::move(inode.error()));
  }
  file->inode_ = std::move(*inode);
  file->size_bytes_ = file->inode_.bytes().size();
  return file;
}

Expected<std::unique_ptr<ShmFile>> ShmFile::open(const std::string& directory, std::string_view name,
                                                 std::size_t size_bytes, mode_t mode, Others others) {
  auto opened = open_bridge_directory(directory);
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
  auto inode =
      FileMemory::map(*file->directory_, name, std::move(*fd), static_cast<std::size_t>(found.st_size));
  if (!inode) return tl::unexpected<Error>(std::move(inode.error()));
  file->inode_ = std::move(*inode);
  file->size_bytes_ = file->inode_.bytes().size();
  return file;
}

void ShmFile::take_back() {
  if (!std::exchange(was_made_, false)) return;
  if (const auto place = directory_->place_of(name_, std::nullopt))
    (void)::unlinkat(place->parent.get(), place->leaf.c_str(), 0);
}

Expected<UniqueFd> ShmFile::open_checked(bool may_make) {
  auto file =
      open_plain_file(*directory_, name_, {.may_make = may_make, .mode = mode_, .most = most_bits(others_)});
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  if (!*file) return tl::unexpected<Error>(refusal("there is no such file"));
  was_made_ = (*file)->was_made;
  return std::move((*file)->fd);
}

bool ShmFile::publish(std::span<const Store> stores) {
  const auto publish_to = [&](const FileMemory& inode) {
    return survives_sigbus([&] {
      for (const Store& store : stores) {
        if (store.offset_bytes + store.bytes.size() > inode.bytes().size()) continue;
        store_relaxed(inode.bytes().data() + store.offset_bytes, store.bytes);
        std::atomic_thread_fence(std::memory_order_release);
      }
    });
  };
  for (const FileMemory& inode : displaced_) (void)publish_to(inode);
  return publish_to(inode_);
}

void ShmFile::clear() {
  const auto clear_one = [](const FileMemory& inode) {
    (void)survives_sigbus([&] { zero_relaxed(inode.bytes().data(), inode.bytes().size()); });
  };
  clear_one(inode_);
  for (const FileMemory& inode : displaced_) clear_one(inode);
}

Expected<void> ShmFile::grow(std::size_t size_bytes) {
  const std::size_t wanted = page_rounded(size_bytes);
  if (wanted <= size_bytes_) return {};
  // The lock of a status page belongs to the open file, which stays.
  if (auto grown = inode_.grow(*directory_, name_, wanted); !grown) return grown;
  size_bytes_ = wanted;
  return {};
}

void ShmFile::put_aside() {
  const auto at_path = look_at(*directory_, name_);
  const auto place = directory_->place_of(name_, std::nullopt);
  if (place && at_path && SectionId{at_path->st_dev, at_path->st_ino} == id())
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
  if (::fstat(inode_.fd(), &own) != 0) return tl::unexpected<Error>(refusal(system_message(errno)));
  if (auto there = directory_->check(); !there) return tl::unexpected<Error>(std::move(there.error()));
  const auto at_path = look_at(*directory_, name_);
  if (!at_path || !is_same_inode(*at_path, own)) {
    auto fd = open_checked(true);
    if (!fd) return tl::unexpected<Error>(std::move(fd.error()));
    auto inode = FileMemory::adopt(*directory_, name_, std::move(*fd), size_bytes_);
    if (!inode) return tl::unexpected<Error>(std::move(inode.error()));
    std::swap(inode_, *inode);
    displaced_.push_back(std::move(*inode));
    (void)survives_sigbus([&] { zero_relaxed(inode_.bytes().data(), inode_.bytes().size()); });
    if (displaced_.size() > kMaxDisplaced) displaced_.erase(displaced_.begin());
    return true;
  }
  if (own.st_nlink > 1)
    return tl::unexpected<Error>(refusal(fmt::format(
        "got {} hard links, so writing to it changes another file; remove the others", own.st_nlink)));
  mend_mode(inode_.fd(), own.st_mode, most_bits(others_));
  if (lacks_pages(inode_.fd(), own, size_bytes_)) {
    if (auto reserved = reserve(*directory_, name_, inode_.fd(), size_bytes_); !reserved)
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
