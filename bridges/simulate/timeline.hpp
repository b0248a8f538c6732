// SPDX-License-Identifier: MIT
#pragma once

#include <optional>

#include "bridges/simulate/script.hpp"
#include "common/core/model/drive.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// What a script has come to at one moment.
struct SimulatedState {
  model::Drive drive;
  Activity activity = Activity::kLive;
  double racing_seconds = 0;  ///< of which the opponents have made use
  bool game_runs = true;
  bool has_ended = false;
};

/// The way through a script. Each state follows from the script and the time alone.
class Timeline {
 public:
  /// `still_at_seconds`: the car stands at this moment of its drive, and only clocks go on.
  explicit Timeline(Script script, Activity activity = Activity::kLive,
                    std::optional<double> still_at_seconds = {});

  /// Seconds since the begin.
  SimulatedState at(double seconds) const;

 private:
  /// How a stop at the pits goes on, and how fast the car is meanwhile.
  struct PitStep {
    PitState state;
    double seconds, part;
  };
  static const PitStep kPitSteps[];

  /// Lets the time from one event to the next go by.
  void pass(SimulatedState& state, double& pit_seconds, double seconds) const;
  static void apply(SimulatedState& state, double& pit_seconds, const ScriptEvent& event);

  Script script_;
  Activity activity_;
  std::optional<double> still_at_seconds_;
};

}  // namespace pitbridge
