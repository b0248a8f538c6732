// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "common/core/sim/sim_table.hpp"

/// Where everything is in $R3E. Source: every r3e.h of sector3studios/r3e-api from 2.6 to 3.5, compiled.
/// Offsets are those of 3.5; all_drivers_data_1 begins with the record driver0.
namespace pitbridge::r3e {

using enum FieldType;

// What every version from 2.6 on has, each at its own place.
constexpr Field kFieldsOfAll[] = {
    {"version_major", 0, kInt32, 1, "3"},
    {"version_minor", 4, kInt32, 1, "5"},
    {"game_paused", 20, kInt32, 1, "bool"},
    {"game_in_menus", 24, kInt32, 1, "bool"},
    {"game_in_replay", 28, kInt32, 1, "bool"},
    {"player.game_simulation_ticks", 44, kInt32, 1, "1/400 s ticks"},
    {"player.position", 56, kFloat64, 3, "m"},
    {"player.velocity", 80, kFloat64, 3, "m/s"},
    {"player.local_velocity", 104, kFloat64, 3, "m/s"},
    {"player.local_acceleration", 152, kFloat64, 3, "m/s2"},
    {"player.local_angular_velocity", 272, kFloat64, 3, "rad/s"},
    {"player.ride_height", 488, kFloat64, 4, "m"},
    {"track_name", 600, kText8, 64},
    {"layout_length", 736, kFloat32, 1, "m"},
    {"session_type", 780, kInt32, 1, "-1 n/a,0 practice,1 qualify,2 race,3 warmup"},
    {"session_phase", 796, kInt32, 1, "1..6"},
    {"number_of_laps", 812, kInt32, 1, "laps"},
    {"session_time_duration", 816, kFloat32, 1, "s"},
    {"session_time_remaining", 820, kFloat32, 1, "s"},
    {"in_pitlane", 848, kInt32, 1, "-1 n/a"},
    {"pit_state", 904, kInt32},
    {"num_pitstops", 920, kInt32, 1, "-1 n/a"},
    {"flags.yellow", 932, kInt32},
    {"flags.blue", 964, kInt32},
    {"flags.black", 968, kInt32},
    {"flags.green", 972, kInt32},
    {"flags.checkered", 976, kInt32},
    {"flags.white", 980, kInt32},
    {"flags.black_and_white", 984, kInt32},
    {"position", 988, kInt32, 1, "1-based"},
    {"position_class", 992, kInt32},
    {"num_penalties", 1024, kInt32, 1, "-1 n/a"},
    {"completed_laps", 1028, kInt32, 1, "laps"},
    {"current_lap_valid", 1032, kInt32, 1, "bool"},
    {"track_sector", 1036, kInt32, 1, "1-based"},
    {"lap_distance", 1040, kFloat32, 1, "m"},
    {"lap_distance_fraction", 1044, kFloat32, 1, "0..1"},
    {"lap_time_best_self", 1068, kFloat32, 1, "s"},
    {"lap_time_previous_self", 1084, kFloat32, 1, "s"},
    {"sector_time_previous_self", 1088, kFloat32, 3, "s from the line"},
    {"lap_time_current_self", 1100, kFloat32, 1, "s"},
    {"sector_time_current_self", 1104, kFloat32, 3, "s from the line"},
    {"time_delta_front", 1124, kFloat32, 1, "s"},
    {"time_delta_behind", 1128, kFloat32, 1, "s"},
    {"time_delta_best_self", 1132, kFloat32, 1, "s, -1000 n/a"},
    {"best_individual_sector_time_self", 1136, kFloat32, 3, "s"},
    {"vehicle_info.name", 1196, kText8, 64},
    {"vehicle_info.car_number", 1260, kInt32},
    {"vehicle_info.slot_id", 1288, kInt32},
    {"player_name", 1324, kText8, 64},
    {"car_speed", 1392, kFloat32, 1, "m/s"},
    {"engine_rps", 1396, kFloat32, 1, "rad/s (x 9.5493 = rpm)"},
    {"max_engine_rps", 1400, kFloat32, 1, "rad/s"},
    {"upshift_rps", 1404, kFloat32, 1, "rad/s"},
    {"gear", 1408, kInt32, 1, "-2 n/a,-1 R,0 N"},
    {"num_gears", 1412, kInt32},
    {"car_orientation", 1428, kFloat32, 3, "rad: pitch,yaw,roll"},
    {"fuel_left", 1456, kFloat32, 1, "l"},
    {"fuel_capacity", 1460, kFloat32, 1, "l"},
    {"fuel_per_lap", 1464, kFloat32, 1, "l"},
    {"engine_temp", 1480, kFloat32, 1, "degC"},
    {"engine_oil_temp", 1484, kFloat32, 1, "degC"},
    {"fuel_pressure", 1488, kFloat32, 1, "kPa"},
    {"engine_oil_pressure", 1492, kFloat32, 1, "kPa"},
    {"turbo_pressure", 1496, kFloat32, 1, "bar"},
    {"throttle", 1500, kFloat32, 1, "0..1"},
    {"brake", 1508, kFloat32, 1, "0..1"},
    {"clutch", 1516, kFloat32, 1, "0..1"},
    {"steer_input_raw", 1524, kFloat32, 1, "-1..1"},
    {"steer_wheel_range_degrees", 1532, kInt32, 1, "deg"},
    {"aid_settings.abs", 1536, kInt32, 1, "5 acts"},
    {"aid_settings.tc", 1540, kInt32, 1, "5 acts"},
    {"drs.available", 1560, kInt32, 1, "-1 n/a"},
    {"drs.engaged", 1568, kInt32, 1, "-1 n/a"},
    {"pit_limiter", 1572, kInt32, 1, "-1 n/a"},
    {"push_to_pass.engaged", 1580, kInt32, 1, "-1 n/a"},
    {"brake_bias", 1596, kFloat32, 1, "rear fraction"},
    {"tire_rps", 1632, kFloat32, 4, "rad/s, forward is negative"},
    {"tire_wear", 1680, kFloat32, 4, "1 new"},
    {"tire_pressure", 1712, kFloat32, 4, "kPa"},
    {"tire_dirt", 1728, kFloat32, 4, "0..1"},
    {"tire_temp", 1744, kBytes, 96, "24-byte records x4"},
    {"tire_temp0.current_temp", 1744, kFloat32, 3, "degC L,C,R"},
    {"tire_subtype_front", 1848, kInt32, 1, "enum"},
    {"brake_temp", 1856, kBytes, 64, "16-byte records x4"},
    {"brake_temp0.current_temp", 1856, kFloat32, 1, "degC"},
    {"car_damage.engine", 1984, kFloat32, 1, "1 whole"},
    {"car_damage.transmission", 1988, kFloat32, 1, "1 whole"},
    {"car_damage.aerodynamics", 1992, kFloat32, 1, "1 whole"},
    {"num_cars", 2008, kInt32},
    {"driver0.driver_info.name", 2012, kText8, 64},
    {"driver0.driver_info.car_number", 2076, kInt32},
    {"driver0.driver_info.slot_id", 2104, kInt32},
    {"driver0.place", 2144, kInt32, 1, "1-based"},
    {"driver0.place_class", 2148, kInt32},
    {"driver0.lap_distance", 2152, kFloat32, 1, "m"},
    {"driver0.position", 2160, kFloat32, 3, "m"},
    {"driver0.completed_laps", 2176, kInt32},
    {"driver0.sector_time_previous_self", 2200, kFloat32, 3},
    {"driver0.sector_time_best_self", 2212, kFloat32, 3},
    {"driver0.time_delta_front", 2224, kFloat32},
    {"driver0.in_pitlane", 2236, kInt32},
};
// 2.6 did not have them yet.
constexpr Field kFieldsFrom31On[] = {
    {"incident_points", 1172, kInt32, 1, "-1 n/a"},
    {"battery_soc", 1608, kFloat32, 1, "%"},
    {"abs_setting", 1616, kInt32, 1, "-1 n/a"},
    {"headlights", 1620, kInt32, 1, "2 strobing"},
    {"traction_control_setting", 1936, kInt32, 1, "-1 n/a"},
    {"engine_map_setting", 1940, kInt32, 1, "-1 n/a"},
    {"tire_on_mtrl", 1952, kInt32, 4, "enum"},
    {"tire_load", 1968, kFloat32, 4, "N"},
    {"driver0.engineState", 2312, kInt32, 1, "0 off,1 ignition,2 starter,3 runs"},
};
constexpr Field kFieldsOf35[] = {
    {"all_drivers_offset", 8, kInt32, 1, "byte offset of num_cars"},
    {"driver_data_size", 12, kInt32, 1, "stride"},
    {"game_mode", 16, kInt32, 1, "-1 n/a"},
    {"game_using_vr", 32, kInt32, 1, "bool"},
    {"game_player_in_garage", 36, kInt32, 1, "bool"},
    {"player.user_id", 40, kInt32},
    {"player.game_simulation_time", 48, kFloat64, 1, "s"},
    {"layout_name", 664, kText8, 64},
    {"track_id", 728, kInt32},
    {"layout_id", 732, kInt32},
    {"start_lights", 800, kInt32},
    {"flags", 932, kBytes, 56},
    {"vehicle_info.model_id", 1268, kInt32, 1, "car id"},
    {"control_type", 1388, kInt32, 1, "-1 n/a,0 player,1 AI,2 remote,3 replay"},
    {"throttle_raw", 1504, kFloat32, 1, "0..1"},
    {"brake_raw", 1512, kFloat32, 1, "0..1"},
    {"clutch_raw", 1520, kFloat32, 1, "0..1"},
    {"all_drivers_data_1", 2012, kBytes, 41984},
};
constexpr auto kFields35 = join(kFieldsOfAll, kFieldsFrom31On, kFieldsOf35);

/// From the field of that offset in 3.5 on, all stand so many bytes lower.
using Step = std::pair<std::uint32_t, std::uint32_t>;
template <typename Table>
constexpr auto earlier_fields(const Table& later, std::initializer_list<Step> steps) {
  std::array<Field, kLengthOf<Table>> fields{};
  std::copy(std::begin(later), std::end(later), fields.begin());
  for (Field& field : fields) {
    std::uint32_t lower = 0;
    for (const auto& [from, by] : steps)
      if (field.offset_bytes >= from) lower = by;
    field.offset_bytes -= lower;
  }
  return fields;
}
// 3.3 had no player.user_id, 3.2 no game_mode, 3.1 a shorter vehicle_info, and 2.x less of everything.
constexpr auto kFieldsOf3 = join(kFieldsOfAll, kFieldsFrom31On);
constexpr auto kFields33 = earlier_fields(kFieldsOf3, {{40, 4}, {904, 8}});
constexpr auto kFields32 = earlier_fields(kFieldsOf3, {{20, 4}, {40, 8}, {904, 12}});
constexpr auto kFields31 = earlier_fields(kFieldsOf3, {{20, 4}, {40, 8}, {904, 12}, {1324, 24}, {2144, 36}});
constexpr auto kFields2 = earlier_fields(kFieldsOfAll, {{20, 4},
                                                        {40, 8},
                                                        {600, 24},
                                                        {848, 28},
                                                        {904, 32},
                                                        {1196, 40},
                                                        {1324, 56},
                                                        {1480, 68},
                                                        {2144, 84},
                                                        {2160, 88}});

constexpr Layout kLayouts35[] = {{"$R3E", 43996, kFields35}};
constexpr Layout kLayouts33[] = {{"$R3E", 43988, kFields33}};
constexpr Layout kLayouts32[] = {{"$R3E", 43984, kFields32}};
constexpr Layout kLayouts31[] = {{"$R3E", 42436, kFields31}};
constexpr Layout kLayouts2[] = {{"$R3E", 39320, kFields2}};

}  // namespace pitbridge::r3e
