// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "common/core/sim/sim.hpp"
#include "common/core/twin/messages.hpp"
#include "common/win32/owned_mappings.hpp"
#include "common/win32/process_watch.hpp"
#include "common/win32/system_process.hpp"

namespace pitbridge {

/// Answers what the native half of a twin asks about the Wine session of this process.
class SessionAnswers {
 public:
  explicit SessionAnswers(const Sim& sim) : sim_(sim) {}

  /// Nothing: the question wants no answer.
  std::optional<twin::Message> to(const twin::Message& question);

 private:
  twin::Message open(const std::string& mapping_name);

  const Sim& sim_;
  OwnedMappings owned_;
  ProcessWatch game_;
  SystemProcess system_process_;
  /// Open only while the native half looks at it: the name would outlive the game by a handle.
  std::optional<Section> held_;
  std::optional<MappedSection> view_;
};

}  // namespace pitbridge
