// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/core/sim/sim_table.hpp"

/// Where the F1 games of 2022 to 2025 have what, of the first of the 22 cars. Offsets of a record are from
/// its own beginning, those of a packet from behind the header.
namespace pitbridge::f1 {

using enum FieldType;

inline constexpr std::uint32_t kCars = 22;

inline constexpr std::string_view kMotion = "pitbridge.udp.f1.motion";
inline constexpr std::string_view kSessionData = "pitbridge.udp.f1.session";
inline constexpr std::string_view kLapData = "pitbridge.udp.f1.lap";
inline constexpr std::string_view kEvent = "pitbridge.udp.f1.event";
inline constexpr std::string_view kParticipants = "pitbridge.udp.f1.participants";
inline constexpr std::string_view kSetups = "pitbridge.udp.f1.setups";
inline constexpr std::string_view kTelemetry = "pitbridge.udp.f1.telemetry";
inline constexpr std::string_view kStatus = "pitbridge.udp.f1.status";
inline constexpr std::string_view kClassification = "pitbridge.udp.f1.classification";
inline constexpr std::string_view kLobby = "pitbridge.udp.f1.lobby";
inline constexpr std::string_view kDamage = "pitbridge.udp.f1.damage";
inline constexpr std::string_view kHistory = "pitbridge.udp.f1.history";
inline constexpr std::string_view kTyreSets = "pitbridge.udp.f1.tyresets";
inline constexpr std::string_view kMotionEx = "pitbridge.udp.f1.motionex";
inline constexpr std::string_view kTimeTrial = "pitbridge.udp.f1.timetrial";
inline constexpr std::string_view kLapPositions = "pitbridge.udp.f1.lappositions";

/// A kind of packet: its number, and its size in each year; 0 where the year has none.
struct Kind {
  std::string_view mapping;
  std::uint64_t packet_id;
  std::array<std::uint32_t, 4> sizes;  ///< 2022, 2023, 2024, 2025
};
inline constexpr Kind kKindsOfPackets[] = {
    {kTelemetry, 6, {1347, 1352, 1352, 1352}},
    {kMotion, 0, {1464, 1349, 1349, 1349}},
    {kSessionData, 1, {632, 644, 753, 753}},
    {kLapData, 2, {972, 1131, 1285, 1285}},
    {kEvent, 3, {40, 45, 45, 45}},
    {kParticipants, 4, {1257, 1306, 1350, 1284}},
    {kSetups, 5, {1102, 1107, 1133, 1133}},
    {kStatus, 7, {1058, 1239, 1239, 1239}},
    {kClassification, 8, {1015, 1020, 1020, 1042}},
    {kLobby, 9, {1191, 1218, 1306, 954}},
    {kDamage, 10, {948, 953, 953, 1041}},
    {kHistory, 11, {1155, 1460, 1460, 1460}},
    {kTyreSets, 12, {0, 231, 231, 231}},
    {kMotionEx, 13, {0, 217, 237, 273}},
    {kTimeTrial, 14, {0, 0, 101, 101}},
    {kLapPositions, 15, {0, 0, 0, 1131}},
};

/// What differs from year to year, as far as a function has to know.
struct Year {
  std::int64_t format;
  std::size_t index;  ///< in `Kind::sizes`
  std::uint32_t header_bytes, player_bytes, packet_id_bytes, session_bytes;
  std::uint32_t lap_record, participant_record, setup_record, status_record, damage_record;
  std::uint32_t lap_number, lap_distance, unserved_penalties, result_status;  ///< in a record of lap data
  std::uint32_t gap_ahead;                                                    ///< 0: not given
  bool has_minutes;  ///< sector times have them in a byte of their own, and gaps from 2024 on
  bool has_gap_minutes;
  std::uint32_t wings;  ///< in a record of damage: front left, front right, rear, floor, ...
};
inline constexpr Year kYear22 = {2022, 0,  24, 22, 5,  6, 43,    56,    49, 47,
                                 42,   25, 12, 32, 36, 0, false, false, 24};
inline constexpr Year kYear23 = {2023, 1,  29, 27, 6,  7,  50,   58,    49, 55,
                                 42,   31, 18, 39, 43, 14, true, false, 24};
inline constexpr Year kYear24 = {2024, 2,  29, 27, 6,  7,  57,   60,   50, 55,
                                 42,   33, 20, 41, 45, 14, true, true, 24};
inline constexpr Year kYear25 = {2025, 3,  29, 27, 6,  7,  57,   57,   50, 55,
                                 46,   33, 20, 41, 45, 14, true, true, 28};
inline constexpr std::uint32_t kMotionRecord = 60, kTelemetryRecord = 60;

inline constexpr Field kHeader22[] = {
    {"m_packetFormat", 0, kUint16},
    {"m_gameMajorVersion", 2, kUint8},
    {"m_gameMinorVersion", 3, kUint8},
    {"m_packetVersion", 4, kUint8},
    {"m_packetId", 5, kUint8},
    {"m_sessionUID", 6, kUint64},
    {"m_sessionTime", 14, kFloat32, 1, "s"},
    {"m_frameIdentifier", 18, kUint32},
    {"m_playerCarIndex", 22, kUint8},
    {"m_secondaryPlayerCarIndex", 23, kUint8},
};
inline constexpr Field kHeader23[] = {
    {"m_packetFormat", 0, kUint16},     {"m_gameYear", 2, kUint8},
    {"m_gameMajorVersion", 3, kUint8},  {"m_gameMinorVersion", 4, kUint8},
    {"m_packetVersion", 5, kUint8},     {"m_packetId", 6, kUint8},
    {"m_sessionUID", 7, kUint64},       {"m_sessionTime", 15, kFloat32, 1, "s"},
    {"m_frameIdentifier", 19, kUint32}, {"m_overallFrameIdentifier", 23, kUint32},
    {"m_playerCarIndex", 27, kUint8},   {"m_secondaryPlayerCarIndex", 28, kUint8},
};

inline constexpr Field kMotionFields[] = {
    {"m_worldPositionX", 0, kFloat32, 3, "m"},
    {"m_worldVelocityX", 12, kFloat32, 3, "m/s"},
    {"m_worldForwardDirX", 24, kInt16, 3, "/32767"},
    {"m_worldRightDirX", 30, kInt16, 3, "/32767"},
    {"m_gForceLateral", 36, kFloat32, 1, "g"},
    {"m_gForceLongitudinal", 40, kFloat32, 1, "g"},
    {"m_gForceVertical", 44, kFloat32, 1, "g"},
    {"m_yaw", 48, kFloat32, 1, "rad"},
    {"m_pitch", 52, kFloat32, 1, "rad"},
    {"m_roll", 56, kFloat32, 1, "rad"},
};
/// Behind the 22 cars, in 2022 only.
inline constexpr Field kMotionTail22[] = {
    {"m_suspensionPosition", 0, kFloat32, 4, "mm"},
    {"m_suspensionVelocity", 16, kFloat32, 4, "mm/s"},
    {"m_suspensionAcceleration", 32, kFloat32, 4},
    {"m_wheelSpeed", 48, kFloat32, 4, "m/s"},
    {"m_wheelSlip", 64, kFloat32, 4},
    {"m_localVelocityX", 80, kFloat32, 3, "m/s"},
    {"m_angularVelocityX", 92, kFloat32, 3, "rad/s"},
    {"m_angularAccelerationX", 104, kFloat32, 3},
    {"m_frontWheelsAngle", 116, kFloat32, 1, "rad"},
};
inline constexpr Field kMotionExFields[] = {
    {"m_suspensionPosition", 0, kFloat32, 4, "mm"},
    {"m_suspensionVelocity", 16, kFloat32, 4, "mm/s"},
    {"m_suspensionAcceleration", 32, kFloat32, 4},
    {"m_wheelSpeed", 48, kFloat32, 4, "m/s"},
    {"m_wheelSlipRatio", 64, kFloat32, 4},
    {"m_wheelSlipAngle", 80, kFloat32, 4},
    {"m_wheelLatForce", 96, kFloat32, 4},
    {"m_wheelLongForce", 112, kFloat32, 4},
    {"m_heightOfCOGAboveGround", 128, kFloat32},
    {"m_localVelocityX", 132, kFloat32, 3, "m/s"},
    {"m_angularVelocityX", 144, kFloat32, 3, "rad/s"},
    {"m_angularAccelerationX", 156, kFloat32, 3},
    {"m_frontWheelsAngle", 168, kFloat32, 1, "rad"},
    {"m_wheelVertForce", 172, kFloat32, 4},
};

/// The same in all years.
inline constexpr Field kSessionFields[] = {
    {"m_weather", 0, kUint8, 1, "0..2 dry, 3..5 rain"},
    {"m_trackTemperature", 1, kInt8, 1, "degC"},
    {"m_airTemperature", 2, kInt8, 1, "degC"},
    {"m_totalLaps", 3, kUint8},
    {"m_trackLength", 4, kUint16, 1, "m"},
    {"m_sessionType", 6, kUint8},
    {"m_trackId", 7, kInt8},
    {"m_formula", 8, kUint8},
    {"m_sessionTimeLeft", 9, kUint16, 1, "s"},
    {"m_sessionDuration", 11, kUint16, 1, "s"},
    {"m_pitSpeedLimit", 13, kUint8, 1, "km/h"},
    {"m_gamePaused", 14, kUint8},
    {"m_isSpectating", 15, kUint8},
    {"m_spectatorCarIndex", 16, kUint8},
    {"m_numMarshalZones", 18, kUint8},
    {"m_safetyCarStatus", 124, kUint8, 1, "0 none, 1 full, 2 virtual, 3 formation lap"},
    {"m_networkGame", 125, kUint8},
};
/// Behind the forecast, which grew.
inline constexpr Field kTimeOfDay22[] = {{"m_timeOfDay", 603, kUint32, 1, "min"}};
inline constexpr Field kTimeOfDay24[] = {{"m_timeOfDay", 667, kUint32, 1, "min"}};

inline constexpr Field kLap22[] = {
    {"m_lastLapTimeInMS", 0, kUint32, 1, "ms"},
    {"m_currentLapTimeInMS", 4, kUint32, 1, "ms"},
    {"m_sector1TimeInMS", 8, kUint16, 1, "ms"},
    {"m_sector2TimeInMS", 10, kUint16, 1, "ms"},
    {"m_lapDistance", 12, kFloat32, 1, "m"},
    {"m_totalDistance", 16, kFloat32, 1, "m"},
    {"m_safetyCarDelta", 20, kFloat32, 1, "s"},
    {"m_carPosition", 24, kUint8},
    {"m_currentLapNum", 25, kUint8},
    {"m_pitStatus", 26, kUint8},
    {"m_numPitStops", 27, kUint8},
    {"m_sector", 28, kUint8, 1, "from 0"},
    {"m_currentLapInvalid", 29, kUint8},
    {"m_penalties", 30, kUint8, 1, "s"},
    {"m_warnings", 31, kUint8},
    {"m_numUnservedDriveThroughPens", 32, kUint8},
    {"m_numUnservedStopGoPens", 33, kUint8},
    {"m_gridPosition", 34, kUint8},
    {"m_driverStatus", 35, kUint8},
    {"m_resultStatus", 36, kUint8},
};
inline constexpr Field kLap23[] = {
    {"m_lastLapTimeInMS", 0, kUint32, 1, "ms"},
    {"m_currentLapTimeInMS", 4, kUint32, 1, "ms"},
    {"m_sector1TimeInMS", 8, kUint16, 1, "ms"},
    {"m_sector1TimeMinutes", 10, kUint8, 1, "min"},
    {"m_sector2TimeInMS", 11, kUint16, 1, "ms"},
    {"m_sector2TimeMinutes", 13, kUint8, 1, "min"},
    {"m_deltaToCarInFrontInMS", 14, kUint16, 1, "ms"},
    {"m_deltaToRaceLeaderInMS", 16, kUint16, 1, "ms"},
    {"m_lapDistance", 18, kFloat32, 1, "m"},
    {"m_totalDistance", 22, kFloat32, 1, "m"},
    {"m_safetyCarDelta", 26, kFloat32, 1, "s"},
    {"m_carPosition", 30, kUint8},
    {"m_currentLapNum", 31, kUint8},
    {"m_pitStatus", 32, kUint8},
    {"m_numPitStops", 33, kUint8},
    {"m_sector", 34, kUint8, 1, "from 0"},
    {"m_currentLapInvalid", 35, kUint8},
    {"m_penalties", 36, kUint8, 1, "s"},
    {"m_totalWarnings", 37, kUint8},
    {"m_cornerCuttingWarnings", 38, kUint8},
    {"m_numUnservedDriveThroughPens", 39, kUint8},
    {"m_numUnservedStopGoPens", 40, kUint8},
    {"m_gridPosition", 41, kUint8},
    {"m_driverStatus", 42, kUint8},
    {"m_resultStatus", 43, kUint8},
};
/// And of 2025.
inline constexpr Field kLap24[] = {
    {"m_lastLapTimeInMS", 0, kUint32, 1, "ms"},
    {"m_currentLapTimeInMS", 4, kUint32, 1, "ms"},
    {"m_sector1TimeMSPart", 8, kUint16, 1, "ms"},
    {"m_sector1TimeMinutesPart", 10, kUint8, 1, "min"},
    {"m_sector2TimeMSPart", 11, kUint16, 1, "ms"},
    {"m_sector2TimeMinutesPart", 13, kUint8, 1, "min"},
    {"m_deltaToCarInFrontMSPart", 14, kUint16, 1, "ms"},
    {"m_deltaToCarInFrontMinutesPart", 16, kUint8, 1, "min"},
    {"m_deltaToRaceLeaderMSPart", 17, kUint16, 1, "ms"},
    {"m_deltaToRaceLeaderMinutesPart", 19, kUint8, 1, "min"},
    {"m_lapDistance", 20, kFloat32, 1, "m"},
    {"m_totalDistance", 24, kFloat32, 1, "m"},
    {"m_safetyCarDelta", 28, kFloat32, 1, "s"},
    {"m_carPosition", 32, kUint8},
    {"m_currentLapNum", 33, kUint8},
    {"m_pitStatus", 34, kUint8},
    {"m_numPitStops", 35, kUint8},
    {"m_sector", 36, kUint8, 1, "from 0"},
    {"m_currentLapInvalid", 37, kUint8},
    {"m_penalties", 38, kUint8, 1, "s"},
    {"m_totalWarnings", 39, kUint8},
    {"m_cornerCuttingWarnings", 40, kUint8},
    {"m_numUnservedDriveThroughPens", 41, kUint8},
    {"m_numUnservedStopGoPens", 42, kUint8},
    {"m_gridPosition", 43, kUint8},
    {"m_driverStatus", 44, kUint8},
    {"m_resultStatus", 45, kUint8},
};

/// The number of cars stands before the records.
inline constexpr Field kParticipantsHead[] = {{"m_numActiveCars", 0, kUint8}};
inline constexpr Field kParticipantFields[] = {
    {"m_aiControlled", 1, kUint8}, {"m_driverId", 2, kUint8}, {"m_networkId", 3, kUint8},
    {"m_teamId", 4, kUint8},       {"m_myTeam", 5, kUint8},   {"m_raceNumber", 6, kUint8},
    {"m_nationality", 7, kUint8},
};
inline constexpr std::uint32_t kRaceNumber = 6;
inline constexpr Field kName22[] = {{"m_name", 8, kText8, 48}};
inline constexpr Field kName25[] = {{"m_name", 8, kText8, 32}};

inline constexpr Field kSetupFields[] = {
    {"m_frontWing", 0, kUint8},
    {"m_rearWing", 1, kUint8},
    {"m_brakePressure", 26, kUint8, 1, "%"},
    {"m_brakeBias", 27, kUint8, 1, "%"},
};
inline constexpr Field kColdPressures22[] = {{"m_rearLeftTyrePressure", 28, kFloat32, 4, "psi"}};
inline constexpr Field kColdPressures24[] = {{"m_rearLeftTyrePressure", 29, kFloat32, 4, "psi"}};

inline constexpr Field kTelemetryFields[] = {
    {"m_speed", 0, kUint16, 1, "km/h"},
    {"m_throttle", 2, kFloat32, 1, "0..1"},
    {"m_steer", 6, kFloat32, 1, "-1..1"},
    {"m_brake", 10, kFloat32, 1, "0..1"},
    {"m_clutch", 14, kUint8, 1, "%"},
    {"m_gear", 15, kInt8, 1, "-1 R, 0 N"},
    {"m_engineRPM", 16, kUint16, 1, "rpm"},
    {"m_drs", 18, kUint8, 1, "bool"},
    {"m_revLightsPercent", 19, kUint8, 1, "%"},
    {"m_revLightsBitValue", 20, kUint16},
    {"m_brakesTemperature", 22, kUint16, 4, "degC"},
    {"m_tyresSurfaceTemperature", 30, kUint8, 4, "degC"},
    {"m_tyresInnerTemperature", 34, kUint8, 4, "degC"},
    {"m_engineTemperature", 38, kUint16, 1, "degC"},
    {"m_tyresPressure", 40, kFloat32, 4, "psi"},
    {"m_surfaceType", 56, kUint8, 4},
};

inline constexpr Field kStatusFields[] = {
    {"m_tractionControl", 0, kUint8, 1, "0..2"},
    {"m_antiLockBrakes", 1, kUint8, 1, "bool"},
    {"m_fuelMix", 2, kUint8, 1, "0..3"},
    {"m_frontBrakeBias", 3, kUint8, 1, "%"},
    {"m_pitLimiterStatus", 4, kUint8, 1, "bool"},
    {"m_fuelInTank", 5, kFloat32, 1, "kg"},
    {"m_fuelCapacity", 9, kFloat32, 1, "kg"},
    {"m_fuelRemainingLaps", 13, kFloat32, 1, "laps over the end of the race"},
    {"m_maxRPM", 17, kUint16, 1, "rpm"},
    {"m_idleRPM", 19, kUint16, 1, "rpm"},
    {"m_maxGears", 21, kUint8},
    {"m_drsAllowed", 22, kUint8, 1, "bool"},
    {"m_drsActivationDistance", 23, kUint16, 1, "m"},
    {"m_actualTyreCompound", 25, kUint8},
    {"m_visualTyreCompound", 26, kUint8},
    {"m_tyresAgeLaps", 27, kUint8},
    {"m_vehicleFiaFlags", 28, kInt8},
};
inline constexpr std::uint32_t kVisualCompound = 26;
inline constexpr Field kErs22[] = {{"m_ersStoreEnergy", 29, kFloat32, 1, "J"},
                                   {"m_ersDeployMode", 33, kUint8}};
inline constexpr Field kErs23[] = {{"m_enginePowerICE", 29, kFloat32, 1, "W"},
                                   {"m_enginePowerMGUK", 33, kFloat32, 1, "W"},
                                   {"m_ersStoreEnergy", 37, kFloat32, 1, "J"},
                                   {"m_ersDeployMode", 41, kUint8}};

inline constexpr Field kTyreDamageFields[] = {
    {"m_tyresWear", 0, kFloat32, 4, "%"},
    {"m_tyresDamage", 16, kUint8, 4, "%"},
    {"m_brakesDamage", 20, kUint8, 4, "%"},
};
/// From `Year::wings` on.
inline constexpr Field kBodyDamageFields[] = {
    {"m_frontLeftWingDamage", 0, kUint8, 1, "%"},
    {"m_frontRightWingDamage", 1, kUint8, 1, "%"},
    {"m_rearWingDamage", 2, kUint8, 1, "%"},
    {"m_floorDamage", 3, kUint8, 1, "%"},
    {"m_diffuserDamage", 4, kUint8, 1, "%"},
    {"m_sidepodDamage", 5, kUint8, 1, "%"},
    {"m_drsFault", 6, kUint8},
    {"m_ersFault", 7, kUint8},
    {"m_gearBoxDamage", 8, kUint8, 1, "%"},
    {"m_engineDamage", 9, kUint8, 1, "%"},
};

}  // namespace pitbridge::f1
