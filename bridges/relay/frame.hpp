// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/feed/feed.hpp"
#include "common/core/error.hpp"
#include "common/core/sim/quantity.hpp"

namespace pitbridge {

/// Beside the groups of quantities, the cars of the session can be chosen.
inline constexpr std::string_view kCarsGroup = "cars";

/// Which groups of values are sent.
class GroupChoice {
 public:
  /// Names with commas between them; empty: all.
  static Expected<GroupChoice> parse(std::string_view words);

  bool has(std::string_view group) const;

 private:
  std::vector<std::string> names_;  ///< empty: all
};

struct GroupValues {
  std::string_view name;
  nlohmann::ordered_json values;  ///< of those quantities that have one
  std::string text;               ///< the same as JSON
};

/// What is sent at one moment, made once for all outputs.
struct Frame {
  std::uint64_t number = 0;  ///< of another number is what has changed
  const Sim* sim = nullptr;  ///< null: none was driven yet
  std::string title;         ///< its name; empty: not known
  std::string_view activity;
  std::string state;                ///< JSON: what the state topic says
  std::vector<GroupValues> groups;  ///< the chosen ones that have a value, in their order
  std::string cars;                 ///< JSON; empty: not chosen, or none is known
};

Frame frame_of(const Moment& moment, const GroupChoice& choice, std::uint64_t number);

/// Of a sim that is not followed any more: what its state topic says.
std::string state_of_nobody();

}  // namespace pitbridge
