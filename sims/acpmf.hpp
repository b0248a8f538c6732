// SPDX-License-Identifier: MIT
#pragma once

#include <span>

#include "common/core/sim/sim_table.hpp"

/// Where everything is in the pages acpmf_* of Assetto Corsa, Competizione and Rally. Sources: see ac.cpp.
namespace pitbridge::acpmf {

using enum FieldType;

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
    {"camberRAD", 168, kFloat32, 4, "rad"},
    {"suspensionTravel", 184, kFloat32, 4, "m"},
    {"tc", 204, kFloat32},
    {"heading", 208, kFloat32, 1, "rad"},
    {"pitch", 212, kFloat32, 1, "rad"},
    {"roll", 216, kFloat32, 1, "rad"},
    {"carDamage", 224, kFloat32, 5, "front,rear,left,right,centre"},
    {"numberOfTyresOut", 244, kInt32},
    {"pitLimiterOn", 248, kInt32, 1, "bool"},
    {"abs", 252, kFloat32},
    {"kersCharge", 256, kFloat32, 1, "0..1"},
    {"turboBoost", 276, kFloat32, 1, "bar"},
    {"airTemp", 288, kFloat32, 1, "degC"},
    {"roadTemp", 292, kFloat32, 1, "degC"},
    {"localAngularVel", 296, kFloat32, 3, "rad/s"},
    {"finalFF", 308, kFloat32},
    {"ersPowerLevel", 324, kInt32, 1, "level"},
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
    {"vehicle0.carId", 520, kInt32, 1, "0 is the player"},
    {"vehicle0.driverName", 524, kText8, 64},
    {"vehicle0.carModel", 588, kText8, 64},
    {"vehicle0.speedMS", 652, kFloat32, 1, "m/s"},
    {"vehicle0.bestLapMS", 656, kInt32, 1, "ms"},
    {"vehicle0.lapCount", 660, kInt32, 1, "laps"},
    {"vehicle0.lastLapTimeMS", 672, kInt32, 1, "ms"},
    {"vehicle0.worldPosition", 676, kFloat32, 3, "m"},
    {"vehicle0.isCarInPitline", 688, kInt32, 1, "bool"},
    {"vehicle0.isCarInPit", 692, kInt32, 1, "bool"},
    {"vehicle0.carLeaderboardPosition", 696, kInt32, 1, "1-based"},
    {"vehicle0.spLineLength", 704, kFloat32, 1, "0..1"},
    {"vehicle0.isConnected", 708, kInt32, 1, "bool"},
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
    {"directionLightsLeft", 1492, kInt32, 1, "bool"},
    {"directionLightsRight", 1496, kInt32, 1, "bool"},
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

constexpr std::uint32_t kAcGraphicsBytes = 296;
constexpr Layout kAcLayouts[] = {{"acpmf_physics", 592, kAcPhysics},
                                 {"acpmf_graphics", kAcGraphicsBytes, kAcGraphics},
                                 {"acpmf_static", 684, kAcStatic},
                                 {"acpmf_crewchief", 15660, kCrewChief}};
constexpr Layout kAccLayouts[] = {{"acpmf_physics", 800, kAccPhysics},
                                  {"acpmf_graphics", 1588, kAccGraphics},
                                  {"acpmf_static", 820, kAccStatic}};

}  // namespace pitbridge::acpmf
