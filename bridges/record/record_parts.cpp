// SPDX-License-Identifier: MIT
#include "bridges/record/record_parts.hpp"

namespace pitbridge::record {

void add_parts(CLI::App& /*app*/) {}

std::optional<Expected<void> (*)()> chosen_part() {
  return std::nullopt;
}

}  // namespace pitbridge::record
