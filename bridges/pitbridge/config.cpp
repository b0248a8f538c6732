// SPDX-License-Identifier: MIT
// `pitbridge config`: each setting, its value, and where that is from; what is wrong in the files.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "bridges/command/command.hpp"
#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "common/core/settings/sim_word.hpp"

namespace pitbridge::config_command {
namespace {

using Json = nlohmann::ordered_json;

std::string g_sim_name;
std::string g_app_id;
bool g_json = false;

/// The settings of one table, as they hold for a target.
struct Section {
  std::string name;  ///< as in [sim.ac]; empty: the top of the file
  ConfigTable table;
  ConfigTarget target;
};

struct Row {
  const Setting* setting;
  Resolved resolved;
  std::string origin;
};

class Report {
 public:
  Report() : faults_(user_settings().config.faults()) {}

  std::vector<Row> rows_of(const Section& section) {
    std::vector<Row> rows;
    for (const Setting& setting : kSettings)
      if (setting.may_stand_in(section.table)) rows.push_back(row_of(setting, section.target));
    return rows;
  }
  /// What was found wrong by all calls of `rows_of` so far.
  const std::vector<ConfigFault>& faults() const { return faults_; }

 private:
  Row row_of(const Setting& wanted, const ConfigTarget& target) {
    const auto found = user_settings().find(wanted, target);
    if (!found) add({.path = "environment", .message = found.error().message});
    Row row = {&wanted, user_settings().find_or_configured(wanted, target), {}};
    row.origin = row.resolved.origin(wanted);
    if (&wanted == &setting("sim") && row.resolved.source == Resolved::Source::kDefault && target.app_id) {
      row.resolved.value = sim_of_app(*target.app_id, user_settings().config);
      if (!row.resolved.text().empty()) row.origin = "`pitbridge list`";
    }
    if (&wanted == &setting("extra_maps")) judge_maps(row.resolved, target);
    return row;
  }

  /// Adds what the bridge will find wrong in the mappings.
  void judge_maps(const Resolved& maps, const ConfigTarget& target) {
    const Sim* sim = find_sim(target.sim);
    if (sim == nullptr || maps.entry == nullptr) return;
    for (std::string& message : accept_maps(*sim, maps.maps()).faults)
      add({.path = maps.file->path, .line = maps.entry->line, .message = std::move(message)});
  }

  /// Adds the fault once, though several tables may share it.
  void add(ConfigFault fault) {
    const bool known = std::any_of(faults_.begin(), faults_.end(),
                                   [&](const ConfigFault& f) { return f.text() == fault.text(); });
    if (!known) faults_.push_back(std::move(fault));
  }

