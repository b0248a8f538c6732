// SPDX-License-Identifier: MIT
// Euro Truck Simulator 2 and American Truck Simulator with the scs-telemetry plugin. Sources: the
// scs-sdk-plugin of RenCloud and alxwk, rev 10 to 12, compiled; senses by the SDK 1.12 of SCS. No game was
// run.
#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr Field kFields[] = {
    {"sdkActive", 0, kBool8, 1, "bool: plugin loaded"},
    {"paused", 4, kBool8, 1, "bool"},
    {"time", 8, kUint64, 1, "us timestamp, change detector"},
    {"simulatedTime", 16, kUint64, 1, "us"},
    {"renderTime", 24, kUint64, 1, "us"},
    {"multiplayerTimeOffset", 32, kInt64},
    {"scs_values.telemetry_plugin_revision", 40, kUint32, 1, "12"},
    {"scs_values.version_major", 44, kUint32},
    {"scs_values.version_minor", 48, kUint32},
    {"scs_values.game", 52, kUint32, 1, "1 ETS2, 2 ATS"},
    {"common_ui.time_abs", 64, kUint32, 1, "in-game minutes"},
    {"truck_i.gear", 504, kInt32, 1, "<0 R, 0 N"},
    {"truck_i.gearDashboard", 508, kInt32},
    {"config_f.fuelCapacity", 704, kFloat32, 1, "l"},
    {"config_f.engineRpmMax", 740, kFloat32, 1, "rpm"},
    {"truck_f.speed", 948, kFloat32, 1, "m/s"},
    {"truck_f.engineRpm", 952, kFloat32, 1, "rpm"},
    {"truck_f.userSteer", 956, kFloat32, 1, "-1..1"},
    {"truck_f.userThrottle", 960, kFloat32, 1, "0..1"},
    {"truck_f.userBrake", 964, kFloat32, 1, "0..1"},
    {"truck_f.userClutch", 968, kFloat32, 1, "0..1"},
    {"truck_f.gameSteer", 972, kFloat32, 1, "-1..1"},
    {"truck_f.cruiseControlSpeed", 988, kFloat32, 1, "m/s"},
    {"truck_f.brakeTemperature", 996, kFloat32, 1, "degC"},
    {"truck_f.fuel", 1000, kFloat32, 1, "l"},
    {"truck_f.fuelRange", 1008, kFloat32, 1, "km"},
    {"truck_f.oilTemperature", 1020, kFloat32, 1, "degC"},
    {"truck_f.waterTemperature", 1024, kFloat32, 1, "degC"},
    {"truck_f.truckOdometer", 1056, kFloat32, 1, "km"},
    {"truck_f.routeDistance", 1060, kFloat32, 1, "m"},
    {"truck_f.routeTime", 1064, kFloat32, 1, "s"},
    {"truck_f.speedLimit", 1068, kFloat32, 1, "m/s"},
    {"truck_b.parkBrake", 1566, kBool8, 1, "bool"},
    {"truck_b.electricEnabled", 1575, kBool8, 1, "bool"},
    {"truck_b.engineEnabled", 1576, kBool8, 1, "bool"},
    {"truck_dp.coordinateX", 2200, kFloat64, 1, "m"},
    {"truck_dp.coordinateY", 2208, kFloat64, 1, "m"},
    {"truck_dp.coordinateZ", 2216, kFloat64, 1, "m"},
    {"config_s.truckBrand", 2364, kText8, 64},
    {"config_s.truckName", 2492, kText8, 64},
    {"config_s.cargo", 2620, kText8, 64},
    {"config_s.cityDst", 2748, kText8, 64},
    {"config_s.citySrc", 3004, kText8, 64},
    {"special_b.onJob", 4300, kBool8, 1, "bool"},
    {"trailer.trailer", 6000, kBytes, 15600, "1560-byte records x10"},
};

constexpr Mapping kMappings[] = {
    // Datalink's readers look for the Windows name, simapi's and the native plugin's for a directory.
    {.name = "Local\\SCSTelemetry",
     .size_bytes = 32768,
     .min_file_bytes = 32768,
     .detector = {.rule = Consistency::kCounter, .offset_bytes = 8, .width_bytes = 8, .nominal_rate_hz = 60},
     .may_be_owned = true,  // the plugin takes one that is there
     .extra_files = {"SCS/SCSTelemetry"}},
    // SimHub's own build of the plugin; its layout is not verified.
    {.name = "Local\\SHSCSTelemetry", .detector = {.nominal_rate_hz = 60}, .optional = true},
};

constexpr Layout kLayouts[] = {{"SCSTelemetry", 32768, kFields}};

constexpr double kKmhPerMps = 3.6;

constexpr Channel kChannelRows[] = {
    {kRpm, "truck_f.engineRpm"},
    {kMaxRpm, "config_f.engineRpmMax"},
    // Negative in reverse.
    {.quantity = kSpeed, .field = "truck_f.speed", .scale = kKmhPerMps, .combine = Combine::kAbsolute},
    {kGear, "truck_i.gear"},
    {kThrottle, "truck_f.userThrottle"},
    {kBrake, "truck_f.userBrake"},
    {kClutch, "truck_f.userClutch"},
    {kSteering, "truck_f.userSteer", -1},  // counterclockwise: 1 is full left
    {kFuel, "truck_f.fuel"},
    {kCar, "config_s.truckName"},
};
constexpr auto kChannels = channels_in("SCSTelemetry", kChannelRows);

constexpr auto kActivity =
    rules_in("SCSTelemetry", {{kOff, "sdkActive", 0}, {kPaused, "paused", 1}, {kLive, "sdkActive", 1}});

// Every field above stands at one place from rev 10 on; but builds of rev 10 before March 2020 have clock and
// pause the other way round, and so read as paused now and then. The plugin writes 0 when it ends.
constexpr VersionWord kPluginVersion = {
    "SCSTelemetry", {"scs_values.telemetry_plugin_revision"}, {"10..12"}, "plugin revision"};

/// scs_values.game: 1 is Euro Truck Simulator 2, 2 is American Truck Simulator.
std::int64_t game_of(const Snapshot& snapshot) {
  return snapshot.integer("SCSTelemetry", {"scs_values.game", 52, kUint32}).value_or(0);
}

constexpr Title kTitles[] = {
    {.id = "ets2",
     .name = "Euro Truck Simulator 2",
     .exe_names = {"eurotrucks2.exe"},
     .app_ids = {227300},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     .version = kPluginVersion,
     .native_exe = "eurotrucks2",
     .native_file = "SCS/SCSTelemetry",
     .plugin = "bin/win_x64/plugins/scs-telemetry.dll",
     .to_switch_on = "scs-telemetry.dll in bin/win_x64/plugins",
     .evidence = "layout compiled from the plugin, rev 12",
     .recognises = [](const Snapshot& s) { return game_of(s) == 1; }},
    {.id = "ats",
     .name = "American Truck Simulator",
     .exe_names = {"amtrucks.exe"},
     .app_ids = {270880},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     .version = kPluginVersion,
     .native_exe = "amtrucks",
     .native_file = "SCS/SCSTelemetry",
     .plugin = "bin/win_x64/plugins/scs-telemetry.dll",
     .to_switch_on = "scs-telemetry.dll in bin/win_x64/plugins",
     .evidence = "layout compiled from the plugin, rev 12",
     .recognises = [](const Snapshot& s) { return game_of(s) == 2; }},
};

constexpr Sim kSim = {
    .name = "scs",
    .description = "Euro Truck Simulator 2, American Truck Simulator",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
