// SPDX-License-Identifier: MIT
// Le Mans Ultimate: its own LMU_Data, and the rFactor 2 names when TheIronWolf's plugin is installed.
// Sources: TinyPedal/pyLMUSharedMemory 1.3, regenerated and compiled. No game was run.
#include <algorithm>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/rf2_plugin.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr Field kData[] = {
    {"generic.events", 0, kBytes, 64, "16 x uint32 (flags, not a counter)"},
    {"generic.gameVersion", 64, kInt32, 1, "e.g. 14200 = 1.4.2.0"},
    {"generic.FFBTorque", 68, kFloat32},
    {"generic.appInfo.mOptionsLocation", 96, kUint8, 1, "0 main UI,1 loading,2 monitor,3 on track"},
    {"paths.userData", 332, kText8, 260, "path"},
    {"scoring.scoringInfo.mTrackName", 1632, kText8, 64},
    {"scoring.scoringInfo.mSession", 1696, kInt32, 1, "0 test,1-4 practice,5-8 qual,9 warmup,10-13 race"},
    {"scoring.scoringInfo.mCurrentET", 1700, kFloat64, 1, "s (scoring clock)"},
    {"scoring.scoringInfo.mEndET", 1708, kFloat64, 1, "s"},
    {"scoring.scoringInfo.mMaxLaps", 1716, kInt32, 1, "laps"},
    {"scoring.scoringInfo.mLapDist", 1720, kFloat64, 1, "m"},
    {"scoring.scoringInfo.mNumVehicles", 1736, kInt32},
    {"scoring.scoringInfo.mGamePhase", 1740, kUint8},
    {"scoring.scoringInfo.mInRealtime", 1747, kBool8, 1, "bool: driving"},
    {"scoring.scoringInfo.mPlayerName", 1748, kText8, 32},
    {"scoring.scoringInfo.mAmbientTemp", 1860, kFloat64, 1, "degC"},
    {"scoring.scoringInfo.mTrackTemp", 1868, kFloat64, 1, "degC"},
    {"scoring.scoringInfo.mSessionTimeRemaining", 1972, kFloat32, 1, "s"},
    {"scoring.vehScoringInfo", 2192, kBytes, 60736, "584-byte records x104"},
    {"scoring.veh0.mDriverName", 2196, kText8, 32},
    {"scoring.veh0.mTotalLaps", 2292, kInt16, 1, "laps"},
    {"scoring.veh0.mBestLapTime", 2336, kFloat64, 1, "s"},
    {"scoring.veh0.mLastLapTime", 2360, kFloat64, 1, "s"},
    {"scoring.veh0.mIsPlayer", 2388, kBool8, 1, "bool"},
    {"scoring.veh0.mControl", 2389, kInt8, 1, "3=replay"},
    {"scoring.veh0.mPlace", 2391, kUint8, 1, "1-based"},
    {"scoring.veh0.mVehicleClass", 2392, kText8, 32},
    {"scoring.scoringStream", 62928, kText8, 65536, "65536 bytes text"},
    {"telemetry.activeVehicles", 128464, kUint8},
    {"telemetry.playerVehicleIdx", 128465, kUint8, 1, "index into telemInfo"},
    {"telemetry.playerHasVehicle", 128466, kBool8, 1, "bool"},
    {"telemetry.telemInfo", 128468, kBytes, 196352, "1888-byte records x104"},
    {"telem0.mID", 128468, kInt32},
    {"telem0.mElapsedTime", 128480, kFloat64, 1, "s (physics clock)"},
    {"telem0.mLapNumber", 128488, kInt32, 1, "lap"},
    {"telem0.mVehicleName", 128500, kText8, 64},
    {"telem0.mTrackName", 128564, kText8, 64},
    {"telem0.mPos", 128628, kFloat64, 3, "m"},
    {"telem0.mLocalVel", 128652, kFloat64, 3, "m/s"},
    {"telem0.mGear", 128820, kInt32, 1, "-1 R,0 N"},
    {"telem0.mEngineRPM", 128824, kFloat64, 1, "rpm"},
    {"telem0.mEngineWaterTemp", 128832, kFloat64, 1, "degC"},
    {"telem0.mUnfilteredThrottle", 128856, kFloat64, 1, "0..1"},
    {"telem0.mUnfilteredBrake", 128864, kFloat64, 1, "0..1"},
    {"telem0.mUnfilteredSteering", 128872, kFloat64, 1, "-1..1"},
    {"telem0.mUnfilteredClutch", 128880, kFloat64, 1, "0..1"},
    {"telem0.mFuel", 128992, kFloat64, 1, "l"},
    {"telem0.mEngineMaxRPM", 129000, kFloat64, 1, "rpm"},
    {"telem0.mFuelCapacity", 129076, kFloat64, 1, "l"},
    {"telem0.mDeltaBest", 129164, kFloat64, 1, "s"},
    {"telem0.mVirtualEnergy", 129244, kFloat32, 1, "fraction (1.3+)"},
    {"telem0.mABSActive", 129214, kBool8, 1, "bool (1.3+)"},
    {"telem0.wheel0.mBrakeTemp", 129340, kFloat64, 1, "degC"},
    {"telem0.wheel0.mPressure", 129436, kFloat64, 1, "kPa"},
    {"telem0.wheel0.mTemperature", 129444, kFloat64, 3, "K left,centre,right"},
    {"telem0.wheel0.mWear", 129468, kFloat64, 1, "0..1"},
};

