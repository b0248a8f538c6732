// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/bench/packets.hpp"
#include "tests/bench/parts.hpp"

namespace pitbridge::bench {

/// Processor, cores, kernel, Wine, load: what the figures depend on. Taken before the run.
nlohmann::json describe_machine();

struct Report {
  nlohmann::json machine;
  Settings settings;
  Results rounds;
  Results idle;
  TornResults torn;
  PacketResults packets;
};

/// A wish of the design, and whether this run met it.
struct Target {
  std::string sim;
  std::string wanted;
  std::string got;
  bool met = false;
};
/// Only for what was measured.
std::vector<Target> judge(const Report& report);

nlohmann::json to_json(const Report& report);

// Markdown. A table holds what was measured; it is empty when nothing was.
std::string heading(const Report& report);
std::string tables_of_rounds(const Report& report);
std::string table_of_idle(const Report& report);
std::string table_of_torn(const Report& report);
std::string table_of_targets(const Report& report);

}  // namespace pitbridge::bench
