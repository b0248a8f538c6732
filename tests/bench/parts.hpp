// SPDX-License-Identifier: MIT
#pragma once

#include <ctime>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/readers.hpp"
#include "tests/bench/stage.hpp"

/// The parts of one run of the benchmark. Every figure has a name with its unit; see the README.
namespace pitbridge::bench {

struct Settings {
  int rounds = 3;
  double seconds = 2;  ///< of each measurement
  double jitter_us = 1000;
  std::vector<std::string> sims;  ///< names; none: all
  bool whole = false;             ///< every byte of every mapping changes with each update
  bool idle = true;               ///< the part without a game, and with a paused one
  double idle_seconds = 10;
  std::uint64_t torn_snapshots = 10'000'000;  ///< accepted ones, for each sim
  double torn_seconds = 10;                   ///< at least, for each sim; 0: no such part
  double torn_longest_seconds = 90;           ///< however few snapshots that gives
  double packet_seconds = 10;                 ///< of each measurement of packets; 0: no such part
  bool only_packets = false;
};

/// The name of a figure, and one value for each round.
using Figures = std::map<std::string, std::vector<double>>;
/// By sim, then by variant.
using Results = std::map<std::string, std::map<std::string, Figures>>;

/// What is measured side by side. The names stand in the JSON file and in the tables.
namespace variant {
inline constexpr char kGameAlone[] = "game alone";
inline constexpr char kDefault[] = "pitbridge";
inline constexpr char kLowLatency[] = "pitbridge --low-latency";
inline constexpr char kLowPower[] = "pitbridge --low-power";
inline constexpr char kTwin[] = "pitbridge, twin";
inline constexpr char kWaiting[] = "pitbridge, waiting reader";
inline constexpr char kZeroCopy[] = "pitbridge, zero copy";
inline constexpr char kZeroCopyFrozen[] = "pitbridge, zero copy, bridge frozen";
inline constexpr char kFixedCopy[] = "reference: whole copy, 1 kHz";
inline constexpr char kCompareCopy[] = "reference: compare and copy, 5 ms";
inline constexpr char kBound[] = "bound: a timer's wake-up and one copy";
inline constexpr char kNative[] = "native to native";
}  // namespace variant
/// In the order of the tables.
const std::vector<std::string>& variants();

/// The clock of Wine's QueryPerformanceCounter.
clockid_t wine_clock();

std::vector<const SimCase*> chosen_cases(const Settings& settings);

// Each part adds to `results` as it goes: what was measured before a failure or a signal is there.

/// Each variant of each sim for some seconds, in an order that rotates from round to round.
void run_rounds(Stage& stage, const Settings& settings, Results& results);

/// CPU of bridges without a game, and with a paused one; of all sims at the same time. Variants "no game" and
/// "paused game".
void run_idle(Stage& stage, const Settings& settings, Results& results);

/// By sim, then by variant.
using TornResults = std::map<std::string, std::map<std::string, TornFigures>>;
void run_torn(Stage& stage, const Settings& settings, TornResults& results);

}  // namespace pitbridge::bench