/// A buffer of TheIronWolf's plugin, which may not be installed.
constexpr Mapping plugin_buffer(std::string_view name, std::uint32_t size_bytes,
                                std::uint32_t min_file_bytes = 0) {
  return {.name = name,
          .size_bytes = size_bytes,
          .min_file_bytes = min_file_bytes,
          .detector = {.rule = Consistency::kVersionPair, .end_offset_bytes = 4, .nominal_rate_hz = 50},
          .optional = true};
}

constexpr Mapping kMappings[] = {
    // No version word. The physics clock of the first vehicle moves with each update, so it tells when to
    // look;
    // wholeness comes from reading twice. The lock of the SDK is never taken: a reader that holds it stalls
    // the
    // game; nor are its events waited for: they are auto-reset, and we would steal others' wake-ups.
    {.name = "LMU_Data",
     .size_bytes = 324824,
     .min_file_bytes = 324824,
     .detector =
         {.rule = Consistency::kCounter, .offset_bytes = 128480, .width_bytes = 8, .nominal_rate_hz = 100},
     .may_be_owned = true},  // as simshmbridge does; 250000 bytes were too few
    {.name = "LMU_SharedMemoryLockData",
     .size_bytes = 8,
     .detector = {.nominal_rate_hz = 4},
     .optional = true},
    // There from the start: a reader that sees Telemetry opens Scoring then, and never again (libsimapi).
    plugin_buffer("$rFactor2SMMP_Scoring$", 75312, 75312),
    plugin_buffer("$rFactor2SMMP_Telemetry$", 241680),
    plugin_buffer("$rFactor2SMMP_Rules$", 45272),
    plugin_buffer("$rFactor2SMMP_MultiRules$", 39792),
    plugin_buffer("$rFactor2SMMP_ForceFeedback$", 16),
    plugin_buffer("$rFactor2SMMP_Graphics$", 272),
    plugin_buffer("$rFactor2SMMP_PitInfo$", 340),
    plugin_buffer("$rFactor2SMMP_Weather$", 632),
    plugin_buffer("$rFactor2SMMP_Extended$", 10152),
    plugin_buffer("$rFactor2SMMP_HWControl$", 116),
    plugin_buffer("$rFactor2SMMP_WeatherControl$", 628),
    plugin_buffer("$rFactor2SMMP_RulesControl$", 45272),
    plugin_buffer("$rFactor2SMMP_PluginControl$", 20),
};

constexpr Layout kLayouts[] = {{"LMU_Data", 324824, kData}, {"LMU_SharedMemoryLockData", 8, {}}};

constexpr std::string_view kName = "LMU_Data";
constexpr std::uint32_t kTelemetryStride = 1888;
constexpr std::uint32_t kScoringStride = 584;
constexpr std::uint32_t kScoringEnd = 2192 + 104 * kScoringStride;
constexpr std::uint32_t kMaxVehicles = 104;
constexpr std::uint32_t kWheelStride = 260;
constexpr double kKmhPerMps = 3.6;

/// Telemetry names the player's index; Scoring flags the player in each record.
std::optional<std::uint32_t> telemetry_offset(const Snapshot& snapshot) {
  const auto index = snapshot.integer(kName, {"playerVehicleIdx", 128465, kUint8});
  if (!index || *index >= kMaxVehicles) return std::nullopt;
  return static_cast<std::uint32_t>(*index) * kTelemetryStride;
}
std::optional<std::uint32_t> scoring_offset(const Snapshot& snapshot) {
  const auto count = snapshot.integer(kName, {"mNumVehicles", 1736, kInt32});
  if (!count) return std::nullopt;
  const auto vehicles = static_cast<std::uint32_t>(std::clamp<std::int64_t>(*count, 0, kMaxVehicles));
  for (std::uint32_t i = 0; i < vehicles; ++i)
    if (snapshot.integer(kName, {"mIsPlayer", 2388, kBool8}, 0, std::uint64_t{i} * kScoringStride)
            .value_or(0) != 0)
      return i * kScoringStride;
  return std::nullopt;
}
/// Both kinds of records are in one mapping: which one a field belongs to shows in its offset.
std::optional<std::uint32_t> player_offset(const Snapshot& snapshot, const Channel& channel) {
  const Field* field = find_field(kData, channel.field);
  return field->offset_bytes < kScoringEnd ? scoring_offset(snapshot) : telemetry_offset(snapshot);
}

