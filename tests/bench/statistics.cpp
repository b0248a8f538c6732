// SPDX-License-Identifier: MIT
#include "tests/bench/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace pitbridge::bench {

std::optional<double> percentile(std::vector<double> values, double part) {
  if (values.empty()) return std::nullopt;
  const double rank = std::ceil(part * static_cast<double>(values.size()));
  const auto index = static_cast<std::size_t>(std::clamp(rank, 1.0, static_cast<double>(values.size()))) - 1;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(index), values.end());
  return values[index];
}

std::optional<Spread> spread_of(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  const double median = values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  return Spread{median, values.front(), values.back()};
}

}  // namespace pitbridge::bench
