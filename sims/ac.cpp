// SPDX-License-Identifier: MIT
// The Assetto Corsa family: one set of names (acpmf_*) for Assetto Corsa, Competizione and Rally, and
// acevo_pmf_* for Evo. Sources: gro-ove/actools, rrennoir/PyAccSharedMemory, simapi
// include/acdata.h, dSyncro/acevo-shared-memory; compiled with the Windows x64 ABI. No game was run.
#include <algorithm>
#include <span>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

// Assetto Corsa. physics: 288 bytes at 1.5, 580 at 1.14, 592 in the last build; graphics: 288 before the
// wind fields were added.
constexpr Field kPhysics[] = {
    {"packetId", 0, kInt32, 1, "counter"},
    {"gas", 4, kFloat32, 1, "0..1"},
    {"brake", 8, kFloat32, 1, "0..1"},
    {"fuel", 12, kFloat32, 1, "litres (ACC doc says kg)"},
    {"gear", 16, kInt32, 1, "0=R 1=N 2=1st"},
    {"rpms", 20, kInt32, 1, "rpm"},
    {"steerAngle", 24, kFloat32, 1, "AC1 uncertain scale; ACC -1..1"},
    {"speedKmh", 28, kFloat32, 1, "km/h"},
    {"velocity", 32, kFloat32, 3, "m/s world"},
    {"accG", 44, kFloat32, 3, "g"},
    {"wheelSlip", 56, kFloat32, 4, "FL,FR,RL,RR"},
    {"wheelLoad", 72, kFloat32, 4, "N"},
    {"wheelsPressure", 88, kFloat32, 4, "psi"},
    {"wheelAngularSpeed", 104, kFloat32, 4, "rad/s"},
    {"tyreWear", 120, kFloat32, 4, "0..100 AC1 / unused ACC"},
    {"tyreDirtyLevel", 136, kFloat32, 4},
    {"tyreCoreTemperature", 152, kFloat32, 4, "degC (AC Rally: Kelvin)"},
    {"suspensionTravel", 184, kFloat32, 4, "m"},
    {"tc", 204, kFloat32},
    {"heading", 208, kFloat32, 1, "rad"},
    {"pitch", 212, kFloat32, 1, "rad"},
    {"roll", 216, kFloat32, 1, "rad"},
    {"carDamage", 224, kFloat32, 5, "front,rear,left,right,centre"},
    {"numberOfTyresOut", 244, kInt32},
    {"pitLimiterOn", 248, kInt32, 1, "bool"},
    {"abs", 252, kFloat32},
    {"turboBoost", 276, kFloat32, 1, "bar"},
    {"airTemp", 288, kFloat32, 1, "degC"},
    {"roadTemp", 292, kFloat32, 1, "degC"},
    {"localAngularVel", 296, kFloat32, 3, "rad/s"},
    {"finalFF", 308, kFloat32},
    {"drsAvailable", 340, kInt32, 1, "bool"},
    {"drsEnabled", 344, kInt32, 1, "bool"},
    {"brakeTemp", 348, kFloat32, 4, "degC (AC Rally: Kelvin)"},
    {"clutch", 364, kFloat32, 1, "0..1"},
    {"tyreTempI", 368, kFloat32, 4, "degC"},
    {"tyreTempM", 384, kFloat32, 4, "degC"},
    {"tyreTempO", 400, kFloat32, 4, "degC"},
    {"isAIControlled", 416, kInt32, 1, "bool"},
    {"brakeBias", 564, kFloat32, 1, "fraction front"},
    {"localVelocity", 568, kFloat32, 3, "m/s"},
};

constexpr Field kAcPhysicsRest[] = {
    {"P2PActivation", 580, kInt32, 1, "count"},
    {"P2PStatus", 584, kInt32, 1, "0/1"},
    {"currentMaxRpm", 588, kInt32, 1, "rpm int32"},
};
constexpr auto kAcPhysics = join(kPhysics, kAcPhysicsRest);

