// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/core/sim/sim.hpp"

/// The records that rFactor 2 and Le Mans Ultimate hand their plugins, whatever memory these stand in.
/// Sources: InternalsPlugin.hpp in TheIronWolf/rF2SharedMemoryMapPlugin 3.7.15.1, compiled (its own
/// rF2State.h leaves out mDeltaBest, and so has the fields behind it 8 bytes too early); the same in
/// TinyPedal/pyLMUSharedMemory.
namespace pitbridge::rf2_records {

using enum FieldType;

constexpr std::uint32_t kDrivenBytes = 1888;
constexpr std::uint32_t kScoredBytes = 584;
constexpr std::uint32_t kWheelBytes = 260;

// Not inline: under sanitizers GCC 12 takes the address of an inline variable for no constant.

/// A vehicle's telemetry.
constexpr Field kDrivenFields[] = {
    {"mID", 0, kInt32, 1, "slot id"},
    {"mDeltaTime", 4, kFloat64, 1, "s"},
    {"mElapsedTime", 12, kFloat64, 1, "s (physics clock)"},
    {"mLapNumber", 20, kInt32, 1, "lap"},
    {"mLapStartET", 24, kFloat64, 1, "s"},
    {"mVehicleName", 32, kText8, 64, "8-bit"},
    {"mTrackName", 96, kText8, 64, "8-bit"},
    {"mPos", 160, kFloat64, 3, "m"},
    {"mLocalVel", 184, kFloat64, 3, "m/s"},
    {"mLocalAccel", 208, kFloat64, 3, "m/s2"},
    {"mOri", 232, kFloat64, 9, "rows of a matrix"},
    {"mLocalRot", 304, kFloat64, 3, "rad/s"},
    {"mGear", 352, kInt32, 1, "-1 R,0 N,1.."},
    {"mEngineRPM", 356, kFloat64, 1, "rpm"},
    {"mEngineWaterTemp", 364, kFloat64, 1, "degC"},
    {"mEngineOilTemp", 372, kFloat64, 1, "degC"},
    {"mUnfilteredThrottle", 388, kFloat64, 1, "0..1"},
    {"mUnfilteredBrake", 396, kFloat64, 1, "0..1"},
    {"mUnfilteredSteering", 404, kFloat64, 1, "-1..1"},
    {"mUnfilteredClutch", 412, kFloat64, 1, "0..1"},
    {"mFilteredThrottle", 420, kFloat64, 1, "0..1"},
    {"mFilteredBrake", 428, kFloat64, 1, "0..1"},
    {"mFuel", 524, kFloat64, 1, "l"},
    {"mEngineMaxRPM", 532, kFloat64, 1, "rpm"},
    {"mHeadlights", 543, kBool8, 1, "bool"},
    {"mDentSeverity", 544, kUint8, 8, "0 none,1 some,2 more"},
    {"mEngineTorque", 592, kFloat64, 1, "Nm"},
    {"mSpeedLimiter", 604, kUint8, 1, "bool"},
    {"mMaxGears", 605, kUint8},
    {"mFuelCapacity", 608, kFloat64, 1, "l"},
    {"mRearFlapActivated", 617, kUint8, 1, "bool"},
    {"mRearFlapLegalStatus", 618, kUint8, 1, "0 no,1 detected,2 allowed"},
    {"mIgnitionStarter", 619, kUint8, 1, "0 off,1 ignition,2 starter too"},
    {"mFrontTireCompoundName", 620, kText8, 18, "8-bit"},
    {"mRearBrakeBias", 664, kFloat64, 1, "0..1"},
    {"mTurboBoostPressure", 672, kFloat64, 1, "Pa"},
    {"mPhysicalSteeringWheelRange", 692, kFloat32, 1, "deg"},
    {"mDeltaBest", 696, kFloat64, 1, "s"},
    {"mBatteryChargeFraction", 704, kFloat64, 1, "0..1"},
    {"mElectricBoostMotorState", 744, kUint8, 1, "0 there is none"},
    {"wheel0.mSuspensionDeflection", 848, kFloat64, 1, "m"},
    {"wheel0.mRideHeight", 856, kFloat64, 1, "m"},
    {"wheel0.mBrakeTemp", 872, kFloat64, 1, "K"},
    {"wheel0.mRotation", 888, kFloat64, 1, "rad/s"},
    {"wheel0.mLateralGroundVel", 912, kFloat64, 1, "m/s"},
    {"wheel0.mLongitudinalGroundVel", 920, kFloat64, 1, "m/s"},
    {"wheel0.mCamber", 928, kFloat64, 1, "rad"},
    {"wheel0.mTireLoad", 952, kFloat64, 1, "N"},
    {"wheel0.mGripFract", 960, kFloat64, 1, "0..1"},
    {"wheel0.mPressure", 968, kFloat64, 1, "kPa"},
    {"wheel0.mTemperature", 976, kFloat64, 3, "K left,centre,right"},
    {"wheel0.mWear", 1000, kFloat64, 1, "1 is new"},
    {"wheel0.mSurfaceType", 1024, kUint8, 1, "0 dry,1 wet,2 grass,3 dirt,4 gravel,5 kerb,6 special"},
    {"wheel0.mTireCarcassTemperature", 1052, kFloat64, 1, "K"},
};

/// A vehicle in Scoring.
constexpr Field kScoredFields[] = {
    {"mID", 0, kInt32, 1, "slot id"},
    {"mDriverName", 4, kText8, 32, "8-bit"},
    {"mVehicleName", 36, kText8, 64, "8-bit"},
    {"mTotalLaps", 100, kInt16, 1, "laps"},
    {"mSector", 102, kInt8, 1, "0=s3"},
    {"mFinishStatus", 103, kInt8, 1, "0 none,1 finished,2 dnf,3 dq"},
    {"mLapDist", 104, kFloat64, 1, "m"},
    {"mBestLapTime", 144, kFloat64, 1, "s"},
    {"mLastSector1", 152, kFloat64, 1, "s"},
    {"mLastSector2", 160, kFloat64, 1, "s, with sector 1"},
    {"mLastLapTime", 168, kFloat64, 1, "s"},
    {"mCurSector1", 176, kFloat64, 1, "s"},
    {"mCurSector2", 184, kFloat64, 1, "s, with sector 1"},
    {"mNumPitstops", 192, kInt16},
    {"mNumPenalties", 194, kInt16},
    {"mIsPlayer", 196, kBool8, 1, "bool"},
    {"mControl", 197, kInt8, 1, "-1 none,0 player,1 AI,2 remote,3 replay"},
    {"mInPits", 198, kBool8, 1, "bool"},
    {"mPlace", 199, kUint8, 1, "1-based"},
    {"mVehicleClass", 200, kText8, 32, "8-bit"},
    {"mTimeBehindNext", 232, kFloat64, 1, "s"},
    {"mPos", 264, kFloat64, 3, "m"},
    {"mOri", 336, kFloat64, 9, "rows of a matrix"},
    {"mPitState", 457, kUint8, 1, "0 none,1 request,2 entering,3 stopped,4 exiting"},
    {"mFlag", 504, kUint8, 1, "0 green,6 blue"},
    {"mUnderYellow", 505, kBool8, 1, "bool"},
    {"mCountLapFlag", 506, kUint8, 1, "0 nothing counts,1 the lap,2 its time too"},
    {"mInGarageStall", 507, kBool8, 1, "bool"},
};

/// The session in Scoring.
constexpr Field kSessionFields[] = {
    {"mTrackName", 0, kText8, 64, "8-bit"},
    {"mSession", 64, kInt32, 1, "0 test,1-4 practice,5-8 qual,9 warmup,10-13 race"},
    {"mCurrentET", 68, kFloat64, 1, "s (scoring clock)"},
    {"mEndET", 76, kFloat64, 1, "s"},
    {"mMaxLaps", 84, kInt32, 1, "laps"},
    {"mLapDist", 88, kFloat64, 1, "m"},
    {"mNumVehicles", 104, kInt32},
    {"mGamePhase", 108, kUint8, 1, "0..9 (9 paused)"},
    {"mYellowFlagState", 109, kInt8},
    {"mInRealtime", 115, kBool8, 1, "bool: driving"},
    {"mPlayerName", 116, kText8, 32, "8-bit"},
    {"mRaining", 220, kFloat64, 1, "0..1"},
    {"mAmbientTemp", 228, kFloat64, 1, "degC"},
    {"mTrackTemp", 236, kFloat64, 1, "degC"},
    {"mWind", 244, kFloat64, 3, "m/s"},
    {"mAvgPathWetness", 332, kFloat64, 1, "0..1"},
};

// --- The same records in a memory that has its own names for them ---

/// What a memory calls the fields of one kind of records: `prefix` and their own names.
template <std::size_t kCount>
struct FullNames {
  std::size_t prefix_size = 0;
  std::array<std::array<char, 64>, kCount> texts = {};
  std::array<std::size_t, kCount> sizes = {};

