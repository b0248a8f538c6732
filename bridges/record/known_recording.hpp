// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "bridges/record/reader.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge::record {

/// A recording of a sim that this pitbridge knows, with something in it.
struct KnownRecording {
  static Expected<KnownRecording> open(const std::string& path);

  std::unique_ptr<RecordingReader> reader;
  const Sim* sim;
};

}  // namespace pitbridge::record
