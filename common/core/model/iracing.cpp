// SPDX-License-Identifier: MIT
#include "common/core/model/iracing.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <vector>

#include "common/core/model/bytes.hpp"
#include "common/core/model/drive.hpp"
#include "common/core/model/iracing_text.hpp"
#include "common/core/sim/units.hpp"

namespace pitbridge::model {
namespace {

constexpr std::uint32_t kVariableHeaders = 256;
constexpr std::uint32_t kVariableHeaderBytes = 144;
constexpr std::uint32_t kSessionText = 32768;
constexpr std::uint32_t kFirstLine = 65536;
constexpr std::uint32_t kLineBytes = 4096;
constexpr std::uint32_t kLines = 4;
constexpr std::uint32_t kFirstTick = 48;
constexpr std::uint32_t kTickStride = 16;
constexpr std::uint32_t kCars = 64;
/// The player's number in the session text and in the arrays by car.
constexpr std::uint32_t kOwnCar = 7;

/// `offset_bytes` is from the start of a line.
using Variable = Field;

std::int32_t word(std::span<const std::byte> section, std::uint32_t offset) {
  std::int32_t value = 0;
  std::memcpy(&value, section.data() + offset, sizeof value);
  return value;
}
void set_word(std::span<std::byte> section, std::uint32_t offset, std::int32_t value) {
  std::memcpy(section.data() + offset, &value, sizeof value);
}

FieldType type_of(const Channel& channel) {
  if (channel.mask != 0) return channel.mask == 0xFF ? FieldType::kBool8 : FieldType::kUint32;
  const Quantity quantity = channel.quantity;
  const bool whole = quantity == Quantity::kGear || quantity == Quantity::kLap ||
                     quantity == Quantity::kPosition || quantity == Quantity::kSession ||
                     quantity == Quantity::kLapCount || quantity == Quantity::kLapsLeft ||
                     quantity == Quantity::kIncidents || quantity == Quantity::kClassPosition ||
                     quantity == Quantity::kWetness;
  return whole ? FieldType::kInt32 : FieldType::kFloat32;
}

constexpr std::string_view kWearNames[][3] = {{"LFwearL", "LFwearM", "LFwearR"},
                                              {"RFwearL", "RFwearM", "RFwearR"},
                                              {"LRwearL", "LRwearM", "LRwearR"},
                                              {"RRwearL", "RRwearM", "RRwearR"}};

/// `is_told_all`: also what only a car is told of that has a circuit below its wheels.
std::vector<Variable> variables_of(const Title& title, bool is_told_all) {
  std::vector<Variable> all;
  std::uint32_t end = 0;
  const auto add = [&](std::string_view name, FieldType type, std::uint32_t count = 1) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const Variable& v) { return v.name == name; });
    if (name.empty() || known || find_field(title.layouts[0].fields, name) != nullptr) return;
    const std::uint32_t bytes = element_size_bytes(type);
    end = (end + bytes - 1) / bytes * bytes;
    all.push_back({name, end, type, count});
    end += bytes * count;
  };
  add("SessionTime", FieldType::kFloat64);
  add("SessionNum", FieldType::kInt32);
  add("CarIdxLapDistPct", FieldType::kFloat32, kCars);
  add("CarIdxPosition", FieldType::kInt32, kCars);
  add("CarIdxOnPitRoad", FieldType::kBool8, kCars);
  for (const Channel& channel : title.channels) {
    add(channel.field, type_of(channel));
    add(channel.other_field, FieldType::kFloat32);
    for (const std::string_view name : channel.fields) add(name, FieldType::kFloat32);
  }
  for (const ActivityRule& rule : title.activity_rules) add(rule.field, FieldType::kBool8);
  if (!is_told_all) return all;
  for (const Channel& channel : title.cars->channels) add(channel.field, type_of(channel), kCars);
  add("CarIdxF2Time", FieldType::kFloat32, kCars);
  add("CarIdxTrackSurface", FieldType::kInt32, kCars);
  for (const std::string_view name : {"PlayerCarIdx", "PlayerTrackSurface", "PlayerTireCompound"})
    add(name, FieldType::kInt32);
  add("SessionFlags", FieldType::kUint32);
  for (const std::string_view name : {"OnPitRoad", "IsInGarage", "LapDeltaToBestLap_OK"})
    add(name, FieldType::kBool8);
  add("LapDeltaToBestLap", FieldType::kFloat32);
  for (const std::string_view name : {"LongAccel", "LatAccel", "VertAccel"}) add(name, FieldType::kFloat32);
  for (const auto& wheel : kWearNames)
    for (const std::string_view name : wheel) add(name, FieldType::kFloat32);
  return all;
}

std::int32_t type_code(FieldType type) {
  if (type == FieldType::kBool8) return 1;
  if (type == FieldType::kFloat64) return 5;
  if (type == FieldType::kUint32) return 3;
  return type == FieldType::kInt32 ? 2 : 4;
}

