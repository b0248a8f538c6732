// SPDX-License-Identifier: MIT
#pragma once

#include <numbers>

#include "common/core/sim/sim_table.hpp"
#include "sims/rf2_computed.hpp"

/// The values of the records of rFactor 2 and Le Mans Ultimate, by the fields' own names. Units and senses
/// are those of InternalsPlugin.hpp, where two others do not say otherwise; TinyPedal and
/// Winzarten/SecondMonitor read the same.
///
/// The car's axes are left, up and back, and turn by the left hand: +x pitches the nose up, +y yaws to the
/// right, +z rolls to the right. So is the world's frame, with y up. The acceleration is the derivative of
/// the velocity, without the earth's pull.
namespace pitbridge::rf2_records {

using enum Quantity;

/// 6 is "special".
constexpr Code kSurfaces[] = {{0, Surface::kAsphalt}, {1, Surface::kAsphalt}, {2, Surface::kGrass},
                              {3, Surface::kDirt},    {4, Surface::kGravel},  {5, Surface::kKerb},
                              {6, Surface::kOther}};
constexpr Code kSessionKinds[] = {
    {0, SessionKind::kTest},       {1, SessionKind::kPractice},   {2, SessionKind::kPractice},
    {3, SessionKind::kPractice},   {4, SessionKind::kPractice},   {5, SessionKind::kQualifying},
    {6, SessionKind::kQualifying}, {7, SessionKind::kQualifying}, {8, SessionKind::kQualifying},
    {9, SessionKind::kWarmup},     {10, SessionKind::kRace},      {11, SessionKind::kRace},
    {12, SessionKind::kRace},      {13, SessionKind::kRace}};
/// 1 are reconnaissance laps. 9 is a pause, and says nothing of the session.
constexpr Code kSessionPhases[] = {
    {0, SessionPhase::kGarage},    {1, SessionPhase::kOther},     {2, SessionPhase::kGrid},
    {3, SessionPhase::kFormation}, {4, SessionPhase::kCountdown}, {5, SessionPhase::kRunning},
    {6, SessionPhase::kNeutral},   {7, SessionPhase::kStopped},   {8, SessionPhase::kFinished}};
constexpr Code kSectors[] = {{1, 1}, {2, 2}, {0, 3}};
constexpr Code kLapCounts[] = {{0, 0}, {1, 0}, {2, 1}};

/// Of the vehicle that is driven.
template <typename Memory>
constexpr Channel kDrivenRows[] = {
    {kRpm, "mEngineRPM"},
    {kMaxRpm, "mEngineMaxRPM"},
    {kLimiterRpm, "mEngineMaxRPM"},
    {.quantity = kSpeed, .field = "mLocalVel", .scale = kKmhPerMps, .combine = Combine::kMagnitude},
    {kGear, "mGear"},
    {kThrottle, "mUnfilteredThrottle"},
    {kBrake, "mUnfilteredBrake"},
    {kClutch, "mUnfilteredClutch"},
    {kSteering, "mUnfilteredSteering"},
    {kFuel, "mFuel"},
    {.quantity = kLapTime, .field = "mElapsedTime", .combine = Combine::kMinus, .other_field = "mLapStartET"},
    // Left, centre and right of the tread: the centre, in Kelvin.
    {.quantity = kTyreTemperature,
     .field = "wheel0.mTemperature",
     .offset = -kKelvinAtZeroCelsius,
     .no_value = {0},
     .first_index = 1,
     .stride_bytes = kWheelBytes},
    {.quantity = kTyrePressure, .field = "wheel0.mPressure", .stride_bytes = kWheelBytes},
    {kCar, "mVehicleName"},

    {kCoolantTemperature, "mEngineWaterTemp"},
    {kOilTemperature, "mEngineOilTemp"},
    {kTurboPressure, "mTurboBoostPressure", 0.001},
    // 0 is also what Le Mans Ultimate shows of all cars.
    {kTorque, "mEngineTorque", 1, 0, {0}},
    {.quantity = kBattery,
     .field = "mBatteryChargeFraction",
     .compute = kComputed<Computed<Memory>::battery>},
    {.quantity = kIgnition, .field = "mIgnitionStarter", .mask = 3},
    {.quantity = kStarter, .field = "mIgnitionStarter", .mask = 2},
    {.quantity = kPitLimiter, .field = "mSpeedLimiter", .mask = 0xFF},
    {.quantity = kDrsAvailable, .field = "mRearFlapLegalStatus", .mask = 2},
    {.quantity = kDrs, .field = "mRearFlapActivated", .mask = 0xFF},
    {kBrakeBias, "mRearBrakeBias", -1, 1},
    {kGears, "mMaxGears"},
    {.quantity = kSteeringAngle,
     .field = "mPhysicalSteeringWheelRange",
     .scale = std::numbers::pi / 360,  // from lock to lock, in degrees
     .no_value = {0},
     .combine = Combine::kTimes,
     .other_field = "mUnfilteredSteering"},
    {.quantity = kHeadlights, .field = "mHeadlights", .mask = 0xFF},
    {kFuelCapacity, "mFuelCapacity"},
    {.quantity = kBodyDamage, .field = "mDentSeverity", .compute = kComputed<Computed<Memory>::body_damage>},

    {.quantity = kWorldPosition, .field = "mPos", .order = {1, 3, 2}},
    {.quantity = kWorldVelocity, .field = "mOri", .compute = kComputed<Computed<Memory>::world_velocity>},
    {.quantity = kVelocity, .field = "mLocalVel", .order = {-3, 1, 2}},
    {.quantity = kAcceleration, .field = "mLocalAccel", .scale = 1 / kStandardGravity, .order = {-3, 1, 2}},
    {.quantity = kHeading, .field = "mOri", .compute = kComputed<Computed<Memory>::heading>},
    {.quantity = kPitch, .field = "mOri", .compute = kComputed<Computed<Memory>::pitch>},
    {.quantity = kRoll, .field = "mOri", .compute = kComputed<Computed<Memory>::roll>},
    {.quantity = kAngularVelocity, .field = "mLocalRot", .order = {3, -1, -2}},

    // Around the axis to the left, by the left hand: below 0 is forward (so the example of the SDK prints
    // it).
    {.quantity = kWheelSpeed, .field = "wheel0.mRotation", .scale = -1, .stride_bytes = kWheelBytes},
    {.quantity = kSlipAngle,
     .field = "wheel0.mLateralGroundVel",
     .compute = kComputed<Computed<Memory>::slip_angle>},
    {.quantity = kCombinedSlip, .field = "wheel0.mGripFract", .stride_bytes = kWheelBytes},
    {.quantity = kWheelLoad, .field = "wheel0.mTireLoad", .stride_bytes = kWheelBytes},
    {.quantity = kSuspensionTravel, .field = "wheel0.mSuspensionDeflection", .stride_bytes = kWheelBytes},
    {.quantity = kRideHeight, .field = "wheel0.mRideHeight", .stride_bytes = kWheelBytes},
    // Left is positive on the left side, and right on the right one.
    {.quantity = kCamber, .field = "wheel0.mCamber", .stride_bytes = kWheelBytes},
    // The header says degrees Celsius; all readers have found Kelvin.
    {.quantity = kBrakeTemperature,
     .field = "wheel0.mBrakeTemp",
     .offset = -kKelvinAtZeroCelsius,
     .no_value = {0},
     .stride_bytes = kWheelBytes},
    {.quantity = kTyreWear, .field = "wheel0.mWear", .scale = -1, .offset = 1, .stride_bytes = kWheelBytes},
    {.quantity = kTyreInnerTemperature,
     .field = "wheel0.mTemperature",
     .offset = -kKelvinAtZeroCelsius,
     .compute = kComputed<Computed<Memory>::inner_temperature>},
    {.quantity = kTyreMiddleTemperature,
     .field = "wheel0.mTemperature",
     .offset = -kKelvinAtZeroCelsius,
     .no_value = {0},
     .first_index = 1,
     .stride_bytes = kWheelBytes},
    {.quantity = kTyreOuterTemperature,
     .field = "wheel0.mTemperature",
     .offset = -kKelvinAtZeroCelsius,
     .compute = kComputed<Computed<Memory>::outer_temperature>},
    {.quantity = kSurface, .field = "wheel0.mSurfaceType", .stride_bytes = kWheelBytes, .codes = kSurfaces},
    {kTyreCompound, "mFrontTireCompoundName"},
    {kDelta, "mDeltaBest"},
};

/// Of the vehicle in Scoring. A time is one only above 0, as the plugin's own monitor takes it.
template <typename Memory>
constexpr Channel kScoredRows[] = {
    {kLap, "mTotalLaps"},
    {kLastLapTime, "mLastLapTime", 1, 0, {-1}},
    {kBestLapTime, "mBestLapTime", 1, 0, {-1}},
    {kPosition, "mPlace"},
    {kDriver, "mDriverName"},
    {.quantity = kSector, .field = "mSector", .codes = kSectors},
    {.quantity = kSectorTimes, .field = "mCurSector1", .compute = kComputed<Computed<Memory>::sector_time>},
    {.quantity = kLastSectorTimes,
     .field = "mLastSector1",
     .compute = kComputed<Computed<Memory>::last_sector_time>},
    {.quantity = kGapAhead, .field = "mTimeBehindNext", .compute = kComputed<Computed<Memory>::gap_ahead>},
    {.quantity = kGapBehind, .field = "mTimeBehindNext", .compute = kComputed<Computed<Memory>::gap_behind>},
    {.quantity = kFlag, .field = "mFlag", .compute = kComputed<Computed<Memory>::flag>},
    {.quantity = kLapsLeft, .field = "mTotalLaps", .compute = kComputed<Computed<Memory>::laps_left>},
    {.quantity = kClassPosition, .field = "mPlace", .compute = kComputed<Computed<Memory>::class_position>},
    {.quantity = kPitState, .field = "mPitState", .compute = kComputed<Computed<Memory>::pit_state>},
    {kPitStops, "mNumPitstops"},
    {kPenalties, "mNumPenalties"},
    {.quantity = kLapIsValid, .field = "mCountLapFlag", .codes = kLapCounts},
    {kLapDistance, "mLapDist"},
    {.quantity = kLapFraction, .field = "mLapDist", .compute = kComputed<Computed<Memory>::lap_fraction>},
    {kCarClass, "mVehicleClass"},
};

template <typename Memory>
constexpr Channel kSessionRows[] = {
    {kSession, "mSession"},
    {kTrack, "mTrackName"},
    {kDriver, "mPlayerName"},
    {.quantity = kSessionKind, .field = "mSession", .codes = kSessionKinds},
    {.quantity = kSessionPhase, .field = "mGamePhase", .codes = kSessionPhases},
    {kSessionTime, "mCurrentET"},
    {.quantity = kSessionTimeLeft, .field = "mEndET", .compute = kComputed<Computed<Memory>::time_left>},
    {.quantity = kLapCount, .field = "mMaxLaps", .compute = kComputed<Computed<Memory>::lap_count>},
    {kCarCount, "mNumVehicles"},
    {kTrackLength, "mLapDist"},
    {kAirTemperature, "mAmbientTemp"},
    {kTrackTemperature, "mTrackTemp"},
    {kRain, "mRaining"},
    {kWetness, "mAvgPathWetness"},
    // Le Mans Ultimate has all zeros. Towards where, and by which north, is not known.
    {.quantity = kWindSpeed, .field = "mWind", .no_value = {0}, .combine = Combine::kMagnitude},
};

/// Of each car of the session; the records are those of Scoring.
template <typename Memory>
constexpr Channel kCarRows[] = {
    {kDriver, "mDriverName"},
    {kCar, "mVehicleName"},
    {kCarClass, "mVehicleClass"},
    {kPosition, "mPlace"},
    {.quantity = kClassPosition, .field = "mPlace", .compute = kComputed<Computed<Memory>::class_position>},
    {kLap, "mTotalLaps"},
    {kLapDistance, "mLapDist"},
    {kLastLapTime, "mLastLapTime", 1, 0, {-1}},
    {kBestLapTime, "mBestLapTime", 1, 0, {-1}},
    {.quantity = kGapAhead, .field = "mTimeBehindNext", .compute = kComputed<Computed<Memory>::gap_ahead>},
    {.quantity = kPitState, .field = "mPitState", .compute = kComputed<Computed<Memory>::pit_state>},
    {.quantity = kWorldPosition, .field = "mPos", .compute = kComputed<Computed<Memory>::car_position>},
    {.quantity = kHeading, .field = "mOri", .compute = kComputed<Computed<Memory>::car_heading>},
};

/// The rows of a `CarTable`.
template <std::size_t kRows>
constexpr std::array<Channel, kRows> cars_in(std::string_view mapping, std::array<Channel, kRows> rows) {
  for (Channel& channel : rows) {
    channel.mapping = mapping;
    channel.record_bytes = kScoredBytes;
  }
  return rows;
}
/// Rows in one mapping, of the player's record or of none.
template <std::size_t kRows>
constexpr std::array<Channel, kRows> rows_of(std::string_view mapping, std::array<Channel, kRows> rows,
                                             bool of_player) {
  for (Channel& channel : rows) {
    channel.mapping = mapping;
    channel.of_player = of_player;
  }
  return rows;
}

}  // namespace pitbridge::rf2_records
