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
  /// A mapping that holds nothing but zeros is one that nobody has filled: a last byte says otherwise.
  Snapshot snapshot() const;
  /// Whose tables hold for it.
  const Title& version() const { return *version_; }

 private:
  void plant_marks(const Sim& sim, std::string_view mapping, std::uint32_t size_bytes);
  void plant_version();
  void plant_activity();
  void plant_number(std::string_view mapping, const Field& field, std::int64_t value);

  const Title* version_;
  std::map<std::string, Bytes, std::less<>> maps_;
};

}  // namespace pitbridge
