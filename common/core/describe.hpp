// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/core/sim.hpp"

namespace pitbridge {

/// The program that bridges `sim`, for instance "acbridge".
std::string bridge_program(const Sim& sim);

/// The sim's titles and mappings as a table for people.
std::string describe(const Sim& sim);

}  // namespace pitbridge
