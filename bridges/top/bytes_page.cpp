// SPDX-License-Identifier: MIT
#include "bridges/top/bytes_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bridges/output/columns.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kOffsetColumns = 7;
/// A text of a game may be long.
constexpr std::size_t kMostTextColumns = 24;

/// "rpms=6123"; of an array the first.
std::string text_of(std::span<const std::byte> bytes, const NamedField& named) {
  Field first = named.field;
  if (!is_text(first.type)) first.count = 1;
  return fmt::format("{}={}{}", named.name, fitted(field_text(bytes, first), kMostTextColumns),
                     first.count < named.field.count ? ",..." : "");
}

/// What begins in this line.
std::string names_in(const BytesView& view, std::size_t begin, std::size_t end) {
  std::string text;
  auto at = std::ranges::lower_bound(
      view.fields, begin, {}, [](const NamedField& each) -> std::size_t { return each.field.offset_bytes; });
  for (; at != view.fields.end() && at->field.offset_bytes < end; ++at)
    text += (text.empty() ? "" : " ") + text_of(view.watched.bytes(), *at);
  return text;
}

}  // namespace

void WatchedBytes::look(std::string_view file_name, std::span<const std::byte> bytes) {
  if (file_name != file_name_ || bytes.size() != bytes_.size()) {
    file_name_ = file_name;
    marks_.assign(bytes.size(), 0);
  } else {
    for (std::size_t i = 0; i < bytes.size(); ++i)
      marks_[i] = bytes[i] != bytes_[i] ? kMarkedLooks
                  : marks_[i] > 0       ? static_cast<std::uint8_t>(marks_[i] - 1)
                                        : std::uint8_t{0};
  }
  bytes_.assign(bytes.begin(), bytes.end());
}

std::size_t bytes_a_line(std::size_t columns) {
  // With room for names beside them.
  constexpr std::size_t kForSixteen = 100, kForEight = 40;
  return columns >= kForSixteen ? 16 : columns >= kForEight ? 8 : 4;
}

void draw_bytes(Grid& grid, std::size_t first_row, const BytesView& view) {
  const auto bytes = view.watched.bytes();
  grid.put(0, first_row,
           Line{{view.mapping, Style::kBold},
                {fmt::format("  {} of {}  {} bytes", view.number, view.count, bytes.size()), Style::kDim}});
  const std::size_t step = bytes_a_line(grid.columns());
  std::size_t begin = view.first_line * step;
  for (std::size_t row = first_row + 1; row < grid.rows() && begin < bytes.size(); ++row, begin += step) {
    grid.put(0, row, fmt::format("{:06x}", begin), Style::kDim);
    const std::size_t end = std::min(begin + step, bytes.size());
    std::size_t column = kOffsetColumns;
    for (std::size_t at = begin; at < end; ++at, column += 3)
      grid.put(column, row, fmt::format("{:02x}", std::to_integer<unsigned>(bytes[at])),
               view.watched.is_marked(at)  ? Style::kReversed
               : bytes[at] == std::byte{0} ? Style::kDim
                                           : Style::kPlain);
    grid.put(kOffsetColumns + 3 * step + 1, row, names_in(view, begin, end), Style::kCyan);
  }
}

}  // namespace pitbridge
