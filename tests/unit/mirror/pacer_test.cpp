// SPDX-License-Identifier: MIT
#include "common/core/mirror/pacer.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/support/fakes.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kSecond = 1'000 * kMs;

/// A game that updates at given moments, and a bridge that looks when its pacer tells it to.
class Race {
 public:
  explicit Race(double nominal_rate_hz, PacerProfile profile = kDefaultProfile)
      : pacer_(profile, nominal_rate_hz) {}

  struct Tally {
    int looks = 0;
    int updates = 0;
    int seen = 0;  ///< looks that found something new
    std::int64_t worst_delay_ns = 0;
    std::int64_t total_delay_ns = 0;
    std::int64_t longest_wait_ns = 0;
    std::vector<std::int64_t> delays_ns;

    std::int64_t delay_of_part(double part) {
      std::sort(delays_ns.begin(), delays_ns.end());
      return delays_ns.at(static_cast<std::size_t>(part * static_cast<double>(delays_ns.size())));
    }
  };

  /// Looks until `end_ns`, while the game updates at `updates` (ascending).
  Tally look_at(const std::vector<std::int64_t>& updates, std::int64_t end_ns) {
    Tally tally;
    std::size_t done = 0;
    while (next_look_ns_ < end_ns) {
      const std::int64_t now = next_look_ns_;
      const std::size_t first_new = done;
      while (done < updates.size() && updates[done] <= now) ++done;
      const bool changed = done != first_new;
      if (changed) {
        ++tally.seen;
        tally.worst_delay_ns = std::max(tally.worst_delay_ns, now - updates[first_new]);
        tally.total_delay_ns += now - updates[first_new];
        tally.delays_ns.push_back(now - updates[first_new]);
      }
      ++tally.looks;
      next_look_ns_ = pacer_.looked(now, changed);
      EXPECT_GT(next_look_ns_, now) << "a bridge must not spin";
      if (next_look_ns_ <= now) return tally;
      tally.longest_wait_ns = std::max(tally.longest_wait_ns, next_look_ns_ - now);
    }
    tally.updates = static_cast<int>(done);
    return tally;
  }

  std::int64_t now_ns() const { return next_look_ns_; }
  const Pacer& pacer() const { return pacer_; }

 private:
  Pacer pacer_;
  std::int64_t next_look_ns_ = kSecond;
};

/// Updates from `from` to `to`; each is off its moment by at most `jitter` to either side.
std::vector<std::int64_t> updates_at(double rate_hz, std::int64_t from, std::int64_t to, std::int64_t jitter,
                                     std::uint32_t seed = 1) {
  Dice dice(seed);
  std::vector<std::int64_t> out;
  const double period = static_cast<double>(kSecond) / rate_hz;
  for (int i = 0;; ++i) {
    std::int64_t at = from + static_cast<std::int64_t>(period * i);
    if (jitter != 0)
      at += static_cast<std::int64_t>(dice.below(static_cast<std::size_t>(2 * jitter))) - jitter;
    if (at >= to) return out;
    out.push_back(out.empty() ? at : std::max(at, out.back() + 1));
  }
}

/// The looks at a game that keeps its rate but for `jitter` to either side. What happens in the nine seconds
/// of learning is not counted.
Race::Tally steady_looks(double rate_hz, double nominal_rate_hz, std::int64_t jitter, PacerProfile profile) {
  Race race(nominal_rate_hz, profile);
  auto updates = updates_at(rate_hz, kSecond, 40 * kSecond, jitter);
  const auto counted = std::lower_bound(updates.begin(), updates.end(), 10 * kSecond);
  race.look_at({updates.begin(), counted}, 10 * kSecond);
  updates.erase(updates.begin(), counted);
  return race.look_at(updates, 40 * kSecond);
}

struct GameCase {
  const char* name;
  double rate_hz;
  double nominal_rate_hz;
  std::int64_t jitter_ns;
  std::int64_t worst_delay_ns;
  double looks_per_update;
};

