// SPDX-License-Identifier: MIT
#pragma once

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
  std::optional<double> data_rate_hz;  ///< nothing: no data flows
};
Report report_on(const Facts& facts);

/// "data flows: 312 updates/s", or "broken at: ..."; one line without its end.
std::string verdict(const Report& report);

/// The table for people, a mark and the facts for each link, the remedy below each broken one, and the
/// verdict as the last line.
std::string text_of(const Report& report, bool with_colour);

/// A JSON array of objects with the keys sim, id, title, state, found and remedy.
std::string json_of(const std::vector<Report>& reports);

}  // namespace pitbridge::doctor
