// SPDX-License-Identifier: MIT
// `pitbridge clean`: clears the files of bridges that were killed together with their janitors.
#include "bridges/output/output.hpp"
#include "bridges/pitbridge/command.hpp"

namespace pitbridge {
namespace {

Expected<void> run() {
  const auto lines = clear_after_killed_bridges();
  for (const std::string& line : lines) put_line(line);
  if (lines.empty()) put_line("no killed bridge has left anything");
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
