// SPDX-License-Identifier: MIT
#include "bridges/doctor/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>

#include "bridges/output/columns.hpp"
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

/// The line of a link, whose mark stands behind two blanks.
std::string coloured(const std::string& line, LinkState state) {
  const std::string_view mark = link_state_name(state);
  return fmt::format("  {}{}{}{}", colour_of(state), mark, kNoColour, line.substr(2 + mark.size()));
}

/// What stops no data: it is no next step while something else is broken.
constexpr std::array<std::string_view, 3> kNotUrgent = {"config", "shm-readers", "app-id"};

std::vector<std::string_view> ids_of(const Report& report, LinkState state) {
  std::vector<std::string_view> ids;
  for (const Result& result : report.results)
    if (result.finding.state == state) ids.push_back(result.check->id);
  return ids;
}

/// "INTRODUCTION a, b and 3 more"
std::string named(const std::string& introduction, std::span<const std::string_view> ids,
                  std::size_t columns) {
  for (std::size_t count = ids.size(); count > 0; --count) {
    std::string text = fmt::format("{}{}", introduction, fmt::join(ids.first(count), ", "));
    if (count < ids.size()) text += fmt::format(" and {} more", ids.size() - count);
    if (columns_of(text) <= columns) return text;
  }
  return fmt::format("{}{}", introduction, ids.size());
}

/// What comes first in the chain, of that which keeps the data from flowing; null: nothing is broken.
const Remedy* next_step(const Report& report) {
  const Remedy* step = nullptr;
  for (const auto& [check, finding] : report.results) {
    if (finding.state != LinkState::kBroken) continue;
    if (std::find(kNotUrgent.begin(), kNotUrgent.end(), check->id) == kNotUrgent.end())
      return &finding.remedy;
    if (step == nullptr) step = &finding.remedy;
  }
  return step;
}

/// The advice, and each command in lines of its own.
std::string lines_of(const Remedy& remedy, std::string_view title, std::size_t columns) {
  const char* end = remedy.commands.empty() ? "" : ":";
  std::string lines = wrapped(printable(remedy.advice) + end, title, columns);
  for (const std::string& command : remedy.commands)
    lines += wrapped_command(printable(command), title.size(), columns);
  return lines;
}

}  // namespace

bool data_flows(const Report& report) {
  if (!report.is_native) return report.data_rate_hz.has_value();
  return std::any_of(report.results.begin(), report.results.end(), [](const Result& result) {
    return result.check->id == "data" && result.finding.state == LinkState::kOk;
  });
}

Report report_on(const Facts& facts) {
  Report report;
  report.sim = facts.sim;
  for (const Check& check : all_checks()) {
    auto special = finding_of_native_game(facts, check.id);
    if (!special) special = finding_of_sender(facts, check.id);
    report.results.push_back({&check, special ? std::move(*special) : check.judge(facts)});
  }
  report.is_native = facts.native.has_value();
  report.data_rate_hz = data_rate_hz(facts);
  return report;
}

std::string verdict(const Report& report, std::size_t columns) {
  const auto broken_ids = ids_of(report, LinkState::kBroken);
  if (report.is_native) {
    constexpr const char* kNoBridge = "no bridge is needed: the game is a native one";
    return broken_ids.empty() ? kNoBridge
                              : named(fmt::format("{}; broken: ", kNoBridge), broken_ids, columns);
  }
  if (report.data_rate_hz) {
    const std::string flows = fmt::format("data flows: {:.0f} updates/s", *report.data_rate_hz);
    return broken_ids.empty() ? flows : named(flows + "; also broken: ", broken_ids, columns);
  }
  if (!broken_ids.empty()) return named("broken at: ", broken_ids, columns);
  return named("no data flows; not known: ", ids_of(report, LinkState::kUnknown), columns);
}

std::string text_of(const Report& report, const TextStyle& style) {
  const std::string sim = fmt::format("{}: ", report.sim->name);
  const std::size_t columns = style.columns;
  std::string text = sim + verdict(report, columns - std::min(columns, sim.size())) + "\n";
  if (const Remedy* next = next_step(report)) {
    text += lines_of(*next, "next: ", columns);
  } else if (report.is_native) {
    text += wrapped("nothing: drive, and read what the game's own plugin writes", "next: ", columns);
  } else if (report.data_rate_hz) {
    text += wrapped("nothing: drive, and read the values", "next: ", columns);
  }
  std::vector<std::string_view> folded;
  for (const auto& [check, finding] : report.results) {
    if (finding.state == LinkState::kUnknown && !style.with_unknown) {
      folded.push_back(check->id);
      continue;
    }
    const std::string line =
        wrapped(printable(finding.found),
                fmt::format("  {:<8}{:<18}", link_state_name(finding.state), check->id), columns);
    text += style.with_colour ? coloured(line, finding.state) : line;
    if (!finding.remedy.empty()) text += lines_of(finding.remedy, "          remedy: ", columns);
  }
  if (!folded.empty())
    text += wrapped(fmt::format("{} {} not known; --verbose tells why", folded.size(),
                                folded.size() == 1 ? "link is" : "links are"),
                    "  unknown ", columns);
  return text;
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
                     {"remedy", finding.remedy.text()},
                     {"commands", finding.remedy.commands}});
  return json_text(all);
}

}  // namespace pitbridge::doctor