constexpr Field kGraphics[] = {
    {"packetId", 0, kInt32, 1, "counter"},
    {"status", 4, kInt32, 1, "0 off,1 replay,2 live,3 pause"},
    {"session", 8, kInt32, 1,
     "-1 unknown,0 practice,1 qualify,2 race,3 hotlap,4 time attack,5 drift,6 drag,(ACC) 7 hotstint,8 "
     "superpole"},
    {"currentTime", 12, kUtf16, 15},
    {"lastTime", 42, kUtf16, 15},
    {"bestTime", 72, kUtf16, 15},
    {"split", 102, kUtf16, 15},
    {"completedLaps", 132, kInt32, 1, "laps"},
    {"position", 136, kInt32, 1, "1-based"},
    {"iCurrentTime", 140, kInt32, 1, "ms"},
    {"iLastTime", 144, kInt32, 1, "ms"},
    {"iBestTime", 148, kInt32, 1, "ms"},
    {"sessionTimeLeft", 152, kFloat32, 1, "ms (AC1/ACC float)"},
    {"distanceTraveled", 156, kFloat32, 1, "m"},
    {"isInPit", 160, kInt32, 1, "bool"},
    {"currentSectorIndex", 164, kInt32, 1, "0-based"},
    {"lastSectorTime", 168, kInt32, 1, "ms"},
    {"numberOfLaps", 172, kInt32, 1, "laps"},
    {"tyreCompound", 176, kUtf16, 33},
    {"replayTimeMultiplier", 244, kFloat32},
    {"normalizedCarPosition", 248, kFloat32, 1, "0..1"},
};

constexpr Field kAcGraphicsRest[] = {
    {"carCoordinates", 252, kFloat32, 3, "m xyz (player)"},
    {"penaltyTime", 264, kFloat32},
    {"flag", 268, kInt32, 1, "0 none,1 blue,2 yellow,3 black,4 white,5 checkered,6 penalty"},
    {"idealLineOn", 272, kInt32, 1, "bool"},
    {"isInPitLane", 276, kInt32, 1, "bool"},
    {"surfaceGrip", 280, kFloat32},
    {"mandatoryPitDone", 284, kInt32, 1, "bool"},
};
constexpr auto kAcGraphics = join(kGraphics, kAcGraphicsRest);

// Made by CrewChief's own app inside the game, not by the game.
constexpr Field kCrewChief[] = {
    {"numVehicles", 0, kInt32},
    {"focusVehicle", 4, kInt32},
    {"serverName", 8, kText8, 512},
    {"vehicle", 520, kBytes, 14592, "array of 228-byte records"},
    {"vehicle0.driverName", 524, kText8, 64},
    {"vehicle0.speedMS", 652, kFloat32, 1, "m/s"},
    {"acInstallPath", 15112, kText8, 512},
    {"pluginVersion", 15628, kText8, 32},
};

// Competizione; Rally has the same layout, with temperatures in Kelvin.
constexpr Field kLaterPhysics[] = {
    {"currentMaxRpm", 588, kInt32, 1, "rpm (int32; doc table says float)"},
    {"slipRatio", 640, kFloat32, 4},
    {"slipAngle", 656, kFloat32, 4},
    {"tcinAction", 672, kInt32, 1, "bool"},
    {"absInAction", 676, kInt32, 1, "bool"},
    {"suspensionDamage", 680, kFloat32, 4},
    {"tyreTemp", 696, kFloat32, 4, "degC"},
    {"waterTemp", 712, kFloat32, 1, "degC (AC Rally: Kelvin)"},
};
constexpr Field kBrakePressure[] = {{"brakePressure", 716, kFloat32, 4}};
constexpr Field kWearPhysics[] = {
    {"padLife", 740, kFloat32, 4},
    {"discLife", 756, kFloat32, 4},
    {"ignitionOn", 772, kInt32, 1, "bool"},
    {"starterEngineOn", 776, kInt32, 1, "bool"},
    {"isEngineRunning", 780, kInt32, 1, "bool"},
};
constexpr auto kAccPhysics = join(kPhysics, kLaterPhysics, kBrakePressure, kWearPhysics);

