// SPDX-License-Identifier: MIT
#include "common/core/settings/map_spec.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "common/core/mirror/status_page.hpp"
#include "common/core/settings/nearest_word.hpp"
#include "common/core/sim/mapping_name.hpp"
#include "common/core/sim/number_text.hpp"
#include "common/core/sim/sim_place.hpp"

namespace pitbridge {
namespace {

struct Preset {
  std::string_view name;
  std::string_view mapping;
  std::uint32_t size_bytes;
};

// Names and sizes as the programs' own headers give them; 0: the header of the section tells.
constexpr Preset kPresets[] = {
    {"afterburner", "MAHMSharedMemory", 0},   {"freetrack", "FT_SharedMem", 108},
    {"hwinfo", "Global\\HWiNFO_SENS_SM2", 0}, {"mumble", "MumbleLink", 5460},
    {"rtss", "RTSSSharedMemoryV2", 0},
};

constexpr auto kPresetNames = [] {
  std::array<std::string_view, std::size(kPresets)> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kPresets[i].name;
  return names;
}();

/// A rate for mappings of which nothing is known.
constexpr double kUnknownRateHz = 60;

std::string with_replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (auto at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
    out += text.substr(0, at);
    out += to;
    text.remove_prefix(at + from.size());
  }
  return out += text;
}

/// Why `spec` cannot be mirrored beside the sim's own mappings and those accepted before it.
std::optional<std::string> fault_beside(const Sim& sim, const std::vector<MapSpec>& accepted,
                                        const MapSpec& spec) {
  constexpr std::string_view kOtherName = "another LINUX_NAME, as in NAME:SIZE:LINUX_NAME";
  if (spec.file_name.starts_with(kOwnFilePrefix))
    return fmt::format("\"{}\" is the name of a status page; give {}", spec.file_name, kOtherName);
  bool taken = std::any_of(accepted.begin(), accepted.end(),
                           [&](const MapSpec& other) { return other.file_name == spec.file_name; });
  for (const Mapping& mapping : sim.mappings) {
    if (mapping.name == spec.name)
      return fmt::format("\"{}\" is mirrored by {}bridge anyway; take it out", spec.name, sim.name);
    taken |= mapping.file_name() == spec.file_name ||
             std::find(mapping.extra_files.begin(), mapping.extra_files.end(), spec.file_name) !=
                 mapping.extra_files.end();
  }
  if (taken)
    return fmt::format("two mappings go to the file \"{}\"; give one of them {}", spec.file_name, kOtherName);
  if (sim.mappings.size() + accepted.size() >= kStatusMaxMappings)
    return fmt::format("\"{}\" is one more than the {} mappings that a status page holds; take some out",
                       spec.name, kStatusMaxMappings);
  return std::nullopt;
}

}  // namespace

std::span<const std::string_view> preset_names() {
  return kPresetNames;
}

Expected<MapSpec> parse_map_spec(std::string_view text) {
  auto first = text.find(':');
  while (first != std::string_view::npos && first != 0 && text[first - 1] == '\\')
    first = text.find(':', first + 1);
  const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
  MapSpec spec;
  spec.name = with_replaced(text.substr(0, first), "\\:", ":");
  const std::string_view plain_name = Mapping{.name = spec.name}.file_name();
  if (plain_name.empty())
    return fail(ExitCode::kUsage,
                fmt::format("\"{}\": the mapping has no name; write NAME:SIZE:LINUX_NAME", text));
  const std::string_view size =
      first == std::string_view::npos ? "" : text.substr(first + 1, second - first - 1);
  if (first != std::string_view::npos && !(size.empty() && second != std::string_view::npos)) {
    spec.size_bytes = number_from<decltype(spec.size_bytes)>(size).value_or(0);
    if (spec.size_bytes == 0 || spec.size_bytes > kMaxMapBytes)
      return fail(ExitCode::kUsage,
                  fmt::format("\"{}\": the size \"{}\" must be a number of bytes from 1 to {}, as in "
                              "NAME:SIZE:LINUX_NAME",
                              text, size, kMaxMapBytes));
  }
  spec.file_name = second == std::string_view::npos ? plain_name : text.substr(second + 1);
  if (auto good = check_file_name(spec.file_name); !good)
    return tl::unexpected<Error>(std::move(good.error()));
  return spec;
}

std::string map_spec_text(const MapSpec& spec) {
  const bool own_name = spec.file_name == Mapping{.name = spec.name}.file_name();
  const std::string size = spec.size_bytes != 0 ? std::to_string(spec.size_bytes) : "";
  const std::string name = with_replaced(spec.name, ":", "\\:");
  if (!own_name) return fmt::format("{}:{}:{}", name, size, spec.file_name);
  return size.empty() ? name : fmt::format("{}:{}", name, size);
}

Expected<std::vector<MapSpec>> parse_map_specs(std::string_view text) {
  std::vector<MapSpec> specs;
  while (!text.empty()) {
    const auto end = text.find_first_of(", \t\n");
    const std::string_view word = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (word.empty()) continue;
    auto spec = parse_map_spec(word);
    if (!spec) return tl::unexpected<Error>(std::move(spec.error()));
    specs.push_back(std::move(*spec));
  }
  return specs;
}

Expected<MapSpec> preset_map_spec(std::string_view preset) {
  const auto it = std::find_if(std::begin(kPresets), std::end(kPresets),
                               [&](const Preset& p) { return p.name == preset; });
  if (it == std::end(kPresets))
    return fail(ExitCode::kUsage,
                fmt::format("no preset is called \"{}\"; did you mean {}? There are: {}", preset,
                            nearest_word(preset, kPresetNames), fmt::join(kPresetNames, ", ")));
  return MapSpec{std::string(it->mapping), it->size_bytes,
                 std::string(Mapping{.name = it->mapping}.file_name())};
}

AcceptedMaps accept_maps(const Sim& sim, std::vector<MapSpec> specs) {
  AcceptedMaps accepted;
  for (MapSpec& spec : specs) {
    if (auto fault = fault_beside(sim, accepted.specs, spec)) {
      accepted.faults.push_back(std::move(*fault));
    } else {
      accepted.specs.push_back(std::move(spec));
    }
  }
  return accepted;
}

ExtendedSim::ExtendedSim(const Sim& base, std::vector<MapSpec> specs)
    : specs_(std::move(specs)), mappings_(base.mappings.begin(), base.mappings.end()), sim_(base) {
  for (const MapSpec& spec : specs_)
    mappings_.push_back({.name = spec.name,
                         .size_bytes = spec.size_bytes,
                         .min_file_bytes = spec.size_bytes,
                         .detector = {.nominal_rate_hz = kUnknownRateHz},
                         .file = spec.file_name,
                         .by_user = true});
  sim_.mappings = mappings_;
}

}  // namespace pitbridge
