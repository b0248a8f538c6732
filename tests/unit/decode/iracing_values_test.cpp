// SPDX-License-Identifier: MIT
// Raw bytes in, values out, as in values_test.cpp; but iRacing's fields have names and no places, so the rows
// of tests/data/iracing_values.csv name variables, and the map is made of those that a row names. The session
// text is one and the same.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>

#include "common/core/decode/telemetry.hpp"
#include "common/posix/system/paths.hpp"
#include "tests/unit/support/fakes.hpp"
#include "tests/unit/support/planted_values.hpp"

namespace pitbridge {
namespace {

constexpr std::size_t kVariableHeaders = 112;
constexpr std::size_t kVariableHeaderBytes = 144;
constexpr std::size_t kSessionText = 8192;
constexpr std::size_t kLine = 16384;
constexpr std::size_t kLineBytes = 8192;
constexpr std::int32_t kCars = 64;

/// A race, as its third session, of three cars: a pace car and a spectator stand between them. The second of
/// those that take part is the player.
constexpr std::string_view kSession = R"(---
WeekendInfo:
 TrackLength: 4.0569 km
 TrackDisplayName: Road Atlanta

SessionInfo:
 Sessions:
 - SessionNum: 0
   SessionType: Practice
   ResultsPositions:
   - Position: 1
     CarIdx: 2
 - SessionNum: 1
   SessionType: Lone Qualify
 - SessionNum: 2
   SessionType: Race
   SessionName: RACE
 - SessionNum: 3
   SessionType: Warmup
 - SessionNum: 4
   SessionType: Open Qualify
 - SessionNum: 5
   SessionType: Offline Testing
 - SessionNum: 6
   SessionType: Something New

DriverInfo:
 DriverCarIdx: 2
 DriverCarIdleRPM: 2500.000
 DriverCarRedLine: 7950.000
 DriverCarFuelMaxLtr: 76.000
 DriverCarGearNumForward: 6
 DriverCarSLShiftRPM: 7150.000
 DriverTires:
 - TireIndex: 0
   TireCompoundType: "Hard"
 - TireIndex: 1
   TireCompoundType: "Wet"
 Drivers:
 - CarIdx: 0
   UserName: Ann Other
   CarNumber: "007"
   CarIsPaceCar: 0
   CarScreenName: Toy LMP2
   CarClassShortName: LMP2
   IsSpectator: 0
 - CarIdx: 1
   UserName: Pace Car
   CarIsPaceCar: 1
   IsSpectator: 0
 - CarIdx: 2
   UserName: Bo Own
   CarNumber: "12"
   CarNumberRaw: 12
   CarIsPaceCar: 0
   CarScreenName: Toy GT3
   CarScreenNameShort: Toy
   CarClassShortName: GT3
   IsSpectator: 0
 - CarIdx: 3
   UserName: Somebody Who Looks
   CarIsPaceCar: 0
   IsSpectator: 1
 - CarIdx: 5
   UserName: Cy Last
   CarNumber: "99"
   CarIsPaceCar: 0
   CarScreenName: Toy GT3
   CarClassShortName: GT3
   IsSpectator: 0

SplitTimeInfo:
 Sectors:
 - SectorNum: 0
   SectorStartPct: 0.000000
 - SectorNum: 1
   SectorStartPct: 0.167875
 - SectorNum: 2
   SectorStartPct: 0.442307

...
)";

/// A number in an element of a variable.
struct Write {
  std::string name;
  std::size_t index = 0;
  bool is_array = false;  ///< by car
  std::string type, raw;
};

struct Row {
  int line = 0;
  std::string quantity;
  std::optional<std::size_t> car;  ///< of those that take part
  std::size_t element = 0;
  std::vector<Write> writes;
  std::string expected;
};

std::vector<std::string> split(const std::string& text, char at) {
  std::istringstream in(text);
  std::vector<std::string> parts;
  for (std::string part; std::getline(in, part, at);) parts.push_back(part);
  return parts;
}

Write write_of(const std::string& name, const std::string& type, const std::string& raw) {
  const auto bracket = name.find('[');
  if (bracket == std::string::npos) return {name, 0, false, type, raw};
  return {name.substr(0, bracket), std::stoul(name.substr(bracket + 1)), true, type, raw};
}

/// `quantity;element;variable;type;raw;expected;extra`
Row row_of(const std::string& line, int line_number) {
  std::vector<std::string> parts = split(line, ';');
  parts.resize(7);
  Row row;
  row.line = line_number;
  row.quantity = parts[0];
  if (row.quantity.starts_with("cars[")) {
    row.car = std::stoul(row.quantity.substr(5));
    row.quantity = row.quantity.substr(row.quantity.find('.') + 1);
  }
  row.element = parts[1].empty() ? 0 : std::stoul(parts[1]);
  if (!parts[2].empty()) row.writes.push_back(write_of(parts[2], parts[3], parts[4]));
  row.expected = parts[5];
  for (const std::string& extra : split(parts[6], ',')) {
    const auto w = split(extra, ':');
    row.writes.push_back(write_of(w.at(0), w.at(1), w.at(2)));
  }
  return row;
}

const std::vector<Row>& all_rows() {
  static const std::vector<Row> kRows = [] {
    std::vector<Row> rows;
    std::ifstream file(environment_or("PITBRIDGE_SOURCE_DIR", ".") + "/tests/data/iracing_values.csv");
    int line_number = 0;
    for (std::string line; std::getline(file, line);)
      if (++line_number; !line.empty()) rows.push_back(row_of(line, line_number));
    return rows;
  }();
  return kRows;
}

/// The SDK's number of a type, and how its bytes are called in planted_values.hpp.
struct TypeCode {
  std::string_view type;
  std::int32_t code;
  std::string_view bytes;
  std::size_t size_bytes;
};
constexpr TypeCode kTypes[] = {{"bool", 1, "bool8", 1},
                               {"int", 2, "int32", 4},
                               {"bits", 3, "uint32", 4},
                               {"float", 4, "float32", 4},
                               {"double", 5, "float64", 8}};

Snapshot snapshot_of(const Row& row) {
  Bytes map(kLine + kLineBytes);
  struct Placed {
    std::string name;
    std::size_t offset;
  };
  std::vector<Placed> placed;
  std::size_t end = 0;
  for (const Write& write : row.writes) {
    const auto type = std::ranges::find(kTypes, write.type, &TypeCode::type);
    if (type == std::end(kTypes)) throw std::invalid_argument("no such type: " + write.type);
    auto at = std::ranges::find(placed, write.name, &Placed::name);
    if (at == placed.end()) {
      const std::size_t record = kVariableHeaders + placed.size() * kVariableHeaderBytes;
      const std::int32_t count = write.is_array ? kCars : 1;
      put(map, record, type->code);
      put(map, record + 4, static_cast<std::int32_t>(end));
      put(map, record + 8, count);
      std::memcpy(map.data() + record + 16, write.name.data(), write.name.size());
      placed.push_back({write.name, end});
      at = placed.end() - 1;
      end += (static_cast<std::size_t>(count) * type->size_bytes + 7) / 8 * 8;
    }
    const Bytes bytes = raw_bytes(type->bytes, write.raw);
    std::ranges::copy(bytes, map.begin() + static_cast<std::ptrdiff_t>(kLine + at->offset +
                                                                       write.index * type->size_bytes));
  }
  const std::int32_t header[] = {2,
                                 1,
                                 60,
                                 1,
                                 static_cast<std::int32_t>(kSession.size()),
                                 kSessionText,
                                 static_cast<std::int32_t>(placed.size()),
                                 kVariableHeaders,
                                 1,
                                 kLineBytes};
  for (std::size_t i = 0; i < std::size(header); ++i) put(map, 4 * i, header[i]);
  put(map, 48, std::int32_t{1});
  put(map, 52, static_cast<std::int32_t>(kLine));
  std::memcpy(map.data() + kSessionText, kSession.data(), kSession.size());
  Snapshot snapshot;
  snapshot.set("IRSDKMemMapFileName", std::move(map));
  return snapshot;
}

const Title& iracing() {
  return find_sim("ir")->titles.front();
}

double expected_number(const Row& row, const QuantityInfo& info) {
  const auto word = std::ranges::find(info.codes, row.expected);
  return word != info.codes.end() ? static_cast<double>(word - info.codes.begin()) : std::stod(row.expected);
}

bool is_expected(const std::optional<Value>& got, const Row& row, const QuantityInfo& info) {
  if (!got || row.expected == "absent") return !got && row.expected == "absent";
  if (info.text) return std::get<std::string>(*got) == row.expected;
  const double expected = expected_number(row, info);
  const double number =
      info.count == 1 ? std::get<double>(*got) : std::get<std::vector<double>>(*got).at(row.element);
  return std::abs(number - expected) <= 2e-6 * std::max(1.0, std::abs(expected));  // of 32-bit floats
}

const QuantityInfo* info_of(const Row& row) {
  const auto it = std::ranges::find(kQuantities, row.quantity, &QuantityInfo::name);
  return it == kQuantities.end() ? nullptr : &*it;
}

TEST(IracingValues, AreThoseThatTheRowsExpect) {
  EXPECT_GT(all_rows().size(), 100U);
  for (const Row& row : all_rows()) {
    SCOPED_TRACE("iracing_values.csv:" + std::to_string(row.line) + " " + row.quantity);
    const QuantityInfo* info = info_of(row);
    ASSERT_NE(info, nullptr);
    const Telemetry got = decode(iracing(), snapshot_of(row));
    std::optional<Value> value = got[info->quantity];
    if (row.car) value = *row.car < got.cars.size() ? got.cars[*row.car][info->quantity] : std::nullopt;
    EXPECT_TRUE(is_expected(value, row, *info)) << "expected " << row.expected;
  }
}

/// Whether a row shows that the channel reads this element.
bool is_shown_by(const Channel& channel, bool of_cars, std::size_t element, const Row& row) {
  const QuantityInfo& info = quantity_info(channel.quantity);
  if (row.quantity != info.name || row.element != element || row.car.has_value() != of_cars) return false;
  if (row.expected == "absent" || (!info.text && expected_number(row, info) == 0)) return false;
  Title with_one = iracing();
  with_one.channels = {};
  with_one.cars = nullptr;
  CarTable alone = *iracing().cars;
  alone.channels = {&channel, 1};
  if (of_cars)
    with_one.cars = &alone;
  else
    with_one.channels = {&channel, 1};
  const Telemetry got = decode(with_one, snapshot_of(row));
  if (!of_cars) return is_expected(got[channel.quantity], row, info);
  return *row.car < got.cars.size() && is_expected(got.cars[*row.car][channel.quantity], row, info);
}

void expect_rows_for(std::span<const Channel> channels, bool of_cars) {
  for (const Channel& channel : channels) {
    const QuantityInfo& info = quantity_info(channel.quantity);
    for (std::size_t i = 0; i < info.count; ++i)
      EXPECT_TRUE(std::ranges::any_of(all_rows(),
                                      [&](const Row& row) { return is_shown_by(channel, of_cars, i, row); }))
          << "no row for " << (of_cars ? "cars[]." : "") << info.name << "[" << i << "] " << channel.field;
  }
}

TEST(IracingValues, NoChannelIsWithoutARow) {
  expect_rows_for(iracing().channels, false);
  expect_rows_for(iracing().cars->channels, true);
}

/// What a car on a left-hand circle with a banked road feels and shows, in iRacing's own axes: forward, left
/// and up by the right hand.
TEST(IracingValues, ALeftHandCircleIsOne) {
  constexpr double kSpeed = 30, kRadius = 120, kGravity = 9.80665, kBank = -0.05, kStep = 0.5;
  const auto at = [&](double seconds) {
    const double to_the_left = kSpeed * kSpeed / kRadius;
    const double yaw = std::remainder(kSpeed / kRadius * seconds, 2 * std::acos(-1));
    std::ostringstream row;
    // The left side is down, so the earth's pull is felt to the left of the seat.
    row << "acceleration;1;LatAccel;float;" << to_the_left + kGravity * std::sin(kBank) << ";0;"
        << "LongAccel:float:0,VertAccel:float:" << kGravity * std::cos(kBank)
        << ",Pitch:float:0,Roll:float:" << kBank
        << ",RollRate:float:0,PitchRate:float:0,YawRate:float:" << kSpeed / kRadius << ",Yaw:float:" << yaw;
    return decode(iracing(), snapshot_of(row_of(row.str(), 0)));
  };
  const Telemetry got = at(0);
  const auto acceleration = std::get<std::vector<double>>(*got[Quantity::kAcceleration]);
  EXPECT_NEAR(acceleration[0], 0, 1e-4);
  EXPECT_NEAR(acceleration[1], kSpeed * kSpeed / kRadius / kGravity, 1e-4);
  EXPECT_NEAR(acceleration[2], 0, 1e-4);
  const double rate = std::get<std::vector<double>>(*got[Quantity::kAngularVelocity])[2];
  for (int i = 0; i < 60; ++i) {
    const double before = *at(kStep * i).number(Quantity::kHeading);
    const double after = *at(kStep * (i + 1)).number(Quantity::kHeading);
    EXPECT_NEAR(std::remainder(after - before, 2 * std::acos(-1)), rate * kStep, 1e-4) << i;
  }
}

TEST(IracingValues, OnlyCarsThatTakePartAreShown) {
  const Row row = row_of("position;;CarIdxPosition[2];int;1;1;PlayerCarIdx:int:2", 0);
  const auto cars = decode(iracing(), snapshot_of(row)).cars;
  ASSERT_EQ(cars.size(), 3U);
  EXPECT_EQ(std::get<std::string>(*cars[0][Quantity::kDriver]), "Ann Other");
  EXPECT_EQ(std::get<std::string>(*cars[2][Quantity::kDriver]), "Cy Last");
  EXPECT_FALSE(cars[0].is_player);
  EXPECT_TRUE(cars[1].is_player);
}

}  // namespace
}  // namespace pitbridge
