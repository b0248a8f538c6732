// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "common/core/mirror/ports.hpp"
#include "common/posix/system/fd.hpp"

namespace pitbridge {

/// A section of another process, mapped by the descriptor of its pages, which may be read. Null when the
/// descriptor is not of the section `id`, or cannot be mapped in this size.
std::unique_ptr<View> view_section(UniqueFd descriptor, const SectionId& id, std::size_t size_bytes);

}  // namespace pitbridge