  std::vector<ConfigFault> faults_;
};

Section section_of(ConfigTable table, const std::string& name) {
  if (table == ConfigTable::kSim) return {"sim." + name, table, {.sim = name, .app_id = {}}};
  const auto id = parse_app_id(name);
  return {"app." + name, table, {.sim = sim_of_app(*id, user_settings().config), .app_id = id}};
}

/// Where neither a sim nor an app is asked for: the top, shmbridge, and every table of the files.
std::vector<Section> all_sections() {
  std::vector<Section> sections = {
      {{}, ConfigTable::kTop, {}},
      {"shmbridge", ConfigTable::kShmbridge, {.sim = {}, .app_id = {}, .shmbridge = true}}};
  std::set<std::string> names = {sections[0].name, sections[1].name};
  for (const ConfigFile& file : user_settings().config.files) {
    for (const ConfigEntry& entry : file.entries) {
      if (names.insert(entry.table_name()).second) sections.push_back(section_of(entry.table, entry.name));
    }
  }
  return sections;
}

Expected<std::vector<Section>> chosen_sections() {
  if (!g_sim_name.empty()) {
    const auto meant = title_of_word(g_sim_name);
    if (!meant) return tl::unexpected<Error>(meant.error());
    g_sim_name = meant->sim->name;
  }
  if (!g_app_id.empty()) {
    if (!parse_app_id(g_app_id))
      return fail(ExitCode::kUsage,
                  fmt::format("--app \"{}\": give a Steam app id, as in --app 244210", g_app_id));
    Section section = section_of(ConfigTable::kApp, g_app_id);
    if (!g_sim_name.empty()) section.target.sim = g_sim_name;
    return std::vector<Section>{std::move(section)};
  }
  if (!g_sim_name.empty()) return std::vector<Section>{section_of(ConfigTable::kSim, g_sim_name)};
  return all_sections();
}

Json json_of(const SettingValue& value) {
  if (const bool* flag = std::get_if<bool>(&value)) return *flag;
  if (const std::string* text = std::get_if<std::string>(&value)) return *text;
  Json maps = Json::array();
  for (const MapSpec& map : std::get<std::vector<MapSpec>>(value)) maps.push_back(map_spec_text(map));
  return maps;
}

Json json_of(const Row& row) {
  constexpr const char* kSources[] = {"default", "file", "variable", "option"};
  Json out = {{"value", json_of(row.resolved.value)},
              {"source", kSources[static_cast<std::size_t>(row.resolved.source)]},
              {"from", row.origin}};
  if (row.resolved.entry != nullptr) {
    out["path"] = row.resolved.file->path;
    out["line"] = row.resolved.entry->line;
  }
  return out;
}

void print_json(const std::vector<Section>& sections, Report& report) {
  Json files = Json::array();
  for (const ConfigFile& file : user_settings().config.files)
    files.push_back({{"path", file.path}, {"exists", file.exists}});
  Json tables = Json::object();
  for (const Section& section : sections) {
    Json settings = Json::object();
    for (const Row& row : report.rows_of(section)) settings[std::string(row.setting->key)] = json_of(row);
    tables[section.name] = std::move(settings);
  }
  Json faults = Json::array();
  for (const ConfigFault& fault : report.faults())
    faults.push_back({{"path", fault.path},
                      {"line", fault.line},
                      {"level", fault.warning ? "warning" : "error"},
                      {"message", fault.message}});
  const Json all = {{"files", files}, {"tables", tables}, {"faults", faults}};
  put_block(json_text(all) + "\n");
}

/// Prints a config.toml that gives these values.
void print_toml(const std::vector<Section>& sections, Report& report) {
  for (const ConfigFile& file : user_settings().config.files)
    print_line("# {}{}", file.path, file.exists ? "" : " (no such file)");
  for (const Section& section : sections) {
    if (!section.name.empty()) {
      print_line("");
      print_line("[{}]", section.name);
    }
    for (const Row& row : report.rows_of(section))
      print_line("{:<36}  # {}", fmt::format("{} = {}", row.setting->key, toml_text(row.resolved.value)),
                 row.origin);
  }
}

Expected<void> run() {
  const auto sections = chosen_sections();
  if (!sections) return tl::unexpected<Error>(sections.error());
  Report report;
  (g_json ? print_json : print_toml)(*sections, report);
  std::size_t errors = 0;
  for (const ConfigFault& fault : report.faults()) {
    complain(fmt::format("{}: {}", fault.warning ? "warning" : "error", fault.text()), "config");
    if (!fault.warning) ++errors;
  }
  if (errors == 0) return {};
  return fail(ExitCode::kUsage, fmt::format("{} to correct, see above",
                                            errors == 1 ? "1 fault" : fmt::format("{} faults", errors)));
}

constexpr Command kCommand = {
    .name = "config",
    .description = "Show each setting, where its value is from, and what is wrong in the files",
    .add_options =
        [](CLI::App& app) {
          app.add_option("sim", g_sim_name, "As for the bridge of this sim; without: all tables");
          app.add_option("--app", g_app_id, "As for this Steam app id")->type_name("ID");
          app.add_flag("--json", g_json, "Print JSON");
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::config_command
