// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/dump/fields.hpp"
#include "bridges/top/grid.hpp"

namespace pitbridge {

/// One mapping as it was seen again and again.
class WatchedBytes {
 public:
  /// How many looks a byte that has changed is marked for.
  static constexpr std::uint8_t kMarkedLooks = 10;

  /// Of another mapping, or one of another size, everything is forgotten.
  void look(std::string_view file_name, std::span<const std::byte> bytes);
  std::span<const std::byte> bytes() const { return bytes_; }
  bool is_marked(std::size_t at) const { return marks_[at] != 0; }

 private:
  std::string file_name_;
  std::vector<std::byte> bytes_;
  std::vector<std::uint8_t> marks_;
};

struct BytesView {
  std::string mapping;
  std::size_t number = 0, count = 0;  ///< which mapping of how many, from 1 on
  std::size_t first_line = 0;
  const WatchedBytes& watched;
  std::span<const NamedField> fields;  ///< by offset
};

std::size_t bytes_a_line(std::size_t columns);
void draw_bytes(Grid& grid, std::size_t first_row, const BytesView& view);

}  // namespace pitbridge
