// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/sim/sim.hpp"
#include "tests/unit/support/fakes.hpp"

/// A game's memory in which nothing is but what a test says, by offset and type.
namespace pitbridge {

/// `title` and the sim that has it; nothing where no sim has.
std::optional<KnownTitle> title_by_id(std::string_view id);

/// Number or text as bytes of a field of `type`, as in tests/data/values_*.csv ("float32", "utf16").
Bytes raw_bytes(std::string_view type, std::string_view raw);

/// Zeroed mappings of one version of a title. It says that a car is driven, and which version it is.
class PlantedMemory {
 public:
  /// `size_bytes` of `mapping` decides which of the title's versions it is.
  PlantedMemory(const KnownTitle& known, std::string_view mapping, std::uint32_t size_bytes);

  void plant(std::string_view mapping, std::uint32_t offset_bytes, const Bytes& bytes);
  void plant(std::string_view mapping, std::uint32_t offset_bytes, std::string_view type, double value);
  /// A mapping that holds nothing but zeros is one that nobody has filled: a last byte says otherwise. Of a
  /// sim that sends packets a mapping stays empty until something is planted there.
  Snapshot snapshot() const;
  /// Whose tables hold for it.
  const Title& version() const { return *version_; }

 private:
  void plant_marks(const Sim& sim, std::string_view mapping, std::uint32_t size_bytes);
  void plant_version();
  /// By the first rule; of packets by the one of `mapping`, and of the mapping that states the version.
  void plant_activity(std::string_view mapping);
  void plant_number(std::string_view mapping, const Field& field, std::int64_t value);

  bool is_of_packets_;
  const Title* version_;
  std::map<std::string, Bytes, std::less<>> maps_;
};

}  // namespace pitbridge
