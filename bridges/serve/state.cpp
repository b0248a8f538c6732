// SPDX-License-Identifier: MIT
#include "bridges/serve/state.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "bridges/output/json_text.hpp"
#include "bridges/output/values_json.hpp"

namespace pitbridge::serve {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json_text(json, JsonForm::kOneLine);
}

Json text_or_null(std::string_view text) {
  return text.empty() ? Json() : Json(text);
}

/// `before`: null for all of it.
std::string object(const State* before, const State& now) {
  std::string out = fmt::format("{{\"updated_ns\":{}", now.updated_ns);
  for (std::size_t i = 0; i < now.heads.size(); ++i)
    if (before == nullptr || before->heads[i].second != now.heads[i].second)
      out += fmt::format(",\"{}\":{}", now.heads[i].first, now.heads[i].second);
  std::string values, absent;
  for (const QuantityInfo& info : kQuantities) {
    const auto at = static_cast<std::size_t>(info.quantity);
    const bool is_same = before != nullptr && before->values[at] == now.values[at] &&
                         (!now.values[at].empty() || before->reasons[at] == now.reasons[at]);
    if (is_same) continue;
    if (now.values[at].empty()) {
      absent +=
          fmt::format("{}\"{}\":\"{}\"", absent.empty() ? "" : ",", info.name, reason_name(now.reasons[at]));
    } else {
      values += fmt::format("{}\"{}\":{}", values.empty() ? "" : ",", info.name, now.values[at]);
    }
  }
  out += fmt::format(",\"values\":{{{}}},\"absent\":{{{}}}", values, absent);
  if (before == nullptr || before->cars != now.cars) out += ",\"cars\":" + now.cars;
  return out + "}";
}

}  // namespace

bool State::says_the_same_as(const State& other) const {
  return heads == other.heads && values == other.values && reasons == other.reasons && cars == other.cars;
}

State state_of(const Moment& moment, const std::string* cars) {
  const Telemetry& telemetry = moment.telemetry;
  const bool is_live = moment.result == reader::Result::kOk;
  State state;
  state.updated_ns = moment.updated_ns;
  state.heads = {
      {"sim", text_of(moment.sim != nullptr ? Json(moment.sim->name) : Json())},
      {"title", text_of(moment.title != nullptr ? Json(moment.title->id) : Json())},
      {"title_name", text_of(moment.title != nullptr ? Json(moment.title->name) : Json())},
      {"result", text_of(Json(result_name(moment.result)))},
      {"message", text_of(Json(is_live ? "" : message(moment.result)))},
      {"activity", text_of(is_live ? Json(activity_name(telemetry.activity)) : Json())},
      {"version", text_of(text_or_null(telemetry.version))},
      {"version_fault", text_of(text_or_null(telemetry.version_fault))},
  };
  for (const QuantityInfo& info : kQuantities) {
    const auto at = static_cast<std::size_t>(info.quantity);
    if (const auto& value = telemetry[info.quantity]) {
      state.values[at] = text_of(value_json(info, *value));
    } else {
      state.reasons[at] = telemetry.reason(info.quantity);
    }
  }
  state.cars = cars != nullptr ? *cars : text_of(cars_json(telemetry.cars));
  return state;
}

std::string whole_text(const State& state) {
  return object(nullptr, state);
}

std::string change_text(const State& before, const State& now) {
  return object(&before, now);
}

std::string_view result_name(reader::Result result) {
  using reader::Result;
  switch (result) {
    case Result::kOk:
      return "ok";
    case Result::kTimeout:
      return "timeout";
    case Result::kInterrupted:
      return "interrupted";
    case Result::kAbsent:
      return "absent";
    case Result::kDenied:
      return "denied";
    case Result::kForeign:
      return "foreign";
    case Result::kDead:
      return "dead";
    case Result::kNoGame:
      return "no_game";
    case Result::kNoMapping:
      return "no_mapping";
    case Result::kBusy:
      return "busy";
    case Result::kCut:
      return "cut";
    case Result::kNoValues:
      return "no_values";
    case Result::kNoSection:
      return "no_section";
    case Result::kBadName:
      return "bad_name";
  }
  return "unknown";
}

}  // namespace pitbridge::serve