void PrintTo(const GameCase& c, std::ostream* out) {
  *out << c.name;
}

class SteadyGame : public testing::TestWithParam<GameCase> {};

TEST_P(SteadyGame, EachUpdateIsFoundSoonAndCheaply) {
  const GameCase& p = GetParam();
  const auto tally = steady_looks(p.rate_hz, p.nominal_rate_hz, p.jitter_ns, kDefaultProfile);
  EXPECT_GE(tally.seen, tally.updates * 98 / 100) << "of " << tally.updates;
  EXPECT_LE(tally.worst_delay_ns, p.worst_delay_ns);
  const auto period_ns = static_cast<std::int64_t>(static_cast<double>(kSecond) / p.rate_hz);
  EXPECT_LE(tally.total_delay_ns / tally.seen, period_ns / 8 + p.jitter_ns / 2) << "on average";
  EXPECT_LE(tally.looks, static_cast<int>(p.looks_per_update * tally.updates));
}

INSTANTIATE_TEST_SUITE_P(Games, SteadyGame,
                         testing::Values(GameCase{"At333Hz", 333, 333, 0, 1 * kMs, 3},
                                         GameCase{"At333HzWithJitter", 333, 333, kMs / 2, 2 * kMs, 6},
                                         GameCase{"At60Hz", 60, 60, 0, 3 * kMs, 3},
                                         GameCase{"At60HzWithJitter", 60, 60, 2 * kMs, 6 * kMs, 5},
                                         GameCase{"At60HzThoughtToBe333Hz", 60, 333, 0, 3 * kMs, 3},
                                         GameCase{"At144HzThoughtToBe60Hz", 144, 60, 0, 2 * kMs, 3},
                                         GameCase{"At100HzThoughtToBe60Hz", 100, 60, 0, 2 * kMs, 3},
                                         GameCase{"At30HzThoughtToBe60Hz", 30, 60, 0, 4 * kMs, 3},
                                         GameCase{"At333HzThoughtToBe60Hz", 333, 60, 0, 2 * kMs, 3},
                                         GameCase{"At5Hz", 5, 5, 0, 30 * kMs, 3},
                                         GameCase{"At5HzWithJitter", 5, 5, 20 * kMs, 40 * kMs, 5}),
                         [](const auto& param) { return std::string(param.param.name); });

