// SPDX-License-Identifier: MIT
// `pitbridge top`: a terminal screen of the live sim, of its bytes, and of all bridges.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "bridges/command/command.hpp"
#include "bridges/command/places.hpp"
#include "bridges/top/bridges_page.hpp"
#include "bridges/top/bytes_page.hpp"
#include "bridges/top/drive_page.hpp"
#include "bridges/top/screen.hpp"
#include "bridges/top/view.hpp"
#include "common/posix/shm/mirror_reader.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"
#include "common/posix/system/stop_signals.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

std::string g_sim;

/// How often a page is looked at.
std::int64_t period_ns(Page page) {
  constexpr std::int64_t kDriveMs = 34, kBytesMs = 100, kBridgesMs = 500;
  switch (page) {
    case Page::kDrive:
      return kDriveMs * kNsPerMs;
    case Page::kBytes:
      return kBytesMs * kNsPerMs;
    case Page::kBridges:
      return kBridgesMs * kNsPerMs;
  }
  return kBridgesMs * kNsPerMs;
}

class Top {
 public:
  explicit Top(Feed feed) : feed_(std::move(feed)), loads_(directories_of_bridges()) {}

  Choice& choice() { return choice_; }
  const Extent& extent() const { return extent_; }

  /// Looks at what the page shows.
  void look(std::int64_t now_ns) {
    moment_ = feed_.look();
    if (choice_.page == Page::kBytes) look_at_bytes();
    if (choice_.page == Page::kBridges) bridges_ = loads_.look(now_ns);
  }
  /// What was seen, on a screen of this size.
  Grid draw(std::size_t columns, std::size_t rows) {
    Grid grid(columns, rows);
    extent_ = {.lines = 0, .rows = rows - std::min(rows, kHeadRows), .mappings = mappings_.size()};
    draw_head(grid, choice_, moment_);
    if (choice_.help) {
      draw_help(grid);
    } else if (choice_.page == Page::kBridges) {
      extent_.lines = draw_bridges(grid, kHeadRows, choice_.first_line, bridges_);
    } else if (choice_.page == Page::kBytes && !mappings_.empty()) {
      draw_mapping(grid);
    } else if (choice_.page == Page::kDrive && moment_.result == reader::Result::kOk) {
      draw_drive(grid, kHeadRows, moment_);
    } else {
      draw_nothing(grid, kHeadRows, moment_);
    }
    return grid;
  }

 private:
  void look_at_bytes() {
    mappings_.clear();
    if (moment_.sim == nullptr) return;
    const MirrorReading reading = read_mirror(directory_to_read(moment_.sim->name), *moment_.sim);
    for (const Mapping& mapping : moment_.sim->mappings)
      if (reading.snapshot.bytes(mapping.file_name()) != nullptr) mappings_.emplace_back(mapping.file_name());
    if (mappings_.empty()) return;
    choice_.mapping = std::min(choice_.mapping, mappings_.size() - 1);
    const std::string& shown = mappings_[choice_.mapping];
    watched_.look(shown, *reading.snapshot.bytes(shown));
    fields_ = fields_of(reading.title, reading.snapshot, shown);
  }

  void draw_mapping(Grid& grid) {
    const std::size_t step = bytes_a_line(grid.columns());
    extent_.lines = (watched_.bytes().size() + step - 1) / step;
    extent_.rows -= std::min<std::size_t>(extent_.rows, 1);  // the line with the mapping's name
    draw_bytes(grid, kHeadRows,
               {.mapping = mappings_[choice_.mapping],
                .number = choice_.mapping + 1,
                .count = mappings_.size(),
                .first_line = choice_.first_line,
                .watched = watched_,
                .fields = fields_});
  }

  Feed feed_;
  BridgeLoads loads_;
  Choice choice_;
  Extent extent_;
  Moment moment_;
  std::vector<std::string> mappings_;
  WatchedBytes watched_;
  std::vector<NamedField> fields_;
  std::vector<BridgeLoad> bridges_;
};

Expected<void> run() {
  auto feed = Feed::open(g_sim);
  if (!feed) return tl::unexpected<Error>(feed.error());
  install_stop_signals();
  auto screen = Screen::open(environment_or("NO_COLOR", "").empty());
  if (!screen) return tl::unexpected<Error>(std::move(screen.error()));
  Top top(std::move(*feed));
  MonotonicClock clock;
  std::int64_t next_ns = 0;
  while (stop_signal() == 0 && !top.choice().quit) {
    const std::int64_t now_ns = clock.now_ns();
    if (now_ns >= next_ns) {
      top.look(now_ns);
      next_ns = now_ns + period_ns(top.choice().page);
    }
    (*screen)->paint(top.draw((*screen)->columns(), (*screen)->rows()));
    const Page page = top.choice().page;
    const std::int64_t rest_ns = std::max<std::int64_t>(next_ns - clock.now_ns(), 0);
    for (const Key key : (*screen)->keys(static_cast<int>(rest_ns / kNsPerMs) + 1)) {
      apply(top.choice(), key, top.extent());
      if (key == Key::kLeft || key == Key::kRight || top.choice().page != page) next_ns = 0;
    }
  }
  return {};
}

constexpr Command kCommand = {
    .name = "top",
    .description = "Show the live sim on the terminal: the car, the raw bytes, all bridges",
    .add_options =
        [](CLI::App& app) {
          app.add_option("sim", g_sim, "Sim, by name, title, exe or Steam app id [whichever is driven]")
              ->type_name("SIM");
        },
    .run = run,
    .tells_of_killed_bridges = false,  // the page of all bridges does
};
const CommandRegistration kRegistration(kCommand);

}  // namespace
}  // namespace pitbridge
