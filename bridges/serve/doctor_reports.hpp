// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "common/posix/launch/child_work.hpp"

namespace pitbridge::serve {

/// What the doctor says, for a caller that must not wait for him: he looks in a process of his own, seldom,
/// and only after somebody has asked.
class DoctorReports {
 public:
  /// `look`: makes a report, a JSON object.
  explicit DoctorReports(std::function<std::string()> look) : look_(std::move(look)) {}

  /// The newest report as a JSON object, with its age; none yet after the first question.
  std::string text(std::int64_t now_ns);
  /// Takes what the doctor has found.
  void step(std::int64_t now_ns);
  bool is_looking() const { return child_.has_value(); }

 private:
  std::function<std::string()> look_;
  std::optional<ChildWork> child_;
  std::string report_;  ///< without its braces; empty: none yet
  std::int64_t report_ns_ = 0, began_ns_ = 0;
};

/// Of the sims in question, by the settings of the command that runs: "verdicts" and "links".
std::string doctor_report();

}  // namespace pitbridge::serve
