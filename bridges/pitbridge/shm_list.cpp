// SPDX-License-Identifier: MIT
// `pitbridge shm list` and `clean`.
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "bridges/command/command.hpp"
#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "bridges/pitbridge/shm_parts.hpp"
#include "common/core/sim/describe.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/region/plain_file.hpp"
#include "common/posix/region/region_list.hpp"
#include "common/posix/region/region_name.hpp"
#include "common/posix/shm/status_list.hpp"

namespace pitbridge::shm_command {
namespace {

using Json = nlohmann::ordered_json;

/// A file that belongs to a bridge, by its page and by the tables of its sim.
struct BridgeFile {
  std::string sim;
  std::int32_t bridge_pid = 0;
  bool bridge_runs = false;
  bool was_killed = false;
};

std::map<std::string, BridgeFile> files_of_bridges(const ShmDirectory& directory) {
  std::map<std::string, BridgeFile> all;
  for (const StatusEntry& entry : status_entries(directory.path())) {
    const BridgeFile file = {entry.sim, entry.status.header.bridge_pid, entry.bridge_runs,
                             entry.was_killed()};
    for (std::string own : {status_file_name(entry.sim), values_file_name(entry.sim),
                            readers_file_name(entry.sim), lock_file_name(entry.sim)})
      all.emplace(std::move(own), file);
    for (const StatusMapping& mapping : entry.status.mappings)
      all.emplace(fixed_text(mapping.file_name), file);
    if (const Sim* sim = find_sim(entry.sim))
      for (std::string& name : file_names_of(user_settings(), *sim)) all.emplace(std::move(name), file);
  }
  return all;
}

/// One line of the list.
struct Row {  // NOLINT(bugprone-exception-escape): moving a Json throws only where it is no Json any more
  std::string name;
  Json json;
  std::string size, generation, news, text;
};

std::string number_text(const Json& number) {
  return number.is_null() ? "-" : number.dump();
}

Row row_of(const RegionEntry& entry) {
  std::string kind = entry.is_bare ? "bare" : "region";
  if (!entry.is_there) kind = "unfinished";
  std::string state = "published";
  if (entry.is_foreign)
    kind = state = "foreign";
  else if (entry.is_abandoned())
    state = "abandoned";
  else if (!entry.publisher)
    state = "left";
  const bool has_header = kind == "region";
  const bool has_size = has_header || kind == "bare";
  Row row;
  row.name = entry.name;
  row.json = {{"name", entry.name},
              {"kind", kind},
              {"state", state},
              {"owner", entry.owner},
              {"data_bytes", has_size ? Json(entry.stamp.data_bytes) : Json()},
              {"generation", has_header ? Json(entry.stamp.generation) : Json()},
              {"news", has_header ? Json(entry.stamp.news) : Json()},
              {"publisher", entry.publisher.value_or(0) > 0 ? Json(*entry.publisher) : Json()},
              {"bridge", Json()}};
  row.text = fmt::format("{}, {}", kind, state);
  if (entry.is_foreign) row.text = fmt::format("of user {}, not believed", entry.owner);
  if (entry.publisher.value_or(0) > 0) row.text += fmt::format(" by pid {}", *entry.publisher);
  return row;
}

std::optional<Row> row_of(const ShmDirectory& directory, const std::string& name, const BridgeFile& file) {
  const auto found = look_at(directory, name);
  if (!found || !S_ISREG(found->st_mode)) return std::nullopt;
  std::string state = file.was_killed ? "abandoned" : "left";
  if (file.bridge_runs) state = "published";
  Row row;
  row.name = name;
  row.json = {{"name", name},
              {"kind", "bridge"},
              {"state", state},
              {"owner", found->st_uid},
              {"data_bytes", found->st_size},
              {"generation", Json()},
              {"news", Json()},
              {"publisher", file.bridge_runs ? Json(file.bridge_pid) : Json()},
              {"bridge", file.sim}};
  row.text = fmt::format("of the bridge of {}, {}", file.sim, state);
  if (file.bridge_runs) row.text += fmt::format(" by pid {}", file.bridge_pid);
  return row;
}

/// Regions first, then what bridges have.
std::vector<Row> rows_of(const ShmDirectory& directory) {
  const auto of_bridges = files_of_bridges(directory);
  std::vector<Row> rows;
  for (const RegionEntry& entry : regions_in(directory))
    if (!of_bridges.contains(entry.name)) rows.push_back(row_of(entry));
  for (const auto& [name, file] : of_bridges)
    if (auto row = row_of(directory, name, file)) rows.push_back(std::move(*row));
  return rows;
}

Error of_a_bridge(const ShmDirectory& directory, std::string_view name, std::string_view sim) {
  return {ExitCode::kUsage,
          fmt::format(
              "{}/{} belongs to the bridge{}; what a killed bridge has left is cleared by: pitbridge clean",
              directory.path(), name, sim.empty() ? "s" : fmt::format(" of {}", sim))};
}

Expected<void> remove_one(const std::shared_ptr<ShmDirectory>& directory, const RegionEntry& entry,
                          bool dry_run) {
  const std::string what =
      fmt::format("{}/{}, {}", directory->path(), entry.name,
                  entry.is_abandoned() ? "whose publisher was killed" : "whose publisher has left");
  if (dry_run) {
    print_line("would remove {}", what);
    return {};
  }
  const auto removed = remove_region(directory, entry.name);
  if (!removed) return tl::unexpected<Error>(removed.error());
  if (*removed) print_line("removed {}", what);
  return {};
}

Expected<void> clean_named(const std::shared_ptr<ShmDirectory>& directory, const PartOptions& options) {
  const auto of_bridges = files_of_bridges(*directory);
  if (const auto file = of_bridges.find(options.name); file != of_bridges.end())
    return tl::unexpected<Error>(of_a_bridge(*directory, options.name, file->second.sim));
  if (options.name.starts_with(kOwnFilePrefix))
    return tl::unexpected<Error>(of_a_bridge(*directory, options.name, {}));
  if (auto good = check_region_name(options.name); !good) return good;
  const auto entry = region_entry(*directory, options.name);
  if (!entry)
    return fail(ExitCode::kFailure,
                fmt::format("{}/{}: there is no region of this name; see pitbridge shm list",
                            directory->path(), options.name));
  if (entry->is_foreign)
    return fail(ExitCode::kOutputRefused, fmt::format("{}/{} belongs to user {}; ask that user to remove it",
                                                      directory->path(), entry->name, entry->owner));
  if (entry->publisher)
    return fail(ExitCode::kAlreadyRunning, fmt::format("{}/{}: its publisher lives (pid {}); end it first",
                                                       directory->path(), entry->name, *entry->publisher));
  return remove_one(directory, *entry, options.dry_run);
}

}  // namespace

Expected<void> list(const PartOptions& options) {
  const auto directory = directory_of_regions();
  if (!directory) return tl::unexpected<Error>(directory.error());
  const std::vector<Row> rows = rows_of(**directory);
  if (options.json) {
    Json all = Json::array();
    for (const Row& row : rows) all.push_back(row.json);
    put_block(json_text(all) + "\n");
    return {};
  }
  if (rows.empty()) print_line("no region is in {}", (*directory)->path());
  if (!rows.empty())
    print_line("{:<32} {:>12} {:>10} {:>10}  {}", "name", "bytes", "generation", "news", "what");
  for (const Row& row : rows)
    print_line("{:<32} {:>12} {:>10} {:>10}  {}", row.name, number_text(row.json["data_bytes"]),
               number_text(row.json["generation"]), number_text(row.json["news"]), row.text);
  return {};
}

Expected<void> clean(const PartOptions& options) {
  const auto directory = directory_of_regions();
  if (!directory) return tl::unexpected<Error>(directory.error());
  if (!options.name.empty()) return clean_named(*directory, options);
  const auto of_bridges = files_of_bridges(**directory);
  bool found_any = false;
  for (const RegionEntry& entry : regions_in(**directory)) {
    if (!entry.is_abandoned() || of_bridges.contains(entry.name)) continue;
    found_any = true;
    if (auto removed = remove_one(*directory, entry, options.dry_run); !removed) return removed;
  }
  if (!found_any) put_line("no killed publisher has left a region");
  return {};
}

}  // namespace pitbridge::shm_command
