// SPDX-License-Identifier: MIT
#include "common/core/mirror/pacer.hpp"

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
/// The same for updates in a row that were there at the first look, nobody knows since when.
constexpr int kFoundAtOnceToDoubt = 6;
/// Then so many updates are looked for by even steps, so many to a period: two tell phase and period.
constexpr int kUpdatesToSearch = 2;
constexpr std::int64_t kLooksToSearch = 16;
/// The first look may come after one update in so many, but not after more than every tenth: one that has
/// waited for less than a step is found no later than the others.
constexpr std::int64_t kMostLate = 10;
constexpr std::int64_t kFewestLate = 32;
/// Unused wake-ups of so long may be used at once.
constexpr std::int64_t kSavedNs = 200'000'000;

}  // namespace

std::int64_t WakeUpBudget::next_after(std::int64_t now_ns) {
  paid_until_ns_ = std::max(paid_until_ns_, now_ns - kSavedNs) + each_ns_;
  return std::max(paid_until_ns_, now_ns);
}

Pacer::Pacer(PacerProfile profile, double nominal_rate_hz)
    : profile_(profile),
      period_ns_(std::clamp(static_cast<std::int64_t>(static_cast<double>(kNsPerSecond) / nominal_rate_hz),
                            kShortestPeriodNs, kLongestPeriodNs)),
      lead_ns_(step_ns()) {}

/// Slow mappings need no short steps, nor do those whose updates scatter widely. (The mean deviation is a
/// quarter of the width over which updates are spread evenly.)
std::int64_t Pacer::step_ns() const {
  const std::int64_t wide = searching_ > 0
                                ? period_ns_ / kLooksToSearch
                                : std::min(4 * deviation_ns_ / profile_.looks_per_spread, period_ns_ / 8);
  return std::max({profile_.step_ns, period_ns_ / profile_.looks_per_period, wide});
}

void Pacer::search(std::int64_t update_ns, bool exact) {
  const std::int64_t interval = update_ns - last_update_ns_;
  if (searching_ < kUpdatesToSearch && std::abs(interval - period_ns_) > period_ns_ / 4 &&
      interval < kPatiencePeriods * period_ns_) {
    period_ns_ = std::clamp(interval, kShortestPeriodNs, kLongestPeriodNs);
    learnt_ = 0;
  }
  last_update_ns_ = phase_ns_ = update_ns;
  if (!exact) return;
  lead_ns_ = 2 * step_ns();
  --searching_;
}

void Pacer::learn(std::int64_t update_ns) {
  const std::int64_t interval = update_ns - last_update_ns_;
  const std::int64_t periods =
      std::max<std::int64_t>(1, (update_ns - phase_ns_ + period_ns_ / 2) / period_ns_);
  const std::int64_t late = update_ns - (phase_ns_ + periods * period_ns_);
  const bool off = std::abs(late) > period_ns_ / 4;
  last_update_ns_ = update_ns;
  surprises_ = off || periods > 1 ? surprises_ + 1 : 0;
  if (surprises_ >= kSurprisesToDoubt || interval >= kPatiencePeriods * period_ns_) {
    surprises_ = 0;
    searching_ = kUpdatesToSearch;
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

void Pacer::adapt_lead(bool in_time) {
  const std::int64_t step = step_ns();
  const std::int64_t stride = std::max(step, deviation_ns_ / 2);
  if (!in_time) {
    lead_ns_ += stride;
    if (++found_at_once_ >= kFoundAtOnceToDoubt) searching_ = kUpdatesToSearch;
  } else {
    found_at_once_ = 0;
    lead_ns_ -= stride / std::clamp(4 * deviation_ns_ / step, kMostLate, kFewestLate);
    // What a search needed need not be kept.
    const std::int64_t enough = 3 * deviation_ns_ + step;
    if (lead_ns_ > enough) lead_ns_ -= (lead_ns_ - enough) / 4;
  }
  lead_ns_ = std::clamp(lead_ns_, std::min(step, period_ns_) / 2, period_ns_ / 2);
}

std::int64_t Pacer::after_update(std::int64_t now_ns, std::int64_t last_look_ns) {
  const std::int64_t step = step_ns();
  const std::int64_t gap = now_ns - last_look_ns;
  // It happened since the look before; in the middle of the last step, for all we know.
  const std::int64_t update_ns = now_ns - std::min(gap, step) / 2;
  if (searching_ > 0) {
    search(update_ns, looked_in_vain_ || gap <= 2 * step);
  } else {
    learn(update_ns);
    adapt_lead(looked_in_vain_);
  }
  looked_in_vain_ = false;
  if (searching_ > 0) return now_ns + step_ns();
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
  if (searching_ > 0) return now_ns + step;
  const std::int64_t since = now_ns - (phase_ns_ + period_ns_ - lead_ns_);
  if (since < 0) return std::max(now_ns + profile_.step_ns, now_ns - since);
  const std::int64_t within = since % period_ns_;
  if (within > 2 * (lead_ns_ + step))
    return std::min(now_ns + period_ns_ - within, now_ns + std::max(step, since / 8));
  // Steps are counted from the time that was asked for: the system wakes us a little later each time. But not
  // where we look earlier, because another mapping's time has come.
  return std::max(std::min(next_look_ns_, now_ns) + step, now_ns + step / 2);
}

std::int64_t Pacer::looked(std::int64_t now_ns, bool changed) {
  const std::int64_t last_look = last_look_ns_;
  last_look_ns_ = now_ns;
  next_look_ns_ = changed ? after_update(now_ns, last_look) : after_nothing(now_ns);
  return next_look_ns_;
}

}  // namespace pitbridge
