// SPDX-License-Identifier: MIT
#include "tests/e2e/game/game_iracing.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <vector>

#include "tests/e2e/game/game_writer.hpp"

namespace pitbridge::fake {
namespace {

constexpr std::uint32_t kVariableHeaders = 256;
constexpr std::uint32_t kVariableHeaderBytes = 144;
constexpr std::uint32_t kSessionText = 32768;
constexpr std::uint32_t kFirstLine = 65536;
constexpr std::uint32_t kLineBytes = 4096;
constexpr std::uint32_t kLines = 3;
constexpr std::uint32_t kFirstTick = 48;
constexpr std::uint32_t kTickStride = 16;
/// Every variable has this much room, whatever its type.
constexpr std::uint32_t kVariableBytes = 8;

struct Variable {
  std::string_view name;
  FieldType type;
};

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
  const auto add = [&](std::string_view name, FieldType type) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const Variable& v) { return v.name == name; });
    if (!name.empty() && !known && find_field(title.layouts[0].fields, name) == nullptr)
      all.push_back({name, type});
  };
  for (const Channel& channel : title.channels) {
    add(channel.field, type_of(channel.quantity));
    add(channel.other_field, FieldType::kFloat32);
    for (const std::string_view name : channel.wheel_fields) add(name, FieldType::kFloat32);
  }
  for (const ActivityRule& rule : title.activity_rules) add(rule.field, FieldType::kBool8);
  return all;
}

std::int32_t type_code(FieldType type) {
  if (type == FieldType::kBool8) return 1;
  return type == FieldType::kInt32 ? 2 : 4;
}

/// What iRacing would say about the session, as far as anybody asks.
std::string session_text(const LapState& state) {
  return "---\nWeekendInfo:\n TrackName: x\n TrackDisplayName: " + state.track +
         "\nDriverInfo:\n DriverCarIdx: 7\n DriverCarRedLine: " +
         std::to_string(state.number(Quantity::kMaxRpm)) +
         "\n Drivers:\n - CarIdx: 2\n   UserName: Somebody Else\n"
         "   CarScreenName: other\n - CarIdx: 7\n   UserName: " +
         state.driver + "\n   CarScreenName: " + state.car + "\n...\n";
}

std::uint32_t oldest_line(std::span<const std::byte> section) {
  std::uint32_t oldest = 0;
  for (std::uint32_t i = 1; i < kLines; ++i)
    if (word(section, kFirstTick + i * kTickStride) < word(section, kFirstTick + oldest * kTickStride))
      oldest = i;
  return oldest;
}

}  // namespace

void make_iracing_map(std::span<std::byte> section, const Title& title, const LapState& state) {
  const std::vector<Variable> variables = variables_of(title);
  const std::string text = session_text(state);
  const auto set = [&](std::string_view name, std::int32_t value) {
    set_word(section, find_field(title.layouts[0].fields, name)->offset_bytes, value);
  };
  set("ver", 2);
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
    set_word(section, record + 4, static_cast<std::int32_t>(i * kVariableBytes));
    set_word(section, record + 8, 1);
    std::memcpy(section.data() + record + 16, variables[i].name.data(), variables[i].name.size());
  }
  write_text(section, {"sessionInfo", kSessionText, FieldType::kText8, 4096}, text);
}

std::optional<Field> find_variable_to_write(std::span<std::byte> section, const Title& title,
                                            std::string_view name) {
  const std::vector<Variable> variables = variables_of(title);
  const auto it =
      std::find_if(variables.begin(), variables.end(), [&](const Variable& v) { return v.name == name; });
  if (it == variables.end()) return std::nullopt;
  const auto place = static_cast<std::uint32_t>(it - variables.begin()) * kVariableBytes;
  return Field{name, kFirstLine + oldest_line(section) * kLineBytes + place, it->type};
}

void end_line(std::span<std::byte> section) {
  std::int32_t newest = 0;
  for (std::uint32_t i = 0; i < kLines; ++i)
    newest = std::max(newest, word(section, kFirstTick + i * kTickStride));
  std::atomic_thread_fence(std::memory_order_seq_cst);
  set_word(section, kFirstTick + oldest_line(section) * kTickStride, newest + 1);
}

}  // namespace pitbridge::fake
