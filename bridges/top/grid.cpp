// SPDX-License-Identifier: MIT
#include "bridges/top/grid.hpp"

#include <algorithm>
#include <cmath>

#include "bridges/output/columns.hpp"
#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

void append_utf8(std::string& out, char32_t letter) {
  const auto tail = [&](unsigned shift) {
    out += static_cast<char>(0x80U | ((static_cast<std::uint32_t>(letter) >> shift) & 0x3FU));
  };
  if (letter < 0x80) {
    out += static_cast<char>(letter);
  } else if (letter < 0x800) {
    out += static_cast<char>(0xC0U | (letter >> 6U));
    tail(0);
  } else if (letter < 0x10000) {
    out += static_cast<char>(0xE0U | (letter >> 12U));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | (letter >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace

Grid::Grid(std::size_t columns, std::size_t rows) : columns_(columns), rows_(rows), cells_(columns * rows) {}

std::size_t Grid::put(std::size_t column, std::size_t row, std::string_view text, Style style) {
  if (row >= rows_) return column;
  const std::string shown = printable(text);
  for (std::size_t at = 0; at < shown.size();) {
    const std::size_t begin = at;
    const auto letter = next_character(shown, at);
    if (!letter) continue;
    const std::size_t width = columns_of(std::string_view(shown).substr(begin, at - begin));
    if (column + width > columns_) break;
    cells_[row * columns_ + column] = {*letter, style};
    if (width == 2) cells_[row * columns_ + column + 1] = {0, style};
    column += width;
  }
  return column;
}

void Grid::put(std::size_t column, std::size_t row, const Line& line, std::size_t room) {
  const std::size_t end = room > columns_ ? columns_ : std::min(columns_, column + room);
  for (const Span& span : line) {
    if (column >= end) return;
    column = put(column, row, fitted(printable(span.text), end - column), span.style);
  }
}

std::string Grid::text(std::size_t row) const {
  std::string out;
  for (std::size_t column = 0; column < columns_; ++column)
    if (const char32_t letter = at(column, row).letter; letter != 0) append_utf8(out, letter);
  return out;
}

std::string bar(double fraction, std::size_t columns) {
  const double part = std::isnan(fraction) ? 0 : std::clamp(fraction, 0.0, 1.0);
  const auto full = static_cast<std::size_t>(std::lround(part * static_cast<double>(columns)));
  std::string out;
  for (std::size_t i = 0; i < columns; ++i) out += i < full ? "█" : "░";
  return out;
}

}  // namespace pitbridge
