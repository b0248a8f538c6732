// SPDX-License-Identifier: MIT
// `make soak MINUTES=n`: a day of games in an hour. Six bridges and two receivers of packets in one session,
// twenty readers each; games come, stop, crash and come again, readers and two of the bridges are killed.
// Ends with what grew.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <random>

#include "common/posix/system/paths.hpp"
#include "tests/bench/usage.hpp"
#include "tests/e2e/holding.hpp"
#include "tests/e2e/wine_run.hpp"
#include "tests/unit/support/loopback.hpp"

namespace pitbridge::e2e {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReaders = 20;
constexpr std::array<std::string_view, 2> kReceived = {"dirt", "lfs"};
/// The bridge of lmu makes files of the same names, and nobody drives both at once.
constexpr std::string_view kLeftOut = "rf2";
/// The bridges of these are killed too. Those of the others live from the beginning to the end.
constexpr std::array<std::string_view, 2> kKilled = {"ac", "scs"};

/// What one process has at a moment, and has used until then.
struct Sample {
  Holding holding;
  bench::Usage usage;
};

Sample sample_of(pid_t pid) {
  return {holding_of(pid), bench::usage_of(pid)};
}

class Soak : public WineRun {
 protected:
  /// One sim, with all that runs for it.
  struct Place {
    const Sim* sim;
    std::uint16_t port;
    std::optional<Process> bridge = {}, game = {};
    std::array<std::optional<Process>, kReaders> readers = {};
    Clock::time_point due = {};
  };
  struct Counts {
    int games = 0, crashes = 0, bridges_killed = 0, readers_killed = 0;
  };

  Process start_bridge_of(const Place& place) {
    const std::string sim(place.sim->name);
    if (place.sim->packets != nullptr) return start_receiver({sim, "--port", std::to_string(place.port)});
    return start_bridge({.sim = sim, .arguments = {"--stay"}});
  }

  /// One that wants every frame, one that reads at the rate of a screen, and many that look now and then.
  Process start_reader_of(const Place& place, std::size_t number) {
    const std::string sim(place.sim->name);
    std::vector<std::string> words = {built("bin/pitbridge"), "read", sim, "--json", "--interval", "1000"};
    if (number == 0) words = {built("bin/pitbridge"), "stream", sim};
    if (number == 1) words.back() = "33";
    return Process({.arguments = words, .environment = environment(), .in_child = [] {
                      const int nowhere = ::open("/dev/null", O_WRONLY);
                      ::dup2(nowhere, STDOUT_FILENO);
                      ::dup2(nowhere, STDERR_FILENO);
                    }});
  }

  void open_place(Place& place) {
    place.bridge.emplace(start_bridge_of(place));
    const std::string sim(place.sim->name);
    ASSERT_TRUE(becomes(BridgeState::kWaiting, sim)) << place.bridge->output();
    for (std::size_t i = 0; i < kReaders; ++i) place.readers[i].emplace(start_reader_of(place, i));
  }

  void start_game_of(Place& place) {
    GameSetup setup = setup_of(*place.sim, place.sim->titles.front());
    if (place.sim->packets != nullptr)
      setup.arguments.insert(setup.arguments.end(), {"--port", std::to_string(place.port)});
    place.game.emplace(start_game(setup));
    ++counts_.games;
    ASSERT_TRUE(becomes_live(std::string(place.sim->name))) << place.bridge->output();
  }

  /// In one of the ways that games go.
  void end_game_of(Place& place) {
    const bool crashes = chance(3);
    if (crashes) {
      place.game->signal(SIGKILL);
      ++counts_.crashes;
    } else {
      place.game->tell("stop");
    }
    ASSERT_TRUE(place.game->wait().has_value());
    place.game.reset();
  }

  void wait_until_clear(const Place& place) {
    const std::string sim(place.sim->name);
    ASSERT_TRUE(becomes(BridgeState::kWaiting, sim)) << place.bridge->output();
    ASSERT_TRUE(eventually([&] { return is_clear(sim); })) << sim << ": old bytes stay";
  }

  /// A game comes, or goes, or goes and comes again at once.
  void turn(Place& place) {
    if (!place.game) return start_game_of(place);
    ASSERT_NO_FATAL_FAILURE(end_game_of(place));
    if (chance(4)) return start_game_of(place);
    ASSERT_NO_FATAL_FAILURE(wait_until_clear(place));
    const std::string sim(place.sim->name);
    if (std::find(kKilled.begin(), kKilled.end(), sim) != kKilled.end() && chance(2)) {
      place.bridge->signal(SIGKILL);
      ASSERT_TRUE(place.bridge->wait().has_value());
      place.bridge.emplace(start_bridge_of(place));
      ++counts_.bridges_killed;
      ASSERT_TRUE(becomes(BridgeState::kWaiting, sim)) << place.bridge->output();
    }
  }

  /// One reader is killed, and another comes in its place.
  void renew_a_reader(Place& place) {
    const std::size_t number = renewed_++ % kReaders;
    place.readers[number].reset();
    place.readers[number].emplace(start_reader_of(place, number));
    ++counts_.readers_killed;
  }

