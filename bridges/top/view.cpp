// SPDX-License-Identifier: MIT
#include "bridges/top/view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "bridges/top/value_texts.hpp"

namespace pitbridge {
namespace {

void go_to(Choice& choice, Page page) {
  if (choice.page != page) choice.first_line = 0;
  choice.page = page;
}

Style activity_style(Activity activity) {
  if (activity == Activity::kLive) return Style::kGreen;
  return activity == Activity::kOff || activity == Activity::kUnknown ? Style::kDim : Style::kYellow;
}

}  // namespace

void apply(Choice& choice, Key key, const Extent& extent) {
  const std::size_t page = std::max<std::size_t>(extent.rows, 2) - 1;
  const std::size_t last = extent.lines - std::min(extent.lines, std::max<std::size_t>(extent.rows, 1));
  const std::size_t mappings = std::max<std::size_t>(extent.mappings, 1);
  const bool had_help = choice.help;
  if (key != Key::kResize && key != Key::kOther) choice.help = false;
  switch (key) {
    case Key::kQuit:
      choice.quit = !had_help;
      break;
    case Key::kHelp:
      choice.help = !had_help;
      break;
    case Key::kDrive:
      go_to(choice, Page::kDrive);
      break;
    case Key::kBytes:
      go_to(choice, Page::kBytes);
      break;
    case Key::kBridges:
      go_to(choice, Page::kBridges);
      break;
    case Key::kUp:
      choice.first_line -= std::min<std::size_t>(choice.first_line, 1);
      break;
    case Key::kDown:
      choice.first_line = std::min(choice.first_line + 1, last);
      break;
    case Key::kPageUp:
      choice.first_line -= std::min(choice.first_line, page);
      break;
    case Key::kPageDown:
      choice.first_line = std::min(choice.first_line + page, last);
      break;
    case Key::kHome:
      choice.first_line = 0;
      break;
    case Key::kLeft:
    case Key::kRight:
      if (choice.page != Page::kBytes) break;
      choice.mapping = (choice.mapping + (key == Key::kRight ? 1 : mappings - 1)) % mappings;
      choice.first_line = 0;
      break;
    case Key::kResize:
      choice.first_line = std::min(choice.first_line, last);
      break;
    case Key::kOther:
      break;
  }
}

void draw_head(Grid& grid, const Choice& choice, const Moment& moment) {
  Line pages;
  constexpr const char* kPages[] = {" 1 drive ", " 2 bytes ", " 3 bridges "};
  for (std::size_t i = 0; i < std::size(kPages); ++i)
    pages.push_back({kPages[i], i == static_cast<std::size_t>(choice.page) ? Style::kReversed : Style::kDim});
  pages.push_back({"  ? help  q quit", Style::kDim});
  grid.put(0, 0, pages);
  if (moment.sim == nullptr) return;
  const Activity activity = moment.telemetry.activity;
  const std::string title(moment.title != nullptr ? moment.title->name : moment.sim->description);
  const auto text = [&](Quantity quantity) { return moment.telemetry.text(quantity).value_or(kAbsentText); };
  grid.put(0, 1,
           Line{{fmt::format("{}  {}  ", moment.sim->name, title), Style::kBold},
                {fmt::format("{}  ", activity_name(activity)), activity_style(activity)},
                {fmt::format("{} at {}", text(Quantity::kCar), text(Quantity::kTrack))}});
}

void draw_help(Grid& grid) {
  constexpr const char* kLines[] = {
      "1 2 3        the car that is driven, the bytes of a mapping, all bridges",
      "up down      scroll; also j and k, page up, page down, home",
      "left right   the mapping before and behind; also h and l",
      "? q          this help, the end",
      "",
      "- stands for a value that the sim does not give, or not now.",
      "Bytes that have changed within a second are marked."};
  std::size_t row = kHeadRows;
  for (const char* line : kLines) grid.put(1, row++, line);
}

}  // namespace pitbridge
