// SPDX-License-Identifier: MIT
#pragma once

#include "common/core/sim/sim_table.hpp"

/// Where everything is in $pcars2$ and $pcars$. Sources: see pcars2.cpp.
namespace pitbridge::pcars2 {

using enum FieldType;

// v14, Automobilista 2.
constexpr Field kFieldsUpToTrack[] = {
    {"mVersion", 0, kUint32, 1, "14 AMS2 current, 9 PC2"},
    {"mBuildVersionNumber", 4, kUint32},
    {"mGameState", 8, kUint32, 1,
     "0 exited,1 frontend,2 playing,3 paused,4 in-menu time ticking,5 restarting,6 replay,7 frontend replay"},
    {"mSessionState", 12, kUint32, 1,
     "0 invalid,1 practice,2 test,3 qualify,4 formation,5 race,6 time attack"},
    {"mRaceState", 16, kUint32, 1, "0 invalid,1 not started,2 racing,3 finished,4 DSQ,5 retired,6 DNF"},
    {"mViewedParticipantIndex", 20, kInt32, 1, "-1 unset"},
    {"mNumParticipants", 24, kInt32, 1, "-1 unset"},
    {"mParticipantInfo", 28, kBytes, 6400, "100-byte records x64"},
    {"mParticipantInfo0.mIsActive", 28, kBool8, 1, "bool"},
    {"mParticipantInfo0.mName", 29, kText8, 64},
    {"mParticipantInfo0.mWorldPosition", 96, kFloat32, 3, "m"},
    {"mParticipantInfo0.mCurrentLapDistance", 108, kFloat32, 1, "m"},
    {"mParticipantInfo0.mRacePosition", 112, kUint32, 1, "1-based"},
    {"mParticipantInfo0.mLapsCompleted", 116, kUint32, 1, "laps"},
    {"mParticipantInfo0.mCurrentLap", 120, kUint32, 1, "lap no"},
    {"mParticipantInfo0.mCurrentSector", 124, kInt32, 1, "0-based, -1 unset"},
    {"mUnfilteredThrottle", 6428, kFloat32, 1, "0..1"},
    {"mUnfilteredBrake", 6432, kFloat32, 1, "0..1"},
    {"mUnfilteredSteering", 6436, kFloat32, 1, "-1..1"},
    {"mUnfilteredClutch", 6440, kFloat32, 1, "0..1"},
    {"mCarName", 6444, kText8, 64},
    {"mCarClassName", 6508, kText8, 64},
    {"mLapsInEvent", 6572, kUint32, 1, "laps"},
    {"mTrackLocation", 6576, kText8, 64},
    {"mTrackVariation", 6640, kText8, 64},
    {"mTrackLength", 6704, kFloat32, 1, "m"},
};

constexpr Field kFieldsFromLapOn[] = {
    {"mLapInvalidated", 6712, kBool8, 1, "bool"},
    {"mBestLapTime", 6716, kFloat32, 1, "s"},
    {"mLastLapTime", 6720, kFloat32, 1, "s"},
    {"mCurrentTime", 6724, kFloat32, 1, "s"},
    {"mSplitTimeAhead", 6728, kFloat32, 1, "s, -1 unset"},
    {"mSplitTimeBehind", 6732, kFloat32, 1, "s, -1 unset"},
    {"mEventTimeRemaining", 6740, kFloat32, 1, "ms per header (s in PC1)"},
    {"mCurrentSector1Time", 6752, kFloat32, 1, "s, -1 unset"},
    {"mCurrentSector2Time", 6756, kFloat32, 1, "s, -1 unset"},
    {"mCurrentSector3Time", 6760, kFloat32, 1, "s, -1 unset"},
    {"mHighestFlagColour", 6800, kUint32, 1, "enum"},
    {"mPitMode", 6808, kUint32, 1, "enum"},
    {"mPitSchedule", 6812, kUint32, 1, "enum"},
    {"mCarFlags", 6816, kUint32, 1, "bitmask"},
    {"mOilTempCelsius", 6820, kFloat32, 1, "degC"},
    {"mOilPressureKPa", 6824, kFloat32, 1, "kPa"},
    {"mWaterTempCelsius", 6828, kFloat32, 1, "degC"},
    {"mFuelPressureKPa", 6836, kFloat32, 1, "kPa"},
    {"mFuelLevel", 6840, kFloat32, 1, "0..1"},
    {"mFuelCapacity", 6844, kFloat32, 1, "l"},
    {"mSpeed", 6848, kFloat32, 1, "m/s"},
    {"mRpm", 6852, kFloat32, 1, "rpm"},
    {"mMaxRPM", 6856, kFloat32, 1, "rpm"},
    {"mBrake", 6860, kFloat32, 1, "0..1"},
    {"mThrottle", 6864, kFloat32, 1, "0..1"},
    {"mClutch", 6868, kFloat32, 1, "0..1"},
    {"mSteering", 6872, kFloat32, 1, "-1..1"},
    {"mGear", 6876, kInt32, 1, "-1 R,0 N,1.."},
    {"mNumGears", 6880, kInt32},
    {"mOdometerKM", 6884, kFloat32, 1, "km"},
    {"mAntiLockActive", 6888, kBool8, 1, "bool"},
    {"mBoostActive", 6900, kBool8, 1, "bool"},
    {"mOrientation", 6908, kFloat32, 3, "rad"},
    {"mLocalVelocity", 6920, kFloat32, 3, "m/s"},
    {"mWorldVelocity", 6932, kFloat32, 3, "m/s"},
    {"mLocalAcceleration", 6956, kFloat32, 3, "m/s2"},
    {"mTerrain", 7008, kUint32, 4, "enum"},
    {"mTyreRPS", 7040, kFloat32, 4, "rad/s, forward is negative"},
    {"mTyreTemp", 7072, kFloat32, 4, "degC"},
    {"mTyreWear", 7136, kFloat32, 4, "0..1"},
    {"mSuspensionDamage", 7168, kFloat32, 4, "0..1"},
    {"mBrakeTempCelsius", 7184, kFloat32, 4, "degC"},
    {"mTyreTreadTemp", 7200, kFloat32, 4, "K"},
    {"mTyreCarcassTemp", 7232, kFloat32, 4, "K"},
    {"mAeroDamage", 7284, kFloat32, 1, "0..1"},
    {"mEngineDamage", 7288, kFloat32, 1, "0..1"},
    {"mAmbientTemperature", 7292, kFloat32, 1, "degC"},
    {"mTrackTemperature", 7296, kFloat32, 1, "degC"},
    {"mRainDensity", 7300, kFloat32, 1, "0..1"},
};

// From version 8 on, up to where Project CARS 2 ends.
constexpr Field kFieldsFromSequenceOn[] = {
    {"mSequenceNumber", 7320, kUint32, 1, "seqlock: odd while writing"},
    {"mSuspensionTravel", 7340, kFloat32, 4, "m"},
    {"mAirPressure", 7372, kFloat32, 4, "kPa"},
    {"mEngineSpeed", 7388, kFloat32, 1, "rad/s"},
    {"mEngineTorque", 7392, kFloat32, 1, "Nm"},
    {"mHandBrake", 7404, kFloat32, 1, "0..1"},
    {"mFastestLapTimes", 8944, kFloat32, 64, "s"},
    {"mLastLapTimes", 9200, kFloat32, 64, "s"},
    {"mRaceStates", 9520, kUint32, 64, "enum"},
    {"mPitModes", 9776, kUint32, 64, "enum"},
    {"mOrientations", 10032, kFloat32, 192, "rad [64][3]"},
    {"mSpeeds", 10800, kFloat32, 64, "m/s"},
    {"mCarNames", 11056, kText8, 4096},
    {"mCarClassNames", 15152, kText8, 4096},
    {"mTranslatedTrackLocation", 19252, kText8, 64},
    {"mBrakeBias", 19380, kFloat32, 1, "0..1"},
    {"mTurboBoostPressure", 19384, kFloat32},
    {"mTyreCompound", 19388, kText8, 160},
};

constexpr Field kFieldsFromSessionOn[] = {
    {"mSessionDuration", 20576, kFloat32, 1, "min"},
    {"mTyreTempLeft", 20584, kFloat32, 4, "degC"},
    {"mTyreTempCenter", 20600, kFloat32, 4, "degC"},
    {"mTyreTempRight", 20616, kFloat32, 4, "degC"},
    {"mDrsState", 20632, kUint32, 1, "bitmask"},
    {"mRideHeight", 20636, kFloat32, 4, "cm"},
    {"mAntiLockSetting", 20660, kInt32, 1, "-1 unset"},
    {"mTractionControlSetting", 20664, kInt32, 1, "-1 unset"},
    {"mErsDeploymentMode", 20668, kInt32, 1, "enum"},
    {"mClutchTemp", 20676, kFloat32, 1, "K"},
    {"mYellowFlagState", 20688, kInt32, 1, "enum"},
    {"mSessionIsPrivate", 20692, kBool8, 1, "bool"},
    {"mLaunchStage", 20696, kInt32, 1, "enum"},
};
constexpr auto kAms2Fields =
    join(kFieldsUpToTrack, kFieldsFromLapOn, kFieldsFromSequenceOn, kFieldsFromSessionOn);
// v9, Project CARS 2.
constexpr auto kPc2Fields = join(kFieldsUpToTrack, kFieldsFromLapOn, kFieldsFromSequenceOn);

// v5: no mNumSectors, so everything from mLapInvalidated on is 4 bytes lower.
constexpr auto kPc1Fields = [] {
  auto fields = join(kFieldsUpToTrack, kFieldsFromLapOn);
  for (std::size_t i = std::size(kFieldsUpToTrack); i < fields.size(); ++i) fields[i].offset_bytes -= 4;
  return fields;
}();

constexpr Layout kAms2Layouts[] = {{"$pcars2$", 20700, kAms2Fields}};
constexpr Layout kPc2Layouts[] = {{"$pcars2$", 20576, kPc2Fields}};
constexpr Layout kPc1Layouts[] = {{"$pcars$", 7316, kPc1Fields}};

}  // namespace pitbridge::pcars2
