// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// The program that bridges `sim`, for instance "acbridge".
std::string bridge_program(const Sim& sim);

/// The file of each mapping, in the order of the mappings.
std::vector<std::string> file_names(const Sim& sim);
/// These, and the further names of the same bytes.
std::vector<std::string> all_file_names(const Sim& sim);

/// The sim's titles and mappings as a table for people.
std::string describe(const Sim& sim);

}  // namespace pitbridge