  constexpr std::string_view operator[](std::size_t i) const { return {texts[i].data(), sizes[i]}; }
};

template <std::size_t kCount>
constexpr FullNames<kCount> full_names(std::string_view prefix, const Field (&fields)[kCount]) {
  FullNames<kCount> names;
  names.prefix_size = prefix.size();
  for (std::size_t i = 0; i < kCount; ++i)
    for (const std::string_view part : {prefix, fields[i].name})
      for (const char c : part) names.texts[i][names.sizes[i]++] = c;
  return names;
}

/// The fields of the first record, which starts at `first_bytes`.
template <std::size_t kCount>
constexpr std::array<Field, kCount> placed(const FullNames<kCount>& names, const Field (&fields)[kCount],
                                           std::uint32_t first_bytes) {
  std::array<Field, kCount> all{};
  for (std::size_t i = 0; i < kCount; ++i) {
    all[i] = fields[i];
    all[i].name = names[i];
    all[i].offset_bytes += first_bytes;
  }
  return all;
}

void a_row_names_a_field_that_its_record_does_not_have();  // exists for the compiler's message alone

/// Rows that name fields as their record does, as rows of a memory.
template <std::size_t kCount, std::size_t kRows>
constexpr std::array<Channel, kRows> named(const FullNames<kCount>& names, const Channel (&rows)[kRows]) {
  const auto full = [&](std::string_view own) -> std::string_view {
    if (own.empty()) return own;
    for (std::size_t i = 0; i < kCount; ++i)
      if (names[i].substr(names.prefix_size) == own) return names[i];
    a_row_names_a_field_that_its_record_does_not_have();
    return {};
  };
  std::array<Channel, kRows> all{};
  for (std::size_t i = 0; i < kRows; ++i) {
    all[i] = rows[i];
    all[i].field = full(rows[i].field);
    all[i].other_field = full(rows[i].other_field);
  }
  return all;
}

}  // namespace pitbridge::rf2_records
