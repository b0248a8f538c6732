// SPDX-License-Identifier: MIT
// The links between the mirrored bytes and what they mean.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bridges/doctor/checks.hpp"

namespace pitbridge::doctor::judge {

Finding layout_version(const Facts& facts) {
  const ValuesFacts& values = facts.values;
  if (values.title == nullptr) return unknown("no bridge runs, or the title is not known");
  if (!values.version.fault.empty())
    return broken(values.version.fault + "; the files are right, and no values are decoded from them",
                  "update pitbridge; where that does not help, report this version");
  if (!values.version.stated.empty()) return ok(values.version.stated);
  if (values.title->version.fields.empty()) return ok("this game states none");
  return unknown("the game has not stated it yet");
}

Finding plausible(const Facts& facts) {
  const ValuesFacts& values = facts.values;
  if (values.title == nullptr || values.version.by == nullptr) return unknown("nothing is decoded");
  if (values.implausible.empty()) return ok("no value is beyond what a vehicle can do");
  std::vector<std::string_view> names;
  for (const Quantity quantity : values.implausible) names.push_back(quantity_info(quantity).name);
  return broken(
      fmt::format("no vehicle can do what stands for {}", fmt::join(names, ", ")),
      "report the game's version, for it may have changed its memory; where it is taken for another game of "
      "the sim, give the bridge --title");
}

}  // namespace pitbridge::doctor::judge
