// SPDX-License-Identifier: MIT
// RaceRoom Racing Experience. Source: every r3e.h of sector3studios/r3e-api (sample-c) from 2.6 to 3.5,
// compiled. No game was run.
#include <utility>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr Field kFields[] = {
    {"version_major", 0, kInt32, 1, "3"},
    {"version_minor", 4, kInt32, 1, "5"},
    {"all_drivers_offset", 8, kInt32, 1, "byte offset of num_cars"},
    {"driver_data_size", 12, kInt32, 1, "stride"},
    {"game_mode", 16, kInt32, 1, "-1 n/a"},
    {"game_paused", 20, kInt32, 1, "bool"},
    {"game_in_menus", 24, kInt32, 1, "bool"},
    {"game_in_replay", 28, kInt32, 1, "bool"},
    {"game_using_vr", 32, kInt32, 1, "bool"},
    {"player.user_id", 40, kInt32},
    {"player.game_simulation_ticks", 44, kInt32, 1, "1/400 s ticks"},
    {"player.game_simulation_time", 48, kFloat64, 1, "s"},
    {"player.position", 56, kFloat64, 3, "m"},
    {"player.velocity", 80, kFloat64, 3, "m/s"},
    {"player.local_velocity", 104, kFloat64, 3, "m/s"},
    {"track_name", 600, kText8, 64},
    {"layout_name", 664, kText8, 64},
    {"track_id", 728, kInt32},
    {"layout_id", 732, kInt32},
    {"layout_length", 736, kFloat32, 1, "m"},
    {"session_type", 780, kInt32, 1, "-1 n/a,0 practice,1 qualify,2 race,3 warmup"},
    {"session_phase", 796, kInt32, 1, "1..6"},
    {"start_lights", 800, kInt32},
    {"number_of_laps", 812, kInt32, 1, "laps"},
    {"session_time_duration", 816, kFloat32, 1, "s"},
    {"session_time_remaining", 820, kFloat32, 1, "s"},
    {"in_pitlane", 848, kInt32, 1, "-1 n/a"},
    {"pit_state", 904, kInt32},
    {"flags", 932, kBytes, 56},
    {"position", 988, kInt32, 1, "1-based"},
    {"position_class", 992, kInt32},
    {"completed_laps", 1028, kInt32, 1, "laps"},
    {"current_lap_valid", 1032, kInt32, 1, "bool"},
    {"lap_distance", 1040, kFloat32, 1, "m"},
    {"lap_distance_fraction", 1044, kFloat32, 1, "0..1"},
    {"lap_time_best_self", 1068, kFloat32, 1, "s"},
    {"lap_time_previous_self", 1084, kFloat32, 1, "s"},
    {"lap_time_current_self", 1100, kFloat32, 1, "s"},
    {"time_delta_front", 1124, kFloat32, 1, "s"},
    {"time_delta_behind", 1128, kFloat32, 1, "s"},
    {"vehicle_info.name", 1196, kText8, 64},
    {"vehicle_info.model_id", 1268, kInt32, 1, "car id"},
    {"player_name", 1324, kText8, 64},
    {"control_type", 1388, kInt32, 1, "-1 n/a,0 player,1 AI,2 remote,3 replay"},
    {"car_speed", 1392, kFloat32, 1, "m/s"},
    {"engine_rps", 1396, kFloat32, 1, "rad/s (x 9.5493 = rpm)"},
    {"max_engine_rps", 1400, kFloat32, 1, "rad/s"},
    {"upshift_rps", 1404, kFloat32, 1, "rad/s"},
    {"gear", 1408, kInt32, 1, "-2 n/a,-1 R,0 N"},
    {"num_gears", 1412, kInt32},
    {"fuel_left", 1456, kFloat32, 1, "l"},
    {"fuel_capacity", 1460, kFloat32, 1, "l"},
    {"fuel_per_lap", 1464, kFloat32, 1, "l"},
    {"engine_temp", 1480, kFloat32, 1, "degC"},
    {"engine_oil_temp", 1484, kFloat32, 1, "degC"},
    {"turbo_pressure", 1496, kFloat32, 1, "bar"},
    {"throttle", 1500, kFloat32, 1, "0..1"},
    {"throttle_raw", 1504, kFloat32, 1, "0..1"},
    {"brake", 1508, kFloat32, 1, "0..1"},
    {"brake_raw", 1512, kFloat32, 1, "0..1"},
    {"clutch", 1516, kFloat32, 1, "0..1"},
    {"clutch_raw", 1520, kFloat32, 1, "0..1"},
    {"steer_input_raw", 1524, kFloat32, 1, "-1..1"},
    {"steer_wheel_range_degrees", 1532, kInt32, 1, "deg"},
    {"pit_limiter", 1572, kInt32, 1, "-1 n/a"},
    {"brake_bias", 1596, kFloat32, 1, "rear fraction"},
    {"battery_soc", 1608, kFloat32, 1, "%"},
    {"tire_rps", 1632, kFloat32, 4, "rad/s"},
    {"tire_wear", 1680, kFloat32, 4, "0..1"},
    {"tire_pressure", 1712, kFloat32, 4, "kPa"},
    {"tire_temp", 1744, kBytes, 96, "24-byte records x4"},
    {"tire_temp0.current_temp", 1744, kFloat32, 3, "degC L,C,R"},
    {"brake_temp", 1856, kBytes, 64, "16-byte records x4"},
    {"tire_load", 1968, kFloat32, 4, "N"},
    {"num_cars", 2008, kInt32},
    {"all_drivers_data_1", 2012, kBytes, 41984},
};

