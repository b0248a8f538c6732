// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "bridges/doctor/facts.hpp"

namespace pitbridge::doctor {

/// No program or library that is read whole is larger.
inline constexpr std::size_t kMaxProgramBytes = std::size_t{64} << 20U;

/// The path itself, or with `follow` what a symbolic link leads to.
PathFacts path_facts(const std::string& path, bool follow = false);

/// Both are one file, or two with the same bytes.
bool is_same_content(const std::string& a, const std::string& b);

}  // namespace pitbridge::doctor
