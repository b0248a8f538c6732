// SPDX-License-Identifier: MIT
#include "bridges/simulate/timeline.hpp"

#include <algorithm>
#include <utility>

#include "common/core/model/writer.hpp"

namespace pitbridge {
namespace {

/// The car does not pit.
constexpr double kNoStop = -1;

}  // namespace

constexpr Timeline::PitStep Timeline::kPitSteps[] = {{PitState::kEntering, 3, 0.5},
                                                     {PitState::kLane, 4, 0.35},
                                                     {PitState::kBox, 8, 0},
                                                     {PitState::kLane, 4, 0.35},
                                                     {PitState::kLeaving, 3, 0.6}};

Timeline::Timeline(Script script, Activity activity, std::optional<double> still_at_seconds)
    : script_(std::move(script)), activity_(activity), still_at_seconds_(still_at_seconds) {}

SimulatedState Timeline::at(double seconds) const {
  SimulatedState state;
  state.activity = activity_;
  state.drive.session_seconds = model::kSessionSeconds;
  if (still_at_seconds_) {
    state.drive = model::free_drive(*still_at_seconds_);
    state.drive.session_seconds = model::kSessionSeconds;
    state.racing_seconds = *still_at_seconds_;
  }
  double pit_seconds = kNoStop;
  double now = 0;
  for (const ScriptEvent& event : script_) {
    if (event.at_seconds > seconds || state.has_ended) break;
    pass(state, pit_seconds, event.at_seconds - now);
    now = event.at_seconds;
    apply(state, pit_seconds, event);
  }
  if (!state.has_ended) pass(state, pit_seconds, seconds - now);
  return state;
}

void Timeline::apply(SimulatedState& state, double& pit_seconds, const ScriptEvent& event) {
  switch (event.verb) {
    case ScriptVerb::kPause:
      state.activity = Activity::kPaused;
      break;
    case ScriptVerb::kResume:
      state.activity = Activity::kLive;
      break;
    case ScriptVerb::kMenu:
      state.activity = Activity::kMenu;
      break;
    case ScriptVerb::kReplay:
      state.activity = Activity::kReplay;
      break;
    case ScriptVerb::kOff:
      state.activity = Activity::kOff;
      break;
    case ScriptVerb::kQuit:
      state.game_runs = false;
      break;
    case ScriptVerb::kStart:
      state.game_runs = true;
      state.activity = Activity::kLive;
      break;
    case ScriptVerb::kPit:
      if (pit_seconds == kNoStop) pit_seconds = 0;
      break;
    case ScriptVerb::kFlag:
      state.drive.flag = event.flag;
      break;
    case ScriptVerb::kDamage:
      state.drive.damage = event.part;
      break;
    case ScriptVerb::kRain:
      state.drive.rain = event.part;
      break;
    case ScriptVerb::kEnd:
      state.has_ended = true;
      break;
  }
}

void Timeline::pass(SimulatedState& state, double& pit_seconds, double seconds) const {
  if (!state.game_runs || state.activity == Activity::kPaused || state.activity == Activity::kOff) return;
  state.drive.session_seconds += seconds;
  if (state.activity != Activity::kLive || still_at_seconds_) return;
  state.racing_seconds += seconds;
  double begin = 0;
  for (const PitStep& step : kPitSteps) {
    const double end = begin + step.seconds;
    if (pit_seconds != kNoStop && pit_seconds < end && seconds > 0) {
      const double part = std::min(seconds, end - pit_seconds);
      state.drive.pit = step.state;
      drive_on(state.drive, part, step.part);
      seconds -= part;
      pit_seconds += part;
      // The tank is filled, and the stop counted, when the car may go.
      if (step.state == PitState::kBox && pit_seconds >= end) {
        ++state.drive.pit_stops;
        state.drive.burnt_seconds = 0;
      }
    }
    begin = end;
  }
  if (pit_seconds >= begin) pit_seconds = kNoStop;
  if (pit_seconds != kNoStop) return;
  state.drive.pit = PitState::kOnTrack;
  drive_on(state.drive, seconds, 1);
}

}  // namespace pitbridge
