// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "common/core/mirror/ports.hpp"
#include "common/win32/shm/handle.hpp"

namespace pitbridge {

/// Finds a game's process and knows the moment at which it ends, however it ends.
class ProcessWatch {
 public:
  /// Looks through all processes of the session (1 to 4 ms) for an exe of one of the sim's titles.
  std::optional<Game> find(const Sim& sim);
  /// Whether any program but this one and Wine's own services runs (1 to 4 ms).
  static bool others_run();
  /// Whether the process last found still runs (one server call).
  bool runs() const;

 private:
  UniqueHandle process_;
};

}  // namespace pitbridge
