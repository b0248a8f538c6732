// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

namespace pitbridge {

/// A log has this many bytes at most, and as many of before stand in `PATH.1`.
inline constexpr std::size_t kMaxLogBytes = std::size_t{1} << 20U;

/// Makes room in a log that has grown too long: its last kMaxLogBytes go to `PATH.1`, and the file, which
/// keeps its inode, begins anew. Others that append to it, as Wine does for a bridge, go on in the same file.
/// `fd` is the log at `path`, open for appending; what is no regular file is left alone.
void cut_log(int fd, const std::string& path);

}  // namespace pitbridge
