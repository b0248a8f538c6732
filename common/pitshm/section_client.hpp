// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/core/shm/section_reply.hpp"
#include "common/pitshm/result.h"
#include "common/posix/system/fd.hpp"

/// Asks a bridge for a section; not installed.
namespace pitshm::detail {

struct Section {
  pitbridge::UniqueFd descriptor;
  pitbridge::SectionReply told;
};

/// Puts the answer into `section`. Everything that was told is checked against the descriptor.
pitshm_result ask_section(const std::string& directory, const std::string& bridge, const std::string& name,
                          Section& section);

}  // namespace pitshm::detail
