// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

#include "bridges/simulate/timeline.hpp"
#include "common/core/mirror/made_sections.hpp"
#include "common/core/model/game.hpp"

namespace pitbridge {

struct SimulatorOptions {
  double rate_hz = 0;       ///< of each mapping; 0: the sim's own rates
  double seconds = 0;       ///< how long it goes on; 0: to the end of the script, else for ever
  double from_seconds = 0;  ///< the moment of drive and script at which it begins
  std::uint64_t seed = 1;
  std::uint32_t cars = 8;  ///< the player's too
  bool races = false;      ///< the others overtake and pit
};

/// A game that is none: writes the sections of a title as one would, by a script.
class Simulator {
 public:
  /// `pid`: what stands as the game's. All references must outlive it.
  Simulator(MadeSections& sections, const Title& title, Timeline timeline, const SimulatorOptions& options,
            std::uint32_t pid);

  /// Writes what is due. The first call is the begin.
  void step(std::int64_t now_ns);
  /// When the next is due, after the first step.
  std::int64_t next_ns() const;
  bool has_ended() const { return has_ended_; }

 private:
  void start_game();
  void end_game();

  MadeSections& sections_;
  const Title& title_;
  Timeline timeline_;
  SimulatorOptions options_;
  std::uint32_t pid_;
  std::optional<model::ModelGame> game_;  ///< nothing: its process has ended
  std::optional<std::int64_t> begin_ns_;  ///< of drive and script
  std::int64_t now_ns_ = 0;
  bool has_ended_ = false;
};

}  // namespace pitbridge