FieldType type_of_code(std::int32_t code) {
  if (code == 1) return FieldType::kBool8;
  if (code == 3) return FieldType::kUint32;
  if (code == 5) return FieldType::kFloat64;
  return code == 2 ? FieldType::kInt32 : FieldType::kFloat32;
}

std::uint32_t oldest_line(std::span<const std::byte> section) {
  std::uint32_t oldest = 0;
  for (std::uint32_t i = 1; i < kLines; ++i)
    if (word(section, kFirstTick + i * kTickStride) < word(section, kFirstTick + oldest * kTickStride))
      oldest = i;
  return oldest;
}

void set_text(const Place& place, const std::string& text) {
  const std::uint32_t length = find_field(place.title.layouts[0].fields, "sessionInfoLen")->offset_bytes;
  set_word(place.section, length, static_cast<std::int32_t>(text.size() + 1));
  write_text(place.section, {"sessionInfo", kSessionText, FieldType::kText8, kFirstLine - kSessionText},
             text);
}

void make_map(const Place& place, const LapState& car) {
  const bool is_told_all = car.knows(quantity_info(Quantity::kWorldPosition));
  const std::vector<Variable> variables = variables_of(place.title, is_told_all);
  const std::string text = session_text(
      car, {.kind = "Practice",
            .own_number = kOwnCar,
            .drivers = driver_text(2, "Somebody Else", "other") + driver_text(kOwnCar, car.driver, car.car)});
  const std::span<std::byte> section = place.section;
  const auto set = [&](std::string_view name, std::int32_t value) {
    set_word(section, find_field(place.title.layouts[0].fields, name)->offset_bytes, value);
  };
  set("status", 1);
  set("tickRate", 60);
  set("sessionInfoUpdate", 1);
  set("sessionInfoOffset", kSessionText);
  set("varHeaderOffset", kVariableHeaders);
  set("numVars", static_cast<std::int32_t>(variables.size()));
  set("numBuf", kLines);
  set("bufLen", kLineBytes);
  for (std::uint32_t i = 0; i < kLines; ++i)
    set_word(section, kFirstTick + i * kTickStride + 4,
             static_cast<std::int32_t>(kFirstLine + i * kLineBytes));
  for (std::uint32_t i = 0; i < variables.size(); ++i) {
    const std::uint32_t record = kVariableHeaders + i * kVariableHeaderBytes;
    set_word(section, record, type_code(variables[i].type));
    set_word(section, record + 4, static_cast<std::int32_t>(variables[i].offset_bytes));
    set_word(section, record + 8, static_cast<std::int32_t>(variables[i].count));
    put_text(section, record + 16, variables[i].name);
  }
  set_text(place, text);
}

void write_for_clients(const Place& place, const Moment& moment) {
  const auto write = [&](std::string_view name, double value, std::uint32_t index = 0) {
    if (const auto field = find_variable_to_write(place.section, place.title, name))
      write_number(place.section, *field, value, index);
  };
  write("SessionTime", moment.clock_seconds);
  if (!moment.field.empty()) return;  // told with the others
  write("CarIdxPosition", moment.car.number(Quantity::kPosition), kOwnCar);
  write("CarIdxLapDistPct", moment.car.number(Quantity::kLapTime) / 100, kOwnCar);
}

std::uint32_t flag_bits(Flag flag) {
  switch (flag) {
    case Flag::kGreen:
      return 0x4;
    case Flag::kYellow:
    case Flag::kDoubleYellow:
      return 0x8;
    case Flag::kBlue:
      return 0x20;
    case Flag::kWhite:
      return 0x2;
    case Flag::kChequered:
      return 0x1;
    case Flag::kRed:
      return 0x10;
    case Flag::kBlack:
    case Flag::kPenalty:
      return 0x10000;
    case Flag::kMeatball:
      return 0x100000;
    case Flag::kBlackWhite:
      return 0x80000;
    case Flag::kSlippery:
      return 0x40;
    case Flag::kNone:
      break;
  }
  return 0;
}

}  // namespace

constexpr Scene kIRacingScene = {
    .player_shift_bytes = [](std::string_view, std::uint32_t) -> std::uint64_t { return 0; },
    .prepare = make_map,
    .write = write_for_clients,
    .version = "2"};

