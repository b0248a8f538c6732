// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// A field of a mapping by the sim's own name, printable.
struct NamedField {
  std::string name;
  Field field;  ///< without its name
};

/// What stands in the mapping, in the order of the bytes: the fields of the title's layout, and the variables
/// of a map that describes itself. Empty where nobody knows the title. All lie within the bytes.
std::vector<NamedField> fields_of(const Title* title, const Snapshot& snapshot, std::string_view mapping);

/// What the field holds in these bytes, printable: "3", "0.25 0.26", "\"spa\"".
std::string field_text(std::span<const std::byte> bytes, const Field& field);

std::string_view type_name(FieldType type);

}  // namespace pitbridge
