// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"

/// What the shared memory plugin of TheIronWolf publishes, the same way for rFactor 2 and for Le Mans
/// Ultimate. Source: the headers of TheIronWolf/rF2SharedMemoryMapPlugin 3.7.15.1, compiled. Offsets include
/// the 8-byte version block.
namespace pitbridge::rf2_plugin {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr Field kTelemetry[] = {
    {"mNumVehicles", 12, kInt32},
    {"veh0.mID", 16, kInt32, 1, "slot id"},
    {"veh0.mDeltaTime", 20, kFloat64, 1, "s"},
    {"veh0.mElapsedTime", 28, kFloat64, 1, "s"},
    {"veh0.mLapNumber", 36, kInt32, 1, "lap"},
    {"veh0.mLapStartET", 40, kFloat64, 1, "s"},
    {"veh0.mVehicleName", 48, kText8, 64, "8-bit"},
    {"veh0.mTrackName", 112, kText8, 64, "8-bit"},
    {"veh0.mPos", 176, kFloat64, 3, "m"},
    {"veh0.mLocalVel", 200, kFloat64, 3, "m/s"},
    {"veh0.mLocalAccel", 224, kFloat64, 3, "m/s2"},
    {"veh0.mGear", 368, kInt32, 1, "-1 R,0 N,1.."},
    {"veh0.mEngineRPM", 372, kFloat64, 1, "rpm"},
    {"veh0.mEngineWaterTemp", 380, kFloat64, 1, "degC"},
    {"veh0.mEngineOilTemp", 388, kFloat64, 1, "degC"},
    {"veh0.mUnfilteredThrottle", 404, kFloat64, 1, "0..1"},
    {"veh0.mUnfilteredBrake", 412, kFloat64, 1, "0..1"},
    {"veh0.mUnfilteredSteering", 420, kFloat64, 1, "-1..1"},
    {"veh0.mUnfilteredClutch", 428, kFloat64, 1, "0..1"},
    {"veh0.mFilteredThrottle", 436, kFloat64, 1, "0..1"},
    {"veh0.mFilteredBrake", 444, kFloat64, 1, "0..1"},
    {"veh0.mFuel", 540, kFloat64, 1, "l"},
    {"veh0.mEngineMaxRPM", 548, kFloat64, 1, "rpm"},
    {"veh0.mFuelCapacity", 624, kFloat64, 1, "l"},
    {"veh0.mSpeedLimiter", 620, kUint8, 1, "bool"},
    {"veh0.mMaxGears", 621, kUint8},
    {"veh0.mFrontTireCompoundName", 636, kText8, 18, "8-bit"},
    {"veh0.wheel0.mBrakeTemp", 888, kFloat64, 1, "degC"},
    {"veh0.wheel0.mRotation", 904, kFloat64, 1, "rad/s"},
    {"veh0.wheel0.mPressure", 984, kFloat64, 1, "kPa"},
    {"veh0.wheel0.mTemperature", 992, kFloat64, 3, "K left,centre,right"},
    {"veh0.wheel0.mWear", 1016, kFloat64, 1, "0..1"},
    {"veh0.wheel0.mTireCarcassTemperature", 1068, kFloat64, 1, "K"},
    {"veh1.mID", 1904, kInt32, 1, "stride check"},
};

constexpr Field kScoring[] = {
    {"mScoringInfo.mTrackName", 12, kText8, 64, "8-bit"},
    {"mScoringInfo.mSession", 76, kInt32, 1, "0 test,1-4 practice,5-8 qual,9 warmup,10-13 race"},
    {"mScoringInfo.mCurrentET", 80, kFloat64, 1, "s"},
    {"mScoringInfo.mEndET", 88, kFloat64, 1, "s"},
    {"mScoringInfo.mMaxLaps", 96, kInt32, 1, "laps"},
    {"mScoringInfo.mLapDist", 100, kFloat64, 1, "m"},
    {"mScoringInfo.mNumVehicles", 116, kInt32},
    {"mScoringInfo.mGamePhase", 120, kUint8, 1, "0..9 (9 paused)"},
    {"mScoringInfo.mYellowFlagState", 121, kInt8},
    {"mScoringInfo.mInRealtime", 127, kBool8, 1, "bool: driving"},
    {"mScoringInfo.mPlayerName", 128, kText8, 32, "8-bit"},
    {"mScoringInfo.mAmbientTemp", 240, kFloat64, 1, "degC"},
    {"mScoringInfo.mTrackTemp", 248, kFloat64, 1, "degC"},
    {"veh0.mID", 560, kInt32},
    {"veh0.mDriverName", 564, kText8, 32, "8-bit"},
    {"veh0.mVehicleName", 596, kText8, 64, "8-bit"},
    {"veh0.mTotalLaps", 660, kInt16, 1, "laps"},
    {"veh0.mSector", 662, kInt8, 1, "0=s3"},
    {"veh0.mLapDist", 664, kFloat64, 1, "m"},
    {"veh0.mBestLapTime", 704, kFloat64, 1, "s"},
    {"veh0.mLastLapTime", 728, kFloat64, 1, "s"},
    {"veh0.mIsPlayer", 756, kBool8, 1, "bool"},
    {"veh0.mControl", 757, kInt8, 1, "-1 none,0 player,1 AI,2 remote,3 replay"},
    {"veh0.mInPits", 758, kBool8, 1, "bool"},
    {"veh0.mPlace", 759, kUint8, 1, "1-based"},
    {"veh0.mVehicleClass", 760, kText8, 32, "8-bit"},
    {"veh0.mTimeBehindNext", 792, kFloat64, 1, "s"},
    {"veh0.mPitState", 1017, kUint8},
    {"veh0.mFlag", 1064, kUint8, 1, "0 green,6 blue"},
    {"veh1.mID", 1144, kInt32, 1, "stride check"},
};

constexpr Field kExtended[] = {
    {"mVersion", 8, kText8, 12, "ascii"},
    {"is64bit", 20, kBool8, 1, "bool"},
    {"mInRealtimeFC", 8256, kBool8, 1, "bool"},
    {"mSessionStarted", 8259, kBool8, 1, "bool"},
    {"mTicksSessionStarted", 8260, kUint64, 1, "GetTickCount64 ms"},
    {"mTicksSessionEnded", 8268, kUint64, 1, "ms"},
    {"mUnsubscribedBuffersMask", 10144, kInt32, 1, "bitmask"},
    {"mHWControlInputEnabled", 10148, kBool8, 1, "bool"},
};

constexpr Field kForceFeedback[] = {
    {"mForceValue", 8, kFloat64},
};

// Not inline: under sanitizers GCC 12 takes the address of an inline variable for no constant.
constexpr Layout kLayouts[] = {
    {"$rFactor2SMMP_Scoring$", 75312, kScoring},
    {"$rFactor2SMMP_Telemetry$", 241680, kTelemetry},
    {"$rFactor2SMMP_Rules$", 45272, {}},
    {"$rFactor2SMMP_MultiRules$", 39792, {}},
    {"$rFactor2SMMP_ForceFeedback$", 16, kForceFeedback},
    {"$rFactor2SMMP_Graphics$", 272, {}},
    {"$rFactor2SMMP_PitInfo$", 340, {}},
    {"$rFactor2SMMP_Weather$", 632, {}},
    {"$rFactor2SMMP_Extended$", 10152, kExtended},
    {"$rFactor2SMMP_HWControl$", 116, {}},
    {"$rFactor2SMMP_WeatherControl$", 628, {}},
    {"$rFactor2SMMP_RulesControl$", 45272, {}},
    {"$rFactor2SMMP_PluginControl$", 20, {}},
};

constexpr std::string_view kTelemetryName = "$rFactor2SMMP_Telemetry$";
constexpr std::string_view kScoringName = "$rFactor2SMMP_Scoring$";
constexpr std::uint32_t kTelemetryStride = 1888;
constexpr std::uint32_t kScoringStride = 584;
constexpr std::uint32_t kMaxVehicles = 128;
constexpr std::uint32_t kWheelStride = 260;
constexpr double kKmhPerMps = 3.6;

/// The player is a flag in Scoring, and Telemetry has the same slot id in another order.
static std::optional<std::uint32_t> player_offset(const Snapshot& snapshot, const Channel& channel) {
  const auto count = snapshot.integer(kScoringName, {"mNumVehicles", 116, kInt32});
  if (!count) return std::nullopt;
  const auto vehicles = static_cast<std::uint32_t>(std::clamp<std::int64_t>(*count, 0, kMaxVehicles));
  for (std::uint32_t i = 0; i < vehicles; ++i) {
    const std::uint32_t offset = i * kScoringStride;
    if (snapshot.integer(kScoringName, {"mIsPlayer", 756, kBool8}, 0, offset).value_or(0) == 0) continue;
    if (channel.mapping == kScoringName) return offset;
    const auto id = snapshot.integer(kScoringName, {"mID", 560, kInt32}, 0, offset);
    for (std::uint32_t k = 0; k < kMaxVehicles; ++k)
      if (snapshot.integer(kTelemetryName, {"mID", 16, kInt32}, 0, std::uint64_t{k} * kTelemetryStride) == id)
        return k * kTelemetryStride;
  }
  return std::nullopt;
}

constexpr Channel kCarRows[] = {
    {kRpm, "veh0.mEngineRPM"},
    {kMaxRpm, "veh0.mEngineMaxRPM"},
    {.quantity = kSpeed, .field = "veh0.mLocalVel", .scale = kKmhPerMps, .combine = Combine::kMagnitude},
    {kGear, "veh0.mGear"},
    {kThrottle, "veh0.mUnfilteredThrottle"},
    {kBrake, "veh0.mUnfilteredBrake"},
    {kClutch, "veh0.mUnfilteredClutch"},
    {kSteering, "veh0.mUnfilteredSteering"},
    {kFuel, "veh0.mFuel"},
    {.quantity = kLapTime,
     .field = "veh0.mElapsedTime",
     .combine = Combine::kMinus,
     .other_field = "veh0.mLapStartET"},
    // Left, centre and right of the tread: the centre, in Kelvin.
    {.quantity = kTyreTemperature,
     .field = "veh0.wheel0.mTemperature",
     .offset = -kKelvinAtZeroCelsius,
     .no_value = {0},
     .first_index = 1,
     .stride_bytes = kWheelStride},
    {.quantity = kTyrePressure, .field = "veh0.wheel0.mPressure", .stride_bytes = kWheelStride},
    {kCar, "veh0.mVehicleName"},
};
// A time is one only above 0, as the plugin's own monitor takes it.
constexpr Channel kRaceRows[] = {
    {kLap, "veh0.mTotalLaps"},
    {kLastLapTime, "veh0.mLastLapTime", 1, 0, {-1}},
    {kBestLapTime, "veh0.mBestLapTime", 1, 0, {-1}},
    {kPosition, "veh0.mPlace"},
    {kDriver, "veh0.mDriverName"},
    {kCar, "veh0.mVehicleName"},
};
constexpr Channel kSessionRows[] = {{kSession, "mScoringInfo.mSession"},
                                    {kTrack, "mScoringInfo.mTrackName"},
                                    {kDriver, "mScoringInfo.mPlayerName"}};
constexpr Channel kOtherTrackRows[] = {{kTrack, "veh0.mTrackName"}};
constexpr auto kChannels =
    join(player_channels_in(kTelemetryName, kCarRows), player_channels_in(kScoringName, kRaceRows),
         channels_in(kScoringName, kSessionRows), player_channels_in(kTelemetryName, kOtherTrackRows));

constexpr auto kActivity = rules_in(kScoringName, {{kPaused, "mScoringInfo.mGamePhase", 9},
                                                   {kLive, "mScoringInfo.mInRealtime", 1},
                                                   {kMenu, "mScoringInfo.mInRealtime", 0}});

// One layout of Telemetry and Scoring from 3.0 on. Extended may come after them.
constexpr VersionWord kVersion = {
    "$rFactor2SMMP_Extended$", {"mVersion"}, {"3.0..3.7"}, "plugin version", true};

}  // namespace pitbridge::rf2_plugin
