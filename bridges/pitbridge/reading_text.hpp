// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "common/core/decode/telemetry.hpp"
#include "common/posix/shm/mirror_reader.hpp"

/// How `pitbridge read` shows a reading.
namespace pitbridge {

/// What the files hold, and what that means.
struct Look {
  MirrorReading reading;
  Telemetry telemetry;
};

/// One JSON object on one line; `with_raw`: also every field by the sim's own name.
std::string json_line(const Sim& sim, const Look& look, bool with_raw);
/// All that there is, for people.
void print_table(const Sim& sim, const Look& look);
/// The few values of one line that is written over the one before. `names_sim`: the reader did not choose it.
void print_values(const Sim& sim, const Look& look, bool names_sim);

}  // namespace pitbridge
