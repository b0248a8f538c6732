// SPDX-License-Identifier: MIT
// What `pitbridge top` shows, as grids of cells.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "bridges/top/bridges_page.hpp"
#include "bridges/top/bytes_page.hpp"
#include "bridges/top/drive_page.hpp"
#include "bridges/top/value_texts.hpp"
#include "bridges/top/view.hpp"
#include "common/posix/session/process_cpu.hpp"
#include "tests/unit/support/model_side.hpp"
#include "tests/unit/support/temp_directory.hpp"

namespace pitbridge {
namespace {

std::string text_of(const Grid& grid) {
  std::string text;
  for (std::size_t row = 0; row < grid.rows(); ++row) text += grid.text(row) + "\n";
  return text;
}

bool has(const Grid& grid, const std::string& text) {
  return text_of(grid).find(text) != std::string::npos;
}

/// The style of the first place where `text` stands, of ASCII alone before it.
Style style_of(const Grid& grid, const std::string& text) {
  for (std::size_t row = 0; row < grid.rows(); ++row)
    for (std::size_t column = 0; column + text.size() <= grid.columns(); ++column)
      if (std::equal(text.begin(), text.end(), text.begin(), [&, at = column](char, char c) mutable {
            return grid.at(at++, row).letter == static_cast<unsigned char>(c);
          }))
        return grid.at(column, row).style;
  ADD_FAILURE() << "no " << text << " in\n" << text_of(grid);
  return Style::kPlain;
}

void set(Moment& moment, Quantity quantity, Value value) {
  moment.telemetry.values[static_cast<std::size_t>(quantity)] = std::move(value);
}

Moment live() {
  Moment moment;
  moment.sim = find_sim("ac");
  moment.title = &moment.sim->titles.front();
  moment.result = reader::Result::kOk;
  moment.telemetry.activity = Activity::kLive;
  return moment;
}

CarRow car(double position, const std::string& driver, bool is_player = false) {
  CarRow row;
  row.is_player = is_player;
  for (std::size_t i = 0; i < kCarQuantities.size(); ++i) {
    if (kCarQuantities[i] == Quantity::kPosition) row.values[i] = position;
    if (kCarQuantities[i] == Quantity::kDriver) row.values[i] = driver;
  }
  return row;
}

Grid drawn(const Moment& moment, std::size_t columns = 80, std::size_t rows = 24) {
  Grid grid(columns, rows);
  draw_drive(grid, 0, moment);
  return grid;
}

TEST(TopDrive, WhatIsAbsentIsShownAsAbsentAndNeverAsZero) {
  const std::string text = text_of(drawn(live()));
  EXPECT_TRUE(std::none_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; }))
      << text;
  EXPECT_NE(text.find("revs    - / - rpm"), std::string::npos) << text;
  EXPECT_NE(text.find("throttle  - "), std::string::npos) << text;
}

TEST(TopDrive, ShowsTheCar) {
  Moment moment = live();
  set(moment, Quantity::kRpm, 6123.0);
  set(moment, Quantity::kMaxRpm, 8000.0);
  set(moment, Quantity::kGear, -1.0);
  set(moment, Quantity::kSpeed, 231.4);
  set(moment, Quantity::kThrottle, 0.5);
  set(moment, Quantity::kSteering, -0.25);
  set(moment, Quantity::kLapTime, 83.4567);
  set(moment, Quantity::kDelta, -0.25);
  set(moment, Quantity::kLap, 0.0);
  set(moment, Quantity::kFlag, static_cast<double>(Flag::kYellow));
  set(moment, Quantity::kTyreTemperature, std::vector<double>{40, 90, 110, 130});
  const Grid grid = drawn(moment);
  for (const char* text :
       {"6123 / 8000 rpm", "231 km/h", "50 %", "-25 %", "1:23.457", "-0.250", "1 of -", "yellow"})
    EXPECT_TRUE(has(grid, text)) << text << "\n" << text_of(grid);
  EXPECT_EQ(style_of(grid, "40 C"), Style::kBlue);
  EXPECT_EQ(style_of(grid, "90 C"), Style::kGreen);
  EXPECT_EQ(style_of(grid, "110 C"), Style::kYellow);
  EXPECT_EQ(style_of(grid, "130 C"), Style::kRed);
  EXPECT_EQ(style_of(grid, "-0.250"), Style::kGreen);
  EXPECT_EQ(style_of(grid, " R "), Style::kReversed);
  EXPECT_FALSE(has(grid, "SHIFT"));
  set(moment, Quantity::kShiftRpm, 6100.0);
  EXPECT_TRUE(has(drawn(moment), "# # # # # # # # # #  SHIFT"));
}

TEST(TopDrive, TheMomentToShiftIsThatOfTheCarElseOfTheLimiter) {
  Moment moment = live();
  EXPECT_FALSE(shift_fraction(moment.telemetry));
  set(moment, Quantity::kRpm, 4000.0);
  EXPECT_FALSE(shift_fraction(moment.telemetry));
  set(moment, Quantity::kMaxRpm, 8000.0);
  EXPECT_EQ(shift_fraction(moment.telemetry), 0.5);
  set(moment, Quantity::kLimiterRpm, 5000.0);
  EXPECT_EQ(shift_fraction(moment.telemetry), 0.8);
  set(moment, Quantity::kShiftRpm, 4000.0);
  EXPECT_EQ(shift_fraction(moment.telemetry), 1);
}

TEST(TopDrive, TheNearestCarsAreThoseAroundThePlayer) {
  std::vector<CarRow> cars;
  for (int position = 20; position >= 1; --position) cars.push_back(car(position, "d", position == 10));
  const auto first_of = [&](std::size_t most) {
    return number_of(*nearest_cars(cars, most).front(), Quantity::kPosition);
  };
  EXPECT_EQ(nearest_cars(cars, 5).size(), 5U);
  EXPECT_EQ(first_of(5), 8);
  EXPECT_EQ(first_of(100), 1);
  cars[10].is_player = false;
  EXPECT_EQ(first_of(5), 1) << "no car is the player's";
  cars.front().is_player = true;
  EXPECT_EQ(first_of(5), 16) << "the last of all";
  EXPECT_TRUE(nearest_cars({}, 5).empty());
}

TEST(TopDrive, NamesOfOthersMoveNothing) {
  Moment moment = live();
  moment.telemetry.cars = {car(1, "evil\x1b[2J\n"),
                           car(2, "车手车手车手车手车手车手车手车手车手车手车手车手", true)};
  const Grid grid = drawn(moment);
  EXPECT_TRUE(has(grid, "evil\\u001b[2J\\n")) << text_of(grid);
  EXPECT_TRUE(has(grid, "车手"));
  for (std::size_t row = 0; row < grid.rows(); ++row)
    for (std::size_t column = 0; column < grid.columns(); ++column)
      EXPECT_NE(grid.at(column, row).letter, U'\x1b');
}

TEST(TopDrive, AnySizeWillDo) {
  Moment moment = live();
  for (const QuantityInfo& info : kQuantities)
    set(moment, info.quantity,
        info.text         ? Value(std::string(100, 'x'))
        : info.count == 1 ? Value(1.0)
                          : Value(std::vector<double>(info.count, 1.0)));
  for (int i = 0; i < 40; ++i) moment.telemetry.cars.push_back(car(i, "车手", i == 3));
  WatchedBytes watched;
  watched.look("f", std::vector<std::byte>(1000, std::byte{7}));
  for (std::size_t columns = 1; columns < 130; columns += columns < 20 ? 1 : 7)
    for (std::size_t rows = 1; rows < 50; rows += rows < 20 ? 1 : 7) {
      Grid grid(columns, rows);
      draw_head(grid, {}, moment);
      draw_drive(grid, kHeadRows, moment);
      draw_nothing(grid, kHeadRows, {});
      const std::vector<NamedField> fields = {{std::string(200, 'n'), {"", 0, FieldType::kUint8, 1}}};
      draw_bytes(grid, kHeadRows, {.mapping = "f", .watched = watched, .fields = fields});
      (void)draw_bridges(grid, kHeadRows, 0, std::vector<BridgeLoad>(3));
      draw_help(grid);
      EXPECT_EQ(grid.columns() * grid.rows(), columns * rows);
    }
}

TEST(TopDrive, WithoutValuesItSaysWhyAndTheRemedy) {
  Grid grid(80, 24);
  Moment moment;
  draw_nothing(grid, kHeadRows, moment);
  EXPECT_TRUE(has(grid, "no sim is driven"));
  EXPECT_TRUE(has(grid, "pitbridge doctor"));
  moment.sim = find_sim("ac");
  Grid other(80, 24);
  draw_nothing(other, kHeadRows, moment);
  EXPECT_TRUE(has(other, std::string(reader::message(moment.result)).substr(0, 40))) << text_of(other);
}

TEST(TopTexts, AreForPeople) {
  EXPECT_EQ(time_text(59.9996), "1:00.000");
  EXPECT_EQ(time_text(-1), "-");
  EXPECT_EQ(time_text(std::nullopt), "-");
  EXPECT_EQ(gear_text(0), "N");
  EXPECT_EQ(gear_text(-2), "R2");
  EXPECT_EQ(gear_text(std::nullopt), "-");
  EXPECT_EQ(number_text(std::nullopt, 1, "l"), "-");
  EXPECT_EQ(number_text(std::nan(""), 1), "-");
  EXPECT_EQ(bar(0.5, 4), "██░░");
  EXPECT_EQ(bar(7, 2), "██");
}

