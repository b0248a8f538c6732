// SPDX-License-Identifier: MIT
// Project CARS 2 and Automobilista 2 ($pcars2$), and Project CARS 1 ($pcars$). Sources:
// viper4gh/CREST2-AMS2 SharedMemory*.h, compiled with the Windows x64 ABI. No game was run.
#include <algorithm>
#include <array>
#include <span>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

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
    {"mParticipantInfo0.mName", 29, kText8, 64},
    {"mParticipantInfo0.mWorldPosition", 96, kFloat32, 3, "m"},
    {"mParticipantInfo0.mCurrentLapDistance", 108, kFloat32, 1, "m"},
    {"mParticipantInfo0.mRacePosition", 112, kUint32, 1, "1-based"},
    {"mParticipantInfo0.mLapsCompleted", 116, kUint32, 1, "laps"},
    {"mParticipantInfo0.mCurrentLap", 120, kUint32, 1, "lap no"},
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
    {"mEventTimeRemaining", 6740, kFloat32, 1, "ms per header (s in PC1)"},
    {"mHighestFlagColour", 6800, kUint32, 1, "enum"},
    {"mPitMode", 6808, kUint32, 1, "enum"},
    {"mCarFlags", 6816, kUint32, 1, "bitmask"},
    {"mOilTempCelsius", 6820, kFloat32, 1, "degC"},
    {"mWaterTempCelsius", 6828, kFloat32, 1, "degC"},
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
    {"mOrientation", 6908, kFloat32, 3, "rad"},
    {"mLocalVelocity", 6920, kFloat32, 3, "m/s"},
    {"mWorldVelocity", 6932, kFloat32, 3, "m/s"},
    {"mLocalAcceleration", 6956, kFloat32, 3, "m/s2"},
    {"mTyreRPS", 7040, kFloat32, 4, "rev/s (header)"},
    {"mTyreTemp", 7072, kFloat32, 4, "degC"},
    {"mTyreWear", 7136, kFloat32, 4, "0..1"},
    {"mBrakeTempCelsius", 7184, kFloat32, 4, "degC"},
    {"mTyreTreadTemp", 7200, kFloat32, 4, "K"},
    {"mTyreCarcassTemp", 7232, kFloat32, 4, "K"},
    {"mAmbientTemperature", 7292, kFloat32, 1, "degC"},
    {"mTrackTemperature", 7296, kFloat32, 1, "degC"},
    {"mRainDensity", 7300, kFloat32, 1, "0..1"},
    {"mSequenceNumber", 7320, kUint32, 1, "seqlock: odd while writing"},
    {"mSuspensionTravel", 7340, kFloat32, 4, "m"},
    {"mAirPressure", 7372, kFloat32, 4, "kPa"},
    {"mEngineSpeed", 7388, kFloat32, 1, "rad/s"},
    {"mEngineTorque", 7392, kFloat32, 1, "Nm"},
    {"mHandBrake", 7404, kFloat32, 1, "0..1"},
    {"mFastestLapTimes", 8944, kFloat32, 64, "s"},
    {"mLastLapTimes", 9200, kFloat32, 64, "s"},
    {"mRaceStates", 9520, kUint32, 64, "enum"},
    {"mSpeeds", 10800, kFloat32, 64, "m/s"},
    {"mCarNames", 11056, kText8, 4096},
    {"mTranslatedTrackLocation", 19252, kText8, 64},
    {"mBrakeBias", 19380, kFloat32, 1, "0..1"},
    {"mTurboBoostPressure", 19384, kFloat32},
    {"mTyreCompound", 19388, kText8, 160},
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
constexpr auto kAms2Fields = join(kFieldsUpToTrack, kFieldsFromLapOn);

// v9, Project CARS 2: the same up to the tyre compounds, where it ends.
constexpr auto kPc2Fields = std::span<const Field>(kAms2Fields).first(74);
static_assert(kPc2Fields.back().name == "mTyreCompound");

// v5: no mNumSectors, so everything from mLapInvalidated on is 4 bytes lower.
constexpr auto kPc1Fields = [] {
  std::array<Field, 59> fields{};
  std::copy_n(kAms2Fields.begin(), fields.size(), fields.begin());
  for (std::size_t i = std::size(kFieldsUpToTrack); i < fields.size(); ++i) fields[i].offset_bytes -= 4;
  return fields;
}();
static_assert(kPc1Fields.back().name == "mRainDensity");

constexpr Mapping kMappings[] = {
    // simd's stub is 102288 bytes long; the section itself is page-rounded 24576 for every version from 9 on.
    {.name = "$pcars2$",
     .size_bytes = 20700,
     .min_file_bytes = 102288,
     .detector = {.rule = Consistency::kSequence, .offset_bytes = 7320, .nominal_rate_hz = 60},
     .may_be_owned = true},  // as simshmbridge and Datalink do
    {.name = "$pcars$", .size_bytes = 7316, .detector = {.nominal_rate_hz = 60}},
};

