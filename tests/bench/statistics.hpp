// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <vector>

namespace pitbridge::bench {

/// The value that `part` (0 to 1) of the values do not exceed, by the nearest rank: always one that was
/// measured. Nothing without values.
std::optional<double> percentile(std::vector<double> values, double part);

/// What several rounds gave. The median of an even number of rounds is the mean of the middle two.
struct Spread {
  double median = 0;
  double min = 0;
  double max = 0;
};
std::optional<Spread> spread_of(std::vector<double> values);

}  // namespace pitbridge::bench
