// SPDX-License-Identifier: MIT
#include "bridges/record/wire.hpp"

#include <array>

namespace pitbridge::record {
namespace {

constexpr auto kTable = [] {
  std::array<std::uint32_t, 256> table = {};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t rest = i;
    for (int bit = 0; bit < 8; ++bit) rest = (rest & 1U) != 0 ? (rest >> 1U) ^ 0xEDB88320U : rest >> 1U;
    table[i] = rest;
  }
  return table;
}();

}  // namespace

std::uint32_t crc32(std::span<const std::byte> bytes) {
  std::uint32_t rest = ~std::uint32_t{0};
  for (const std::byte b : bytes)
    rest = kTable[(rest ^ std::to_integer<std::uint32_t>(b)) & 0xFFU] ^ (rest >> 8U);
  return ~rest;
}

}  // namespace pitbridge::record