  /// Without a game, of which a bridge holds a section or two, and with each ring there, which is most of
  /// what a bridge has: the reader that wants it may have come just now.
  void take_samples(std::map<std::string, Sample>& all) {
    for (Place& place : places_) {
      if (!place.game) continue;
      ASSERT_NO_FATAL_FAILURE(end_game_of(place));
      ASSERT_NO_FATAL_FAILURE(wait_until_clear(place));
    }
    for (const Place& place : places_) {
      const std::string sim(place.sim->name);
      if (std::find(kKilled.begin(), kKilled.end(), sim) != kKilled.end()) continue;
      ASSERT_TRUE(eventually([&] { return holding_of(place.bridge->pid()).has_ring; })) << sim;
      all[sim] = sample_of(place.bridge->pid());
    }
    all["wineserver"] = sample_of(wineserver_pid(prefix()));
  }

  void play_for(double seconds) {
    const auto end = Clock::now() + std::chrono::milliseconds(static_cast<std::int64_t>(1000 * seconds));
    while (Clock::now() < end && !HasFailure()) {
      auto next = std::min_element(places_.begin(), places_.end(),
                                   [](const Place& a, const Place& b) { return a.due < b.due; });
      // Waits in the only way that tests wait, and sees in the meantime that no bridge has died.
      eventually([&] { return Clock::now() >= std::min(next->due, end); });
      for (Place& place : places_) ASSERT_TRUE(place.bridge->running()) << place.bridge->output();
      turn(*next);
      renew_a_reader(*next);
      next->due =
          Clock::now() + std::chrono::milliseconds(std::uniform_int_distribution(1000, 9000)(random_));
    }
  }

  bool chance(int of) { return std::uniform_int_distribution(1, of)(random_) == 1; }

  std::vector<Place> places_;
  Counts counts_;

 private:
  std::size_t renewed_ = 0;
  std::mt19937 random_{1};  // the same games each time
};

TEST_F(Soak, DISABLED_EightSimsAtOnce) {
  const double seconds = 60 * std::stod(environment_or("PITBRIDGE_SOAK_MINUTES", "10"));
  const double window_s = seconds / 10;
  Process keeper({.arguments = {"wine", "cmd.exe"}, .environment = environment()});
  for (const Sim* sim : all_sims()) {
    const bool is_received = std::find(kReceived.begin(), kReceived.end(), sim->name) != kReceived.end();
    if (is_received || (sim->packets == nullptr && sim->name != kLeftOut))
      places_.push_back({.sim = sim, .port = Loopback::free_port()});
  }
  ASSERT_EQ(places_.size(), 8U);
  for (Place& place : places_) ASSERT_NO_FATAL_FAILURE(open_place(place));

  std::map<std::string, Sample> first, second, third, last;
  fmt::print("soak: caches fill\n");
  ASSERT_NO_FATAL_FAILURE(play_for(window_s));
  ASSERT_NO_FATAL_FAILURE(take_samples(first));
  ASSERT_NO_FATAL_FAILURE(play_for(window_s));
  ASSERT_NO_FATAL_FAILURE(take_samples(second));
  for (double left_s = seconds - 3 * window_s; left_s > 0; left_s -= window_s) {
    fmt::print("soak: {} games, {} crashes, {:.0f} s left\n", counts_.games, counts_.crashes,
               left_s + window_s);
    std::fflush(stdout);
    ASSERT_NO_FATAL_FAILURE(play_for(std::min(left_s, window_s)));
  }
  ASSERT_NO_FATAL_FAILURE(take_samples(third));
  ASSERT_NO_FATAL_FAILURE(play_for(window_s));
  ASSERT_NO_FATAL_FAILURE(take_samples(last));

  fmt::print("soak: {:.0f} s, {} readers, {} games, {} of them crashed; killed: {} bridges, {} readers\n",
             seconds, kReaders * places_.size(), counts_.games, counts_.crashes, counts_.bridges_killed,
             counts_.readers_killed);
  for (const auto& [name, before] : first) {
    const Sample& after = last.at(name);
    const bench::Usage early = second.at(name).usage - before.usage,
                       late = after.usage - third.at(name).usage;
    fmt::print(
        "soak: {:10} {} -> {} kB, {} -> {} descriptors, {:.2f} -> {:.2f} % of a core, {:.0f} -> {:.0f} "
        "wake-ups/s\n",
        name, before.holding.resident_kb, after.holding.resident_kb, before.holding.descriptors,
        after.holding.descriptors, static_cast<double>(early.cpu_ns) / 1e7 / window_s,
        static_cast<double>(late.cpu_ns) / 1e7 / window_s, static_cast<double>(early.wake_ups) / window_s,
        static_cast<double>(late.wake_ups) / window_s);
    // A leak of one a game would be far more; a log that is written, or a reader that asks, has one for a
    // moment.
    EXPECT_LE(after.holding.descriptors, before.holding.descriptors + 5) << name;
    // Memory for one more state is kept once it was needed; of iRacing that is over a megabyte.
    EXPECT_LE(after.holding.resident_kb, before.holding.resident_kb + 2048) << name;
  }
}

}  // namespace
}  // namespace pitbridge::e2e
