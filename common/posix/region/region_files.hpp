// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "common/core/shm/region_header.hpp"
#include "common/posix/region/shm_directory.hpp"

/// The steps of a region's life that more than one file of this room takes.
namespace pitbridge {

/// What a region is called, in the same directory, until it is whole. No region has such a name.
std::string unfinished_name(std::string_view name);
/// Removes what a publisher has left there that was killed. For whoever has the lock of the name.
bool remove_unfinished(const ShmDirectory& directory, std::string_view name);
/// Gives what is unfinished the region's name. False: errno says why.
bool give_name(const ShmDirectory& directory, std::string_view name, bool replaces);

/// Tells the readers that nobody publishes any more. Leaves the sequence as it is: an update in whose middle
/// the publisher has died stays one.
void mark_left(RegionHeader& header);

}  // namespace pitbridge
