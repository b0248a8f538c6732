// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

#include "bridges/feed/feed.hpp"
#include "bridges/top/grid.hpp"

namespace pitbridge {

enum class Key : std::uint8_t {
  kOther,
  kQuit,
  kHelp,
  kDrive,
  kBytes,
  kBridges,
  kUp,
  kDown,
  kPageUp,
  kPageDown,
  kHome,
  kLeft,
  kRight,
  kResize,
};
enum class Page : std::uint8_t { kDrive, kBytes, kBridges };

/// What the keys choose.
struct Choice {
  Page page = Page::kDrive;
  bool help = false, quit = false;
  std::size_t first_line = 0;
  std::size_t mapping = 0;
};

/// What a page had to show, so that nobody scrolls beyond it.
struct Extent {
  std::size_t lines = 0, rows = 0, mappings = 0;
};

void apply(Choice& choice, Key key, const Extent& extent);

/// The rows above each page.
inline constexpr std::size_t kHeadRows = 2;
void draw_head(Grid& grid, const Choice& choice, const Moment& moment);
void draw_help(Grid& grid);

}  // namespace pitbridge
