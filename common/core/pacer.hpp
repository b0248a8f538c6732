// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pitbridge {

/// How hard a bridge looks for updates. All times in nanoseconds.
struct PacerProfile {
  std::int64_t step_ns;       ///< between looks while an update is due
  std::int64_t idle_step_ns;  ///< longest wait while the game writes nothing
};

inline constexpr PacerProfile kDefaultProfile = {.step_ns = 250'000, .idle_step_ns = 250'000'000};
/// For motion rigs and wheels: updates are found sooner, for several times the CPU time.
inline constexpr PacerProfile kLowLatencyProfile = {.step_ns = 50'000, .idle_step_ns = 50'000'000};
/// For laptops and dashboards at screen rate: updates may be some milliseconds late.
inline constexpr PacerProfile kLowPowerProfile = {.step_ns = 4'000'000, .idle_step_ns = 500'000'000};

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

/// Learns the period and phase of one mapping from the looks at which it was seen to change, and says when to
/// look next: just before the next update is due, then in short steps, then ever more seldom. Pure
/// arithmetic.
class Pacer {
 public:
  Pacer(PacerProfile profile, double nominal_rate_hz);

  /// One look at `now_ns`; `changed` tells whether it found an update. Returns the time of the next look.
  std::int64_t looked(std::int64_t now_ns, bool changed);

  std::int64_t period_ns() const { return period_ns_; }

 private:
  std::int64_t step_ns() const;
  void learn(std::int64_t update_ns);

  PacerProfile profile_;
  std::int64_t period_ns_;
  std::int64_t last_update_ns_ = -1;  ///< best guess of when the game made the update last seen
  std::int64_t last_look_ns_ = -1;
  std::int64_t lead_ns_;         ///< how long before the expected moment the first look is
  bool looked_in_vain_ = false;  ///< since the last update: so the next one's moment is known to a step
};

}  // namespace pitbridge
