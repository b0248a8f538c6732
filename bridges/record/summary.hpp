// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bridges/record/known_recording.hpp"
#include "bridges/record/laps.hpp"

namespace pitbridge::record {

/// What is in a recording, worked out of its bytes.
struct Summary {
  struct MappingPart {
    std::string name;
    std::size_t size_bytes = 0;
    std::uint64_t frames = 0, lost = 0;
    double rate_hz = 0;  ///< while it was there
  };
  std::string game, car, track, driver;  ///< the last that were told; empty: none was
  std::string title_id;
  std::vector<MappingPart> mappings;  ///< those with a frame
  std::uint64_t frames = 0, lost = 0, raw_bytes = 0;
  std::vector<Lap> laps;
};

/// Reads all of it; afterwards the reader knows of each damage.
Summary summarise(const KnownRecording& recording);

}  // namespace pitbridge::record
