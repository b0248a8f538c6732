// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pitbridge {

/// The most that is read of one file. The texts for which these functions are used are shorter.
inline constexpr std::size_t kMaxSmallFileBytes = std::size_t{8} << 20U;

/// The bytes of a file, at most `max_bytes`; nothing when it cannot be opened or read. Never waits for the
/// writer of a FIFO.
std::optional<std::string> small_file(const std::string& path, std::size_t max_bytes = kMaxSmallFileBytes);

/// Where a symbolic link points to; nothing when it is none or may not be read.
std::optional<std::string> link_target(const std::string& path);

/// The names in a directory but for "." and "..", sorted; empty when it cannot be read.
std::vector<std::string> directory_entries(const std::string& path);

bool is_directory(const std::string& path);
bool is_socket(const std::string& path);
/// A regular file that we may execute.
bool is_program(const std::string& path);
/// Both exist and are one file, by device and inode, symbolic links followed.
bool is_same_file(const std::string& a, const std::string& b);

/// What kind of file st_mode says it is, for people: "a directory".
std::string_view kind_of(mode_t mode);

/// The part behind the last slash; the whole without one.
std::string file_name_of(const std::string& path);
/// The part before the last slash, without it; empty without one.
std::string parent_of(const std::string& path);

}  // namespace pitbridge
