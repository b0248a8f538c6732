// SPDX-License-Identifier: MIT
#pragma once

#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/posix/region/shm_directory.hpp"

/// The one way in which a file of shared memory is opened, made and given its space, in a directory that
/// others may write to.
namespace pitbridge {

/// The owner's permissions, which each file of ours has.
inline constexpr mode_t kOwnersBits = S_IRUSR | S_IWUSR;
inline constexpr std::size_t kPageBytes = 4096;

std::size_t page_rounded(std::size_t size_bytes);

struct PlainFileWish {
  bool may_make = false;
  mode_t mode = kOwnersBits;  ///< of a file that is made, whatever the umask
  /// The permissions that a file which is there may keep; it always gets those of its owner.
  mode_t most = kOwnersBits;
};

struct PlainFile {
  UniqueFd fd;
  bool was_made = false;
};

/// Opens `name` (it may hold one slash) for reading and writing. Refuses what is not a plain file of our own
/// with one name. Follows no symbolic link, and waits for nobody. Nothing: there is none, and none was to be
/// made.
Expected<std::optional<PlainFile>> open_plain_file(const ShmDirectory& directory, std::string_view name,
                                                   const PlainFileWish& wish);

/// Takes away from a file what `most` forbids, and gives its owner what he needs.
void mend_mode(int fd, mode_t found, mode_t most);

/// What is at the path now, itself if it is a link; nothing when there is nothing.
std::optional<struct stat> look_at(const ShmDirectory& directory, std::string_view name);

/// Whether both are one file.
bool is_same_inode(const struct stat& a, const struct stat& b);

/// As posix_fallocate(3), through all signals: 0, or the error.
int allocate(int fd, std::size_t size_bytes);

/// Gives a file its memory now, so that a full /dev/shm is an error, and not a SIGBUS at the first store.
Expected<void> reserve(const ShmDirectory& directory, std::string_view name, int fd, std::size_t size_bytes);

/// Whether somebody has cut the file, perhaps to grow it again: storing to it is a SIGBUS then, or will be
/// when the directory is full. `found` is of `fd`.
bool lacks_pages(int fd, const struct stat& found, std::size_t size_bytes);

/// kOutputRefused, about one file of the directory.
Error refused_file(const ShmDirectory& directory, std::string_view name, const std::string& why);

}  // namespace pitbridge