/// Fields that every version from 2.6 on has, each at its own place.
constexpr std::string_view kInEveryVersion[] = {
    "version_major",
    "version_minor",
    "game_paused",
    "game_in_menus",
    "game_in_replay",
    "player.game_simulation_ticks",
    "track_name",
    "session_type",
    "session_phase",
    "position",
    "completed_laps",
    "lap_time_best_self",
    "lap_time_previous_self",
    "lap_time_current_self",
    "vehicle_info.name",
    "player_name",
    "car_speed",
    "engine_rps",
    "max_engine_rps",
    "gear",
    "fuel_left",
    "throttle",
    "brake",
    "clutch",
    "steer_input_raw",
    "tire_pressure",
    "tire_temp0.current_temp",
};

/// From the field of that offset in 3.5 on, all stand so many bytes lower.
using Step = std::pair<std::uint32_t, std::uint32_t>;
constexpr auto earlier_fields(std::initializer_list<Step> steps) {
  std::array<Field, std::size(kInEveryVersion)> fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    fields[i] = *find_field(kFields, kInEveryVersion[i]);
    std::uint32_t lower = 0;
    for (const auto& [from, by] : steps)
      if (fields[i].offset_bytes >= from) lower = by;
    fields[i].offset_bytes -= lower;
  }
  return fields;
}
// 3.3 had no player.user_id, 3.2 no game_mode, 3.1 a shorter vehicle_info, and 2.x less of everything.
constexpr auto kFields33 = earlier_fields({{40, 4}, {904, 8}});
constexpr auto kFields32 = earlier_fields({{20, 4}, {40, 8}, {904, 12}});
constexpr auto kFields31 = earlier_fields({{20, 4}, {40, 8}, {904, 12}, {1324, 24}});
constexpr auto kFields2 =
    earlier_fields({{20, 4}, {40, 8}, {600, 24}, {848, 28}, {904, 32}, {1196, 40}, {1324, 56}, {1500, 68}});

constexpr Mapping kMappings[] = {
    // simd's stub is 64000 bytes long. The ticks stand still in menus and pauses.
    {.name = "$R3E",
     .size_bytes = 43996,
     .min_file_bytes = 64000,
     .detector = {.rule = Consistency::kCounter, .offset_bytes = 44, .nominal_rate_hz = 100},
     .may_be_owned = true},  // a smaller one kept the game from starting (simapi 2ed1953)
};

