// SPDX-License-Identifier: MIT
// Le Mans Ultimate: its own LMU_Data, and the rFactor 2 names when TheIronWolf's plugin is installed.
// Sources: TinyPedal/pyLMUSharedMemory 1.3, regenerated and compiled. No game was run.
#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/rf2_plugin.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;
using rf2_records::cars_in;
using rf2_records::full_names;
using rf2_records::kComputed;
using rf2_records::placed;
using rf2_records::rows_of;

struct Memory {
  static constexpr std::string_view kScoring = "LMU_Data";
  static constexpr std::string_view kTelemetry = "LMU_Data";
  static constexpr std::uint32_t kFirstSession = 1632, kFirstScored = 2192, kFirstDriven = 128468;
  static constexpr std::uint32_t kMostCars = 104;
};
using Computed = rf2_records::Computed<Memory>;

constexpr auto kDrivenNames = full_names("telem0.", rf2_records::kDrivenFields);
constexpr auto kScoredNames = full_names("scoring.veh0.", rf2_records::kScoredFields);
constexpr auto kSessionNames = full_names("scoring.scoringInfo.", rf2_records::kSessionFields);

constexpr Field kOwnFields[] = {
    {"generic.events", 0, kBytes, 64, "16 x uint32 (flags, not a counter)"},
    {"generic.gameVersion", 64, kInt32, 1, "e.g. 14200 = 1.4.2.0"},
    {"generic.FFBTorque", 68, kFloat32},
    {"generic.appInfo.mOptionsLocation", 96, kUint8, 1, "0 main UI,1 loading,2 monitor,3 on track"},
    {"paths.userData", 332, kText8, 260, "path"},
    {"scoring.vehScoringInfo", 2192, kBytes, 60736, "584-byte records x104"},
    {"scoring.scoringStream", 62928, kText8, 65536, "65536 bytes text"},
    {"telemetry.activeVehicles", 128464, kUint8},
    {"telemetry.playerVehicleIdx", 128465, kUint8, 1, "index into telemInfo"},
    {"telemetry.playerHasVehicle", 128466, kBool8, 1, "bool"},
    {"telemetry.telemInfo", 128468, kBytes, 196352, "1888-byte records x104"},
};

/// What 1.3 has put where 1.2 has reserve; there it reads 0.
constexpr Field kFieldsOf13[] = {
    {"scoring.scoringInfo.mSessionTimeRemaining", 1972, kFloat32, 1, "s"},
    {"scoring.scoringInfo.mTimeOfDay", 1976, kFloat32, 1, "s since midnight"},
    {"scoring.scoringInfo.mTrackGripLevel", 1981, kUint8, 1, "0 green..4 saturated"},
    {"telem0.mABSActive", 129214, kBool8, 1, "bool"},
    {"telem0.mTCActive", 129215, kBool8, 1, "bool"},
    {"telem0.mTC", 129218, kUint8},
    {"telem0.mTCMax", 129219, kUint8, 1, "0: the car has none"},
    {"telem0.mABS", 129224, kUint8},
    {"telem0.mABSMax", 129225, kUint8, 1, "0: the car has none"},
    {"telem0.mMotorMap", 129226, kUint8},
    {"telem0.mMotorMapMax", 129227, kUint8, 1, "0: the car has none"},
    {"telem0.mVirtualEnergy", 129244, kFloat32, 1, "fraction"},
};
constexpr auto kData =
    join(kOwnFields, kFieldsOf13, placed(kSessionNames, rf2_records::kSessionFields, Memory::kFirstSession),
         placed(kScoredNames, rf2_records::kScoredFields, Memory::kFirstScored),
         placed(kDrivenNames, rf2_records::kDrivenFields, Memory::kFirstDriven));

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

/// Telemetry names the player's index; Scoring flags the player in each record.
std::optional<std::uint32_t> telemetry_offset(const Snapshot& snapshot) {
  const auto index = snapshot.integer(Memory::kTelemetry, {"playerVehicleIdx", 128465, kUint8});
  if (!index || *index >= Memory::kMostCars) return std::nullopt;
  return static_cast<std::uint32_t>(*index) * rf2_records::kDrivenBytes;
}
/// Both kinds of records are in one mapping: which one a field belongs to shows in its name.
std::optional<std::uint32_t> player_offset(const Snapshot& snapshot, const Channel& channel) {
  if (channel.field.starts_with("telem0.")) return telemetry_offset(snapshot);
  const auto car = Computed::player(snapshot);
  return car ? std::optional(*car * rf2_records::kScoredBytes) : std::nullopt;
}

