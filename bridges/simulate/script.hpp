// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/sim/codes.hpp"

/// What happens in a simulated drive: lines such as `at 20 flag yellow` (pitbridge(1), simulate).
namespace pitbridge {

enum class ScriptVerb : std::uint8_t {
  kPause,
  kResume,  ///< and `live`
  kMenu,
  kReplay,
  kOff,
  kQuit,   ///< the game's process ends
  kStart,  ///< and comes again
  kPit,
  kFlag,
  kDamage,
  kRain,
  kEnd,
};

struct ScriptEvent {
  double at_seconds = 0;
  ScriptVerb verb = ScriptVerb::kEnd;
  Flag flag = Flag::kNone;
  double part = 0;  ///< of damage or rain, 0 to 1
};

/// In the order of time.
using Script = std::vector<ScriptEvent>;

/// `name` is the file's, for messages: an error names its line, and the nearest word.
Expected<Script> parse_script(std::string_view text, std::string_view name);

/// A race of some hours: the flags that are shown, and when the player pits. The same seed gives the same
/// race.
Script race_script(std::uint64_t seed);

}  // namespace pitbridge
