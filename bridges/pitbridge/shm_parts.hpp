// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "common/core/error.hpp"
#include "common/posix/region/shm_directory.hpp"

/// The parts of `pitbridge shm`.
namespace pitbridge::shm_command {

struct PartOptions {
  std::string name;  ///< empty: none was given
  bool json = false;
  bool dry_run = false;
};

/// What the settings say, else PITSHM_DIR, as the library has it.
Expected<std::shared_ptr<ShmDirectory>> directory_of_regions();

Expected<void> list(const PartOptions& options);
Expected<void> clean(const PartOptions& options);
Expected<void> watch(const PartOptions& options);

}  // namespace pitbridge::shm_command
