// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/posix/region/shm_directory.hpp"

namespace pitbridge {

/// Clears what a bridge left that was killed: `file_names`, its values, its socket, and its page's state.
/// Which files these are the caller knows from tables of our own; the names in a page are not believed. Only
/// plain files of our own user are touched; none is made, grown or followed to another.
/// Does nothing while a bridge lives, or where the last one stopped by itself. Returns the pid of the killed
/// bridge when there was something to clear.
std::optional<std::int32_t> clean_up_after_killed_bridge(const std::shared_ptr<ShmDirectory>& directory,
                                                         std::string_view sim,
                                                         std::span<const std::string> file_names);
/// As above, in the directory of this path.
std::optional<std::int32_t> clean_up_after_killed_bridge(const std::string& directory, std::string_view sim,
                                                         std::span<const std::string> file_names);

}  // namespace pitbridge
