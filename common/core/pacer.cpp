// SPDX-License-Identifier: MIT
#include "common/core/pacer.hpp"

#include <algorithm>
#include <cstdlib>

namespace pitbridge {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kShortestPeriodNs = 500'000;
constexpr std::int64_t kLongestPeriodNs = kNsPerSecond;
/// Periods without an update after which looking becomes seldom, so that a frame drop is not yet a pause.
constexpr std::int64_t kPatiencePeriods = 8;
/// Intervals of which the period is the plain mean, before it is only nudged.
constexpr int kIntervalsToLearn = 16;
/// Updates in a row that came when none was due: then the game keeps another time than we think.
constexpr int kSurprisesToDoubt = 4;
/// The first look comes too late for one update in so many; to look still earlier would cost more looks than
/// it is worth.
constexpr std::int64_t kLatePart = 32;

}  // namespace

Pacer::Pacer(PacerProfile profile, double nominal_rate_hz)
    : profile_(profile),
      period_ns_(std::clamp(static_cast<std::int64_t>(static_cast<double>(kNsPerSecond) / nominal_rate_hz),
                            kShortestPeriodNs, kLongestPeriodNs)),
      lead_ns_(step_ns()) {}

/// Slow mappings need no short steps, nor do those whose updates scatter widely. (The mean deviation is a
/// quarter of the width over which updates are spread evenly.)
std::int64_t Pacer::step_ns() const {
  const std::int64_t wide = std::min(4 * deviation_ns_ / profile_.looks_per_spread, period_ns_ / 8);
  return std::max({profile_.step_ns, period_ns_ / profile_.looks_per_period, wide});
}

void Pacer::learn(std::int64_t update_ns) {
  const std::int64_t interval = update_ns - last_update_ns_;
  const bool first = learnt_ < 0;
  last_update_ns_ = update_ns;
  if (first) {
    learnt_ = 0;
    phase_ns_ = update_ns;
    return;
  }
  const std::int64_t periods =
      std::max<std::int64_t>(1, (update_ns - phase_ns_ + period_ns_ / 2) / period_ns_);
  const std::int64_t late = update_ns - (phase_ns_ + periods * period_ns_);
  const bool off = std::abs(late) > period_ns_ / 4;
  surprises_ = off || periods > 1 ? surprises_ + 1 : 0;
  if (surprises_ >= kSurprisesToDoubt) {
    learnt_ = surprises_ = 0;
  } else if (interval >= kPatiencePeriods * period_ns_) {
    phase_ns_ = update_ns;  // a pause teaches nothing
    return;
  }
  if (learnt_ < kIntervalsToLearn) {
    ++learnt_;
    period_ns_ += (interval - period_ns_) / learnt_;
    phase_ns_ = update_ns;
  } else if (off) {
    phase_ns_ = update_ns;
  } else {
    // A loop that follows phase and period and is critically damped: the scatter of single updates is
    // smoothed, whether the game keeps to a timetable or waits from one update to the next.
    phase_ns_ += periods * period_ns_ + late / 4;
    period_ns_ += late / 64;
  }
  period_ns_ = std::clamp(period_ns_, kShortestPeriodNs, kLongestPeriodNs);
  deviation_ns_ += (std::min(std::abs(late), period_ns_ / 2) - deviation_ns_) / learnt_;
}

std::int64_t Pacer::after_update(std::int64_t now_ns, std::int64_t last_look_ns) {
  const std::int64_t step = step_ns();
  if (looked_in_vain_) {
    // It happened since the look before: in the middle, for all we know.
    learn(now_ns - std::min(now_ns - last_look_ns, step) / 2);
    found_at_once_ = 0;
    lead_ns_ -= step / kLatePart;
    // What it took to find a wrong period need not be kept.
    const std::int64_t enough = 8 * deviation_ns_ + 2 * step;
    if (lead_ns_ > enough) lead_ns_ -= (lead_ns_ - enough) / 4;
  } else {
    // It was there already, we know not for how long: look earlier, and soon much earlier if that does not
    // help.
    learn(now_ns);
    ++found_at_once_;
    lead_ns_ += found_at_once_ < 3 ? found_at_once_ * step : period_ns_ / 4;
  }
  lead_ns_ = std::clamp(lead_ns_, std::min(step, period_ns_) / 2, period_ns_ / 2);
  looked_in_vain_ = false;
  const std::int64_t due = std::min(phase_ns_ + period_ns_ - lead_ns_, now_ns + period_ns_);
  return std::max(now_ns + profile_.step_ns, due);
}

std::int64_t Pacer::after_nothing(std::int64_t now_ns) {
  if (last_update_ns_ < 0) last_update_ns_ = phase_ns_ = now_ns;  // there is a silence to measure
  looked_in_vain_ = true;
  const std::int64_t step = step_ns();
  const std::int64_t silence = now_ns - last_update_ns_;
  // Silent for long: wait a fraction of the silence, so that the first update after a pause is late by no
  // more than that fraction, and never by more than the idle step.
  if (silence > kPatiencePeriods * period_ns_)
    return now_ns + std::clamp(silence / 16, step, profile_.idle_step_ns);

  // From the lead before the due moment to as long after it; and the same one or more periods later, for the
  // game may have dropped a frame.
  const std::int64_t since = now_ns - (phase_ns_ + period_ns_ - lead_ns_);
  if (since < 0) return std::max(now_ns + profile_.step_ns, now_ns - since);
  const std::int64_t within = since % period_ns_;
  if (within > 2 * (lead_ns_ + step))
    return std::min(now_ns + period_ns_ - within, now_ns + std::max(step, since / 8));
  // Steps are counted from the time that was asked for: the system wakes us a little later each time.
  return std::max(next_look_ns_ + step, now_ns + step / 2);
}

std::int64_t Pacer::looked(std::int64_t now_ns, bool changed) {
  const std::int64_t last_look = last_look_ns_;
  last_look_ns_ = now_ns;
  next_look_ns_ = changed ? after_update(now_ns, last_look) : after_nothing(now_ns);
  return next_look_ns_;
}

}  // namespace pitbridge
