// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridges/doctor/facts.hpp"
#include "bridges/doctor/gather_options.hpp"

namespace pitbridge::doctor {

/// Reads one sim's status page, as far as it can be trusted.
class PageReader {
 public:
  PageReader(std::string directory, std::string_view sim) : directory_(std::move(directory)), sim_(sim) {}

  /// The page at first sight.
  PageFacts first() const;
  /// Nothing when it is none, or is never whole.
  std::optional<Status> read() const;

 private:
  std::string directory_, sim_;
};

/// The second reading of the page and of the game's sections, after the interval.
void read_again(Facts& facts, const PageReader& page, int interval_ms);

/// Nothing of a bridge that does not live.
ValuesFacts values_facts(const Facts& facts, const GatherOptions& options);

/// The files of this sim, and those that the user has added. Looks at the page, the session and the bridges
/// among `facts`.
std::vector<FileFacts> file_facts(const Facts& facts, const GatherOptions& options);

}  // namespace pitbridge::doctor
