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
                            kShortestPeriodNs, kLongestPeriodNs)) {}

std::int64_t Pacer::looked(std::int64_t now_ns, bool changed) {
  if (changed) {
    if (last_change_ns_ >= 0) {
      // The change lies between the last look and this one; several updates may have passed unseen, so only
      // an interval that is not far longer than the period teaches anything.
      const std::int64_t interval = now_ns - last_change_ns_;
      if (interval < kPatiencePeriods * period_ns_)
        period_ns_ += (std::clamp(interval, kShortestPeriodNs, kLongestPeriodNs) - period_ns_) / 8;
    }
    last_change_ns_ = now_ns;
    return now_ns + std::max(profile_.step_ns, period_ns_ - profile_.early_ns);
  }
  if (last_change_ns_ < 0) last_change_ns_ = now_ns;
  const std::int64_t silence = now_ns - last_change_ns_;
  // A slow mapping needs no short steps: looking eight times in its period finds an update soon enough.
  const std::int64_t step = std::max(profile_.step_ns, period_ns_ / 8);
  if (silence <= kPatiencePeriods * period_ns_) return now_ns + step;
  // Silent for long: wait a fraction of the silence, so that the first update after a pause is late by no
  // more than that fraction, and never more than the idle step.
  return now_ns + std::clamp(silence / 16, step, profile_.idle_step_ns);
}

}  // namespace pitbridge