TEST(TopBytes, WhatHasChangedIsMarkedForAWhile) {
  WatchedBytes watched;
  std::vector<std::byte> bytes(64);
  watched.look("f", bytes);
  EXPECT_FALSE(watched.is_marked(5));
  bytes[5] = std::byte{0xAB};
  watched.look("f", bytes);
  EXPECT_TRUE(watched.is_marked(5));
  EXPECT_FALSE(watched.is_marked(6));
  const std::vector<NamedField> fields = {{"rpm", {"", 5, FieldType::kUint8, 3}},
                                          {"x", {"", 20, FieldType::kInt32, 1}}};
  const BytesView view = {
      .mapping = "f", .number = 1, .count = 3, .first_line = 0, .watched = watched, .fields = fields};
  Grid grid(100, 10);
  draw_bytes(grid, 0, view);
  EXPECT_EQ(style_of(grid, "ab"), Style::kReversed);
  EXPECT_NE(grid.text(1).find("rpm=171,..."), std::string::npos) << text_of(grid);
  EXPECT_EQ(grid.text(1).find("x=0"), std::string::npos);
  EXPECT_NE(grid.text(2).find("x=0"), std::string::npos) << text_of(grid);
  for (int i = 0; i < WatchedBytes::kMarkedLooks; ++i) watched.look("f", bytes);
  EXPECT_FALSE(watched.is_marked(5));
  bytes[5] = std::byte{1};
  watched.look("other", bytes);
  EXPECT_FALSE(watched.is_marked(5)) << "another mapping";
}

TEST(TopBridges, ShowRatesLoadAndReaders) {
  const TempDirectory directory;
  ModelSide side(directory.path());
  side.drive(1);
  BridgeLoads loads({directory.path()});
  MonotonicClock clock;
  EXPECT_FALSE(loads.look(clock.now_ns()).front().cpu_percent) << "one look alone shows none";
  side.drive(2);
  poke_file(directory / "pitbridge.ac.readers", 0, std::uint32_t{77});
  const auto seen = loads.look(clock.now_ns());
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_TRUE(seen.front().cpu_percent);
  EXPECT_TRUE(seen.front().readers_wait);
  EXPECT_FALSE(loads.look(clock.now_ns()).front().readers_wait);
  Grid grid(100, 20);
  EXPECT_GE(draw_bridges(grid, 0, 0, seen), 4U);
  EXPECT_EQ(style_of(grid, "attached"), Style::kGreen);
  for (const std::string& text : {"pid " + std::to_string(::getpid()), std::string("readers wait"),
                                  directory.path(), std::string("acpmf_physics")})
    EXPECT_TRUE(has(grid, text)) << text << "\n" << text_of(grid);
}

TEST(TopBridges, TimeOfAProcessIsThatOfItsUserAndItsSystem) {
  EXPECT_EQ(parse_cpu_ticks("7 (a) b) S 1 2 3 4 -1 6 7 8 9 10 100 23 0 0"), 123U);
  EXPECT_EQ(parse_cpu_ticks("7 (a) S 1 2"), std::nullopt);
  EXPECT_EQ(parse_cpu_ticks(""), std::nullopt);
}

TEST(TopKeys, ChooseAndScroll) {
  Choice choice;
  const Extent extent = {.lines = 100, .rows = 10, .mappings = 3};
  apply(choice, Key::kBytes, extent);
  EXPECT_EQ(choice.page, Page::kBytes);
  apply(choice, Key::kUp, extent);
  EXPECT_EQ(choice.first_line, 0U);
  for (int i = 0; i < 200; ++i) apply(choice, Key::kDown, extent);
  EXPECT_EQ(choice.first_line, 90U);
  apply(choice, Key::kPageUp, extent);
  EXPECT_EQ(choice.first_line, 81U);
  apply(choice, Key::kLeft, extent);
  EXPECT_EQ(choice.mapping, 2U);
  EXPECT_EQ(choice.first_line, 0U);
  apply(choice, Key::kRight, extent);
  EXPECT_EQ(choice.mapping, 0U);
  apply(choice, Key::kPageDown, {});
  EXPECT_EQ(choice.first_line, 0U) << "nothing is there";
  apply(choice, Key::kHelp, extent);
  EXPECT_TRUE(choice.help);
  apply(choice, Key::kQuit, extent);
  EXPECT_FALSE(choice.help);
  EXPECT_FALSE(choice.quit);
  apply(choice, Key::kQuit, extent);
  EXPECT_TRUE(choice.quit);
}

}  // namespace
}  // namespace pitbridge
