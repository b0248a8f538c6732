// SPDX-License-Identifier: MIT
// Euro Truck Simulator 2 and American Truck Simulator with the scs-telemetry plugin. Sources: the
// scs-sdk-plugin of RenCloud and alxwk, rev 10 to 12, compiled; units and senses by the SDK 1.12 of SCS,
// whose headers are in both. No game was run.
#include <algorithm>
#include <cmath>
#include <numbers>

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
    {"config_ui.gears", 68, kUint32},
    {"truck_ui.truck_wheelSubstance", 120, kUint32, 16, "index into substances"},
    {"truck_i.gear", 504, kInt32, 1, "<0 R, 0 N"},
    {"truck_i.gearDashboard", 508, kInt32},
    {"config_f.fuelCapacity", 704, kFloat32, 1, "l"},
    {"config_f.engineRpmMax", 740, kFloat32, 1, "rpm"},
    {"config_f.cargoMass", 748, kFloat32, 1, "kg"},
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
    {"truck_f.oilPressure", 1016, kFloat32, 1, "psi"},
    {"truck_f.oilTemperature", 1020, kFloat32, 1, "degC"},
    {"truck_f.waterTemperature", 1024, kFloat32, 1, "degC"},
    {"truck_f.wearEngine", 1036, kFloat32, 1, "0..1"},
    {"truck_f.wearTransmission", 1040, kFloat32, 1, "0..1"},
    {"truck_f.wearCabin", 1044, kFloat32, 1, "0..1"},
    {"truck_f.wearChassis", 1048, kFloat32, 1, "0..1"},
    {"truck_f.wearWheels", 1052, kFloat32, 1, "0..1, the average"},
    {"truck_f.truckOdometer", 1056, kFloat32, 1, "km"},
    {"truck_f.routeDistance", 1060, kFloat32, 1, "m"},
    {"truck_f.routeTime", 1064, kFloat32, 1, "s"},
    {"truck_f.speedLimit", 1068, kFloat32, 1, "m/s"},
    {"truck_f.truck_wheelVelocity", 1136, kFloat32, 16, "rotations/s"},
    {"job_f.cargoDamage", 1468, kFloat32, 1, "0..1"},
    {"truck_b.parkBrake", 1566, kBool8, 1, "bool"},
    {"truck_b.electricEnabled", 1575, kBool8, 1, "bool"},
    {"truck_b.engineEnabled", 1576, kBool8, 1, "bool"},
    {"truck_b.blinkerLeftOn", 1580, kBool8, 1, "bool: the light"},
    {"truck_b.blinkerRightOn", 1581, kBool8, 1, "bool: the light"},
    {"truck_b.lightsBeamLow", 1583, kBool8, 1, "bool"},
    {"truck_b.lightsBeamHigh", 1584, kBool8, 1, "bool"},
    {"truck_fv.lv_accelerationX", 1868, kFloat32, 1, "m/s: a velocity, whatever its name"},
    {"truck_fv.lv_accelerationY", 1872, kFloat32, 1, "m/s"},
    {"truck_fv.lv_accelerationZ", 1876, kFloat32, 1, "m/s"},
    {"truck_fv.av_accelerationX", 1880, kFloat32, 1, "rotations/s: a velocity"},
    {"truck_fv.av_accelerationY", 1884, kFloat32, 1, "rotations/s"},
    {"truck_fv.av_accelerationZ", 1888, kFloat32, 1, "rotations/s"},
    {"truck_fv.accelerationX", 1892, kFloat32, 1, "m/s2"},
    {"truck_fv.accelerationY", 1896, kFloat32, 1, "m/s2"},
    {"truck_fv.accelerationZ", 1900, kFloat32, 1, "m/s2"},
    {"truck_dp.coordinateX", 2200, kFloat64, 1, "m"},
    {"truck_dp.coordinateY", 2208, kFloat64, 1, "m"},
    {"truck_dp.coordinateZ", 2216, kFloat64, 1, "m"},
    {"truck_dp.rotationX", 2224, kFloat64, 1, "rotations: heading"},
    {"truck_dp.rotationY", 2232, kFloat64, 1, "rotations: pitch"},
    {"truck_dp.rotationZ", 2240, kFloat64, 1, "rotations: roll"},
    {"config_s.truckBrand", 2364, kText8, 64},
    {"config_s.truckName", 2492, kText8, 64},
    {"config_s.cargo", 2620, kText8, 64},
    {"config_s.cityDst", 2748, kText8, 64},
    {"config_s.citySrc", 3004, kText8, 64},
    {"config_ull.jobIncome", 4000, kUint64},
    {"special_b.onJob", 4300, kBool8, 1, "bool"},
    {"substances.substance", 4400, kText8, 64, "64 bytes x25"},
    {"trailer.trailer0.com_b.attached", 6080, kBool8, 1, "bool"},
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

