// SPDX-License-Identifier: MIT
#include "bridges/top/drive_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bridges/top/value_texts.hpp"

namespace pitbridge {
namespace {

using enum Quantity;

constexpr std::size_t kLights = 10;
/// From where on two blocks stand side by side.
constexpr std::size_t kTwoBlocks = 72, kBlockColumns = 38;

Style rev_style(double fraction) {
  constexpr double kNear = 0.85, kAlmost = 0.95;
  if (fraction < kNear) return Style::kGreen;
  return fraction < kAlmost ? Style::kYellow : Style::kRed;
}

Line shift_lights(std::optional<double> fraction) {
  // They come on in the last part of the way to the moment to shift.
  constexpr double kFirst = 0.7;
  if (!fraction) return {{"shift  -", Style::kDim}};
  const double part = std::clamp((*fraction - kFirst) / (1 - kFirst), 0.0, 1.0);
  const auto lit = static_cast<std::size_t>(std::lround(part * kLights));
  Line line = {{"shift  ", Style::kDim}};
  for (std::size_t i = 0; i < kLights; ++i) {
    constexpr std::size_t kGreen = 4, kYellow = 8;
    const Style lamp = i < kGreen ? Style::kGreen : i < kYellow ? Style::kYellow : Style::kRed;
    line.push_back(i < lit ? Span{"# ", lamp} : Span{". ", Style::kDim});
  }
  if (*fraction >= 1) line.push_back({" SHIFT", Style::kReversed});
  return line;
}

Line revs(const Telemetry& t, std::size_t columns) {
  const auto rpm = t.number(kRpm), most = t.number(kMaxRpm);
  const std::string text = fmt::format(" {} / {} rpm", number_text(rpm, 0), number_text(most, 0));
  Line line = {{"revs   ", Style::kDim}};
  const std::size_t used = 7 + text.size();
  if (rpm && most && columns > used + 10) {
    const double fraction = *rpm / *most;
    line.push_back({bar(fraction, columns - used - 1), rev_style(shift_fraction(t).value_or(fraction))});
  }
  line.push_back({text, Style::kBold});
  return line;
}

Line pedal(const char* name, std::optional<double> part, Style style) {
  constexpr std::size_t kColumns = 20;
  Line line = {{fmt::format("{:<10}", name), Style::kDim}};
  if (!part) return line.push_back({kAbsentText, Style::kDim}), line;
  line.push_back({bar(*part, kColumns), style});
  line.push_back({fmt::format(" {:3.0f} %", *part * 100)});
  return line;
}

Line steering(std::optional<double> value) {
  constexpr std::size_t kHalf = 10;
  Line line = {{fmt::format("{:<10}", "steering"), Style::kDim}};
  if (!value) return line.push_back({kAbsentText, Style::kDim}), line;
  const double turned = std::clamp(*value, -1.0, 1.0);
  const auto at = static_cast<std::size_t>(std::lround((turned + 1) * kHalf));
  std::string text(2 * kHalf + 1, ' ');
  text[kHalf] = '|';
  text[at] = 'O';
  line.push_back({text, Style::kReversed});
  line.push_back({fmt::format(" {:+.0f} %", *value * 100)});
  return line;
}

Line named(const char* name, const std::string& text, Style style = Style::kPlain) {
  return {{fmt::format("{:<10}", name), Style::kDim}, {text, text == kAbsentText ? Style::kDim : style}};
}

std::vector<Line> car_block(const Telemetry& t) {
  return {
      {{"gear      ", Style::kDim},
       {fmt::format(" {} ", gear_text(t.number(kGear))), Style::kReversed},
       {"   " + number_text(t.number(kSpeed), 0, "km/h"), Style::kBold}},
      pedal("throttle", t.number(kThrottle), Style::kGreen),
      pedal("brake", t.number(kBrake), Style::kRed),
      pedal("clutch", t.number(kClutch), Style::kBlue),
      steering(t.number(kSteering)),
      named("fuel", fmt::format("{} of {}, {} a lap, {} laps", number_text(t.number(kFuel), 1, "l"),
                                number_text(t.number(kFuelCapacity), 0),
                                number_text(t.number(kFuelPerLap), 2), number_text(t.number(kFuelLaps), 1)))};
}

Style delta_style(std::optional<double> seconds) {
  if (!seconds || *seconds == 0) return Style::kPlain;
  return *seconds < 0 ? Style::kGreen : Style::kRed;
}

std::vector<Line> lap_block(const Telemetry& t) {
  const auto delta = t.number(kDelta);
  const std::string flag = word_text(t, kFlag);
  const auto lap = t.number(kLap);
  return {named("lap", fmt::format("{} of {}, position {} of {}",
                                   number_text(lap ? std::optional(*lap + 1) : std::nullopt, 0),
                                   number_text(t.number(kLapCount), 0), number_text(t.number(kPosition), 0),
                                   number_text(t.number(kCarCount), 0))),
          named("time", time_text(t.number(kLapTime)), Style::kBold),
          named("last", time_text(t.number(kLastLapTime))),
          named("best", time_text(t.number(kBestLapTime)), Style::kMagenta),
          named("delta", delta_text(delta), delta_style(delta)),
          named("flag", fmt::format(" {} ", flag), flag_style(flag))};
}

Line tyre_pair(const Telemetry& t, std::size_t first) {
  constexpr const char* kNames[] = {"FL", "FR", "RL", "RR"};
  Line line;
  for (std::size_t i = first; i < first + 2; ++i) {
    const auto degrees = wheel(t, kTyreTemperature, i);
    line.push_back({fmt::format("{} ", kNames[i]), Style::kDim});
    line.push_back({fmt::format("{:>6}", number_text(degrees, 0, "C")), tyre_style(degrees)});
    line.push_back({fmt::format(" {:>7}  ", number_text(wheel(t, kTyrePressure, i), 0, "kPa"))});
  }
  return line;
}

std::vector<Line> tyre_block(const Telemetry& t) {
  return {{{"tyres", Style::kDim}}, tyre_pair(t, 0), tyre_pair(t, 2)};
}

Line car_line(const CarRow& car) {
  const std::string place = number_text(number_of(car, kPosition), 0);
  std::string driver = text_of(car, kDriver);
  if (driver == kAbsentText) driver = text_of(car, kCar);
  return {{fmt::format("{:>3} ", place)},
          {fmt::format("{:>4} ", text_of(car, kCarNumber)), Style::kDim},
          {driver, car.is_player ? Style::kBold : Style::kPlain}};
}

void draw_cars(Grid& grid, std::size_t row, const Telemetry& t) {
  constexpr std::size_t kTimes = 34;
  if (row + 1 >= grid.rows()) return;
  grid.put(0, row, Line{{" P   NO  DRIVER", Style::kDim}}, kTimes);
  grid.put(kTimes, row, Line{{"LAP       LAST       BEST    AHEAD  ", Style::kDim}});
  for (const CarRow* car : nearest_cars(t.cars, grid.rows() - row - 1)) {
    ++row;
    if (car->is_player) grid.put(0, row, ">", Style::kBold);
    grid.put(1, row, car_line(*car), kTimes - 2);
    grid.put(kTimes, row,
             fmt::format("{:>3} {:>10} {:>10} {:>8}", number_text(number_of(*car, kLap), 0),
                         time_text(number_of(*car, kLastLapTime)), time_text(number_of(*car, kBestLapTime)),
                         number_text(number_of(*car, kGapAhead), 1)),
             car->is_player ? Style::kBold : Style::kPlain);
  }
}

}  // namespace

std::optional<double> shift_fraction(const Telemetry& telemetry) {
  const auto rpm = telemetry.number(kRpm);
  auto shift = telemetry.number(kShiftRpm);
  if (!shift) shift = telemetry.number(kLimiterRpm);
  if (!shift) shift = telemetry.number(kMaxRpm);
  if (!rpm || !shift || !(*shift > 0)) return std::nullopt;
  return *rpm / *shift;
}

std::vector<const CarRow*> nearest_cars(const std::vector<CarRow>& cars, std::size_t most) {
  std::vector<const CarRow*> all(cars.size());
  std::transform(cars.begin(), cars.end(), all.begin(), [](const CarRow& car) { return &car; });
  std::stable_sort(all.begin(), all.end(), [](const CarRow* a, const CarRow* b) {
    return number_of(*a, kPosition).value_or(kMostCars) < number_of(*b, kPosition).value_or(kMostCars);
  });
  const auto player = std::find_if(all.begin(), all.end(), [](const CarRow* car) { return car->is_player; });
  const auto at = player == all.end() ? std::size_t{0} : static_cast<std::size_t>(player - all.begin());
  const std::size_t count = std::min(most, all.size());
  const std::size_t first = std::min(at - std::min(at, count / 2), all.size() - count);
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
  return {begin, begin + static_cast<std::ptrdiff_t>(count)};
}

void draw_drive(Grid& grid, std::size_t first_row, const Moment& moment) {
  const Telemetry& t = moment.telemetry;
  std::size_t row = first_row;
  grid.put(0, row++, revs(t, grid.columns()));
  grid.put(0, row++, shift_lights(shift_fraction(t)));
  const bool two = grid.columns() >= kTwoBlocks;
  const auto put_block = [&](const std::vector<Line>& lines, std::size_t column, std::size_t from) {
    for (const Line& line : lines) grid.put(column, from++, line, two ? kBlockColumns : SIZE_MAX);
    return from;
  };
  const std::size_t second = kBlockColumns + 3;
  const std::size_t lower = put_block(car_block(t), 0, row);
  row = two ? put_block(lap_block(t), second, row) : put_block(lap_block(t), 0, lower);
  row = std::max(row, lower);
  row = put_block(tyre_block(t), 0, row);
  if (two) {
    const std::string pit = word_text(t, kPitState), session = word_text(t, kSessionKind);
    const std::size_t from = row - 3;
    grid.put(second, from,
             named("session", fmt::format("{}, {} left", session, time_text(t.number(kSessionTimeLeft)))));
    grid.put(second, from + 1, named("pit", pit));
    grid.put(second, from + 2,
             named("air track", fmt::format("{}, {}", number_text(t.number(kAirTemperature), 0, "C"),
                                            number_text(t.number(kTrackTemperature), 0, "C"))));
  }
  if (!t.cars.empty()) draw_cars(grid, row + 1, t);
}

void draw_nothing(Grid& grid, std::size_t first_row, const Moment& moment) {
  std::size_t row = first_row + 1;
  grid.put(2, row++, moment.sim == nullptr ? "no sim is driven" : "no values", Style::kBold);
  grid.put(2, row++,
           moment.sim == nullptr
               ? "Start the game with its bridge, or name a sim that runs: pitbridge top SIM"
               : reader::message(moment.result));
  ++row;
  grid.put(2, row++, "What is missing, and what to do about it:");
  grid.put(4, row, "pitbridge doctor", Style::kBold);
}

}  // namespace pitbridge
