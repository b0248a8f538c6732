// SPDX-License-Identifier: MIT
// `pitbridge clean`: clears the files of bridges that were killed together with their janitors.
#include <fmt/format.h>

#include "bridges/pitbridge/command.hpp"

namespace pitbridge {
namespace {

Expected<void> run() {
  const auto lines = clear_after_killed_bridges();
  for (const std::string& line : lines) fmt::print("{}\n", line);
  if (lines.empty()) fmt::print("no killed bridge has left anything\n");
  return {};
}

constexpr Command kCommand = {
    .name = "clean",
    .description = "Clear the files that a killed bridge has left",
    .add_options = [](CLI::App&) {},
    .run = run,
    .tells_of_killed_bridges = false,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge
