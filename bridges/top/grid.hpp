// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pitbridge {

/// How a letter looks. What matters can be read without colour, too.
enum class Style : std::uint8_t {
  kPlain,
  kDim,
  kBold,
  kReversed,
  kRed,
  kGreen,
  kYellow,
  kBlue,
  kMagenta,
  kCyan,
};
inline constexpr std::size_t kStyleCount = 10;

struct Cell {
  char32_t letter = U' ';  ///< 0: the right half of the wide letter before it
  Style style = Style::kPlain;

  friend bool operator==(const Cell&, const Cell&) = default;
};

/// A piece of a line.
struct Span {
  std::string text;
  Style style = Style::kPlain;
};
using Line = std::vector<Span>;

/// What the screen shows: a function of the values and the size, and of nothing else. What does not fit is
/// left out, so that any size will do.
class Grid {
 public:
  Grid(std::size_t columns, std::size_t rows);

  std::size_t columns() const { return columns_; }
  std::size_t rows() const { return rows_; }
  const Cell& at(std::size_t column, std::size_t row) const { return cells_[row * columns_ + column]; }
  /// Writes text, which may be of a game: made printable. Returns the column behind it.
  std::size_t put(std::size_t column, std::size_t row, std::string_view text, Style style = Style::kPlain);
  /// The spans, one behind the other, in at most `room` columns.
  void put(std::size_t column, std::size_t row, const Line& line, std::size_t room = SIZE_MAX);
  /// The letters of a row, for tests.
  std::string text(std::size_t row) const;

  friend bool operator==(const Grid&, const Grid&) = default;

 private:
  std::size_t columns_, rows_;
  std::vector<Cell> cells_;
};

/// `fraction` of so many columns: full blocks, then light ones.
std::string bar(double fraction, std::size_t columns);

}  // namespace pitbridge
