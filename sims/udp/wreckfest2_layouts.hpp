// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "common/core/sim/sim_table.hpp"

/// Where the packets "Pino" of Wreckfest 2 have what; wreckfest2.cpp has the sources.
namespace pitbridge::wreckfest2 {

using enum FieldType;

inline constexpr std::string_view kMain = "pitbridge.udp.wreckfest2.main";
inline constexpr std::string_view kLeaderboard = "pitbridge.udp.wreckfest2.leaderboard";
inline constexpr std::string_view kTiming = "pitbridge.udp.wreckfest2.timing";
inline constexpr std::string_view kSectors = "pitbridge.udp.wreckfest2.sectors";
inline constexpr std::string_view kMotion = "pitbridge.udp.wreckfest2.motion";
inline constexpr std::string_view kInfo = "pitbridge.udp.wreckfest2.info";
inline constexpr std::string_view kDamage = "pitbridge.udp.wreckfest2.damage";

inline constexpr Field kHeaderFields[] = {
    {"header.signature", 0, kUint32},
    {"header.packetType", 4, kUint8},
    {"header.statusFlags", 5, kUint8, 1, "1 paused, 2 replay, 4 spectate, 8 client, 16 server, 32 in race"},
    {"header.sessionTime", 6, kInt32, 1, "ms"},
    {"header.raceTime", 10, kInt32, 1, "ms"},
};

inline constexpr Field kMainTail[] = {
    {"marshalFlagsPlayer", 14, kUint16},
    {"leaderboard.status", 16, kUint8},
    {"leaderboard.trackStatus", 17, kUint8},
    {"leaderboard.lapCurrent", 18, kUint16, 1, "0 before the start, then from 1"},
    {"leaderboard.position", 20, kUint8},
    {"leaderboard.health", 21, kUint8, 1, "%"},
    {"leaderboard.deltaLeader", 36, kInt32, 1, "ms"},
    {"timing.lapTimeCurrent", 48, kUint32, 1, "ms"},
    {"timing.lapTimePenaltyCurrent", 52, kUint32, 1, "ms"},
    {"timing.lapTimeLast", 56, kUint32, 1, "ms"},
    {"timing.lapTimeBest", 60, kUint32, 1, "ms"},
    {"timing.lapBest", 64, kUint8},
    {"timing.deltaAhead", 65, kInt32, 1, "ms"},
    {"timing.deltaBehind", 69, kInt32, 1, "ms"},
    {"timing.lapProgress", 73, kFloat32, 1, "0..1"},
    {"timingSectors.sectorTimeCurrentLap1", 80, kUint32, 9,
     "ms: current lap 2, last lap 2, best lap 2, best 3"},
    {"info.carId", 116, kText8, 64},
    {"info.carName", 180, kText8, 96},
    {"info.playerName", 276, kText8, 24},
    {"info.participantIndex", 300, kUint8},
    {"damage.damageStates", 329, kUint8, 21, "3 bits a part"},
    {"car.assists.flags", 350, kUint8, 1, "1 ABS, 2 TCS, 4 ESC act"},
    {"car.assists.assistGearbox", 351, kUint8},
    {"car.assists.levelAbs", 352, kUint8, 1, "0..2"},
    {"car.assists.levelTcs", 353, kUint8, 1, "0..2"},
    {"car.assists.levelEsc", 354, kUint8, 1, "0..2"},
    {"car.chassis.steeringWheelLockToLock", 370, kInt32, 1, "deg"},
    {"car.driveline.type", 410, kUint8},
    {"car.driveline.gear", 411, kUint8, 1, "0 R, 1 N, 2 first"},
    {"car.driveline.gearMax", 412, kUint8},
    {"car.driveline.speed", 413, kFloat32, 1, "m/s"},
    {"car.engine.flags", 434, kUint8, 1, "1 runs, 2 starts, 4 misfires"},
    {"car.engine.rpm", 435, kInt32, 1, "rpm"},
    {"car.engine.rpmMax", 439, kInt32, 1, "rpm"},
    {"car.engine.rpmRedline", 443, kInt32, 1, "rpm"},
    {"car.engine.rpmIdle", 447, kInt32, 1, "rpm"},
    {"car.engine.torque", 451, kFloat32, 1, "Nm"},
    {"car.engine.power", 455, kFloat32, 1, "W"},
    {"car.engine.tempBlock", 459, kFloat32, 1, "K"},
    {"car.engine.tempWater", 463, kFloat32, 1, "K"},
    {"car.engine.pressureManifold", 467, kFloat32, 1, "kPa"},
    {"car.engine.pressureOil", 471, kFloat32, 1, "kPa"},
    {"car.input.throttle", 490, kFloat32, 1, "0..1"},
    {"car.input.brake", 494, kFloat32, 1, "0..1"},
    {"car.input.clutch", 498, kFloat32, 1, "0..1"},
    {"car.input.handbrake", 502, kFloat32, 1, "0..1"},
    {"car.input.steering", 506, kFloat32, 1, "-1..1"},
    {"car.orientation.positionX", 510, kFloat32, 3, "m"},
    {"car.orientation.orientationQuaternionX", 522, kFloat32, 4},
    {"car.velocity.velocityLocalX", 544, kFloat32, 3, "m/s"},
    {"car.velocity.angularVelocityX", 556, kFloat32, 3, "rad/s"},
    {"car.velocity.accelerationLocalX", 568, kFloat32, 3, "m/s2"},
    {"car.tires0.rps", 580, kFloat32, 1, "rad/s"},
    {"car.tires0.camber", 584, kFloat32, 1, "rad"},
    {"car.tires0.slipRatio", 588, kFloat32},
    {"car.tires0.slipAngle", 592, kFloat32, 1, "rad"},
    {"car.tires0.radiusUnloaded", 596, kFloat32, 1, "m"},
    {"car.tires0.loadVertical", 600, kFloat32, 1, "N"},
    {"car.tires0.forceLat", 604, kFloat32, 1, "N"},
    {"car.tires0.forceLong", 608, kFloat32, 1, "N"},
    {"car.tires0.temperatureInner", 612, kFloat32, 1, "K"},
    {"car.tires0.temperatureTread", 616, kFloat32, 1, "K"},
    {"car.tires0.suspensionVelocity", 620, kFloat32, 1, "m/s"},
    {"car.tires0.suspensionDisplacement", 624, kFloat32, 1, "m"},
    {"car.tires0.suspensionDispNorm", 628, kFloat32, 1, "0..1"},
    {"car.tires0.positionVertical", 632, kFloat32, 1, "m"},
    {"car.tires0.surfaceType", 636, kUint8},
    {"session.trackId", 882, kText8, 64},
    {"session.trackName", 946, kText8, 96},
    {"session.trackLength", 1042, kFloat32, 1, "m"},
    {"session.laps", 1046, kInt16},
    {"session.eventLength", 1048, kInt16, 1, "s"},
    {"session.gridSize", 1050, kUint8},
    {"session.gridSizeRemaining", 1051, kUint8},
    {"session.sectorCount", 1052, kUint8},
    {"session.sectorFract1", 1053, kFloat32},
    {"session.sectorFract2", 1057, kFloat32},
    {"session.gameMode", 1061, kUint8},
    {"session.damageMode", 1062, kUint8},
    {"session.status", 1063, kUint8},
    {"playerStatusFlags", 1090, kUint16},
};
inline constexpr auto kMainFields = join(kHeaderFields, kMainTail);
inline constexpr std::uint32_t kTireBytes = 72;

// Of the first of 36 cars.
inline constexpr std::uint32_t kRecords = 36;
inline constexpr Field kLeaderboardTail[] = {{"leaderboard0.status", 15, kUint8},
                                             {"leaderboard0.lapCurrent", 17, kUint16},
                                             {"leaderboard0.position", 19, kUint8}};
inline constexpr Field kTimingTail[] = {{"timing0.lapTimeCurrent", 15, kUint32, 1, "ms"},
                                        {"timing0.lapTimeLast", 23, kUint32, 1, "ms"},
                                        {"timing0.lapTimeBest", 27, kUint32, 1, "ms"},
                                        {"timing0.deltaAhead", 32, kInt32, 1, "ms"},
                                        {"timing0.lapProgress", 40, kFloat32, 1, "0..1"}};
inline constexpr Field kMotionTail[] = {{"motion0.positionX", 15, kFloat32, 3, "m"},
                                        {"motion0.orientationQuaternionX", 27, kFloat32, 4}};
inline constexpr Field kInfoTail[] = {{"info0.carId", 15, kText8, 64},
                                      {"info0.carName", 79, kText8, 96},
                                      {"info0.playerName", 175, kText8, 24},
                                      {"info0.participantIndex", 199, kUint8}};
inline constexpr auto kLeaderboardFields = join(kHeaderFields, kLeaderboardTail);
inline constexpr auto kTimingFields = join(kHeaderFields, kTimingTail);
inline constexpr auto kMotionFields = join(kHeaderFields, kMotionTail);
inline constexpr auto kInfoFields = join(kHeaderFields, kInfoTail);
inline constexpr std::uint32_t kLeaderboardBytes = 32, kTimingBytes = 32, kMotionBytes = 38, kInfoBytes = 213;

constexpr Mapping optional_mapping(std::string_view name, std::uint32_t size_bytes, double rate_hz) {
  return {.name = name,
          .size_bytes = size_bytes,
          .detector = {.nominal_rate_hz = rate_hz},
          .optional = true,
          .file = name};
}
inline constexpr Mapping kMappings[] = {
    {.name = kMain, .size_bytes = 1218, .detector = {.nominal_rate_hz = 60}, .file = kMain},
    optional_mapping(kLeaderboard, 1231, 60),
    optional_mapping(kTiming, 1231, 60),
    optional_mapping(kSectors, 1375, 60),
    optional_mapping(kMotion, 1383, 60),
    optional_mapping(kInfo, 8195, 1),
    optional_mapping(kDamage, 1027, 2),
};

inline constexpr Layout kLayouts[] = {
    {kMain, 1218, kMainFields},      {kLeaderboard, 1231, kLeaderboardFields}, {kTiming, 1231, kTimingFields},
    {kSectors, 1375, kHeaderFields}, {kMotion, 1383, kMotionFields},           {kInfo, 8195, kInfoFields},
    {kDamage, 1027, kHeaderFields},
};

inline constexpr std::uint64_t kSignature = 1869769584;
constexpr PacketKind kind(std::string_view mapping, std::uint32_t size_bytes, std::uint64_t type) {
  return {.mapping = mapping,
          .sizes = {size_bytes},
          .marks = {PacketMark{0, 4, kSignature}, PacketMark{4, 1, type}}};
}
inline constexpr PacketKind kKinds[] = {
    kind(kMain, 1218, 0),   kind(kLeaderboard, 1231, 1), kind(kTiming, 1231, 2), kind(kSectors, 1375, 3),
    kind(kMotion, 1383, 4), kind(kInfo, 8195, 5),        kind(kDamage, 1027, 6)};
inline constexpr PacketSource kPackets = {.port = 23123, .kinds = kKinds};

}  // namespace pitbridge::wreckfest2