constexpr Field kAccGraphicsRest[] = {
    {"activeCars", 252, kInt32},
    {"carCoordinates", 256, kFloat32, 180, "m [60][3]"},
    {"carID", 976, kInt32, 60, "[60]"},
    {"playerCarID", 1216, kInt32},
    {"penaltyTime", 1220, kFloat32, 1, "s"},
    {"flag", 1224, kInt32, 1,
     "0 none,1 blue,2 yellow,3 black,4 white,5 checkered,6 penalty,7 green,8 orange"},
    {"penalty", 1228, kInt32, 1, "enum"},
    {"isInPitLane", 1236, kInt32, 1, "bool"},
    {"surfaceGrip", 1240, kFloat32},
    {"windSpeed", 1248, kFloat32, 1, "m/s"},
    {"isSetupMenuVisible", 1256, kInt32, 1, "bool"},
    {"TC", 1268, kInt32, 1, "level"},
    {"TCCUT", 1272, kInt32, 1, "level"},
    {"EngineMap", 1276, kInt32, 1, "level"},
    {"ABS", 1280, kInt32, 1, "level"},
    {"fuelXLap", 1284, kFloat32, 1, "l/lap"},
    {"lightsStage", 1296, kInt32},
    {"rainTyres", 1316, kInt32, 1, "bool"},
    {"sessionIndex", 1320, kInt32},
    {"usedFuel", 1324, kFloat32, 1, "l"},
    {"iDeltaLapTime", 1360, kInt32, 1, "ms"},
    {"iEstimatedLapTime", 1396, kInt32, 1, "ms"},
    {"isDeltaPositive", 1400, kInt32, 1, "bool"},
    {"isValidLap", 1408, kInt32, 1, "bool"},
    {"fuelEstimatedLaps", 1412, kFloat32, 1, "laps"},
    {"missingMandatoryPits", 1484, kInt32},
    {"Clock", 1488, kFloat32, 1, "s of day"},
    {"GlobalYellow", 1500, kInt32, 1, "bool"},
    {"trackGripStatus", 1556, kInt32, 1, "enum"},
    {"rainIntensity", 1560, kInt32, 1, "enum"},
    {"gapAhead", 1580, kInt32, 1, "ms"},
    {"gapBehind", 1584, kInt32, 1, "ms"},
};
constexpr auto kAccGraphics = join(kGraphics, kAccGraphicsRest);

constexpr Field kAccStatic[] = {
    {"smVersion", 0, kUtf16, 15},
    {"acVersion", 30, kUtf16, 15},
    {"numberOfSessions", 60, kInt32},
    {"numCars", 64, kInt32},
    {"carModel", 68, kUtf16, 33},
    {"track", 134, kUtf16, 33},
    {"playerName", 200, kUtf16, 33},
    {"playerSurname", 266, kUtf16, 33},
    {"playerNick", 332, kUtf16, 33},
    {"sectorCount", 400, kInt32},
    {"maxTorque", 404, kFloat32, 1, "Nm"},
    {"maxPower", 408, kFloat32, 1, "W"},
    {"maxRpm", 412, kInt32, 1, "rpm"},
    {"maxFuel", 416, kFloat32, 1, "l"},
    {"suspensionMaxTravel", 420, kFloat32, 4, "m"},
    {"tyreRadius", 436, kFloat32, 4, "m"},
    {"maxTurboBoost", 452, kFloat32},
    {"trackSplineLength", 520, kFloat32, 1, "m"},
    {"trackConfiguration", 524, kUtf16, 33},
    {"PitWindowStart", 676, kInt32, 1, "ms"},
    {"PitWindowEnd", 680, kInt32, 1, "ms"},
    {"isOnline", 684, kInt32, 1, "bool"},
    {"dryTyresName", 688, kUtf16, 33},
    {"wetTyresName", 754, kUtf16, 33},
};

// Assetto Corsa's is the same up to the track's configuration, where it ends.
constexpr auto kAcStatic = std::span<const Field>(kAccStatic).first(19);
static_assert(kAcStatic.back().name == "trackConfiguration");

// Evo: 8-bit text, and no brake pressure.
constexpr auto kEvoPhysics = join(kPhysics, kLaterPhysics, kWearPhysics);

