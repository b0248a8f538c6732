// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/posix/region/shm_directory.hpp"

namespace pitbridge {

/// A file of shared memory, as somebody finds it who only looks.
struct OwnFile {
  /// For reading. None: it is not there, may not be read, or is no plain file of our own with one name.
  UniqueFd fd;
  /// Whose it is, or the directory of its own that it is in; nothing: it is ours, or there is none.
  std::optional<uid_t> foreign_owner;
  /// What the system answered when it was not opened; 0: it was, and is no plain file with one name.
  int error = 0;
};

/// Opens a file for reading if it is ours. What other users put into a directory that all may write is never
/// read: whoever believes it sees games and bridges that are not there.
OwnFile open_own_file(const ShmDirectory& directory, std::string_view name);
/// As above, whoever owns the file itself: for a caller that believes its owner.
OwnFile open_file_of_any_owner(const ShmDirectory& directory, std::string_view name);
/// One of our own, in the directory of this path.
OwnFile open_own_file(const std::string& directory, std::string_view name);

/// The bytes of the file, at most so many; by read(2), which a file that somebody cuts cannot hurt.
std::vector<std::byte> bytes_of(const OwnFile& file, std::size_t max_bytes);

/// As many bytes from `offset_bytes` as are there; returns how many.
std::size_t read_bytes(int fd, std::size_t offset_bytes, std::span<std::byte> out);

}  // namespace pitbridge
