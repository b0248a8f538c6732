// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// The program that bridges `sim`, for instance "acbridge"; for one that sends packets the command that
/// receives them.
std::string bridge_program(const Sim& sim);

/// The file of each mapping, in the order of the mappings.
std::vector<std::string> file_names(const Sim& sim);
/// These, and the further names of the same bytes.
std::vector<std::string> all_file_names(const Sim& sim);

/// The file of the mapping of whose records a bridge makes this one where nobody else does; empty: it does
/// not.
std::string_view made_of(const Sim& sim, std::string_view file_name);

/// The sim's titles and mappings as a table for people.
std::string describe(const Sim& sim);

}  // namespace pitbridge