constexpr Field kEvoGraphics[] = {
    {"packetId", 0, kInt32, 1, "counter"},
    {"status", 4, kInt32, 1, "0 off,1 replay,2 live,3 pause"},
    {"player_car_id_a", 24, kUint64},
    {"player_car_id_b", 32, kUint64},
    {"rpm", 40, kUint16, 1, "rpm"},
    {"is_rpm_limiter_on", 42, kBool8, 1, "bool"},
    {"is_change_up_rpm", 43, kBool8, 1, "bool"},
    {"is_engine_running", 50, kBool8, 1, "bool"},
    {"display_speed_kmh", 58, kInt16, 1, "km/h"},
    {"gear_int", 68, kInt16, 1, "gear"},
    {"rpm_percent", 72, kFloat32, 1, "0..1"},
    {"gas_percent", 76, kFloat32, 1, "0..1"},
    {"brake_percent", 80, kFloat32, 1, "0..1"},
    {"clutch_percent", 88, kFloat32, 1, "0..1"},
    {"steering_percent", 92, kFloat32, 1, "-1..1"},
    {"oil_temperature_c", 120, kFloat32, 1, "degC"},
    {"water_temperature_c", 116, kInt8, 1, "degC"},
    {"steer_degrees", 156, kInt32, 1, "deg"},
    {"delta_time_ms", 184, kInt32, 1, "ms"},
    {"current_lap_time_ms", 188, kInt32, 1, "ms"},
    {"predicted_lap_time_ms", 192, kInt32, 1, "ms"},
    {"fuel_liter_current_quantity", 196, kFloat32, 1, "l"},
    {"tyre_lf", 220, kBytes, 256, "SMEvoTyreState 256 B"},
    {"tyre_lf.tyre_pression", 228, kFloat32, 1, "psi"},
    {"tyre_lf.tyre_temperature_c", 232, kFloat32, 1, "degC"},
    {"tyre_lf.brake_temperature_c", 236, kFloat32, 1, "degC"},
    {"tyre_lf.tyre_compound_front", 256, kText8, 33, "8-bit"},
    {"tyre_rf", 476, kBytes, 256},
    {"tyre_lr", 732, kBytes, 256},
    {"tyre_rr", 988, kBytes, 256},
    {"npos", 1244, kFloat32, 1, "0..1"},
    {"car_location", 1388, kInt32, 1, "0 unassigned,1 pitlane,2 pitentry,3 pitexit,4 track"},
    {"fuel_liter_per_lap", 1460, kFloat32, 1, "l"},
    {"electronics.tc_level", 1872, kInt8, 1, "level"},
    {"electronics.abs_level", 1874, kInt8, 1, "level"},
    {"electronics.brake_bias", 1880, kFloat32, 1, "fraction"},
    {"total_lap_count", 2384, kInt32, 1, "laps"},
    {"current_pos", 2388, kUint32, 1, "1-based"},
    {"total_drivers", 2392, kUint32},
    {"last_laptime_ms", 2396, kInt32, 1, "ms"},
    {"best_laptime_ms", 2400, kInt32, 1, "ms"},
    {"flag", 2404, kInt32, 1, "enum"},
    {"global_flag", 2408, kInt32, 1, "enum"},
    {"max_gears", 2412, kUint32},
    {"session_state.phase_name", 2476, kText8, 33, "8-bit"},
    {"session_state.time_left_ms", 2524, kInt32, 1, "ms"},
    {"session_state.total_lap", 2544, kInt32},
    {"session_state.current_lap", 2548, kInt32},
    {"timing_state.current_laptime", 2732, kText8, 15, "8-bit text"},
    {"driver_name", 3020, kText8, 33, "8-bit"},
    {"driver_surname", 3053, kText8, 33, "8-bit"},
    {"car_model", 3086, kText8, 33, "8-bit"},
    {"is_in_pit_box", 3119, kBool8, 1, "bool"},
    {"is_in_pit_lane", 3120, kBool8, 1, "bool"},
    {"is_valid_lap", 3121, kBool8, 1, "bool"},
    {"car_coordinates", 3124, kFloat32, 180, "m [60][3]"},
    {"gap_ahead", 3844, kFloat32, 1, "s"},
    {"gap_behind", 3848, kFloat32, 1, "s"},
    {"active_cars", 3852, kUint8},
    {"max_fuel", 3928, kFloat32, 1, "l"},
    {"max_turbo_boost", 3932, kFloat32, 1, "bar"},
    {"car_ids", 3940, kUint64, 120, "[60][2]"},
};