bool is_13(const Snapshot& snapshot) {
  return snapshot.integer(Memory::kScoring, *find_field(kData, "generic.gameVersion")).value_or(0) >= 13000;
}
/// A byte of the player's telemetry, if the one behind `level_bytes` says that the car has such levels.
std::optional<double> if_car_has_it(const Snapshot& snapshot, std::uint64_t shift, std::uint32_t wanted_bytes,
                                    std::uint32_t level_bytes) {
  const auto most = snapshot.number(Memory::kTelemetry, {"most", level_bytes + 1, kUint8}, 0, shift);
  if (!is_13(snapshot) || most.value_or(0) == 0) return std::nullopt;
  return snapshot.number(Memory::kTelemetry, {"wanted", wanted_bytes, kUint8}, 0, shift);
}
constexpr std::uint32_t kTcBytes = 129218, kAbsBytes = 129224, kMapBytes = 129226;
template <std::uint32_t kWantedBytes, std::uint32_t kLevelBytes = kWantedBytes>
std::optional<double> level(const Snapshot& snapshot, std::uint64_t shift, std::uint32_t /*element*/) {
  return if_car_has_it(snapshot, shift, kWantedBytes, kLevelBytes);
}
std::optional<double> time_of_day(const Snapshot& snapshot, std::uint64_t /*shift*/,
                                  std::uint32_t /*element*/) {
  if (!is_13(snapshot)) return std::nullopt;
  return snapshot.number(Memory::kScoring, *find_field(kFieldsOf13, "scoring.scoringInfo.mTimeOfDay"));
}
/// From 0, a green track, to 4, one that bears no more rubber.
std::optional<double> grip(const Snapshot& snapshot, std::uint64_t /*shift*/, std::uint32_t /*element*/) {
  const auto rubber =
      snapshot.number(Memory::kScoring, *find_field(kFieldsOf13, "scoring.scoringInfo.mTrackGripLevel"));
  if (!is_13(snapshot) || !rubber || *rubber > 4) return std::nullopt;
  return *rubber / 4;
}

constexpr Channel kOwnRows[] = {
    {.quantity = kTcLevel, .field = "telem0.mTC", .compute = kComputed<level<kTcBytes>>},
    {.quantity = kTcActs, .field = "telem0.mTCActive", .compute = kComputed<level<129215, kTcBytes>>},
    {.quantity = kAbsLevel, .field = "telem0.mABS", .compute = kComputed<level<kAbsBytes>>},
    {.quantity = kAbsActs, .field = "telem0.mABSActive", .compute = kComputed<level<129214, kAbsBytes>>},
    {.quantity = kEngineMap, .field = "telem0.mMotorMap", .compute = kComputed<level<kMapBytes>>},
};
constexpr Channel kOwnSessionRows[] = {
    {.quantity = kTimeOfDay, .field = "scoring.scoringInfo.mTimeOfDay", .compute = time_of_day},
    {.quantity = kGrip, .field = "scoring.scoringInfo.mTrackGripLevel", .compute = grip},
};
constexpr Channel kOtherTrackRows[] = {{kTrack, "mTrackName"}};
constexpr auto kChannels =
    join(rows_of(Memory::kTelemetry, named(kDrivenNames, rf2_records::kDrivenRows<Memory>), true),
         rows_of(Memory::kScoring, named(kScoredNames, rf2_records::kScoredRows<Memory>), true),
         rows_of(Memory::kScoring, named(kSessionNames, rf2_records::kSessionRows<Memory>), false),
         rows_of(Memory::kTelemetry, named(kDrivenNames, kOtherTrackRows), true),
         player_channels_in(Memory::kTelemetry, kOwnRows), channels_in(Memory::kScoring, kOwnSessionRows));

constexpr auto kCarChannels = cars_in(Memory::kScoring, named(kScoredNames, rf2_records::kCarRows<Memory>));
constexpr CarTable kCars = {.most_cars = Memory::kMostCars,
                            .channels = kCarChannels,
                            .count = [](const Snapshot& s) { return Computed::count(s); },
                            .player = [](const Snapshot& s) { return Computed::player(s); }};

// A watched replay looks live but for mControl 3 in the player's record, which a rule cannot reach.
constexpr auto kActivity = rules_in(Memory::kTelemetry, {{kMenu, "telemetry.playerHasVehicle", 0},
                                                         {kPaused, "scoring.scoringInfo.mGamePhase", 9},
                                                         {kLive, "scoring.scoringInfo.mInRealtime", 1},
                                                         {kMenu, "scoring.scoringInfo.mInRealtime", 0}});

// Most readers know the names of the plugin alone. The game's records are the plugin's, field for field, and
// what it has added stands where those have reserve. Scoring comes first, see above.
constexpr DerivedMapping kPluginsFiles[] = {
    {.mapping = "$rFactor2SMMP_Scoring$",
     .from = Memory::kScoring,
     .head = {.from_bytes = 1632, .to_bytes = 12, .record_bytes = 548},
     .cars = {.from_bytes = 2192, .to_bytes = 560, .record_bytes = rf2_records::kScoredBytes},
     .most_cars = Memory::kMostCars,
     .count = *find_field(kData, "scoring.scoringInfo.mNumVehicles"),
     .count_bytes = 116,
     .written_bytes = 8},
    {.mapping = "$rFactor2SMMP_Telemetry$",
     .from = Memory::kScoring,
     .cars = {.from_bytes = 128468, .to_bytes = 16, .record_bytes = rf2_records::kDrivenBytes},
     .most_cars = Memory::kMostCars,
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
                             .player_offset_bytes = rf2_plugin::player_offset,
                             .cars = &rf2_plugin::kCars};

constexpr Title kTitles[] = {
    {.id = "le_mans_ultimate",
     .name = "Le Mans Ultimate",
     .exe_names = {"Le Mans Ultimate.exe"},
     .app_ids = {2399420},
     .layouts = kLayouts,
     .channels = kChannels,
     .activity_rules = kActivity,
     // 14200 is 1.4.2.0. It counts games and not layouts, of which there has been one: 1.3 only filled gaps.
     .version = {Memory::kScoring, {"generic.gameVersion"}, {"10000..19999"}, "game version"},
     .other_version = &kByPlugin,
     .derived = kPluginsFiles,
     .to_switch_on = "Settings, Gameplay, Enable Plugins",
     .evidence = "layout compiled from a published transcription (1.2 to 1.4)",
     .player_offset_bytes = player_offset,
     .cars = &kCars},
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
