// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bridges/command/describe.hpp"

namespace pitbridge {

/// What a shell may offer for the value of an option, or for an argument.
struct Offer {
  enum class Kind : std::uint8_t {
    kNothing,    ///< a number, an address: only the user knows
    kWords,      ///< one of `words`
    kFile,       ///< a file or a directory
    kDirectory,  ///< a directory
    kCommand,    ///< a program, and what that takes
  };
  Kind kind = Kind::kNothing;
  std::vector<std::string> words = {};

  bool operator==(const Offer&) const = default;
};

/// By the words that the option declares, else by what --help calls its value: SIM, TITLE, FILE...
Offer offer_for(const DescribedOption& option);

}  // namespace pitbridge