constexpr Layout kLayouts[] = {{"$R3E", 43996, kFields}};
constexpr Layout kLayouts33[] = {{"$R3E", 43988, kFields33}};
constexpr Layout kLayouts32[] = {{"$R3E", 43984, kFields32}};
constexpr Layout kLayouts31[] = {{"$R3E", 42436, kFields31}};
constexpr Layout kLayouts2[] = {{"$R3E", 39320, kFields2}};

constexpr double kRpmPerRadPerSecond = 9.549296585513721;  // 60 / (2 pi)
constexpr double kKmhPerMps = 3.6;

// -1 is the header's mark for "not available" in most fields, -2 in `gear`.
constexpr Channel kChannelRows[] = {
    {kRpm, "engine_rps", kRpmPerRadPerSecond, 0, {-1}},  // radians a second, whatever the name says
    {kMaxRpm, "max_engine_rps", kRpmPerRadPerSecond, 0, {-1}},
    {.quantity = kSpeed, .field = "car_speed", .scale = kKmhPerMps, .combine = Combine::kAbsolute},
    {kGear, "gear", 1, 0, {-2}},
    {kThrottle, "throttle", 1, 0, {-1}},
    {kBrake, "brake", 1, 0, {-1}},
    {kClutch, "clutch", 1, 0, {-1}},
    {kSteering, "steer_input_raw"},  // right is positive
    {kFuel, "fuel_left", 1, 0, {-1}},
    {kLap, "completed_laps", 1, 0, {-1}},
    {kLapTime, "lap_time_current_self", 1, 0, {-1}},
    {kLastLapTime, "lap_time_previous_self", 1, 0, {-1}},
    {kBestLapTime, "lap_time_best_self", 1, 0, {-1}},
    {kPosition, "position", 1, 0, {-1}},
    {kSession, "session_type", 1, 0, {-1}},
    // Left, centre and right of the tread: the centre. One record of 24 bytes a wheel.
    {.quantity = kTyreTemperature,
     .field = "tire_temp0.current_temp",
     .no_value = {-1},
     .first_index = 1,
     .stride_bytes = 24},
    {kTyrePressure, "tire_pressure", 1, 0, {-1}},
    {kCar, "vehicle_info.name"},
    {kTrack, "track_name"},
    {kDriver, "player_name"},
};
constexpr auto kChannels = channels_in("$R3E", kChannelRows);

constexpr auto kActivity = rules_in("$R3E", {{kMenu, "game_in_menus", 1},
                                             {kPaused, "game_paused", 1},
                                             {kReplay, "game_in_replay", 1},
                                             {kOff, "session_phase", -1},
                                             {kLive, "game_in_menus", 0}});

/// The same game with other layouts.
constexpr Title earlier(std::string_view versions, std::span<const Layout> layouts, const Title* next) {
  return {.id = "raceroom",
          .name = "RaceRoom Racing Experience",
          .exe_names = {"RRRE64.exe"},
          .app_ids = {},
          .layouts = layouts,
          .channels = kChannels,
          .activity_rules = kActivity,
          .version = {"$R3E", {"version_major", "version_minor"}, {versions}},
          .other_version = next};
}
constexpr Title kVersion2 = earlier("2.6..2.16", kLayouts2, nullptr);
constexpr Title kVersion31 = earlier("3.1", kLayouts31, &kVersion2);
constexpr Title kVersion32 = earlier("3.2", kLayouts32, &kVersion31);
constexpr Title kVersion33 = earlier("3.3", kLayouts33, &kVersion32);

constexpr Title kTitles[] = {
    {.id = "raceroom",
     .name = "RaceRoom Racing Experience",
     .exe_names = {"RRRE64.exe", "RRRE.exe"},
     .app_ids = {211500},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     .version = {"$R3E", {"version_major", "version_minor"}, {"3.4..3.5"}},
     .other_version = &kVersion33,
     .to_switch_on = "nothing",
     .evidence = "layout compiled from the official headers 2.6 to 3.5"},
};

constexpr Sim kSim = {
    .name = "r3e",
    .description = "RaceRoom Racing Experience",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
