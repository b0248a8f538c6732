// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/core/model/lap.hpp"

/// The text in iRacing's map: YAML, as far as anybody asks. Its sections end with an empty line.
namespace pitbridge::model {

/// The record of a driver; `more`: further lines of it.
std::string driver_text(std::size_t number, std::string_view driver, std::string_view car,
                        std::string_view more = {});

/// What the text says of the session.
struct SessionText {
  std::string_view kind;                            ///< as iRacing calls it: "Race"
  std::string weekend_more = {}, driver_more = {};  ///< further lines
  std::uint32_t own_number = 0;                     ///< of the player's car
  std::string drivers = {};                         ///< their records
};
std::string session_text(const LapState& car, const SessionText& session);

}  // namespace pitbridge::model
