// SPDX-License-Identifier: MIT
// Everything that reads text: mappings and names as a user gives them, the configuration file, and the three
// encodings of the sims.
#include <algorithm>

#include "common/core/mirror/status_page.hpp"
#include "common/core/settings/map_spec.hpp"
#include "common/core/sim/mapping_name.hpp"
#include "common/core/sim/text.hpp"
#include "common/posix/settings/config_file.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace pitbridge {
namespace {

/// Put behind a directory, `name` names something in it.
bool stays_below(std::string_view name) {
  while (!name.empty()) {
    const std::string_view part = name.substr(0, name.find('/'));
    if (part.empty() || part == "." || part == ".." || part.find('\0') != std::string_view::npos)
      return false;
    name.remove_prefix(std::min(name.size(), part.size() + 1));
  }
  return true;
}

void check_specs(std::string_view text) {
  const auto specs = parse_map_specs(text);
  if (!specs) return fuzz::require(!specs.error().message.empty());
  for (const MapSpec& spec : *specs) {
    fuzz::require(!spec.name.empty());
    fuzz::require(spec.size_bytes <= kMaxMapBytes);
    fuzz::require(check_file_name(spec.file_name).has_value());
    // What was understood can be said again.
    const auto same = parse_map_spec(map_spec_text(spec));
    fuzz::require(same && *same == spec);
  }
  const AcceptedMaps accepted = accept_maps({}, *specs);
  fuzz::require(accepted.specs.size() + accepted.faults.size() == specs->size());
  fuzz::require(accepted.specs.size() <= kStatusMaxMappings);
  const ExtendedSim sim({}, accepted.specs);
  fuzz::require(sim.sim().mappings.size() == accepted.specs.size());
}

void check_config(const std::string& text, bool trusted) {
  constexpr std::string_view kSims[] = {"ac", "rf2"};
  Config config;
  config.files.push_back(parse_config(text, "config.toml", kSims, trusted));
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  for (const ConfigFault& fault : config.faults()) {
    fuzz::require(fault.text().starts_with("config.toml:") && fault.message.size() > 5);
    fuzz::require(fault.line <= lines);
  }
  for (const ConfigEntry& entry : config.files[0].entries) {
    fuzz::require(entry.line >= 1 && entry.line <= lines);
    fuzz::require(trusted || !entry.setting->names_files());
    // What was understood can be said again.
    const std::string table = entry.table_name();
    const std::string value = toml_text(entry.value);
    const ConfigFile again = parse_config(
        (table.empty() ? "" : "[" + table + "]\n") + std::string(entry.setting->key) + " = " + value, "again",
        kSims);
    fuzz::require(again.faults.empty() && again.entries.size() == 1);
    fuzz::require(again.entries[0].value == entry.value && again.entries[0].setting == entry.setting);
  }
  const ConfigTarget target = {.sim = "ac", .app_id = 244210};
  for (const Setting& setting : kSettings) (void)configured(setting, config, target);
}

}  // namespace
}  // namespace pitbridge

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pitbridge;
  fuzz::Input input(data, size);
  const std::uint8_t choice = input.take_u8();
  const auto bytes = input.take(size);
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  switch (choice % 6) {
    case 0:
      check_specs(text);
      break;
    case 1:
      if (check_file_name(text)) fuzz::require(stays_below(text));
      break;
    case 2:
      check_config(text, choice < 128);
      break;
    case 3:
      fuzz::require(fuzz::is_utf8(utf8_from_utf16le(bytes)));
      break;
    default:
      fuzz::require(fuzz::is_utf8(utf8_from_8_bit(bytes)));
      (void)preset_map_spec(text.substr(0, 40));
      break;
  }
  return 0;
}
