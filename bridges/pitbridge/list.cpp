// SPDX-License-Identifier: MIT
// `pitbridge list`: the sims, their titles, mappings, sizes and files.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <vector>

#include "bridges/command/command.hpp"
#include "bridges/output/json_text.hpp"
#include "bridges/output/output.hpp"
#include "common/core/sim/describe.hpp"

namespace pitbridge::list_command {
namespace {

using Json = nlohmann::ordered_json;

bool g_json = false;
bool g_markdown = false;
bool g_values = false;

/// The quantities that `title` does not give.
std::vector<std::string_view> not_decoded(const Title& title) {
  std::vector<std::string_view> missing;
  for (const QuantityInfo& info : kQuantities)
    if (!title.gives(info.quantity)) missing.push_back(info.name);
  return missing;
}

/// The ids of the titles that give it.
std::vector<std::string_view> given_by(Quantity quantity) {
  std::vector<std::string_view> titles;
  for (const Sim* sim : all_sims())
    for (const Title& title : sim->titles)
      if (title.gives(quantity)) titles.push_back(title.id);
  return titles;
}

Json values_json() {
  Json all = Json::array();
  for (const QuantityGroup& group : kQuantityGroups)
    for (const QuantityInfo& info : quantities_of(group))
      all.push_back({{"name", info.name},
                     {"group", group.name},
                     {"unit", info.unit},
                     {"count", info.count},
                     {"text", info.text},
                     {"meaning", info.sense},
                     {"words", info.codes},
                     {"titles", given_by(info.quantity)}});
  return all;
}

void print_values_table() {
  for (const QuantityGroup& group : kQuantityGroups) {
    print_line("{}", group.name);
    for (const QuantityInfo& info : quantities_of(group))
      print_line("  {:<24} {:<22} {}", info.name, info.text ? "text" : info.unit,
                 fmt::join(given_by(info.quantity), " "));
  }
}

/// Of the game for Linux, which needs no bridge; null: there is none.
Json native_json(const Sim& sim, const Title& title) {
  if (title.native_exe.empty() || sim.packets != nullptr) return {};
  return {{"exe", title.native_exe}, {"file", title.native_file}};
}

Json json_of(const Sim& sim) {
  Json titles = Json::array();
  for (const Title& title : sim.titles) {
    titles.push_back({{"id", title.id},
                      {"name", title.name},
                      {"app_ids", std::vector<std::uint32_t>(title.app_ids.begin(), title.app_ids.end())},
                      {"exe_names", std::vector<std::string>(title.exe_names.begin(), title.exe_names.end())},
                      {"launchers", std::vector<std::string>(title.launchers.begin(), title.launchers.end())},
                      {"native", native_json(sim, title)},
                      {"to_switch_on", title.to_switch_on},
                      {"not_decoded", not_decoded(title)},
                      {"evidence", title.evidence}});
  }
  Json mappings = Json::array();
  for (const Mapping& mapping : sim.mappings) {
    Json files = {mapping.file_name()};
    for (const std::string_view file : mapping.extra_files) files.push_back(file);
    const std::string_view from = made_of(sim, mapping.file_name());
    mappings.push_back({{"name", mapping.name},
                        {"size_bytes", mapping.size_bytes},
                        {"files", files},
                        {"min_file_bytes", mapping.min_file_bytes},
                        {"optional", mapping.optional},
                        {"made_of", from.empty() ? Json() : Json(from)}});
  }
  return {{"sim", sim.name},
          {"description", sim.description},
          {"program", bridge_program(sim)},
          {"port", sim.packets != nullptr ? Json(sim.packets->port) : Json()},
          {"start_rule", sim.start_rule},
          {"titles", titles},
          {"mappings", mappings}};
}

/// How many of the group's quantities the sim's title that gives most of them gives.
std::size_t given(const Sim& sim, const QuantityGroup& group) {
  std::size_t most = 0;
  for (const Title& title : sim.titles) {
    const auto count = std::ranges::count_if(
        quantities_of(group), [&](const QuantityInfo& info) { return title.gives(info.quantity); });
    most = std::max(most, static_cast<std::size_t>(count));
  }
  return most;
}

void print_values_markdown() {
  const auto row = [](std::string head, const auto& cell_of) {
    for (const Sim* sim : all_sims()) head += fmt::format(" | {}", cell_of(*sim));
    print_line("| {} |", head);
  };
  row("values", [](const Sim& sim) { return std::string(sim.name); });
  std::string columns;
  for (std::size_t i = 0; i < all_sims().size(); ++i) columns += "---|";
  print_line("|---|{}", columns);
  for (const QuantityGroup& group : kQuantityGroups)
    row(fmt::format("{} ({})", group.name, quantities_of(group).size()),
        [&](const Sim& sim) { return std::to_string(given(sim, group)); });
  row("other cars",
      [](const Sim& sim) { return std::ranges::any_of(sim.titles, &Title::tells_of_cars) ? "yes" : ""; });
}

/// Titles of one sim in which the same must be switched on share a row.
void print_markdown() {
  print_line("| game | Steam app id | name | switch on in the game | how sure the layout is |");
  print_line("|---|---|---|---|---|");
  for (const Sim* sim : all_sims()) {
    for (auto begin = sim->titles.begin(); begin != sim->titles.end();) {
      const auto end = std::find_if(begin, sim->titles.end(), [&](const Title& title) {
        return title.to_switch_on != begin->to_switch_on;
      });
      std::vector<std::string_view> names, evidence;
      std::vector<std::uint32_t> app_ids;
      for (const Title& title : std::span(begin, end)) {
        names.push_back(title.name);
        app_ids.insert(app_ids.end(), title.app_ids.begin(), title.app_ids.end());
        if (std::ranges::find(evidence, title.evidence) == evidence.end()) evidence.push_back(title.evidence);
      }
      print_line("| {} | {} | `{}` | {} | {} |", fmt::join(names, ", "), fmt::join(app_ids, ", "), sim->name,
                 begin->to_switch_on, fmt::join(evidence, "; "));
      begin = end;
    }
  }
}

Expected<void> run() {
  if (g_markdown) {
    print_markdown();
    print_line("");
    print_line(
        "How many values of each group are decoded, the same way for every sim "
        "([pitbridge-values(7)](bridges/man/pitbridge-values.7.scd)):");
    print_line("");
    print_values_markdown();
    return {};
  }
  if (g_values) {
    if (g_json) {
      put_block(json_text(values_json()) + "\n");
    } else {
      print_values_table();
    }
    return {};
  }
  if (g_json) {
    Json all = Json::array();
    for (const Sim* sim : all_sims()) all.push_back(json_of(*sim));
    put_block(json_text(all) + "\n");
    return {};
  }
  for (const Sim* sim : all_sims()) put_block(describe(*sim) + "\n");
  return {};
}

constexpr Command kCommand = {
    .name = "list",
    .description = "List the sims, their titles, mappings, sizes and Steam app ids; or the values",
    .add_options =
        [](CLI::App& app) {
          app.add_flag("--json", g_json, "Print JSON");
          app.add_flag("--values", g_values, "List what is decoded, and which titles give it");
          app.add_flag("--markdown", g_markdown, "Print the tables of README.md");
        },
    .run = run,
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge::list_command