constexpr Field kEvoStatic[] = {
    {"sm_version", 0, kText8, 15, "8-bit"},
    {"ac_evo_version", 15, kText8, 15, "8-bit"},
    {"session", 32, kInt32, 1, "-1 unknown,0 time attack,1 race,2 hot stint,3 cruise"},
    {"session_name", 36, kText8, 33, "8-bit"},
    {"event_id", 69, kUint8},
    {"session_id", 70, kUint8},
    {"starting_grip", 72, kInt32, 1, "enum"},
    {"starting_ambient_temperature_c", 76, kFloat32, 1, "degC"},
    {"starting_ground_temperature_c", 80, kFloat32, 1, "degC"},
    {"is_timed_race", 85, kBool8, 1, "bool"},
    {"is_online", 86, kBool8, 1, "bool"},
    {"number_of_sessions", 88, kInt32},
    {"nation", 92, kText8, 33, "8-bit"},
    {"track", 136, kText8, 33, "8-bit"},
    {"track_configuration", 169, kText8, 33, "8-bit"},
    {"track_length_m", 204, kFloat32, 1, "m"},
};

constexpr Detector kPhysicsCounter = {.rule = Consistency::kCounter, .nominal_rate_hz = 333};
constexpr Detector kGraphicsCounter = {.rule = Consistency::kCounter, .nominal_rate_hz = 60};
constexpr Detector kOnceASession = {.nominal_rate_hz = 4};

// Assetto Corsa, ACC and Rally are played with sections that simshmbridge made before them.
constexpr Mapping kMappings[] = {
    // simd makes its stubs 2048 and 16000 bytes long and reads them so; all four must exist from the start,
    // or its reader creates an empty one and dies of SIGBUS (common/reader/README.md).
    {.name = "Local\\acpmf_physics",
     .size_bytes = 800,
     .min_file_bytes = 2048,
     .detector = kPhysicsCounter,
     .may_be_owned = true},
    {.name = "Local\\acpmf_graphics",
     .size_bytes = 1588,
     .min_file_bytes = 2048,
     .detector = kGraphicsCounter,
     .may_be_owned = true},
    {.name = "Local\\acpmf_static",
     .size_bytes = 820,
     .min_file_bytes = 2048,
     .detector = kOnceASession,
     .may_be_owned = true},
    {.name = "Local\\acpmf_crewchief",
     .size_bytes = 15660,
     .min_file_bytes = 16000,
     .detector = {.nominal_rate_hz = 30},
     .optional = true},
    {.name = "Local\\acevo_pmf_physics", .size_bytes = 800, .detector = kPhysicsCounter},
    {.name = "Local\\acevo_pmf_graphics", .size_bytes = 4900, .detector = kGraphicsCounter},
    {.name = "Local\\acevo_pmf_static", .size_bytes = 208, .detector = kOnceASession},
    {.name = "Local\\acpmf_secondMonitor", .detector = {.nominal_rate_hz = 30}, .optional = true},
    {.name = "Local\\acpmf_simhub_v2", .detector = {.nominal_rate_hz = 30}, .optional = true},
};

constexpr std::uint32_t kAcGraphicsBytes = 296;
constexpr Layout kAcLayouts[] = {{"acpmf_physics", 592, kAcPhysics},
                                 {"acpmf_graphics", kAcGraphicsBytes, kAcGraphics},
                                 {"acpmf_static", 684, kAcStatic},
                                 {"acpmf_crewchief", 15660, kCrewChief}};