TEST(Pacer, FewUpdatesOfAGameThatScattersAreFoundLate) {
  for (const double rate_hz : {50.0, 60.0, 100.0, 333.0}) {
    auto tally = steady_looks(rate_hz, rate_hz, kMs / 2, kDefaultProfile);
    EXPECT_LE(tally.delay_of_part(0.5), 130'000) << rate_hz;
    EXPECT_LE(tally.delay_of_part(0.99), 400'000) << rate_hz;
    EXPECT_LE(tally.looks, 6 * tally.updates) << rate_hz;
  }
}

TEST(Pacer, LowLatencyHoldsItsStepAtEveryRate) {
  for (const double rate_hz : {50.0, 60.0, 100.0, 333.0}) {
    auto tally = steady_looks(rate_hz, rate_hz, kMs / 2, kLowLatencyProfile);
    EXPECT_LE(tally.delay_of_part(0.5), 35'000) << rate_hz;
    EXPECT_LE(tally.looks, 18 * tally.updates) << rate_hz;
  }
}

TEST(Pacer, AWakeUpThatIsAlwaysALittleLateDoesNotLengthenTheSteps) {
  constexpr std::int64_t kSlackNs = 55'000;  // what the kernel adds to a sleep
  constexpr std::int64_t kPeriodNs = 10 * kMs;
  Pacer pacer(kDefaultProfile, 100);
  std::int64_t asked = kSecond;
  std::int64_t next_update = kSecond;
  while (next_update < 3 * kSecond) {
    const bool changed = asked + kSlackNs >= next_update;
    if (changed) next_update += kPeriodNs;
    asked = pacer.looked(asked + kSlackNs, changed);
  }
  // No update any more: the looks that follow are those for an update that is due.
  for (int i = 0; i < 3; ++i) {
    const std::int64_t next = pacer.looked(asked + kSlackNs, false);
    if (i > 0) {
      EXPECT_EQ(next - asked, kDefaultProfile.step_ns);
    }
    asked = next;
  }
}

// Another mapping's time may come a little earlier than this one's.
TEST(Pacer, ALookBeforeItsTimeDoesNotLengthenTheSteps) {
  constexpr std::int64_t kEarlyNs = 60'000;
  Pacer pacer(kDefaultProfile, 100);
  std::int64_t asked = kSecond;
  std::int64_t next_update = kSecond;
  while (next_update < 3 * kSecond) {
    const bool changed = asked >= next_update;
    if (changed) next_update += 10 * kMs;
    asked = pacer.looked(asked, changed);
  }
  asked = pacer.looked(asked, false);
  for (int i = 0; i < 3; ++i) {
    const std::int64_t early = asked - kEarlyNs;
    asked = pacer.looked(early, false);
    EXPECT_EQ(asked - early, kDefaultProfile.step_ns);
  }
}

TEST(Pacer, IsAtItsBestSoonAfterTheStart) {
  for (const double rate_hz : {50.0, 60.0, 100.0, 333.0}) {
    Race race(rate_hz);
    const auto updates = updates_at(rate_hz, kSecond, 4 * kSecond, kMs / 2);
    const auto counted = std::lower_bound(updates.begin(), updates.end(), kSecond + kSecond / 2);
    race.look_at({updates.begin(), counted}, kSecond + kSecond / 2);
    auto tally = race.look_at({counted, updates.end()}, 4 * kSecond);
    EXPECT_LE(tally.delay_of_part(0.5), 130'000) << rate_hz;
    EXPECT_LE(tally.delay_of_part(0.99), 400'000) << rate_hz;
    EXPECT_LE(tally.looks, 6 * tally.updates) << rate_hz;
  }
}

TEST(Pacer, ARateThatHalvesOrDoublesIsLearntAnew) {
  Race race(60);
  race.look_at(updates_at(60, kSecond, 5 * kSecond, 0), 5 * kSecond);
  race.look_at(updates_at(30, 5 * kSecond, 10 * kSecond, 0), 10 * kSecond);
  EXPECT_NEAR(static_cast<double>(race.pacer().period_ns()), 1e9 / 30, 0.5e6);
  race.look_at(updates_at(60, 10 * kSecond, 15 * kSecond, 0), 15 * kSecond);
  EXPECT_NEAR(static_cast<double>(race.pacer().period_ns()), 1e9 / 60, 0.5e6);
}

TEST(Pacer, LearnsThePeriod) {
  Race race(60);
  race.look_at(updates_at(100, kSecond, 5 * kSecond, 0), 5 * kSecond);
  EXPECT_NEAR(static_cast<double>(race.pacer().period_ns()), 10e6, 0.5e6);
}

TEST(Pacer, BacksOffToTheIdleStepWhenSilent) {
  Race race(333);
  race.look_at(updates_at(333, kSecond, 3 * kSecond, 0), 3 * kSecond);
  const auto silent = race.look_at({}, 60 * kSecond);
  EXPECT_EQ(silent.longest_wait_ns, kDefaultProfile.idle_step_ns);
  const auto later = race.look_at({}, 160 * kSecond);
  EXPECT_LE(later.looks, 401) << "100 s in steps of 250 ms";
}

TEST(Pacer, AGameThatNeverWritesCostsLittle) {
  Race race(333);
  const auto tally = race.look_at({}, 101 * kSecond);
  EXPECT_EQ(tally.longest_wait_ns, kDefaultProfile.idle_step_ns);
  EXPECT_LE(tally.looks, 1000);
}

TEST(Pacer, SnapsBackAfterAPause) {
  for (const std::int64_t pause : {100 * kMs, kSecond, 30 * kSecond, 3600 * kSecond}) {
    Race race(333);
    race.look_at(updates_at(333, kSecond, 3 * kSecond, 0), 3 * kSecond);
    race.look_at({}, 3 * kSecond + pause);
    const std::int64_t resume = race.now_ns() - kMs;
    const auto tally = race.look_at(updates_at(333, resume, resume + 2 * kSecond, 0), resume + 2 * kSecond);
    // Late by a sixteenth of the silence, and never by more than the idle step.
    EXPECT_LE(tally.worst_delay_ns, std::min(kDefaultProfile.idle_step_ns, pause / 16) + 3 * kMs) << pause;
    EXPECT_GE(tally.seen, tally.updates * 95 / 100) << pause;
  }
}

TEST(Pacer, TheFirstUpdateAfterAPauseIsLateByNoMoreThanAFractionOfIt) {
  for (const std::int64_t pause : {50 * kMs, 200 * kMs, kSecond, 3 * kSecond, 60 * kSecond}) {
    Race race(60);
    race.look_at(updates_at(60, kSecond, 3 * kSecond, 0), 3 * kSecond);
    const std::int64_t resume = 3 * kSecond + pause;
    const auto tally = race.look_at({resume}, resume + kSecond);
    EXPECT_EQ(tally.seen, 1) << pause;
    EXPECT_LE(tally.worst_delay_ns, std::min(kDefaultProfile.idle_step_ns, pause / 12 + 4 * kMs)) << pause;
  }
}

TEST(Pacer, APauseTeachesNoLongPeriod) {
  Race race(333);
  race.look_at(updates_at(333, kSecond, 3 * kSecond, 0), 3 * kSecond);
  const std::int64_t period = race.pacer().period_ns();
  race.look_at({100 * kSecond}, 101 * kSecond);
  EXPECT_EQ(race.pacer().period_ns(), period);
}

TEST(Pacer, AFrameDropIsNotYetAPause) {
  Race race(60);
  race.look_at(updates_at(60, kSecond, 3 * kSecond, 0), 3 * kSecond);
  const auto drop = race.look_at({}, 3 * kSecond + 5 * 16 * kMs);
  EXPECT_LE(drop.longest_wait_ns, 17 * kMs);
}

TEST(Pacer, NeverReturnsTheSameMomentOrThePast) {
  Dice dice(5);
  for (const double rate : {0.01, 1.0, 4.0, 60.0, 333.0, 1e6}) {
    Pacer pacer(kDefaultProfile, rate);
    std::int64_t now = kSecond;
    for (int i = 0; i < 20'000; ++i) {
      const std::int64_t next = pacer.looked(now, dice.below(3) == 0);
      ASSERT_GT(next, now) << rate;
      ASSERT_LE(next - now, kSecond) << rate;
      // Sometimes the system wakes us far too late.
      now = next + (dice.below(50) == 0 ? static_cast<std::int64_t>(dice.below(10'000'000'000)) : 0);
    }
  }
}

TEST(WakeUpBudget, BoundsWhatIsWantedAtAnyMoment) {
  for (const NamedProfile& named : kProfiles) {
    WakeUpBudget budget(named.profile);
    std::int64_t now = kSecond;
    std::int64_t wake_ups = 0;
    for (; now < 11 * kSecond; ++wake_ups) now = std::max(now + 1000, budget.next_after(now));
    EXPECT_LE(wake_ups, 11 * named.profile.wake_ups_per_second) << named.name;
    EXPECT_GE(wake_ups, 10 * named.profile.wake_ups_per_second - 1) << named.name;
  }
}

TEST(WakeUpBudget, LetsABurstPassThatIsSeldom) {
  WakeUpBudget budget(kDefaultProfile);
  for (std::int64_t second = 1; second < 10; ++second) {
    std::int64_t now = second * kSecond;
    for (int i = 0; i < 200; ++i) {
      ASSERT_EQ(budget.next_after(now), now) << second << " " << i;
      now += 1000;
    }
  }
}

}  // namespace
}  // namespace pitbridge
