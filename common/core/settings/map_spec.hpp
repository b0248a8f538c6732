// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// A mapping that a user names: `NAME[:SIZE[:LINUX_NAME]]`. A colon of the NAME is written `\:`.
struct MapSpec {
  std::string name;              ///< as in Windows, with `Local\` or `Global\` if it has one
  std::uint32_t size_bytes = 0;  ///< 0: whatever the section has
  std::string file_name;         ///< by default the name without `Local\` or `Global\`

  bool operator==(const MapSpec&) const = default;
};

/// The largest SIZE that is believed; more is a typo.
inline constexpr std::uint32_t kMaxMapBytes = 256U << 20U;

Expected<MapSpec> parse_map_spec(std::string_view text);
/// As `parse_map_spec` takes it.
std::string map_spec_text(const MapSpec& spec);
/// Several, separated by commas or blanks.
Expected<std::vector<MapSpec>> parse_map_specs(std::string_view text);

/// Well-known programs' mappings by a short name; an unknown name fails with the nearest known one.
Expected<MapSpec> preset_map_spec(std::string_view preset);
std::span<const std::string_view> preset_names();

/// What may be mirrored beside the mappings of a sim, and what not: two mappings in one file would overwrite
/// each other, one in a status page would destroy it, and a status page holds only so many.
struct AcceptedMaps {
  std::vector<MapSpec> specs;
  std::vector<std::string> faults;  ///< one for each spec left out, with the remedy
};
AcceptedMaps accept_maps(const Sim& sim, std::vector<MapSpec> specs);

/// A sim put together at run time: the mappings of `base`, then those of the specs, of which nothing is
/// decoded. Owns the specs' texts; those of `base` must outlive it.
class ExtendedSim {
 public:
  ExtendedSim(const Sim& base, std::vector<MapSpec> specs);
  ExtendedSim(const ExtendedSim&) = delete;

  const Sim& sim() const { return sim_; }

 private:
  std::vector<MapSpec> specs_;
  std::vector<Mapping> mappings_;
  Sim sim_;
};

}  // namespace pitbridge