constexpr std::string_view kName = "SCSTelemetry";
constexpr double kTurn = 2 * std::numbers::pi;

using Number = std::optional<double>;

Number number(const Snapshot& snapshot, std::string_view field, std::uint32_t index = 0,
              std::uint64_t shift_bytes = 0) {
  return snapshot.number(kName, *find_field(kFields, field), index, shift_bytes);
}
/// What a field of the job holds while there is one.
Number of_job(const Snapshot& snapshot, std::string_view field) {
  return number(snapshot, "special_b.onJob").value_or(0) != 0 ? number(snapshot, field) : std::nullopt;
}

/// Counted from midnight of the first day.
Number time_of_day(const Snapshot& snapshot, std::uint64_t /*shift*/, std::uint32_t /*element*/) {
  constexpr double kMinutesADay = 24 * 60;
  const Number minutes = number(snapshot, "common_ui.time_abs");
  return minutes ? Number(std::fmod(*minutes, kMinutesADay) * 60) : std::nullopt;
}
Number body_damage(const Snapshot& snapshot, std::uint64_t /*shift*/, std::uint32_t /*element*/) {
  const Number cabin = number(snapshot, "truck_f.wearCabin");
  const Number chassis = number(snapshot, "truck_f.wearChassis");
  if (!cabin || !chassis) return std::nullopt;
  return std::max(*cabin, *chassis);
}
/// 0 is north, and a quarter west. North is along our y.
Number heading(const Snapshot& snapshot, std::uint64_t /*shift*/, std::uint32_t /*element*/) {
  const Number turns = number(snapshot, "truck_dp.rotationX");
  if (!turns) return std::nullopt;
  return std::remainder(*turns + 0.25, 1) * kTurn;
}
/// The velocity in the truck's axes, turned around these by roll, pitch and heading, as the SDK's example
/// does.
Number world_velocity(const Snapshot& snapshot, std::uint64_t /*shift*/, std::uint32_t element) {
  double v[3];  // right, up, back
  double angle[3];
  constexpr std::string_view kVelocity[] = {"truck_fv.lv_accelerationX", "truck_fv.lv_accelerationY",
                                            "truck_fv.lv_accelerationZ"};
  constexpr std::string_view kRotation[] = {"truck_dp.rotationX", "truck_dp.rotationY", "truck_dp.rotationZ"};
  for (int i = 0; i < 3; ++i) {
    const Number along = number(snapshot, kVelocity[i]);
    const Number turns = number(snapshot, kRotation[i]);
    if (!along || !turns) return std::nullopt;
    v[i] = *along;
    angle[i] = *turns * kTurn;
  }
  const auto turn = [](double& a, double& b, double by) {
    const double turned = a * std::cos(by) - b * std::sin(by);
    b = a * std::sin(by) + b * std::cos(by);
    a = turned;
  };
  turn(v[0], v[1], angle[2]);
  turn(v[1], v[2], angle[1]);
  turn(v[2], v[0], angle[0]);
  const double east_north_up[] = {v[0], -v[2], v[1]};
  return east_north_up[element];
}

struct SurfaceName {
  std::string_view name;
  Surface surface;
};
/// The game's own list, game_substance; what mods add, and what says nothing of the ground, is another.
constexpr SurfaceName kSurfaces[] = {{"road", Surface::kAsphalt}, {"road_snow", Surface::kSnow},
                                     {"dirt", Surface::kDirt},    {"snow", Surface::kSnow},
                                     {"grass", Surface::kGrass},  {"ice", Surface::kIce},
                                     {"metal", Surface::kMetal},  {"rumble_stripe", Surface::kKerb}};
Number surface(const Snapshot& snapshot, std::uint64_t /*shift*/, std::uint32_t wheel) {
  constexpr std::uint64_t kNameBytes = 64;
  constexpr double kNames = 25;
  const Number index = number(snapshot, "truck_ui.truck_wheelSubstance", wheel);
  if (!index || *index >= kNames) return std::nullopt;
  const auto name = snapshot.text(kName, *find_field(kFields, "substances.substance"),
                                  static_cast<std::uint64_t>(*index) * kNameBytes);
  if (!name || name->empty()) return std::nullopt;
  const auto known = std::ranges::find(kSurfaces, *name, &SurfaceName::name);
  return static_cast<double>(known != std::end(kSurfaces) ? known->surface : Surface::kOther);
}

