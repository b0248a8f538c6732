// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bridges/dump/fields.hpp"

namespace pitbridge {

/// The bytes of a mapping, and what they were at an earlier look.
struct DumpedBytes {
  std::span<const std::byte> now;
  std::optional<std::span<const std::byte>> before = {};

  /// Against an earlier look that had the byte, or had not.
  bool has_changed(std::size_t offset) const {
    return before && (offset >= before->size() || (*before)[offset] != now[offset]);
  }
  bool has_changed(const Field& field) const;
};

struct HexForm {
  bool with_colour = false;   ///< the changed bytes stand out
  bool changed_only = false;  ///< lines without a change are left out
};

/// Lines that end in '\n': the offset, 16 bytes, and the fields that begin there, with their values. A line
/// in which anything has changed begins with '>', and its fields tell what they were. Zeros without a field
/// are left out, and "..." stands in their place.
std::string hex_lines(const DumpedBytes& bytes, const std::vector<NamedField>& fields, const HexForm& form);

std::size_t changed_bytes(const DumpedBytes& bytes);

}  // namespace pitbridge