constexpr Channel kPlayerRows[] = {
    {kRpm, "telem0.mEngineRPM"},
    {kMaxRpm, "telem0.mEngineMaxRPM"},
    {.quantity = kSpeed, .field = "telem0.mLocalVel", .scale = kKmhPerMps, .combine = Combine::kMagnitude},
    {kGear, "telem0.mGear"},
    {kThrottle, "telem0.mUnfilteredThrottle"},
    {kBrake, "telem0.mUnfilteredBrake"},
    {kClutch, "telem0.mUnfilteredClutch"},
    {kSteering, "telem0.mUnfilteredSteering"},
    {kFuel, "telem0.mFuel"},
    {kLap, "scoring.veh0.mTotalLaps"},
    {kLastLapTime, "scoring.veh0.mLastLapTime", 1, 0, {-1}},
    {kBestLapTime, "scoring.veh0.mBestLapTime", 1, 0, {-1}},
    {kPosition, "scoring.veh0.mPlace"},
    // Left, centre and right of the tread: the centre, in Kelvin.
    {.quantity = kTyreTemperature,
     .field = "telem0.wheel0.mTemperature",
     .offset = -kKelvinAtZeroCelsius,
     .no_value = {0},
     .first_index = 1,
     .stride_bytes = kWheelStride},
    {.quantity = kTyrePressure, .field = "telem0.wheel0.mPressure", .stride_bytes = kWheelStride},
    {kCar, "telem0.mVehicleName"},
    {kDriver, "scoring.veh0.mDriverName"},
};
constexpr Channel kSessionRows[] = {{kSession, "scoring.scoringInfo.mSession"},
                                    {kTrack, "scoring.scoringInfo.mTrackName"},
                                    {kDriver, "scoring.scoringInfo.mPlayerName"}};
constexpr Channel kOtherTrackRows[] = {{kTrack, "telem0.mTrackName"}};
constexpr auto kChannels = join(player_channels_in(kName, kPlayerRows), channels_in(kName, kSessionRows),
                                player_channels_in(kName, kOtherTrackRows));

// A watched replay looks live but for mControl 3 in the player's record, which a rule cannot reach.
constexpr auto kActivity = rules_in(kName, {{kMenu, "telemetry.playerHasVehicle", 0},
                                            {kPaused, "scoring.scoringInfo.mGamePhase", 9},
                                            {kLive, "scoring.scoringInfo.mInRealtime", 1},
                                            {kMenu, "scoring.scoringInfo.mInRealtime", 0}});

// Most readers know the names of the plugin alone. The game's records are the plugin's, field for field, and
// what it has added stands where those have reserve. Scoring comes first, see above.
constexpr DerivedMapping kPluginsFiles[] = {
    {.mapping = "$rFactor2SMMP_Scoring$",
     .from = kName,
     .head = {.from_bytes = 1632, .to_bytes = 12, .record_bytes = 548},
     .cars = {.from_bytes = 2192, .to_bytes = 560, .record_bytes = kScoringStride},
     .most_cars = kMaxVehicles,
     .count = *find_field(kData, "scoring.scoringInfo.mNumVehicles"),
     .count_bytes = 116,
     .written_bytes = 8},
    {.mapping = "$rFactor2SMMP_Telemetry$",
     .from = kName,
     .cars = {.from_bytes = 128468, .to_bytes = 16, .record_bytes = kTelemetryStride},
     .most_cars = kMaxVehicles,
     .count = *find_field(kData, "telemetry.activeVehicles"),
     .count_bytes = 12,
     .written_bytes = 8},
};

// As the plugin has it, of an older game, or as long as the game has not made LMU_Data.
constexpr Title kByPlugin = {.id = "le_mans_ultimate",
                             .name = "Le Mans Ultimate",
                             .exe_names = {},
                             .app_ids = {},
                             .layouts = rf2_plugin::kLayouts,
                             .channels = rf2_plugin::kChannels,
                             .activity_rules = rf2_plugin::kActivity,
                             .version = rf2_plugin::kVersion,
                             .player_offset_bytes = rf2_plugin::player_offset};

constexpr Title kTitles[] = {
    {.id = "le_mans_ultimate",
     .name = "Le Mans Ultimate",
     .exe_names = {"Le Mans Ultimate.exe"},
     .app_ids = {2399420},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     // 14200 is 1.4.2.0. It counts games and not layouts, of which there has been one: 1.3 only filled gaps.
     .version = {kName, {"generic.gameVersion"}, {"10000..19999"}, "game version"},
     .other_version = &kByPlugin,
     .derived = kPluginsFiles,
     .to_switch_on = "Settings, Gameplay, Enable Plugins",
     .evidence = "layout compiled from a published transcription (1.2 to 1.4)",
     .player_offset_bytes = player_offset},
};

constexpr Sim kSim = {
    .name = "lmu",
    .description = "Le Mans Ultimate",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order; the mapping may appear only with a session",
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
