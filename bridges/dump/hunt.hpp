// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/error.hpp"
#include "common/core/sim/sim.hpp"

/// Hunts an unknown field over several looks: the first finds all places that hold a value, and each further
/// one keeps those that go along with it.
namespace pitbridge {

/// What a place must do to stay.
struct HuntLook {
  enum class Kind : std::uint8_t { kAny, kEquals, kChanged, kUnchanged, kIncreased, kDecreased };
  Kind kind = Kind::kEquals;
  double value = 0;
  double tolerance = 0;  ///< half of the last digit that was given: a display rounds
};

/// A number, or one of the words any, changed, unchanged, increased, decreased.
Expected<HuntLook> parse_look(std::string_view word);

/// "float,int": float, double, int, short, byte and their kin without a sign (uint, ushort, sbyte), int64.
Expected<std::vector<FieldType>> parse_types(std::string_view list);
inline constexpr std::string_view kUsualTypes = "float,int,double,short,byte";

struct HuntPlace {
  std::uint32_t offset_bytes = 0;
  FieldType type = FieldType::kFloat32;
  double value = 0;  ///< at the last look
};

class Hunt {
 public:
  /// Of so many places no more is kept: the first look must be at something rarer.
  static constexpr std::size_t kMostPlaces = 2'000'000;

  /// The first look. Fails where it says how something has changed, and where too much goes along with it.
  static Expected<Hunt> begin(std::span<const std::byte> bytes, std::span<const FieldType> types,
                              const HuntLook& look);
  void narrow(std::span<const std::byte> bytes, const HuntLook& look);
  const std::vector<HuntPlace>& places() const { return places_; }

  /// As text, to go on later. `mapping` says of what.
  std::string saved(std::string_view mapping) const;
  /// The error says what is wrong with it.
  static Expected<Hunt> loaded(std::string_view text, std::string_view mapping);

 private:
  std::vector<HuntPlace> places_;
};

}  // namespace pitbridge