constexpr Layout kAccLayouts[] = {{"acpmf_physics", 800, kAccPhysics},
                                  {"acpmf_graphics", 1588, kAccGraphics},
                                  {"acpmf_static", 820, kAccStatic}};
constexpr Layout kEvoLayouts[] = {{"acevo_pmf_physics", 800, kEvoPhysics},
                                  {"acevo_pmf_graphics", 4900, kEvoGraphics},
                                  {"acevo_pmf_static", 208, kEvoStatic}};

constexpr double kKpaPerPsi = 6.894757;
constexpr double kSecondsPerMs = 0.001;

constexpr double kNoTimeMs = 2147483647;  // what Competizione holds until there is a time

// Everything but the tyre temperatures, whose unit differs.
constexpr Channel kAcpmfPhysicsRows[] = {
    {kRpm, "rpms"},
    {.quantity = kSpeed, .field = "speedKmh", .combine = Combine::kAbsolute},
    {kGear, "gear", 1, -1},
    {kThrottle, "gas"},
    {kBrake, "brake"},
    {kClutch, "clutch", -1, 1},  // 1 is released (SecondMonitor, and readers of Competizione)
    {kSteering, "steerAngle"},
    {kFuel, "fuel"},
    {kTyrePressure, "wheelsPressure", kKpaPerPsi},
};
constexpr Channel kAcpmfGraphicsRows[] = {
    {kLap, "completedLaps"},
    {kLapTime, "iCurrentTime", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kLastLapTime, "iLastTime", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kBestLapTime, "iBestTime", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kPosition, "position"},
    {kSession, "session"},
};
constexpr Channel kAcpmfStaticRows[] = {
    {kMaxRpm, "maxRpm"},     {kCar, "carModel"},      {kTrack, "track"},
    {kDriver, "playerName"}, {kDriver, "playerNick"},
};
constexpr auto kAcpmfChannels =
    join(channels_in("acpmf_physics", kAcpmfPhysicsRows), channels_in("acpmf_graphics", kAcpmfGraphicsRows),
         channels_in("acpmf_static", kAcpmfStaticRows),
         channels_in("acpmf_physics", {{kMaxRpm, "currentMaxRpm"}}));
constexpr auto kCelsiusChannels =
    join(kAcpmfChannels, channels_in("acpmf_physics", {{kTyreTemperature, "tyreCoreTemperature"}}));
constexpr auto kKelvinChannels = join(
    kAcpmfChannels,
    channels_in("acpmf_physics", {{kTyreTemperature, "tyreCoreTemperature", 1, -kKelvinAtZeroCelsius, {0}}}));

constexpr Channel kEvoPhysicsRows[] = {
    {kRpm, "rpms"},
    {kMaxRpm, "currentMaxRpm"},
    {.quantity = kSpeed, .field = "speedKmh", .combine = Combine::kAbsolute},
    {kGear, "gear", 1, -1},
    {kThrottle, "gas"},
    {kBrake, "brake"},
    {kClutch, "clutch"},
    {kSteering, "steerAngle"},
    {kFuel, "fuel"},
    {kTyreTemperature, "tyreCoreTemperature"},
    {kTyrePressure, "wheelsPressure", kKpaPerPsi},
};
constexpr Channel kEvoGraphicsRows[] = {
    {kLap, "total_lap_count"},
    {kLapTime, "current_lap_time_ms", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kLastLapTime, "last_laptime_ms", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kBestLapTime, "best_laptime_ms", kSecondsPerMs, 0, {kNoTimeMs, -1}},
    {kPosition, "current_pos"},
    {kCar, "car_model"},
    {kDriver, "driver_name"},
};
constexpr Channel kEvoStaticRows[] = {
    {kSession, "session"},
    {kTrack, "track"},
};
constexpr auto kEvoChannels = join(channels_in("acevo_pmf_physics", kEvoPhysicsRows),
                                   channels_in("acevo_pmf_graphics", kEvoGraphicsRows),
                                   channels_in("acevo_pmf_static", kEvoStaticRows));

constexpr ActivityRule kStatusRules[] = {
    {kOff, "status", 0}, {kReplay, "status", 1}, {kLive, "status", 2}, {kPaused, "status", 3}};
