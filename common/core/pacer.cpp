// SPDX-License-Identifier: MIT
#include "common/core/pacer.hpp"

#include <algorithm>

namespace pitbridge {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
constexpr std::int64_t kShortestPeriodNs = 500'000;
constexpr std::int64_t kLongestPeriodNs = kNsPerSecond;
/// Periods without an update after which looking becomes seldom, so that a frame drop is not yet a pause.
constexpr std::int64_t kPatiencePeriods = 8;

}  // namespace

Pacer::Pacer(PacerProfile profile, double nominal_rate_hz)
    : profile_(profile),
      period_ns_(std::clamp(static_cast<std::int64_t>(static_cast<double>(kNsPerSecond) / nominal_rate_hz),
                            kShortestPeriodNs, kLongestPeriodNs)),
      lead_ns_(step_ns()) {}

/// A slow mapping needs no short steps: a sixteenth of its period is soon enough.
std::int64_t Pacer::step_ns() const {
  return std::max(profile_.step_ns, period_ns_ / 16);
}

void Pacer::learn(std::int64_t update_ns) {
  if (last_update_ns_ >= 0) {
    const std::int64_t interval = update_ns - last_update_ns_;
    // A longer interval is a pause or a dropped frame, and teaches nothing.
    if (interval < kPatiencePeriods * period_ns_)
      period_ns_ += (std::clamp(interval, kShortestPeriodNs, kLongestPeriodNs) - period_ns_) / 8;
  }
  last_update_ns_ = update_ns;
}

std::int64_t Pacer::looked(std::int64_t now_ns, bool changed) {
  const std::int64_t last_look = last_look_ns_;
  last_look_ns_ = now_ns;
  if (changed) {
    if (looked_in_vain_) {
      // It happened since the look before: in the middle, for all we know.
      learn(now_ns - std::min(now_ns - last_look, step_ns()) / 2);
      lead_ns_ = std::max(step_ns() / 2, lead_ns_ / 2);
    } else {
      // It was there already, we know not for how long: look earlier, until a look comes too early.
      learn(now_ns);
      lead_ns_ = std::min(lead_ns_ * 2, period_ns_ / 2);
    }
    looked_in_vain_ = false;
    return std::max(now_ns + profile_.step_ns, last_update_ns_ + period_ns_ - lead_ns_);
  }
  if (last_update_ns_ < 0) last_update_ns_ = now_ns;
  looked_in_vain_ = true;
  const std::int64_t silence = now_ns - last_update_ns_;
  if (silence <= kPatiencePeriods * period_ns_) return now_ns + step_ns();
  // Silent for long: wait a fraction of the silence, so that the first update after a pause is late by no
  // more than that fraction, and never by more than the idle step.
  return now_ns + std::clamp(silence / 16, step_ns(), profile_.idle_step_ns);
}

}  // namespace pitbridge
