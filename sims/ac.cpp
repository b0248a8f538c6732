// SPDX-License-Identifier: MIT
// Assetto Corsa. Sources: SIMS.md 1 (gro-ove/actools AcManager.Tools/SharedMemory, simapi include/acdata.h);
// sizes and offsets compiled with the Windows x64 ABI. No game was run.
#include "common/core/sim.hpp"

namespace pitbridge {
namespace {

using enum FieldType;

// acpmf_physics: 288 bytes at AC 1.5, 580 at 1.14, 592 in the last build. 333 Hz.
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
    {"P2PActivation", 580, kInt32, 1, "count"},
    {"P2PStatus", 584, kInt32, 1, "0/1"},
    {"currentMaxRpm", 588, kInt32, 1, "rpm int32"},
};

// Twice a frame. 288 bytes before the wind fields were added.
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
    {"carCoordinates", 252, kFloat32, 3, "m xyz (player)"},
    {"penaltyTime", 264, kFloat32},
    {"flag", 268, kInt32, 1, "0 none,1 blue,2 yellow,3 black,4 white,5 checkered,6 penalty"},
    {"idealLineOn", 272, kInt32, 1, "bool"},
    {"isInPitLane", 276, kInt32, 1, "bool"},
    {"surfaceGrip", 280, kFloat32},
    {"mandatoryPitDone", 284, kInt32, 1, "bool"},
};

// Once a session.
constexpr Field kStatic[] = {
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
};

// Made by CrewChief's own app inside the game, not by the game.
constexpr Field kCrewChief[] = {
    {"numVehicles", 0, kInt32},
    {"focusVehicle", 4, kInt32},
    {"serverName", 8, kUtf8, 512},
    {"vehicle", 520, kBytes, 14592, "array of 228-byte records"},
    {"vehicle0.driverName", 524, kUtf8, 64},
    {"vehicle0.speedMS", 652, kFloat32, 1, "m/s"},
    {"acInstallPath", 15112, kUtf8, 512},
    {"pluginVersion", 15628, kUtf8, 32},
};

constexpr Mapping kMappings[] = {
    // simd makes its stubs 2048 and 16000 bytes long and reads them so; all four must exist from the start,
    // or its reader creates an empty one and dies of SIGBUS (CLIENTS.md 2).
    {.name = "Local\\acpmf_physics",
     .size_bytes = 592,
     .min_file_bytes = 2048,
     .detector = {.rule = Consistency::kCounter, .offset_bytes = 0, .nominal_rate_hz = 333}},
    {.name = "Local\\acpmf_graphics",
     .size_bytes = 296,
     .min_file_bytes = 2048,
     .detector = {.rule = Consistency::kCounter, .offset_bytes = 0, .nominal_rate_hz = 60}},
    {.name = "Local\\acpmf_static",
     .size_bytes = 684,
     .min_file_bytes = 2048,
     .detector = {.nominal_rate_hz = 4}},
    {.name = "Local\\acpmf_crewchief",
     .size_bytes = 15660,
     .min_file_bytes = 16000,
     .detector = {.nominal_rate_hz = 30},
     .optional = true},
};

constexpr Layout kLayouts[] = {
    {"acpmf_physics", 592, kPhysics},
    {"acpmf_graphics", 296, kGraphics},
    {"acpmf_static", 684, kStatic},
    {"acpmf_crewchief", 15660, kCrewChief},
};

constexpr double kKpaPerPsi = 6.894757;
constexpr double kSecondsPerMs = 0.001;

constexpr Channel kChannels[] = {
    {Quantity::kRpm, "acpmf_physics", "rpms"},
    {Quantity::kMaxRpm, "acpmf_static", "maxRpm"},
    {Quantity::kSpeed, "acpmf_physics", "speedKmh"},
    {.quantity = Quantity::kGear, .mapping = "acpmf_physics", .field = "gear", .offset = -1},
    {Quantity::kThrottle, "acpmf_physics", "gas"},
    {Quantity::kBrake, "acpmf_physics", "brake"},
    {Quantity::kClutch, "acpmf_physics", "clutch"},
    {Quantity::kSteering, "acpmf_physics", "steerAngle"},
    {Quantity::kFuel, "acpmf_physics", "fuel"},
    {Quantity::kLap, "acpmf_graphics", "completedLaps"},
    {Quantity::kLapTime, "acpmf_graphics", "iCurrentTime", kSecondsPerMs},
    {Quantity::kLastLapTime, "acpmf_graphics", "iLastTime", kSecondsPerMs},
    {Quantity::kBestLapTime, "acpmf_graphics", "iBestTime", kSecondsPerMs},
    {Quantity::kPosition, "acpmf_graphics", "position"},
    {Quantity::kSession, "acpmf_graphics", "session"},
    {Quantity::kTyreTemperature, "acpmf_physics", "tyreCoreTemperature"},
    {Quantity::kTyrePressure, "acpmf_physics", "wheelsPressure", kKpaPerPsi},
    {Quantity::kCar, "acpmf_static", "carModel"},
    {Quantity::kTrack, "acpmf_static", "track"},
    {Quantity::kDriver, "acpmf_static", "playerName"},
};

constexpr ActivityRule kActivity[] = {
    {Activity::kOff, "acpmf_graphics", "status", 0},
    {Activity::kReplay, "acpmf_graphics", "status", 1},
    {Activity::kLive, "acpmf_graphics", "status", 2},
    {Activity::kPaused, "acpmf_graphics", "status", 3},
};

constexpr std::string_view kExeNames[] = {"acs.exe", "acs_x86.exe"};
constexpr std::uint32_t kAppIds[] = {244210};

constexpr Title kTitles[] = {
    {.id = "assetto_corsa",
     .name = "Assetto Corsa",
     .exe_names = kExeNames,
     .app_ids = kAppIds,
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     .to_switch_on = "nothing",
     .evidence = "layout compiled from published sources"},
};

constexpr Sim kSim = {
    .name = "ac",
    .description = "Assetto Corsa",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