void write_iracing_field(const Place& place, const Moment& moment, const FieldFinder& find) {
  const auto write = [&](std::string_view name, double value, std::uint32_t index = 0) {
    if (const auto field = find(name)) write_number(place.section, *field, value, index);
  };
  const LapState& own = moment.car;
  constexpr std::uint32_t kRacing = 4, kOnTrack = 3, kInStall = 1, kPitRoad = 2;
  std::uint32_t player = 0;
  const auto surface_of = [](PitState pit) {
    return pit == PitState::kOnTrack ? kOnTrack : pit == PitState::kBox ? kInStall : kPitRoad;
  };
  std::vector<const FieldCar*> by_place(moment.field.size());
  for (std::uint32_t i = 0; i < moment.field.size(); ++i) {
    const FieldCar& car = moment.field[i];
    if (car.is_player) player = i;
    by_place[car.position - 1] = &car;
    write("CarIdxLapDistPct", car.number(Quantity::kLapFraction, 0), i);
    write("CarIdxTrackSurface", surface_of(car.pit), i);
    write("CarIdxOnPitRoad", car.pit == PitState::kOnTrack || car.pit == PitState::kEntering ? 0 : 1, i);
  }
  double behind = 0;
  for (const FieldCar* car : by_place) {
    if (car->gap_ahead_seconds != kNoneNow) behind += car->gap_ahead_seconds;
    write("CarIdxF2Time", behind, static_cast<std::uint32_t>(car - moment.field.data()));
  }
  const auto pit = static_cast<PitState>(own.number(Quantity::kPitState));
  write("PlayerCarIdx", player);
  write("PlayerTrackSurface", surface_of(pit));
  write("OnPitRoad", pit == PitState::kOnTrack || pit == PitState::kEntering ? 0 : 1);
  write("SessionState", kRacing);
  const auto flag = static_cast<Flag>(own.number(Quantity::kFlag));
  write("SessionFlags", flag_bits(flag));
  write("LapDeltaToBestLap", own.number(Quantity::kDelta));
  write("LapDeltaToBestLap_OK", 1);
  // Felt: with the road's push, which bears the car.
  const double pitch = own.number(Quantity::kPitch), roll = own.number(Quantity::kRoll);
  const double up[] = {-std::sin(pitch), std::cos(pitch) * std::sin(roll), std::cos(pitch) * std::cos(roll)};
  constexpr std::string_view kFelt[] = {"LongAccel", "LatAccel", "VertAccel"};
  for (int i = 0; i < 3; ++i)
    write(kFelt[i], (own.number(Quantity::kAcceleration, i) + up[i]) * kStandardGravity);
  for (int wheel = 0; wheel < 4; ++wheel)
    for (const std::string_view name : kWearNames[wheel])
      write(name, 1 - own.number(Quantity::kTyreWear, wheel));
  const std::uint32_t update = find_field(place.title.layouts[0].fields, "sessionInfoUpdate")->offset_bytes;
  if (word(place.section, update) != 1) return;
  std::string drivers;
  for (std::size_t i = 0; i < moment.field.size(); ++i) {
    const FieldCar& car = moment.field[i];
    drivers += driver_text(i, car.driver, car.car,
                           "   CarClassShortName: " + car.car_class + "\n   CarNumber: \"" + car.number_text +
                               "\"\n   CarIsPaceCar: 0\n   IsSpectator: 0\n");
  }
  const auto line = [](std::string_view key, double value, std::string_view unit = "") {
    return std::string(key) + std::to_string(value) + std::string(unit) + "\n";
  };
  std::string weekend = line(" TrackLength: ", own.number(Quantity::kTrackLength) / 1000, " km");
  weekend += "\nSplitTimeInfo:\n Sectors:\n";
  for (std::size_t sector = 0; sector < 3; ++sector)
    weekend += " - SectorNum: " + std::to_string(sector) + "\n" +
               line("   SectorStartPct: ", sector == 0 ? 0 : sector_start(sector));
  set_text(place, session_text(own, {.kind = "Race",
                                     .weekend_more = weekend,
                                     .driver_more =
                                         line(" DriverCarFuelMaxLtr: ", own.number(Quantity::kFuelCapacity)) +
                                         line(" DriverCarSLShiftRPM: ", own.number(Quantity::kShiftRpm)) +
                                         " DriverTires:\n - TireIndex: 0\n   TireCompoundType: \"" +
                                         own.tyre_compound + "\"\n",
                                     .own_number = player,
                                     .drivers = drivers}));
  set_word(place.section, update, 2);
}

std::optional<Field> find_variable_to_write(std::span<std::byte> section, const Title& title,
                                            std::string_view name) {
  const auto count =
      static_cast<std::uint32_t>(word(section, find_field(title.layouts[0].fields, "numVars")->offset_bytes));
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t record = kVariableHeaders + i * kVariableHeaderBytes;
    const auto* found = reinterpret_cast<const char*>(section.data()) + record + 16;
    if (name.empty() || std::string_view(found) != name) continue;
    const std::uint32_t line = kFirstLine + oldest_line(section) * kLineBytes;
    return Field{name, line + static_cast<std::uint32_t>(word(section, record + 4)),
                 type_of_code(word(section, record)), static_cast<std::uint32_t>(word(section, record + 8))};
  }
  return std::nullopt;
}

void end_line(std::span<std::byte> section) {
  std::int32_t newest = 0;
  for (std::uint32_t i = 0; i < kLines; ++i)
    newest = std::max(newest, word(section, kFirstTick + i * kTickStride));
  std::atomic_thread_fence(std::memory_order_seq_cst);
  set_word(section, kFirstTick + oldest_line(section) * kTickStride, newest + 1);
}

}  // namespace pitbridge::model
