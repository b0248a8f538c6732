// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "bridges/doctor/checks.hpp"

namespace pitbridge::doctor {

/// A check and what it found.
struct Result {
  const Check* check = nullptr;
  Finding finding;
};

/// All that was found of one sim.
struct Report {
  const Sim* sim = nullptr;
  std::vector<Result> results;         ///< one a check, in their order
  bool is_native = false;              ///< the game runs without Wine, and needs no bridge
  std::optional<double> data_rate_hz;  ///< nothing: no data flows
};
Report report_on(const Facts& facts);

/// To the readers, from a bridge or from a native game.
bool data_flows(const Report& report);

struct TextStyle {
  bool with_colour = false;
  bool with_unknown = false;  ///< the links that cannot be judged are shown, and not only counted
  std::size_t columns = 80;
};

/// "data flows: 312 updates/s", or "broken at: ..."; one line without its end. Of the broken links as many
/// are named as fit into so many columns.
std::string verdict(const Report& report, std::size_t columns);

/// The verdict, the one next step, and then for each link a mark and the facts, with the remedy below each
/// broken one.
std::string text_of(const Report& report, const TextStyle& style);

/// A JSON array of objects with the keys sim, id, title, state, found, remedy and commands.
std::string json_of(const std::vector<Report>& reports);

}  // namespace pitbridge::doctor
