// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "common/core/sim/sim_place.hpp"
#include "common/posix/region/region_name.hpp"
#include "common/posix/region/shm_directory.hpp"

namespace pitbridge {

static_assert(kBridgePrefix == kOwnFilePrefix, "nobody else may publish under the names of a bridge");

/// How a user of a bridge names another directory.
inline constexpr DirectoryChoice kBridgeDirectoryChoice = {
    .option = "--shm-dir", .anew = "another with --shm-dir or PITBRIDGE_SHM_DIR"};

/// The directory of a bridge's files.
inline Expected<std::shared_ptr<ShmDirectory>> open_bridge_directory(const std::string& path) {
  return ShmDirectory::open(path, kBridgeDirectoryChoice);
}

}  // namespace pitbridge
