// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

namespace pitbridge::fuzz {

/// A promise of the code under test: a breach ends the program, which is how libFuzzer learns of it.
inline void require(bool holds) {
  if (!holds) std::abort();
}

/// Takes an input to pieces, from its front. When it is used up it gives zeros and nothing.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const std::byte*>(data), size) {}

  std::size_t left() const { return rest_.size(); }
  std::span<const std::byte> take(std::size_t size) {
    const auto taken = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  std::uint8_t take_u8() {
    const auto taken = take(1);
    return taken.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(taken[0]);
  }
  std::uint16_t take_u16() {
    const std::uint8_t low = take_u8();
    return static_cast<std::uint16_t>(low | take_u8() << 8);
  }

 private:
  std::span<const std::byte> rest_;
};

/// Valid UTF-8 without a NUL, judged by other means than the code under test: by the table 3-7 of Unicode.
inline bool is_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto in = [](unsigned value, unsigned low, unsigned high) { return value >= low && value <= high; };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned lead = byte(i);
    const unsigned second = byte(i + 1);
    std::size_t length = 0;
    if (in(lead, 0x01, 0x7F)) {
      length = 1;
    } else if (in(lead, 0xC2, 0xDF)) {
      length = 2;
    } else if (in(lead, 0xE0, 0xEF)) {
      length = 3;
      if (!in(second, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF)) return false;
    } else if (in(lead, 0xF0, 0xF4)) {
      length = 4;
      if (!in(second, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF)) return false;
    } else {
      return false;
    }
    for (std::size_t k = 1; k < length; ++k)
      if (!in(byte(i + k), 0x80, 0xBF)) return false;
    i += length;
  }
  return true;
}

}  // namespace pitbridge::fuzz
