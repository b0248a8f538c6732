// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "common/core/error.hpp"
#include "common/win32/shm/section.hpp"

namespace pitbridge {

/// Makes the named mapping `name` whose pages are those of the native file `path`, in its whole size. It
/// lives as long as the section is owned. Fails when the name is taken: a mapping made late would publish
/// nothing, silently. The file must stay as long as it is, or its readers under Wine die of a page fault.
Expected<Section> make_file_mapping(std::string_view name, const std::string& path);
/// As above; a name that is taken gives that mapping, of which `was_there()` says so.
Expected<Section> make_or_find_file_mapping(std::string_view name, const std::string& path);

}  // namespace pitbridge
