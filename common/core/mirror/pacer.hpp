// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pitbridge {

/// How hard a bridge looks for updates. All times in nanoseconds.
struct PacerProfile {
  std::int64_t step_ns;           ///< shortest time between looks while an update is due
  std::int64_t idle_step_ns;      ///< longest wait while the game writes nothing
  std::int64_t looks_per_period;  ///< at most so many looks in a period of the mapping, whatever the step
  std::int64_t looks_per_spread;  ///< at most so many looks over the time in which updates scatter
  std::int64_t timer_slack_ns;    ///< how late the system may wake us, to wake several at once
  std::int64_t
      wake_ups_per_second;  ///< at most, over some tenths of a second; one takes about 10 us of a core
};

inline constexpr PacerProfile kDefaultProfile = {.step_ns = 185'000,
                                                 .idle_step_ns = 250'000'000,
                                                 .looks_per_period = 140,
                                                 .looks_per_spread = 7,
                                                 .timer_slack_ns = 1,
                                                 .wake_ups_per_second = 4000};
/// For motion rigs and wheels: updates are found sooner, for several times the CPU time.
inline constexpr PacerProfile kLowLatencyProfile = {.step_ns = 50'000,
                                                    .idle_step_ns = 50'000'000,
                                                    .looks_per_period = 400,
                                                    .looks_per_spread = 24,
                                                    .timer_slack_ns = 1,
                                                    .wake_ups_per_second = 8000};
/// For laptops and dashboards at screen rate: updates may be some milliseconds late.
inline constexpr PacerProfile kLowPowerProfile = {.step_ns = 4'000'000,
                                                  .idle_step_ns = 500'000'000,
                                                  .looks_per_period = 16,
                                                  .looks_per_spread = 4,
                                                  .timer_slack_ns = 50'000,
                                                  .wake_ups_per_second = 1000};

struct NamedProfile {
  std::string_view name;
  PacerProfile profile;
};
inline constexpr std::array kProfiles = {
    NamedProfile{"default", kDefaultProfile},
    NamedProfile{"low-latency", kLowLatencyProfile},
    NamedProfile{"low-power", kLowPowerProfile},
};
inline constexpr auto kProfileNames = [] {
  std::array<std::string_view, kProfiles.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kProfiles[i].name;
  return names;
}();

/// Bounds what a bridge costs, whatever its mappings are and however their updates scatter. Pure arithmetic.
class WakeUpBudget {
 public:
  explicit WakeUpBudget(const PacerProfile& profile)
      : each_ns_(1'000'000'000 / profile.wake_ups_per_second) {}
  /// To be asked once for each wake-up: the earliest time of the next.
  std::int64_t next_after(std::int64_t now_ns);

 private:
  std::int64_t each_ns_;
  std::int64_t paid_until_ns_ = 0;  ///< what all wake-ups so far would have taken at the rate
};

/// Says when to look at one mapping next. From the looks that found an update it learns the period of the
/// mapping, its phase, and how far the updates scatter. The first look is just before the next update is due;
/// then come short steps, then longer ones. Pure arithmetic.
class Pacer {
 public:
  Pacer(PacerProfile profile, double nominal_rate_hz);

  /// One look at `now_ns`; `changed` tells whether it found an update. Returns the time of the next look.
  std::int64_t looked(std::int64_t now_ns, bool changed);

  std::int64_t period_ns() const { return period_ns_; }

 private:
  std::int64_t step_ns() const;
  std::int64_t after_update(std::int64_t now_ns, std::int64_t last_look_ns);
  std::int64_t after_nothing(std::int64_t now_ns);
  void search(std::int64_t update_ns, bool exact);
  void learn(std::int64_t update_ns);
  void adapt_lead(bool in_time);

  PacerProfile profile_;
  std::int64_t period_ns_;
  std::int64_t phase_ns_ = 0;         ///< when the last update was due, by what has been learnt
  std::int64_t deviation_ns_ = 0;     ///< mean distance of the updates from when they are due
  std::int64_t lead_ns_;              ///< how long before the due moment the first look is
  std::int64_t last_update_ns_ = -1;  ///< best guess of when the game made the update last seen
  std::int64_t last_look_ns_ = -1;
  std::int64_t next_look_ns_ = -1;  ///< what was last asked for
  int learnt_ = 0;                  ///< intervals since the period was last unknown
  int surprises_ = 0;               ///< in a row
  int found_at_once_ = 0;           ///< in a row: updates that were there at the first look
  int searching_ = 2;  ///< updates that are still to be found by even steps, because the phase is unknown
  bool looked_in_vain_ = false;  ///< since the last update: so the next one's moment is known to a step
};

}  // namespace pitbridge
