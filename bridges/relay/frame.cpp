// SPDX-License-Identifier: MIT
#include "bridges/relay/frame.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "bridges/output/json_text.hpp"
#include "bridges/output/values_json.hpp"

namespace pitbridge {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string_view> group_names() {
  std::vector<std::string_view> names;
  for (const QuantityGroup& group : kQuantityGroups) names.push_back(group.name);
  names.push_back(kCarsGroup);
  return names;
}

/// The words of `pitbridge read`, as far as a reader can tell them.
std::string_view state_word(reader::Result result) {
  switch (result) {
    case reader::Result::kOk:
      return "attached";
    case reader::Result::kNoGame:
    case reader::Result::kNoValues:
    case reader::Result::kNoMapping:
      return "waiting";
    case reader::Result::kDead:
      return "stopped";
    case reader::Result::kForeign:
    case reader::Result::kDenied:
      return "foreign";
    default:
      return "none";
  }
}

std::string state_text(std::string_view state, std::string_view activity, std::string_view title,
                       std::string_view why) {
  return json_text({{"state", state}, {"activity", activity}, {"title", title}, {"why", why}},
                   JsonForm::kOneLine);
}

}  // namespace

Expected<GroupChoice> GroupChoice::parse(std::string_view words) {
  GroupChoice choice;
  const auto known = group_names();
  for (std::size_t from = 0; from < words.size();) {
    const std::size_t comma = std::min(words.find(',', from), words.size());
    const std::string_view word = words.substr(from, comma - from);
    if (std::find(known.begin(), known.end(), word) == known.end())
      return fail(ExitCode::kUsage,
                  fmt::format("--groups: \"{}\" is no group; there are {}", word, fmt::join(known, ",")));
    choice.names_.emplace_back(word);
    from = comma + 1;
  }
  return choice;
}

bool GroupChoice::has(std::string_view group) const {
  return names_.empty() || std::find(names_.begin(), names_.end(), group) != names_.end();
}

Frame frame_of(const Moment& moment, const GroupChoice& choice, std::uint64_t number) {
  Frame frame;
  frame.number = number;
  frame.sim = moment.sim;
  const bool has_values = moment.result == reader::Result::kOk;
  frame.activity = activity_name(has_values ? moment.telemetry.activity : Activity::kOff);
  if (moment.title != nullptr) frame.title = moment.title->name;
  frame.state = state_text(state_word(moment.result), frame.activity, frame.title,
                           has_values ? moment.telemetry.version_fault : reader::message(moment.result));
  if (!has_values) return frame;
  for (const QuantityGroup& group : kQuantityGroups) {
    if (!choice.has(group.name)) continue;
    Json values = Json::object();
    for (const QuantityInfo& info : quantities_of(group))
      if (const auto& value = moment.telemetry[info.quantity])
        values[std::string(info.name)] = value_json(info, *value);
    if (values.empty()) continue;
    std::string text = json_text(values, JsonForm::kOneLine);
    frame.groups.push_back({group.name, std::move(values), std::move(text)});
  }
  if (choice.has(kCarsGroup) && !moment.telemetry.cars.empty())
    frame.cars = json_text(cars_json(moment.telemetry.cars), JsonForm::kOneLine);
  return frame;
}

std::string state_of_nobody() {
  return state_text("none", activity_name(Activity::kOff), "", "another sim is followed");
}

}  // namespace pitbridge
