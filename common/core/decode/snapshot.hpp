// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/sim/sim.hpp"

namespace pitbridge {

/// A sim's mappings at one moment. Every read is bounded, because no number in them can be trusted.
class Snapshot {
 public:
  Snapshot() = default;
  Snapshot(Snapshot&&) = default;
  Snapshot& operator=(Snapshot&&) = default;
  // A copy would show the bytes of the original.
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// Owns the bytes from then on.
  void set(std::string_view file_name, std::vector<std::byte> bytes);
  /// Shows bytes that stay where they are, and must do so as long as anything is read here.
  void show(std::string_view file_name, std::span<const std::byte> bytes);
  /// Null when the mapping is not in the snapshot.
  const std::span<const std::byte>* bytes(std::string_view file_name) const;
  /// Whether the mapping is there and holds anything but zeros, which say that nobody has filled it.
  bool has_data(std::string_view file_name) const;

  /// Element `index` of a numeric field, `shift_bytes` further on; nothing when it lies outside the bytes,
  /// or is no number.
  std::optional<double> number(std::string_view file_name, const Field& field, std::uint32_t index = 0,
                               std::uint64_t shift_bytes = 0) const;
  /// As above, exact for 64-bit integers; floating-point fields give nothing.
  std::optional<std::int64_t> integer(std::string_view file_name, const Field& field, std::uint32_t index = 0,
                                      std::uint64_t shift_bytes = 0) const;
  /// A text field as valid UTF-8 (what cannot be decoded becomes U+FFFD).
  std::optional<std::string> text(std::string_view file_name, const Field& field,
                                  std::uint64_t shift_bytes = 0) const;

 private:
  struct Part {
    std::string file_name;
    std::vector<std::byte> owned;
    std::span<const std::byte> bytes;
    bool has_data = false;
  };
  Part& part(std::string_view file_name);
  const Part* find(std::string_view file_name) const;
  const std::byte* at(std::string_view file_name, std::uint64_t offset, std::uint64_t shift,
                      std::uint64_t size) const;

  std::vector<Part> parts_;
};

}  // namespace pitbridge
