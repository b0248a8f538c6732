// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/pitshm/mapping.hpp"

namespace pitbridge::e2e {

/// Touches a view of 16 pages whose file was cut to the first of them, in every way in which a program may.
/// Returns the first thing that went wrong; empty: nothing.
std::string guard_fault(pitshm::View& view);

}  // namespace pitbridge::e2e
