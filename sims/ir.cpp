// SPDX-License-Identifier: MIT
// iRacing: a self-describing map: header, variable headers, session text (YAML), and rotating line buffers.
// Sources: irsdk_defines.h in bengsfort/irsdk-node, compiled; vars.txt of kutu/pyirsdk. No game was run.
// Every size and offset comes from the map itself, so each is bounded before it is used.
#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "common/core/sim/text.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr Field kHeader[] = {
    {"ver", 0, kInt32, 1, "2"},
    {"status", 4, kInt32, 1, "bit0 = connected"},
    {"tickRate", 8, kInt32, 1, "Hz"},
    {"sessionInfoUpdate", 12, kInt32, 1, "counter"},
    {"sessionInfoLen", 16, kInt32, 1, "bytes"},
    {"sessionInfoOffset", 20, kInt32, 1, "bytes"},
    {"numVars", 24, kInt32},
    {"varHeaderOffset", 28, kInt32, 1, "bytes"},
    {"numBuf", 32, kInt32, 1, "3 (max 4)"},
    {"bufLen", 36, kInt32, 1, "bytes"},
    {"varBuf0.tickCount", 48, kInt32, 1, "counter"},
    {"varBuf0.bufOffset", 52, kInt32, 1, "bytes"},
    {"varBuf1.tickCount", 64, kInt32, 1, "counter"},
    {"varBuf2.tickCount", 80, kInt32, 1, "counter"},
    {"varBuf3.tickCount", 96, kInt32, 1, "counter"},
};

constexpr std::string_view kName = "IRSDKMemMapFileName";
constexpr std::uint32_t kSectionBytes = 1191936;  // what pyirsdk maps
constexpr std::uint32_t kMaxVariables = 4096;
constexpr std::uint32_t kVariableHeaderBytes = 144;
constexpr std::uint32_t kMaxBuffers = 4;

/// A record of the variable headers, relative to its start.
constexpr Field kVariable[] = {
    {"type", 0, kInt32, 1, "0 char,1 bool,2 int,3 bitfield,4 float,5 double"},
    {"offset", 4, kInt32, 1, "bytes"},
    {"count", 8, kInt32},
    {"name", 16, kText8, 32},
};

constexpr Mapping kMappings[] = {
    {.name = "Local\\IRSDKMemMapFileName",
     .size_bytes = kSectionBytes,
     .min_file_bytes = kSectionBytes,
     .detector = {.rule = Consistency::kRotating,
                  .offset_bytes = 48,
                  .stride_bytes = 16,
                  .count = kMaxBuffers,
                  .nominal_rate_hz = 60}},
};

constexpr Layout kLayouts[] = {{kName, kSectionBytes, kHeader}};

/// A header field, if it lies between 0 and `max`.
std::optional<std::uint32_t> bounded(const Snapshot& snapshot, std::string_view field, std::size_t max) {
  const auto value = snapshot.integer(kName, *find_field(kHeader, field));
  if (!value || *value < 0 || static_cast<std::uint64_t>(*value) > max) return std::nullopt;
  return static_cast<std::uint32_t>(*value);
}

/// Offset of the newest line buffer: the one with the highest tick count.
std::optional<std::uint32_t> newest_buffer(const Snapshot& snapshot, std::size_t size) {
  const auto buffers = bounded(snapshot, "numBuf", kMaxBuffers);
  if (!buffers) return std::nullopt;
  std::optional<std::int64_t> newest_tick;
  std::int64_t offset = -1;
  for (std::uint32_t i = 0; i < *buffers; ++i) {
    const std::uint32_t shift = i * 16;
    const auto tick = snapshot.integer(kName, {"tickCount", 48, kInt32}, 0, shift);
    const auto at = snapshot.integer(kName, {"bufOffset", 52, kInt32}, 0, shift);
    if (!tick || !at || (newest_tick && *tick <= *newest_tick)) continue;
    newest_tick = tick;
    offset = *at;
  }
  if (offset < 0 || static_cast<std::uint64_t>(offset) > size) return std::nullopt;
  return static_cast<std::uint32_t>(offset);
}

std::optional<FieldType> field_type(std::int64_t code) {
  constexpr FieldType kTypes[] = {kText8, kBool8, kInt32, kUint32, kFloat32, kFloat64};
  if (code < 0 || code >= static_cast<std::int64_t>(std::size(kTypes))) return std::nullopt;
  return kTypes[code];
}

/// A variable of the newest line, by name. Nothing when the headers do not hold it or contradict themselves.
std::optional<Field> find_variable(const Snapshot& snapshot, std::string_view /*mapping*/,
                                   std::string_view name) {
  const auto* bytes = snapshot.bytes(kName);
  if (bytes == nullptr) return std::nullopt;
  const auto count = bounded(snapshot, "numVars", kMaxVariables);
  const auto headers = bounded(snapshot, "varHeaderOffset", bytes->size());
  const auto line_bytes = bounded(snapshot, "bufLen", bytes->size());
  const auto line = newest_buffer(snapshot, bytes->size());
  if (!count || !headers || !line_bytes || !line || *line + std::uint64_t{*line_bytes} > bytes->size())
    return std::nullopt;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const std::uint64_t record = *headers + std::uint64_t{i} * kVariableHeaderBytes;
    const auto found = snapshot.text(kName, *find_field(kVariable, "name"), record);
    if (!found) return std::nullopt;  // the headers leave the map
    if (*found != name) continue;
    const auto type =
        field_type(snapshot.integer(kName, *find_field(kVariable, "type"), 0, record).value_or(-1));
    const auto offset = snapshot.integer(kName, *find_field(kVariable, "offset"), 0, record).value_or(-1);
    const auto elements = snapshot.integer(kName, *find_field(kVariable, "count"), 0, record).value_or(-1);
    if (!type || offset < 0 || elements < 1 || elements > *line_bytes || offset > *line_bytes)
      return std::nullopt;
    const Field field = {name, *line + static_cast<std::uint32_t>(offset), *type,
                         static_cast<std::uint32_t>(elements)};
    if (static_cast<std::uint64_t>(offset) + field.size_bytes() > *line_bytes) return std::nullopt;
    return field;
  }
  return std::nullopt;
}

