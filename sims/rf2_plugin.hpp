// SPDX-License-Identifier: MIT
#pragma once

#include "sims/rf2_rows.hpp"

/// What the shared memory plugin of TheIronWolf publishes, the same way for rFactor 2 and for Le Mans
/// Ultimate. Source: the headers of TheIronWolf/rF2SharedMemoryMapPlugin 3.7.15.1, compiled. Offsets include
/// the 8-byte version block.
namespace pitbridge::rf2_plugin {

using enum FieldType;
using enum Quantity;
using enum Activity;
using rf2_records::cars_in;
using rf2_records::full_names;
using rf2_records::placed;
using rf2_records::rows_of;

struct Memory {
  static constexpr std::string_view kScoring = "$rFactor2SMMP_Scoring$";
  static constexpr std::string_view kTelemetry = "$rFactor2SMMP_Telemetry$";
  static constexpr std::uint32_t kFirstSession = 12, kFirstScored = 560, kFirstDriven = 16;
  static constexpr std::uint32_t kMostCars = 128;
};
using Computed = rf2_records::Computed<Memory>;

// Not inline: under sanitizers GCC 12 takes the address of an inline variable for no constant.
constexpr auto kDrivenNames = full_names("veh0.", rf2_records::kDrivenFields);
constexpr auto kScoredNames = full_names("veh0.", rf2_records::kScoredFields);
constexpr auto kSessionNames = full_names("mScoringInfo.", rf2_records::kSessionFields);

constexpr Field kTelemetryCount[] = {{"mNumVehicles", 12, kInt32}};
constexpr Field kTelemetryNext[] = {{"veh1.mID", 1904, kInt32, 1, "stride check"}};
constexpr Field kScoringNext[] = {{"veh1.mID", 1144, kInt32, 1, "stride check"}};
constexpr auto kTelemetry = join(
    kTelemetryCount, placed(kDrivenNames, rf2_records::kDrivenFields, Memory::kFirstDriven), kTelemetryNext);
constexpr auto kScoring =
    join(placed(kSessionNames, rf2_records::kSessionFields, Memory::kFirstSession),
         placed(kScoredNames, rf2_records::kScoredFields, Memory::kFirstScored), kScoringNext);

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

/// The player is a flag in Scoring, and Telemetry has the same slot id in another order.
static std::optional<std::uint32_t> player_offset(const Snapshot& snapshot, const Channel& channel) {
  const auto car = Computed::player(snapshot);
  if (!car) return std::nullopt;
  const std::uint32_t scored = *car * rf2_records::kScoredBytes;
  if (channel.mapping == Memory::kScoring) return scored;
  const auto driven = Computed::driven_shift(snapshot, scored);
  return driven ? std::optional(static_cast<std::uint32_t>(*driven)) : std::nullopt;
}

constexpr Channel kOtherRows[] = {{kCar, "mVehicleName"}};
constexpr Channel kOtherTrackRows[] = {{kTrack, "mTrackName"}};
constexpr auto kChannels =
    join(rows_of(Memory::kTelemetry, named(kDrivenNames, rf2_records::kDrivenRows<Memory>), true),
         rows_of(Memory::kScoring, named(kScoredNames, rf2_records::kScoredRows<Memory>), true),
         rows_of(Memory::kScoring, named(kScoredNames, kOtherRows), true),
         rows_of(Memory::kScoring, named(kSessionNames, rf2_records::kSessionRows<Memory>), false),
         rows_of(Memory::kTelemetry, named(kDrivenNames, kOtherTrackRows), true));

constexpr auto kCarChannels = cars_in(Memory::kScoring, named(kScoredNames, rf2_records::kCarRows<Memory>));
constexpr CarTable kCars = {.most_cars = Memory::kMostCars,
                            .channels = kCarChannels,
                            .count = [](const Snapshot& s) { return Computed::count(s); },
                            .player = [](const Snapshot& s) { return Computed::player(s); }};

constexpr auto kActivity = rules_in(Memory::kScoring, {{kPaused, "mScoringInfo.mGamePhase", 9},
                                                       {kLive, "mScoringInfo.mInRealtime", 1},
                                                       {kMenu, "mScoringInfo.mInRealtime", 0}});

// One layout of Telemetry and Scoring from 3.0 on. Extended may come after them.
constexpr VersionWord kVersion = {
    "$rFactor2SMMP_Extended$", {"mVersion"}, {"3.0..3.7"}, "plugin version", true};

}  // namespace pitbridge::rf2_plugin