constexpr Layout kAms2Layouts[] = {{"$pcars2$", 20700, kAms2Fields}};
constexpr Layout kPc2Layouts[] = {{"$pcars2$", 20576, kPc2Fields}};
constexpr Layout kPc1Layouts[] = {{"$pcars$", 7316, kPc1Fields}};

constexpr double kKmhPerMps = 3.6;
constexpr std::uint32_t kParticipantBytes = 100;
constexpr std::uint32_t kParticipants = 64;

constexpr std::string_view kPcars2 = "$pcars2$";
constexpr std::string_view kPcars = "$pcars$";

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
};
constexpr auto kPcarsChannels = channels_in(kPcars, kChannelRows);
// Version 5 gives no tyre pressures. Later ones do in kPa, whatever the header's comment says: values of
// about 150 come (SimHub issue 155; SecondMonitor and Race-Element read them so).
constexpr Channel kLaterRows[] = {
    {kTyrePressure, "mAirPressure", 1, 0, {0}},
    // Where the first is empty.
    {kTrack, "mTranslatedTrackLocation"},
    {kTyreTemperature, "mTyreTreadTemp", 1, -kKelvinAtZeroCelsius, {0}},
};
constexpr auto kPcars2Channels = join(channels_in(kPcars2, kChannelRows), channels_in(kPcars2, kLaterRows));

/// The viewed participant's record; the index is bounded, because the game sets it to -1 in menus.
std::optional<std::uint32_t> player_offset(const Snapshot& snapshot, const Channel& channel) {
  const auto index = snapshot.integer(channel.mapping, {"mViewedParticipantIndex", 20, kInt32});
  if (!index || *index < 0 || *index >= kParticipants) return std::nullopt;
  return static_cast<std::uint32_t>(*index) * kParticipantBytes;
}

constexpr ActivityRule kGameStates[] = {{kOff, "mGameState", 0},    {kMenu, "mGameState", 1},
                                        {kLive, "mGameState", 2},   {kPaused, "mGameState", 3},
                                        {kMenu, "mGameState", 4},   {kMenu, "mGameState", 5},
                                        {kReplay, "mGameState", 6}, {kReplay, "mGameState", 7}};
constexpr auto kPcars2GameStates = rules_in(kPcars2, kGameStates);
constexpr auto kPcarsGameStates = rules_in(kPcars, kGameStates);

/// mVersion tells the two apart: 9 is Project CARS 2, and Automobilista 2 went on from 10.
std::int64_t version(const Snapshot& snapshot) {
  return snapshot.integer(kPcars2, {"mVersion", 0, kUint32}).value_or(0);
}

constexpr Title kTitles[] = {
    {.id = "automobilista_2",
     .name = "Automobilista 2",
     .exe_names = {"AMS2AVX.exe", "AMS2.exe", "AMS2DemoAVX.exe"},
     .app_ids = {1066890, 1786210},
     .layouts = kAms2Layouts,
     .channels = kPcars2Channels,
     .activity_rules = kPcars2GameStates,
     .version = {kPcars2, {"mVersion"}, {"9..14"}},  // from 9 on, each only added to the one before
     .to_switch_on = "Options, System, Shared Memory: Project CARS 2",
     .evidence = "layout compiled from published sources (v9 to v14)",
     .player_offset_bytes = player_offset,
     .recognises = [](const Snapshot& s) { return version(s) >= 10; }},
    {.id = "project_cars_2",
     .name = "Project CARS 2",
     .exe_names = {"pCARS2AVX.exe", "pCARS2.exe"},
     .app_ids = {378860},
     .layouts = kPc2Layouts,
     .channels = kPcars2Channels,
     .activity_rules = kPcars2GameStates,
     .version = {kPcars2, {"mVersion"}, {"9"}},
     .to_switch_on = "Options, System, Shared Memory: Project CARS 2",
     .evidence = "layout compiled from published sources (v9)",
     .player_offset_bytes = player_offset,
     .recognises = [](const Snapshot& s) { return version(s) == 9; }},
    {.id = "project_cars_1",
     .name = "Project CARS",
     .exe_names = {"pCARS64.exe", "pCARS.exe", "pCARS64AVX.exe"},
     .app_ids = {234630},
     .layouts = kPc1Layouts,
     .channels = kPcarsChannels,
     .activity_rules = kPcarsGameStates,
     .version = {kPcars, {"mVersion"}, {"5"}},
     .to_switch_on = "Options, Visuals, Hardware, Shared Memory: yes",
     .evidence = "layout compiled from a third party's transcription (v5)",
     .player_offset_bytes = player_offset,
     .recognises = [](const Snapshot& s) { return s.has_data(kPcars); }},
};

constexpr Sim kSim = {
    .name = "pcars2",
    .description = "Automobilista 2, Project CARS 2, Project CARS",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
