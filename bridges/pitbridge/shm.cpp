// SPDX-License-Identifier: MIT
// `pitbridge shm`: looks after the shared memory of a directory: regions of libpitshm, and what bridges have.
#include <CLI/App.hpp>
#include <string>

#include "bridges/command/command.hpp"
#include "bridges/pitbridge/shm_parts.hpp"
#include "common/posix/shm/bridge_directory.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge::shm_command {
namespace {

struct Part {
  const char* name;
  const char* description;
  bool has_name, needs_name, has_json, has_dry_run;
  Expected<void> (*run)(const PartOptions& options);
};

constexpr Part kParts[] = {
    {.name = "list",
     .description = "List every region, its size and its publisher, and the files of bridges",
     .has_name = false,
     .needs_name = false,
     .has_json = true,
     .has_dry_run = false,
     .run = list},
    {.name = "clean",
     .description = "Remove the regions whose publishers were killed, or the one that is named",
     .has_name = true,
     .needs_name = false,
     .has_json = false,
     .has_dry_run = true,
     .run = clean},
    {.name = "watch",
     .description = "Print a line for each change of a region, until a signal comes",
     .has_name = true,
     .needs_name = true,
     .has_json = true,
     .has_dry_run = false,
     .run = watch},
};

PartOptions g_options;
const Part* g_chosen = nullptr;

void add_options(CLI::App& app) {
  app.require_subcommand(1);
  for (const Part& part : kParts) {
    CLI::App* sub = app.add_subcommand(part.name, part.description);
    sub->callback([&part] { g_chosen = &part; });
    if (part.has_name)
      sub->add_option("name", g_options.name, "Of the region")->type_name("NAME")->required(part.needs_name);
    if (part.has_json) sub->add_flag("--json", g_options.json, "Print JSON");
    if (part.has_dry_run) sub->add_flag("--dry-run", g_options.dry_run, "Only say what would be removed");
  }
}

constexpr Command kCommand = {
    .name = "shm",
    .description = "List, clean up and watch regions of shared memory",
    .add_options = add_options,
    .run = [] { return g_chosen->run(g_options); },
    .tells_of_killed_bridges = false,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace

Expected<std::shared_ptr<ShmDirectory>> directory_of_regions() {
  const Resolved chosen = user_settings().find_or_configured(setting("shm_dir"));
  const std::string of_library = environment_or("PITSHM_DIR", "");
  const bool is_default = chosen.source == Resolved::Source::kDefault;
  if (is_default && !of_library.empty()) return open_bridge_directory(of_library);
  return open_bridge_directory(shm_directory_of(user_settings()));
}

}  // namespace pitbridge::shm_command
