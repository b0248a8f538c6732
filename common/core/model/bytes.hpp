// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace pitbridge::model {

/// Into a section's bytes; what would leave them is left out.
template <typename T>
void put(std::span<std::byte> section, std::uint64_t offset, T value) {
  if (offset + sizeof value <= section.size()) std::memcpy(section.data() + offset, &value, sizeof value);
}

/// ASCII, whose NUL is there already.
inline void put_text(std::span<std::byte> section, std::uint64_t offset, std::string_view text) {
  if (offset + text.size() <= section.size()) std::memcpy(section.data() + offset, text.data(), text.size());
}

}  // namespace pitbridge::model
