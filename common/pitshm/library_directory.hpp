// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "common/posix/region/shm_directory.hpp"
#include "common/posix/system/paths.hpp"

namespace pitshm::detail {

/// The directory that the caller names; null: that of PITSHM_DIR. Where it is empty, /dev/shm.
inline pitbridge::Expected<std::shared_ptr<pitbridge::ShmDirectory>> open_library_directory(
    const char* named) {
  constexpr pitbridge::DirectoryChoice kChoice = {.option = "another directory (PITSHM_DIR)",
                                                  .anew = "another with PITSHM_DIR"};
  const std::string path = named != nullptr ? named : pitbridge::environment_or("PITSHM_DIR", "");
  return pitbridge::ShmDirectory::open(path.empty() ? std::string(pitbridge::kDefaultShmDirectory) : path,
                                       kChoice);
}

}  // namespace pitshm::detail
