// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include "common/core/packets/packet_sections.hpp"
#include "common/posix/session/process_scan.hpp"

namespace pitbridge {

/// Finds the games of all sims by one scan of the processes, which is made once a second at most.
class NativeGames final : public GameFinder {
 public:
  /// `clock` must outlive it.
  explicit NativeGames(Clock& clock) : clock_(clock) {}

  std::optional<Game> find(const Sim& sim) override;
  bool runs(const Game& game) override;

 private:
  Clock& clock_;
  ProcessScan scan_;
  std::vector<ProcessId> found_;  ///< that `find` has answered with
  std::int64_t next_look_ns_ = 0;
};

}  // namespace pitbridge