// The truck's axes are right, up and back, the world's east, up and south; all turn by the right hand. So do
// heading and roll in the SDK's example, and pitch, whose nose up is positive. The acceleration of a truck
// that stands is 0: it is without the earth's pull.
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

    {kCoolantTemperature, "truck_f.waterTemperature"},
    {kOilTemperature, "truck_f.oilTemperature"},
    {kOilPressure, "truck_f.oilPressure", kKpaPerPsi},
    {.quantity = kIgnition, .field = "truck_b.electricEnabled", .mask = 0xFF},
    {.quantity = kEngineRuns, .field = "truck_b.engineEnabled", .mask = 0xFF},
    {kGears, "config_ui.gears"},
    {.quantity = kHeadlights, .field = "truck_b.lightsBeamLow", .mask = 0xFF},
    {kFuelCapacity, "config_f.fuelCapacity"},
    {.quantity = kBodyDamage, .field = "truck_f.wearChassis", .compute = body_damage},
    {kEngineDamage, "truck_f.wearEngine"},
    {kTransmissionDamage, "truck_f.wearTransmission"},

    {.quantity = kWorldPosition,
     .fields = {"truck_dp.coordinateX", "truck_dp.coordinateY", "truck_dp.coordinateZ"},
     .order = {1, -3, 2}},
    {.quantity = kWorldVelocity, .field = "truck_fv.lv_accelerationX", .compute = world_velocity},
    {.quantity = kVelocity,
     .fields = {"truck_fv.lv_accelerationX", "truck_fv.lv_accelerationY", "truck_fv.lv_accelerationZ"},
     .order = {-3, -1, 2}},
    {.quantity = kAcceleration,
     .scale = 1 / kStandardGravity,
     .fields = {"truck_fv.accelerationX", "truck_fv.accelerationY", "truck_fv.accelerationZ"},
     .order = {-3, -1, 2}},
    {.quantity = kHeading, .field = "truck_dp.rotationX", .compute = heading},
    {kPitch, "truck_dp.rotationY", -kTurn},
    {kRoll, "truck_dp.rotationZ", -kTurn},
    {.quantity = kAngularVelocity,
     .scale = kTurn,
     .fields = {"truck_fv.av_accelerationX", "truck_fv.av_accelerationY", "truck_fv.av_accelerationZ"},
     .order = {-3, -1, 2}},

    // The first two axles, each with its left wheel first.
    {kWheelSpeed, "truck_f.truck_wheelVelocity", kTurn},
    {.quantity = kSurface, .field = "truck_ui.truck_wheelSubstance", .compute = surface},
    // One number for the whole truck.
    {.quantity = kBrakeTemperature,
     .fields = {"truck_f.brakeTemperature", "truck_f.brakeTemperature", "truck_f.brakeTemperature",
                "truck_f.brakeTemperature"}},
    {.quantity = kTyreWear,
     .fields = {"truck_f.wearWheels", "truck_f.wearWheels", "truck_f.wearWheels", "truck_f.wearWheels"}},

    {.quantity = kTimeOfDay, .field = "common_ui.time_abs", .compute = time_of_day},
    {kCargo, "config_s.cargo"},
    {.quantity = kCargoMass,
     .field = "config_f.cargoMass",
     .compute = [](const Snapshot& s, std::uint64_t,
                   std::uint32_t) { return of_job(s, "config_f.cargoMass"); }},
    {.quantity = kCargoDamage,
     .field = "job_f.cargoDamage",
     .compute = [](const Snapshot& s, std::uint64_t,
                   std::uint32_t) { return of_job(s, "job_f.cargoDamage"); }},
    {kSource, "config_s.citySrc"},
    {kDestination, "config_s.cityDst"},
    {.quantity = kIncome,
     .field = "config_ull.jobIncome",
     .compute = [](const Snapshot& s, std::uint64_t,
                   std::uint32_t) { return of_job(s, "config_ull.jobIncome"); }},
    {kRouteDistance, "truck_f.routeDistance"},
    {kRouteTime, "truck_f.routeTime"},
    {kSpeedLimit, "truck_f.speedLimit", kKmhPerMps},
    {kCruiseControl, "truck_f.cruiseControlSpeed", kKmhPerMps},
    {kOdometer, "truck_f.truckOdometer"},
    {.quantity = kLeftBlinker, .field = "truck_b.blinkerLeftOn", .mask = 0xFF},
    {.quantity = kRightBlinker, .field = "truck_b.blinkerRightOn", .mask = 0xFF},
    {.quantity = kHighBeam, .field = "truck_b.lightsBeamHigh", .mask = 0xFF},
    {.quantity = kParkingBrake, .field = "truck_b.parkBrake", .mask = 0xFF},
    {.quantity = kTrailer, .field = "trailer.trailer0.com_b.attached", .mask = 0xFF},
};
constexpr auto kChannels = channels_in(kName, kChannelRows);

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
