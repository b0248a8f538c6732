// SPDX-License-Identifier: MIT
#include "bridges/doctor/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "bridges/output/json_text.hpp"
#include "common/core/sim/text.hpp"

namespace pitbridge::doctor {
namespace {

using Json = nlohmann::ordered_json;

/// ECMA-48.
std::string_view colour_of(LinkState state) {
  switch (state) {
    case LinkState::kOk:
      return "\033[32m";
    case LinkState::kBroken:
      return "\033[1;31m";
    case LinkState::kUnknown:
      return "\033[33m";
  }
  return "";
}
constexpr std::string_view kNoColour = "\033[0m";

std::vector<std::string_view> ids_of(const Report& report, LinkState state) {
  std::vector<std::string_view> ids;
  for (const Result& result : report.results)
    if (result.finding.state == state) ids.push_back(result.check->id);
  return ids;
}

}  // namespace

Report report_on(const Facts& facts) {
  Report report;
  report.sim = facts.sim;
  for (const Check& check : all_checks()) report.results.push_back({&check, check.judge(facts)});
  report.data_rate_hz = data_rate_hz(facts);
  return report;
}

std::string verdict(const Report& report) {
  const auto broken_ids = ids_of(report, LinkState::kBroken);
  if (report.data_rate_hz)
    return fmt::format(
        "data flows: {:.0f} updates/s{}", *report.data_rate_hz,
        broken_ids.empty() ? "" : fmt::format("; broken all the same: {}", fmt::join(broken_ids, ", ")));
  if (!broken_ids.empty()) return fmt::format("broken at: {}", fmt::join(broken_ids, ", "));
  return fmt::format("no data flows; not known: {}", fmt::join(ids_of(report, LinkState::kUnknown), ", "));
}

std::string text_of(const Report& report, bool with_colour) {
  std::string text = fmt::format("{}: {}\n", report.sim->name, report.sim->description);
  for (const auto& [check, finding] : report.results) {
    text += fmt::format("  {}{:<8}{}{:<18}{}\n", with_colour ? colour_of(finding.state) : "",
                        link_state_name(finding.state), with_colour ? kNoColour : "", check->id,
                        printable(finding.found));
    if (!finding.remedy.empty())
      text += fmt::format("          {:<18}remedy: {}\n", "", printable(finding.remedy));
  }
  return text + verdict(report) + "\n";
}

std::string json_of(const std::vector<Report>& reports) {
  Json all = Json::array();
  for (const Report& report : reports)
    for (const auto& [check, finding] : report.results)
      all.push_back({{"sim", report.sim->name},
                     {"id", check->id},
                     {"title", check->title},
                     {"state", link_state_name(finding.state)},
                     {"found", finding.found},
                     {"remedy", finding.remedy}});
  return json_text(all);
}

}  // namespace pitbridge::doctor
