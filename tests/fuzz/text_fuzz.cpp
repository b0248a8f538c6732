// SPDX-License-Identifier: MIT
// Everything that reads text: mappings and names as a user gives them, the configuration file, and the three
// encodings of the sims.
#include "common/core/map_spec.hpp"
#include "common/core/mapping_name.hpp"
#include "common/core/text.hpp"
#include "common/posix/config_file.hpp"
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
    const std::string again = spec.name + ":" +
                              (spec.size_bytes != 0 ? std::to_string(spec.size_bytes) : "") + ":" +
                              spec.file_name;
    const auto same = parse_map_spec(again);
    fuzz::require(same && *same == spec);
  }
  const GenericSim sim("fuzz", *specs);
  fuzz::require(sim.sim().mappings.size() == specs->size());
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
    case 2: {
      const auto config = parse_config(text, "config.toml");
      if (!config) fuzz::require(config.error().message.starts_with("config.toml"));
      break;
    }
    case 3:
      fuzz::require(fuzz::is_utf8(utf8_from_utf16le(bytes)));
      break;
    case 4:
      fuzz::require(fuzz::is_utf8(utf8_from_latin1(bytes)));
      break;
    default:
      fuzz::require(fuzz::is_utf8(utf8_from_utf8(bytes)));
      (void)preset_map_spec(text.substr(0, 40));
      break;
  }
  return 0;
}