constexpr auto kAcpmfStatus = rules_in("acpmf_graphics", kStatusRules);
constexpr auto kEvoStatus = rules_in("acevo_pmf_graphics", kStatusRules);

// No version is known that moved a field; the static page may be empty until a stage loads.
constexpr VersionWord kAcpmfVersion = {"acpmf_static", {"smVersion"}, {"1"}, "memory version", true};
constexpr VersionWord kEvoVersion = {"acevo_pmf_static", {"sm_version"}, {"1"}, "memory version", true};

/// Whether graphics goes on where Assetto Corsa's ends.
bool has_later_layout(const Snapshot& snapshot) {
  const auto* graphics = snapshot.bytes("acpmf_graphics");
  if (graphics == nullptr || graphics->size() <= kAcGraphicsBytes) return false;
  return std::any_of(graphics->begin() + kAcGraphicsBytes, graphics->end(),
                     [](std::byte b) { return b != std::byte{0}; });
}
/// Temperature of the first tyre, as it stands there; a tyre at more than 200 degC would burn.
double tyre_temperature(const Snapshot& snapshot) {
  return snapshot.number("acpmf_physics", *find_field(kPhysics, "tyreCoreTemperature")).value_or(0);
}
constexpr double kKelvinFrom = 200;

constexpr Title kTitles[] = {
    {.id = "assetto_corsa",
     .name = "Assetto Corsa",
     .exe_names = {"acs.exe", "acs_x86.exe"},
     .launchers = {"AssettoCorsa.exe", "Content Manager.exe"},
     .app_ids = {244210},
     .layouts = kAcLayouts,
     .channels = kCelsiusChannels,
     .activity_rules = kAcpmfStatus,
     .version = kAcpmfVersion,
     .to_switch_on = "nothing",
     .evidence = "layout compiled from published sources",
     // The later ones leave the static page's torque empty.
     .recognises =
         [](const Snapshot& s) {
           return !has_later_layout(s) &&
                  s.number("acpmf_static", *find_field(kAccStatic, "maxTorque")) > 0.0;
         }},
    {.id = "assetto_corsa_competizione",
     .name = "Assetto Corsa Competizione",
     .exe_names = {"AC2-Win64-Shipping.exe"},
     .launchers = {"acc.exe"},
     .app_ids = {805550},
     .layouts = kAccLayouts,
     .channels = kCelsiusChannels,
     .activity_rules = kAcpmfStatus,
     .version = kAcpmfVersion,
     .to_switch_on = "nothing",
     .evidence = "layout compiled from the official document 1.8.12",
     .recognises =
         [](const Snapshot& s) {
           const double degrees = tyre_temperature(s);
           return has_later_layout(s) && degrees > 0 && degrees < kKelvinFrom;
         }},
    {.id = "assetto_corsa_rally",
     .name = "Assetto Corsa Rally",
     .exe_names = {"acr.exe"},
     .app_ids = {3917090},
     .layouts = kAccLayouts,
     .channels = kKelvinChannels,
     .activity_rules = kAcpmfStatus,
     .version = kAcpmfVersion,
     .to_switch_on = "nothing",
     .evidence = "layout of Competizione, found by third parties' probes",
     .recognises =
         [](const Snapshot& s) { return has_later_layout(s) && tyre_temperature(s) >= kKelvinFrom; }},
    {.id = "assetto_corsa_evo",
     .name = "Assetto Corsa Evo",
     .exe_names = {"AssettoCorsaEVO.exe"},
     .app_ids = {3058630},
     .layouts = kEvoLayouts,
     .channels = kEvoChannels,
     .activity_rules = kEvoStatus,
     .version = kEvoVersion,
     .to_switch_on = "nothing",
     .evidence = "layout compiled from published sources",
     // Early builds still used the acpmf_* names; those are mirrored too, as an unknown variant.
     .recognises = [](const Snapshot& s) { return s.has_data("acevo_pmf_physics"); }},
};

constexpr Sim kSim = {
    .name = "ac",
    .description = "Assetto Corsa, Competizione, Rally, Evo",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
