// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pitbridge {

/// A normalised value: one number, several (wheels), or a text.
using Value = std::variant<double, std::vector<double>, std::string>;

/// Why a quantity has no value. The numbers are those of the values page (pitbridge-shm(7)).
enum class AbsentReason : std::uint32_t {
  kUnknown = 0,         ///< nothing is known of the game: no title, or no data
  kNotGiven = 1,        ///< the sim does not give it
  kNotYet = 2,          ///< the sim says that there is none now, or has not filled its memory yet
  kUnknownVersion = 3,  ///< the layout of the game's version is not known
  kImplausible = 4,     ///< what stands there no vehicle can do
  kOff = 5,             ///< the game is off: what stands there is of an earlier drive, or nothing
  kCutOff = 6,          ///< the game's section ends before it
};
/// As JSON names it: "not_given".
std::string_view reason_name(AbsentReason reason);

}  // namespace pitbridge
