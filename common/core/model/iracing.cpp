// SPDX-License-Identifier: MIT
#include "common/core/model/iracing.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

#include "common/core/model/bytes.hpp"

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

FieldType type_of(Quantity quantity) {
  const bool whole = quantity == Quantity::kGear || quantity == Quantity::kLap ||
                     quantity == Quantity::kPosition || quantity == Quantity::kSession;
  return whole ? FieldType::kInt32 : FieldType::kFloat32;
}

std::vector<Variable> variables_of(const Title& title) {
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
    add(channel.field, type_of(channel.quantity));
    add(channel.other_field, FieldType::kFloat32);
    for (const std::string_view name : channel.fields) add(name, FieldType::kFloat32);
  }
  for (const ActivityRule& rule : title.activity_rules) add(rule.field, FieldType::kBool8);
  return all;
}

std::int32_t type_code(FieldType type) {
  if (type == FieldType::kBool8) return 1;
  if (type == FieldType::kFloat64) return 5;
  return type == FieldType::kInt32 ? 2 : 4;
}

/// What iRacing would say about the session, as far as anybody asks. Its sections end with an empty line.
std::string session_text(const LapState& car) {
  const std::string own = std::to_string(kOwnCar);
  return "---\nWeekendInfo:\n TrackName: x\n TrackDisplayName: " + car.track +
         "\n\nSessionInfo:\n Sessions:\n - SessionNum: 0\n   SessionType: Practice\n\n"
         "DriverInfo:\n DriverCarIdx: " +
         own + "\n DriverCarIdleRPM: " + std::to_string(car.number(Quantity::kIdleRpm)) +
         "\n DriverCarGearNumForward: " + std::to_string(car.number(Quantity::kGears)) +
         "\n DriverCarRedLine: " + std::to_string(car.number(Quantity::kMaxRpm)) +
         "\n Drivers:\n - CarIdx: 2\n   UserName: Somebody Else\n"
         "   CarScreenName: other\n - CarIdx: " +
         own + "\n   UserName: " + car.driver + "\n   CarScreenName: " + car.car + "\n\n...\n";
}

std::uint32_t oldest_line(std::span<const std::byte> section) {
  std::uint32_t oldest = 0;
  for (std::uint32_t i = 1; i < kLines; ++i)
    if (word(section, kFirstTick + i * kTickStride) < word(section, kFirstTick + oldest * kTickStride))
      oldest = i;
  return oldest;
}

void make_map(const Place& place, const LapState& car) {
  const std::vector<Variable> variables = variables_of(place.title);
  const std::string text = session_text(car);
  const std::span<std::byte> section = place.section;
  const auto set = [&](std::string_view name, std::int32_t value) {
    set_word(section, find_field(place.title.layouts[0].fields, name)->offset_bytes, value);
  };
  set("status", 1);
  set("tickRate", 60);
  set("sessionInfoUpdate", 1);
  set("sessionInfoOffset", kSessionText);
  set("sessionInfoLen", static_cast<std::int32_t>(text.size() + 1));
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
  write_text(section, {"sessionInfo", kSessionText, FieldType::kText8, 4096}, text);
}

void write_for_clients(const Place& place, const Moment& moment) {
  const auto write = [&](std::string_view name, double value, std::uint32_t index = 0) {
    if (const auto field = find_variable_to_write(place.section, place.title, name))
      write_number(place.section, *field, value, index);
  };
  write("SessionTime", moment.clock_seconds);
  write("CarIdxPosition", moment.car.number(Quantity::kPosition), kOwnCar);
  write("CarIdxLapDistPct", moment.car.number(Quantity::kLapTime) / 100, kOwnCar);
}

}  // namespace

constexpr Scene kIRacingScene = {
    .player_shift_bytes = [](std::string_view, std::uint32_t) -> std::uint64_t { return 0; },
    .prepare = make_map,
    .write = write_for_clients,
    .version = "2"};

std::optional<Field> find_variable_to_write(std::span<std::byte> section, const Title& title,
                                            std::string_view name) {
  const std::vector<Variable> variables = variables_of(title);
  const auto it =
      std::find_if(variables.begin(), variables.end(), [&](const Variable& v) { return v.name == name; });
  if (it == variables.end()) return std::nullopt;
  Field field = *it;
  field.offset_bytes += kFirstLine + oldest_line(section) * kLineBytes;
  return field;
}

void end_line(std::span<std::byte> section) {
  std::int32_t newest = 0;
  for (std::uint32_t i = 0; i < kLines; ++i)
    newest = std::max(newest, word(section, kFirstTick + i * kTickStride));
  std::atomic_thread_fence(std::memory_order_seq_cst);
  set_word(section, kFirstTick + oldest_line(section) * kTickStride, newest + 1);
}

}  // namespace pitbridge::model
