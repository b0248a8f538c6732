// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Numbers as they stand in a file: little-endian, whatever the machine has.
namespace pitbridge::record {

class WireWriter {
 public:
  explicit WireWriter(std::vector<std::byte>& out) : out_(out) {}

  template <std::unsigned_integral T>
  void number(T value) {
    for (std::size_t i = 0; i < sizeof value; ++i)
      out_.push_back(static_cast<std::byte>((value >> (8 * i)) & 0xFFU));
  }
  void bytes(std::span<const std::byte> bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  /// A field of so many bytes that ends in at least one NUL; what does not fit is left out.
  void text(std::string_view text, std::size_t field_bytes) {
    text = text.substr(0, field_bytes - 1);
    bytes(std::as_bytes(std::span(text)));
    zeros(field_bytes - text.size());
  }
  void zeros(std::size_t count) { out_.resize(out_.size() + count); }

 private:
  std::vector<std::byte>& out_;
};

/// What is read beyond the end is zeros, and `failed` says so from then on.
class WireReader {
 public:
  explicit WireReader(std::span<const std::byte> bytes) : rest_(bytes) {}

  template <std::unsigned_integral T>
  T number() {
    T value = 0;
    const auto from = bytes(sizeof value);
    for (std::size_t i = 0; i < from.size(); ++i)
      value = static_cast<T>(value | static_cast<T>(std::to_integer<T>(from[i]) << (8 * i)));
    return value;
  }
  std::span<const std::byte> bytes(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      return {};
    }
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  /// As `WireWriter::text` has it: the last byte is no part of it, whatever stands there.
  std::string text(std::size_t field_bytes) {
    const auto field = bytes(field_bytes);
    const std::string_view all(reinterpret_cast<const char*>(field.data()),
                               field.empty() ? 0 : field.size() - 1);
    return std::string(all.substr(0, all.find('\0')));
  }

  std::size_t left() const { return rest_.size(); }
  bool failed() const { return failed_; }

 private:
  std::span<const std::byte> rest_;
  bool failed_ = false;
};

/// CRC-32 of IEEE 802.3, as zlib and Python's binascii have it.
std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace pitbridge::record
