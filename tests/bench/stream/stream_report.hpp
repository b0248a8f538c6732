// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/stream/measure.hpp"

namespace pitbridge::bench {

/// What one cell gave, a value a round.
struct Figures {
  std::vector<double> mb_per_second;  ///< of frames that each consumer has got
  std::vector<double> p50_us, p99_us;
  std::uint64_t lost = 0;  ///< of all rounds and consumers, where nothing may be lost
};

struct Soak {
  double rate_hz = 0, seconds = 0;
  std::size_t size_bytes = 0, consumers = 0, ring_bytes = 0;
  Latency latency;
};

struct StreamReport {
  std::string machine;
  int rounds = 0;
  double seconds = 0;
  std::map<Cell, Figures> cells;
  double memcpy_hz = 0;  ///< bytes a second of one core
  std::vector<Soak> soaks;
};

// Markdown, and the same in JSON.
std::string stream_heading(const StreamReport& report);
/// Of one count of consumers, on an idle or a busy machine.
std::string stream_tables(const StreamReport& report, std::size_t consumers, bool is_busy);
std::string soak_table(const StreamReport& report);
std::string stream_targets(const StreamReport& report);
nlohmann::json to_json(const StreamReport& report);

}  // namespace pitbridge::bench