/// The rest of the line after `key` in `yaml` from `from` on, without quotes around it; nothing when `key` is
/// not there before `to`.
std::optional<std::string_view> value_after(std::string_view yaml, std::string_view key, std::size_t from,
                                            std::size_t to) {
  const auto at = yaml.find(key, from);
  if (at == std::string_view::npos || at >= to) return std::nullopt;
  const auto begin = yaml.find_first_not_of(' ', at + key.size());
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view value = yaml.substr(begin, yaml.find_first_of("\r\n", begin) - begin);
  const bool is_quoted = value.size() >= 2 && (value.front() == '"' || value.front() == '\'');
  if (is_quoted && value.back() == value.front()) value = value.substr(1, value.size() - 2);
  return value;
}

/// The session text, up to its NUL.
std::optional<std::string_view> session_text(const Snapshot& snapshot) {
  const auto* bytes = snapshot.bytes(kName);
  if (bytes == nullptr) return std::nullopt;
  const auto offset = bounded(snapshot, "sessionInfoOffset", bytes->size());
  const auto length = bounded(snapshot, "sessionInfoLen", bytes->size());
  if (!offset || !length || *length == 0 || *offset + std::uint64_t{*length} > bytes->size())
    return std::nullopt;
  const std::string_view text(reinterpret_cast<const char*>(bytes->data()) + *offset, *length);
  return text.substr(0, text.find('\0'));
}

/// Car, track, driver and red line stand only in the session text.
std::optional<std::string> find_text(const Snapshot& snapshot, Quantity quantity) {
  const auto yaml = session_text(snapshot);
  if (!yaml) return std::nullopt;
  std::optional<std::string_view> value;
  if (quantity == Quantity::kTrack) {
    value = value_after(*yaml, "TrackDisplayName:", 0, yaml->size());
  } else if (quantity == Quantity::kMaxRpm) {
    value = value_after(*yaml, "DriverCarRedLine:", 0, yaml->size());
  } else if (const auto own = value_after(*yaml, "DriverCarIdx:", 0, yaml->size())) {
    const auto record = yaml->find("- CarIdx: " + std::string(*own) + "\n");
    if (record == std::string_view::npos) return std::nullopt;
    value = value_after(*yaml, quantity == Quantity::kCar ? "CarScreenName:" : "UserName:", record,
                        yaml->find("- CarIdx:", record + 1));
  }
  if (!value) return std::nullopt;
  return utf8_by_its_bytes(*value);
}

constexpr double kKmhPerMps = 3.6;

constexpr Channel kChannelRows[] = {
    {kRpm, "RPM"},
    {kMaxRpm},
    {.quantity = kSpeed, .field = "Speed", .scale = kKmhPerMps, .combine = Combine::kAbsolute},
    {kGear, "Gear"},
    {kThrottle, "Throttle"},
    {kBrake, "Brake"},
    // 0 is disengaged: the pedal is down, or, in Clutch, the car's own clutch is open.
    {kClutch, "ClutchRaw", -1, 1},
    {kClutch, "Clutch", -1, 1},
    // Left is positive; the largest angle is from lock to lock (irFFB ends the wheel at half of it).
    {.quantity = kSteering,
     .field = "SteeringWheelAngle",
     .scale = -2,
     .combine = Combine::kDividedBy,
     .other_field = "SteeringWheelAngleMax"},
    {kFuel, "FuelLevel"},
    {kLap, "LapCompleted", 1, 0, {-1}},
    {kLapTime, "LapCurrentLapTime", 1, 0, {-1}},
    {kLastLapTime, "LapLastLapTime", 1, 0, {-1}},
    {kBestLapTime, "LapBestLapTime", 1, 0, {-1}},
    {kPosition, "PlayerCarPosition", 1, 0, {-1}},
    {kSession, "SessionState"},
    {.quantity = kTyreTemperature, .fields = {"LFtempCM", "RFtempCM", "LRtempCM", "RRtempCM"}},
    // The pressures that are driven with stand in files of telemetry only.
    {.quantity = kTyreColdPressure,
     .fields = {"LFcoldPressure", "RFcoldPressure", "LRcoldPressure", "RRcoldPressure"}},
    {kCar},
    {kTrack},
    {kDriver},
};
constexpr auto kChannels = channels_in(kName, kChannelRows);

constexpr auto kActivity = rules_in(
    kName,
    {{kOff, "status", 0}, {kReplay, "IsReplayPlaying", 1}, {kLive, "IsOnTrack", 1}, {kMenu, "IsOnTrack", 0}});

constexpr Title kTitles[] = {
    {.id = "iracing",
     .name = "iRacing",
     .exe_names = {"iRacingSim64DX11.exe"},
     .launchers = {"iRacingUI.exe", "iRacingLauncher64.exe"},
     .app_ids = {266410},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     .version = {kName, {"ver"}, {"1..2"}},
     .to_switch_on = "nothing (irsdkEnableMem=1, the default)",
     .evidence = "header compiled from the SDK; the variables describe themselves",
     .find_variable = find_variable,
     .find_text = find_text},
};

constexpr Sim kSim = {
    .name = "ir",
    .description = "iRacing",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
