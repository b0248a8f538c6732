// SPDX-License-Identifier: MIT
#pragma once

#include "bridges/doctor/facts.hpp"
#include "bridges/doctor/gather_options.hpp"

namespace pitbridge::doctor {

ShmFacts shm_facts(const GatherOptions& options);
SteamFacts steam_facts(const Sim& sim, const GatherOptions& options);
/// Looks at the session and the bridges among `facts`.
SimdFacts simd_facts(const Facts& facts, const GatherOptions& options);

}  // namespace pitbridge::doctor
