// SPDX-License-Identifier: MIT
#include "bridges/serve/doctor_reports.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "bridges/command/command.hpp"
#include "bridges/doctor/gather.hpp"
#include "bridges/doctor/own_options.hpp"
#include "bridges/doctor/report.hpp"
#include "bridges/output/json_text.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/small_file.hpp"

namespace pitbridge::serve {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr std::int64_t kLookEveryNs = 10 * kSecondNs;
/// He may try a bridge, which takes 15 s at most.
constexpr std::int64_t kLongestNs = 30 * kSecondNs;
constexpr std::size_t kMostSims = 4;
/// A verdict is one line; a page breaks it by itself.
constexpr std::size_t kColumns = 400;

/// The command, which remedies name; this program lies beside it, or in ../lib/pitbridge.
std::string command_path() {
  const std::string own = link_target("/proc/self/exe").value_or("");
  for (const std::string& path : {parent_of(own) + "/pitbridge", parent_of(own) + "/../../bin/pitbridge"})
    if (is_program(path)) return path;
  return "pitbridge";
}

doctor::GatherOptions options_for(std::string_view sim) {
  doctor::GatherOptions options = doctor::options_of(user_settings(), sim);
  options.program = command_path();
  return options;
}

}  // namespace

std::string DoctorReports::text(std::int64_t now_ns) {
  if (!child_ && (report_.empty() || now_ns - report_ns_ >= kLookEveryNs)) {
    began_ns_ = now_ns;
    if (auto child = ChildWork::start(look_)) child_.emplace(std::move(*child));
  }
  const std::string age =
      report_.empty() ? "null" : fmt::format("{:.1f}", static_cast<double>(now_ns - report_ns_) / 1e9);
  return fmt::format("{{\"looking\":{},\"age_s\":{}{}{}}}", child_.has_value(), age,
                     report_.empty() ? "" : ",", report_);
}

void DoctorReports::step(std::int64_t now_ns) {
  if (!child_) return;
  const bool is_done = child_->read_some();
  if (!is_done && now_ns - began_ns_ < kLongestNs) return;
  const auto text = child_->text();
  child_.reset();
  report_ns_ = now_ns;
  report_ = text && text->size() > 2 ? text->substr(1, text->size() - 2) : "\"verdicts\":[],\"links\":[]";
}

std::string doctor_report() {
  Json verdicts = Json::array();
  std::vector<doctor::Report> reports;
  for (const Sim* sim : doctor::sims_in_question(options_for)) {
    if (reports.size() == kMostSims) break;
    reports.push_back(doctor::report_on(doctor::gather(*sim, options_for(sim->name))));
    verdicts.push_back({{"sim", sim->name},
                        {"data_flows", doctor::data_flows(reports.back())},
                        {"verdict", doctor::verdict(reports.back(), kColumns)}});
  }
  const Json links = Json::parse(doctor::json_of(reports), nullptr, false);
  return json_text({{"verdicts", verdicts}, {"links", links.is_array() ? links : Json::array()}},
                   JsonForm::kOneLine);
}

}  // namespace pitbridge::serve
