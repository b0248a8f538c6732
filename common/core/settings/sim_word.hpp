// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "common/core/error.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// What a user means by a word, in any case: a sim ("ac"), a title's id or name, the exe of a game or of its
/// launcher with or without ".exe" ("acc"), or a Steam app id. The title is null where the word is a sim's.
/// The error names the nearest word.
Expected<KnownTitle> title_of_word(std::string_view word);

/// The file name of a mapping that is named so, or whose section is. kUsage: the sim has none; says which one
/// was meant.
Expected<std::string> mapping_of_word(const Sim& sim, std::string_view word);

}  // namespace pitbridge
