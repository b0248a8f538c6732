// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "common/core/decode/snapshot.hpp"
#include "sims/pcars2_fields.hpp"

/// What the fields of $pcars2$ and $pcars$ mean, in each title.
namespace pitbridge::pcars2 {

using enum Quantity;

constexpr double kGravity = 9.80665;
constexpr double kKwPerW = 0.001;
constexpr std::uint32_t kParticipantBytes = 100;
constexpr std::uint32_t kParticipants = 64;

constexpr std::string_view kPcars2 = "$pcars2$";
constexpr std::string_view kPcars = "$pcars$";

// The same numbers at the same places, whatever the version.
constexpr Field kSessionState = {"mSessionState", 12, kUint32};
constexpr Field kRaceState = {"mRaceState", 16, kUint32};
constexpr Field kViewed = {"mViewedParticipantIndex", 20, kInt32};
constexpr Field kNumParticipants = {"mNumParticipants", 24, kInt32};
constexpr Field kIsActive = {"mParticipantInfo0.mIsActive", 28, kBool8};
constexpr Field kCurrentLapDistance = {"mParticipantInfo0.mCurrentLapDistance", 108, kFloat32};
constexpr Field kTrackLengthField = {"mTrackLength", 6704, kFloat32};

constexpr std::int64_t kFormationLap = 4;
constexpr std::int64_t kRaceSession = 5;

/// The phase is said by two words. "Not started" is also an out lap's, and tells of a grid in a race alone.
template <const std::string_view& kMapping>
std::optional<double> phase(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const auto word = [](SessionPhase phase) { return static_cast<double>(phase); };
  const auto session = snapshot.integer(kMapping, kSessionState);
  if (session == kFormationLap) return word(SessionPhase::kFormation);
  switch (snapshot.integer(kMapping, kRaceState).value_or(0)) {
    case 1:
      return session == kRaceSession ? std::optional(word(SessionPhase::kGrid)) : std::nullopt;
    case 2:
      return word(SessionPhase::kRunning);
    case 3:
      return word(SessionPhase::kFinished);
    default:
      return std::nullopt;
  }
}
/// Automobilista 2 has a word for a full course yellow: above 0 one is out.
inline std::optional<double> ams2_phase(const Snapshot& snapshot, std::uint64_t, std::uint32_t) {
  const auto yellow = snapshot.integer(kPcars2, field_in<kAms2Fields>("mYellowFlagState"));
  if (yellow && *yellow > 0) return static_cast<double>(SessionPhase::kNeutral);
  return phase<kPcars2>(snapshot, 0, 0);
}

template <const std::string_view& kMapping>
std::optional<double> fraction(const Snapshot& snapshot, std::uint64_t shift_bytes, std::uint32_t) {
  const auto distance = snapshot.number(kMapping, kCurrentLapDistance, 0, shift_bytes);
  const auto length = snapshot.number(kMapping, kTrackLengthField);
  if (!distance || !length || *length <= 0) return std::nullopt;
  return *distance / *length;
}
template <const std::string_view& kMapping>
std::optional<double> laps_left(const Snapshot& snapshot, std::uint64_t shift_bytes, std::uint32_t) {
  const auto laps = snapshot.number(kMapping, field_in<kPc2Fields>("mLapsInEvent"));
  const auto completed =
      snapshot.number(kMapping, field_in<kPc2Fields>("mParticipantInfo0.mLapsCompleted"), 0, shift_bytes);
  if (!laps || !completed || *laps == 0) return std::nullopt;
  return *laps - *completed;
}

/// A sector that is not begun has -1, and 0 in ours.
template <const std::string_view& kMapping, const auto& kFields>
std::optional<double> sector_time(const Snapshot& snapshot, std::uint64_t, std::uint32_t element) {
  constexpr Field kTimes[] = {field_in<kFields>("mCurrentSector1Time"),
                              field_in<kFields>("mCurrentSector2Time"),
                              field_in<kFields>("mCurrentSector3Time")};
  const auto time = snapshot.number(kMapping, kTimes[element]);
  return time ? std::optional(std::max(*time, 0.0)) : std::nullopt;
}

constexpr Code kSessionKinds[] = {{1, SessionKind::kPractice},   {2, SessionKind::kTest},
                                  {3, SessionKind::kQualifying}, {4, SessionKind::kRace},
                                  {5, SessionKind::kRace},       {6, SessionKind::kTimeTrial}};
constexpr Code kFlags[] = {{0, Flag::kNone},     {1, Flag::kGreen},        {2, Flag::kBlue},
                           {3, Flag::kWhite},    {4, Flag::kWhite},        {5, Flag::kRed},
                           {6, Flag::kYellow},   {7, Flag::kDoubleYellow}, {8, Flag::kBlackWhite},
                           {9, Flag::kMeatball}, {10, Flag::kBlack},       {11, Flag::kChequered}};
constexpr Code kPcarsFlags[] = {{0, Flag::kNone},  {1, Flag::kGreen},    {2, Flag::kBlue},
                                {3, Flag::kWhite}, {4, Flag::kYellow},   {5, Flag::kDoubleYellow},
                                {6, Flag::kBlack}, {7, Flag::kChequered}};
constexpr Code kPitModes[] = {{1, PitState::kEntering},
                              {2, PitState::kBox},
                              {3, PitState::kLeaving},
                              {4, PitState::kGarage},
                              {5, PitState::kLeaving}};
constexpr Code kNotInPit[] = {{0, PitState::kOnTrack}};
constexpr Code kAllPitModes[] = {{0, PitState::kOnTrack}, {1, PitState::kEntering}, {2, PitState::kBox},
                                 {3, PitState::kLeaving}, {4, PitState::kGarage},   {5, PitState::kLeaving}};
constexpr Code kPitSchedules[] = {{1, PitState::kRequested}, {2, PitState::kRequested}};
constexpr Code kPcarsPitSchedules[] = {{1, PitState::kRequested}};

/// By the numbers of `mTerrain`; of those that are not here none has a word of its own.
constexpr auto kTerrains = [] {
  std::array<Code, 51> codes{};
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = {static_cast<std::int64_t>(i), Surface::kOther};
  const auto are = [&](Surface surface, std::initializer_list<std::size_t> numbers) {
    for (const std::size_t i : numbers) codes[i].word = static_cast<std::uint8_t>(surface);
  };
  are(Surface::kAsphalt, {0, 1, 2, 3, 4, 21, 29, 35, 37, 46, 48, 49, 50});
  are(Surface::kKerb, {10, 25, 40, 41});
  are(Surface::kGrass, {6, 7, 27, 28});
  are(Surface::kGravel, {8, 9});
  are(Surface::kSand, {15, 16, 30, 42, 43});
  are(Surface::kDirt, {17, 18, 19, 20, 22, 31});
  are(Surface::kSnow, {33, 34, 44});
  are(Surface::kIce, {45});
  are(Surface::kWood, {23});
  are(Surface::kMetal, {14});
  return codes;
}();

// x is to the left, y up, z to the back, in the car's frame and in the world's at an orientation of 0: a
// left-handed one. Orientation is pitch (nose up is positive), yaw (to the right), roll (right side down).
// Sources: the frames of a driven car in the examples of viper4gh/CREST2-AMS2 and NLxAROSA/CREST, where
// velocity and acceleration stand in both frames; mrbelowski/CrewChiefV4's spotter for what is left. The same
// frames show that wheels turn backwards, in rad/s whatever the header says, that wear grows from 0, and that
// accelerations are without the earth's pull. No source tells the senses of angular velocity, of the
// suspension and of the brakes' bias, nor the unit of the wind and of the turbo's pressure.
constexpr Channel kMotionRows[] = {
    {.quantity = kWorldPosition,
     .field = "mParticipantInfo0.mWorldPosition",
     .of_player = true,
     .order = {-3, 1, 2}},
    {.quantity = kWorldVelocity, .field = "mWorldVelocity", .order = {-3, 1, 2}},
    {.quantity = kVelocity, .field = "mLocalVelocity", .order = {-3, 1, 2}},
    {.quantity = kAcceleration, .field = "mLocalAcceleration", .scale = 1 / kGravity, .order = {-3, 1, 2}},
    {.quantity = kPitch, .field = "mOrientation", .scale = -1},
    {.quantity = kHeading, .field = "mOrientation", .scale = -1, .first_index = 1},
    {.quantity = kRoll, .field = "mOrientation", .first_index = 2},
    {kWheelSpeed, "mTyreRPS", -1},
};

constexpr Channel kChannelRows[] = {
    {kRpm, "mRpm"},
    {kMaxRpm, "mMaxRPM"},
    {.quantity = kSpeed, .field = "mSpeed", .scale = kKmhPerMps, .combine = Combine::kAbsolute},
    {kGear, "mGear"},
    {kThrottle, "mThrottle"},
    {kBrake, "mBrake"},
    {kClutch, "mClutch"},
    {kSteering, "mSteering"},
    // The gauge is a fraction of the tank.
    {.quantity = kFuel, .field = "mFuelLevel", .combine = Combine::kTimes, .other_field = "mFuelCapacity"},
    {.quantity = kLap, .field = "mParticipantInfo0.mLapsCompleted", .of_player = true},
    // The header's marks: -1 where there is no best lap, 0 where there is no last one.
    {kLapTime, "mCurrentTime", 1, 0, {-1}},
    {kLastLapTime, "mLastLapTime", 1, 0, {-1}},
    {kBestLapTime, "mBestLapTime", 1, 0, {-1}},
    {.quantity = kPosition, .field = "mParticipantInfo0.mRacePosition", .of_player = true},
    {kSession, "mSessionState"},
    {kTyreTemperature, "mTyreTemp", 1, 0, {0}},
    {kCar, "mCarName"},
    {kTrack, "mTrackLocation"},
    {.quantity = kDriver, .field = "mParticipantInfo0.mName", .of_player = true},
    {kCoolantTemperature, "mWaterTempCelsius", 1, 0, {0}},
    {kOilTemperature, "mOilTempCelsius", 1, 0, {0}},
    {kOilPressure, "mOilPressureKPa", 1, 0, {0}},
    {kFuelPressure, "mFuelPressureKPa", 1, 0, {0}},
    {.quantity = kEngineRuns, .field = "mCarFlags", .mask = 1U << 1U},
    {.quantity = kPitLimiter, .field = "mCarFlags", .mask = 1U << 3U},
    {.quantity = kHeadlights, .field = "mCarFlags", .mask = 1U << 0U},
    {kAbsActs, "mAntiLockActive"},
    {kPushToPass, "mBoostActive"},
    {kGears, "mNumGears", 1, 0, {-1}},
    {kFuelCapacity, "mFuelCapacity"},
    {kBodyDamage, "mAeroDamage"},
    {kEngineDamage, "mEngineDamage"},
    {kSuspensionDamage, "mSuspensionDamage"},
    {kBrakeTemperature, "mBrakeTempCelsius"},
    {kTyreWear, "mTyreWear"},
    {.quantity = kSurface, .field = "mTerrain", .codes = kTerrains},
    {kGapAhead, "mSplitTimeAhead", 1, 0, {-1}},
    {kGapBehind, "mSplitTimeBehind", 1, 0, {-1}},
    {.quantity = kSessionKind, .field = "mSessionState", .codes = kSessionKinds},
    {kLapCount, "mLapsInEvent"},
    {kCarCount, "mNumParticipants", 1, 0, {-1}},
    {.quantity = kPitState, .field = "mPitMode", .codes = kPitModes},
    {kLapIsValid, "mLapInvalidated", -1, 1},
    {.quantity = kLapDistance, .field = "mParticipantInfo0.mCurrentLapDistance", .of_player = true},
    {kTrackLength, "mTrackLength"},
    {kCarClass, "mCarClassName"},
    {kAirTemperature, "mAmbientTemperature"},
    {kTrackTemperature, "mTrackTemperature"},
    {kRain, "mRainDensity"},
    {kOdometer, "mOdometerKM", 1, 0, {-1}},
};
constexpr Channel kPcarsRows[] = {
    {.quantity = kHandbrake, .field = "mCarFlags", .mask = 1U << 5U},
    {.quantity = kFlag, .field = "mHighestFlagColour", .codes = kPcarsFlags},
    {.quantity = kSessionPhase, .compute = phase<kPcars>},
    {.quantity = kPitState, .field = "mPitSchedule", .codes = kPcarsPitSchedules},
    {.quantity = kPitState, .field = "mPitMode", .codes = kNotInPit},
    {.quantity = kLapsLeft, .of_player = true, .compute = laps_left<kPcars>},
    {.quantity = kLapFraction, .of_player = true, .compute = fraction<kPcars>},
    {.quantity = kSectorTimes, .compute = sector_time<kPcars, kPc1Fields>},
};
constexpr auto kPcarsChannels = join(channels_in(kPcars, kChannelRows), channels_in(kPcars, kMotionRows),
                                     channels_in(kPcars, kPcarsRows));
// Version 5 gives no tyre pressures. Later ones do in kPa, whatever the header's comment says: values of
// about 150 come (SimHub issue 155; SecondMonitor and Race-Element read them so).
constexpr Channel kLaterRows[] = {
    {kTyrePressure, "mAirPressure", 1, 0, {0}},
    // Where the first is empty.
    {kTrack, "mTranslatedTrackLocation"},
    {kTyreTemperature, "mTyreTreadTemp", 1, -kKelvinAtZeroCelsius, {0}},
    {.quantity = kPower,
     .field = "mEngineTorque",
     .scale = kKwPerW,
     .combine = Combine::kTimes,
     .other_field = "mEngineSpeed"},
    {kTorque, "mEngineTorque"},
    {kHandbrake, "mHandBrake"},
    {kTyreCompound, "mTyreCompound"},
    {.quantity = kFlag, .field = "mHighestFlagColour", .codes = kFlags},
    {.quantity = kPitState, .field = "mPitSchedule", .codes = kPitSchedules},
    {.quantity = kPitState, .field = "mPitMode", .codes = kNotInPit},
    {.quantity = kSector,
     .field = "mParticipantInfo0.mCurrentSector",
     .offset = 1,
     .no_value = {-1},
     .of_player = true},
    {.quantity = kLapsLeft, .of_player = true, .compute = laps_left<kPcars2>},
    {.quantity = kLapFraction, .of_player = true, .compute = fraction<kPcars2>},
    {.quantity = kSectorTimes, .compute = sector_time<kPcars2, kPc2Fields>},
};
constexpr auto kPcars2Common = join(channels_in(kPcars2, kChannelRows), channels_in(kPcars2, kMotionRows),
                                    channels_in(kPcars2, kLaterRows));
constexpr auto kPcars2Channels =
    join(kPcars2Common, channels_in(kPcars2, {{.quantity = kSessionPhase, .compute = phase<kPcars2>}}));

/// A tyre's side that is to the left of the seat is the outer one of the left tyres.
template <bool kInner>
std::optional<double> tread(const Snapshot& snapshot, std::uint64_t, std::uint32_t wheel) {
  const bool is_left_wheel = wheel % 2 == 0;
  const auto degrees = snapshot.number(kPcars2,
                                       is_left_wheel == kInner ? field_in<kAms2Fields>("mTyreTempRight")
                                                               : field_in<kAms2Fields>("mTyreTempLeft"),
                                       wheel);
  return degrees && *degrees != 0 ? degrees : std::nullopt;
}
constexpr Channel kAms2Rows[] = {
    {.quantity = kDrs, .field = "mDrsState", .mask = 1U << 4U},
    {.quantity = kDrsAvailable, .field = "mDrsState", .mask = 1U << 3U},
    {kErsMode, "mErsDeploymentMode", 1, 0, {0}},  // 0: the car has none
    {kTcLevel, "mTractionControlSetting", 1, 0, {-1}},
    {kAbsLevel, "mAntiLockSetting", 1, 0, {-1}},
    {kRideHeight, "mRideHeight", 0.01},
    {.quantity = kTyreInnerTemperature, .compute = tread<true>},
    {kTyreMiddleTemperature, "mTyreTempCenter", 1, 0, {0}},
    {.quantity = kTyreOuterTemperature, .compute = tread<false>},
    // In ms, as the header says; of the older titles sources disagree.
    {kSessionTimeLeft, "mEventTimeRemaining", 0.001, 0, {-1}},
    {.quantity = kSessionPhase, .compute = ams2_phase},
};
constexpr auto kAms2Channels = join(kPcars2Common, channels_in(kPcars2, kAms2Rows));

/// The viewed participant's record; the index is bounded, because the game sets it to -1 in menus.
inline std::optional<std::uint32_t> player(const Snapshot& snapshot, std::string_view mapping) {
  const auto index = snapshot.integer(mapping, kViewed);
  if (!index || *index < 0 || *index >= kParticipants) return std::nullopt;
  return static_cast<std::uint32_t>(*index);
}
inline std::optional<std::uint32_t> player_offset(const Snapshot& snapshot, const Channel& channel) {
  const auto index = player(snapshot, channel.mapping);
  return index ? std::optional(*index * kParticipantBytes) : std::nullopt;
}

constexpr Channel with_records(Channel channel, std::uint32_t record_bytes) {
  channel.record_bytes = record_bytes;
  return channel;
}
constexpr Channel kParticipantRows[] = {
    with_records({kDriver, "mParticipantInfo0.mName"}, kParticipantBytes),
    with_records({kPosition, "mParticipantInfo0.mRacePosition"}, kParticipantBytes),
    with_records({kLap, "mParticipantInfo0.mLapsCompleted"}, kParticipantBytes),
    with_records({kLapDistance, "mParticipantInfo0.mCurrentLapDistance"}, kParticipantBytes),
    with_records(
        {.quantity = kWorldPosition, .field = "mParticipantInfo0.mWorldPosition", .order = {-3, 1, 2}},
        kParticipantBytes),
};
// One array each, in the participants' order. The frames that were recorded have -123 for no time.
constexpr Channel kArrayRows[] = {
    with_records({kCar, "mCarNames"}, 64),
    with_records({kCarClass, "mCarClassNames"}, 64),
    with_records({kLastLapTime, "mLastLapTimes", 1, 0, {-1, -123}}, 4),
    with_records({kBestLapTime, "mFastestLapTimes", 1, 0, {-1, -123}}, 4),
    with_records({.quantity = kPitState, .field = "mPitModes", .codes = kAllPitModes}, 4),
    with_records({.quantity = kHeading, .field = "mOrientations", .scale = -1, .first_index = 1}, 12),
};
constexpr auto kPcarsCarChannels = channels_in(kPcars, kParticipantRows);
constexpr auto kPcars2CarChannels =
    join(channels_in(kPcars2, kParticipantRows), channels_in(kPcars2, kArrayRows));

/// All participants that are active.
template <const std::string_view& kMapping>
constexpr CarTable cars(std::span<const Channel> channels) {
  return {.most_cars = kParticipants,
          .channels = channels,
          .count =
              [](const Snapshot& s) {
                return static_cast<std::uint32_t>(
                    std::max<std::int64_t>(s.integer(kMapping, kNumParticipants).value_or(0), 0));
              },
          .player = [](const Snapshot& s) { return player(s, kMapping); },
          .is_there =
              [](const Snapshot& s, std::uint32_t car) {
                return s.integer(kMapping, kIsActive, 0, std::uint64_t{car} * kParticipantBytes) == 1;
              }};
}
constexpr CarTable kPcarsCars = cars<kPcars>(kPcarsCarChannels);
constexpr CarTable kPcars2Cars = cars<kPcars2>(kPcars2CarChannels);

}  // namespace pitbridge::pcars2
