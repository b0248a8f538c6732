// SPDX-License-Identifier: MIT
// RaceRoom Racing Experience. Source: every r3e.h of sector3studios/r3e-api (sample-c) from 2.6 to 3.5,
// compiled. No game was run.
#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/r3e_channels.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr Mapping kMappings[] = {
    // simd's stub is 64000 bytes long. The ticks stand still in menus and pauses.
    {.name = "$R3E",
     .size_bytes = 43996,
     .min_file_bytes = 64000,
     .detector = {.rule = Consistency::kCounter, .offset_bytes = 44, .nominal_rate_hz = 100},
     .may_be_owned = true},  // a smaller one kept the game from starting (simapi 2ed1953)
};

constexpr auto kActivity = rules_in("$R3E", {{kMenu, "game_in_menus", 1},
                                             {kPaused, "game_paused", 1},
                                             {kReplay, "game_in_replay", 1},
                                             {kOff, "session_phase", -1},
                                             {kLive, "game_in_menus", 0}});

/// The same game with other layouts, whose fields and size of a driver's record are these.
template <const auto& kFields, std::uint32_t kRecordBytes>
constexpr Title earlier(std::string_view versions, std::span<const Layout> layouts,
                        std::span<const Channel> channels, const Title* next) {
  return {.id = "raceroom",
          .name = "RaceRoom Racing Experience",
          .exe_names = {"RRRE64.exe"},
          .app_ids = {},
          .layouts = layouts,
          .channels = channels,
          .activity_rules = kActivity,
          .version = {"$R3E", {"version_major", "version_minor"}, {versions}},
          .other_version = next,
          .player_offset_bytes = r3e::player_offset<kFields, kRecordBytes>,
          .find_text = r3e::find_text<kFields>,
          .cars = &r3e::kCars<kFields, kRecordBytes>};
}
constexpr Title kVersion2 =
    earlier<r3e::kFields2, 292>("2.6..2.16", r3e::kLayouts2, r3e::kChannels2, nullptr);
constexpr Title kVersion31 =
    earlier<r3e::kFields31, 316>("3.1", r3e::kLayouts31, r3e::kChannels31, &kVersion2);
constexpr Title kVersion32 =
    earlier<r3e::kFields32, 328>("3.2", r3e::kLayouts32, r3e::kChannels32, &kVersion31);
constexpr Title kVersion33 =
    earlier<r3e::kFields33, 328>("3.3", r3e::kLayouts33, r3e::kChannels33, &kVersion32);

constexpr Title kTitles[] = {
    {.id = "raceroom",
     .name = "RaceRoom Racing Experience",
     .exe_names = {"RRRE64.exe", "RRRE.exe"},
     .app_ids = {211500},
     .layouts = r3e::kLayouts35,
     .channels = r3e::kChannels35,
     .activity_rules = kActivity,
     .version = {"$R3E", {"version_major", "version_minor"}, {"3.4..3.5"}},
     .other_version = &kVersion33,
     .to_switch_on = "nothing",
     .evidence = "layout compiled from the official headers 2.6 to 3.5",
     .player_offset_bytes = r3e::player_offset<r3e::kFields35, 328>,
     .find_text = r3e::find_text<r3e::kFields35>,
     .cars = &r3e::kCars<r3e::kFields35, 328>},
};

constexpr Sim kSim = {
    .name = "r3e",
    .description = "RaceRoom Racing Experience",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
