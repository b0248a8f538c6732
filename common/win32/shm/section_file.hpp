// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "common/core/error.hpp"
#include "common/win32/shm/handle.hpp"

namespace pitbridge {

/// Opens a file that is to be the pages of a section, by a path as Windows writes it. Nobody is kept from
/// reading, writing, renaming or removing it meanwhile.
Expected<UniqueHandle> open_section_file(std::string_view path);

}  // namespace pitbridge
