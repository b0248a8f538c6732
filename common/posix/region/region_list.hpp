// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/posix/region/region.hpp"

namespace pitbridge {

/// One name of a directory, as somebody finds it who only looks.
struct RegionEntry {
  std::string name;
  uid_t owner = 0;
  bool is_foreign = false;  ///< of another user: the rest of this is not known, and nothing of it believed
  bool is_bare = false;     ///< no header, or one that cannot be: only its lock tells of it
  bool is_there = false;    ///< false: a publisher was killed, and only its lock is left, or a part
  RegionStamp stamp = {};   ///< `data_bytes` is the size of a bare file
  std::optional<pid_t> publisher = {};  ///< lives; 0: its pid is not known

  /// The publisher was killed.
  bool is_abandoned() const { return !is_foreign && !publisher && !stamp.has_left; }
};

/// Every region of our own, and what another user passes off as one, by name. A bare region is known by its
/// lock: one whose publisher has left is a file like others.
std::vector<RegionEntry> regions_in(const ShmDirectory& directory);
/// Nothing: there is none.
std::optional<RegionEntry> region_entry(const ShmDirectory& directory, std::string_view name);

/// Removes a region of our own that nobody publishes, with its lock; its readers are told. kAlreadyRunning:
/// its publisher lives. kOutputRefused: it is not ours. Nothing: there is none.
Expected<std::optional<RegionEntry>> remove_region(const std::shared_ptr<ShmDirectory>& directory,
                                                   std::string_view name);

}  // namespace pitbridge
