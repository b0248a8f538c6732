// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridges/feed/feed.hpp"

namespace pitbridge::serve {

/// A moment as the texts of JSON that it is sent as, so that two can be compared and their difference told.
struct State {
  std::uint64_t updated_ns = 0;                                 ///< CLOCK_MONOTONIC; 0: there are no values
  std::vector<std::pair<std::string_view, std::string>> heads;  ///< always the same names, in the same order
  std::array<std::string, kQuantities.size()> values;           ///< empty: absent
  std::array<AbsentReason, kQuantities.size()> reasons = {};
  std::string cars;

  /// But for the time.
  bool says_the_same_as(const State& other) const;
};

/// `cars`: what is said of the cars, where that is not to be made anew.
State state_of(const Moment& moment, const std::string* cars = nullptr);

/// The whole as one JSON object.
std::string whole_text(const State& state);
/// An object of the same form with what differs from `before`: of `values` and `absent` the names that
/// changed, the cars all or not at all.
std::string change_text(const State& before, const State& now);

/// As JSON names it: "no_game".
std::string_view result_name(reader::Result result);

}  // namespace pitbridge::serve
