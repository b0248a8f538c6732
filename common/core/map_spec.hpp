// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/sim.hpp"

namespace pitbridge {

/// A mapping that a user names: `NAME[:SIZE[:LINUX_NAME]]`.
struct MapSpec {
  std::string name;              ///< as in Windows, with `Local\` or `Global\` if it has one
  std::uint32_t size_bytes = 0;  ///< 0: whatever the section has
  std::string file_name;         ///< by default the name without `Local\` or `Global\`

  bool operator==(const MapSpec&) const = default;
};

/// The largest SIZE that is believed; more is a typo.
inline constexpr std::uint32_t kMaxMapBytes = 256U << 20U;

Expected<MapSpec> parse_map_spec(std::string_view text);
/// Several, separated by commas or blanks.
Expected<std::vector<MapSpec>> parse_map_specs(std::string_view text);

/// Well-known programs' mappings by a short name; an unknown name fails with the nearest known one.
Expected<MapSpec> preset_map_spec(std::string_view preset);
std::span<const std::string_view> preset_names();

/// A sim made of the specs at run time, without titles: nothing is decoded. Owns all texts.
class GenericSim {
 public:
  GenericSim(std::string name, std::vector<MapSpec> specs);
  GenericSim(const GenericSim&) = delete;

  const Sim& sim() const { return sim_; }

 private:
  std::string name_;
  std::vector<MapSpec> specs_;
  std::vector<Mapping> mappings_;
  Sim sim_;
};

}  // namespace pitbridge
