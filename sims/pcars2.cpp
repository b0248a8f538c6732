// SPDX-License-Identifier: MIT
// Project CARS 2 and Automobilista 2 ($pcars2$), and Project CARS 1 ($pcars$). Sources:
// the headers of viper4gh/CREST2-AMS2 and NLxAROSA/CREST, compiled with the Windows x64 ABI. No
// game was run.
#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/pcars2_channels.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr Mapping kMappings[] = {
    // simd's stub is 102288 bytes long; the section itself is page-rounded 24576 for every version from 9 on.
    {.name = "$pcars2$",
     .size_bytes = 20700,
     .min_file_bytes = 102288,
     .detector = {.rule = Consistency::kSequence, .offset_bytes = 7320, .nominal_rate_hz = 60},
     .may_be_owned = true},  // as simshmbridge and Datalink do
    {.name = "$pcars$", .size_bytes = 7316, .detector = {.nominal_rate_hz = 60}},
};

constexpr ActivityRule kGameStates[] = {{kOff, "mGameState", 0},    {kMenu, "mGameState", 1},
                                        {kLive, "mGameState", 2},   {kPaused, "mGameState", 3},
                                        {kMenu, "mGameState", 4},   {kMenu, "mGameState", 5},
                                        {kReplay, "mGameState", 6}, {kReplay, "mGameState", 7}};
constexpr auto kPcars2GameStates = rules_in(pcars2::kPcars2, kGameStates);
constexpr auto kPcarsGameStates = rules_in(pcars2::kPcars, kGameStates);

/// mVersion tells the two apart: 9 is Project CARS 2, and Automobilista 2 went on from 10.
std::int64_t version(const Snapshot& snapshot) {
  return snapshot.integer(pcars2::kPcars2, {"mVersion", 0, kUint32}).value_or(0);
}

constexpr Title kTitles[] = {
    {.id = "automobilista_2",
     .name = "Automobilista 2",
     .exe_names = {"AMS2AVX.exe", "AMS2.exe", "AMS2DemoAVX.exe"},
     .app_ids = {1066890, 1786210},
     .layouts = pcars2::kAms2Layouts,
     .channels = pcars2::kAms2Channels,
     .activity_rules = kPcars2GameStates,
     .version = {pcars2::kPcars2, {"mVersion"}, {"9..14"}},  // from 9 on, each only added to the one before
     .to_switch_on = "Options, System, Shared Memory: Project CARS 2",
     .evidence = "layout compiled from published sources (v9 to v14)",
     .player_offset_bytes = pcars2::player_offset,
     .cars = &pcars2::kPcars2Cars,
     .recognises = [](const Snapshot& s) { return version(s) >= 10; }},
    {.id = "project_cars_2",
     .name = "Project CARS 2",
     .exe_names = {"pCARS2AVX.exe", "pCARS2.exe"},
     .app_ids = {378860},
     .layouts = pcars2::kPc2Layouts,
     .channels = pcars2::kPcars2Channels,
     .activity_rules = kPcars2GameStates,
     .version = {pcars2::kPcars2, {"mVersion"}, {"9"}},
     .to_switch_on = "Options, System, Shared Memory: Project CARS 2",
     .evidence = "layout compiled from published sources (v9)",
     .player_offset_bytes = pcars2::player_offset,
     .cars = &pcars2::kPcars2Cars,
     .recognises = [](const Snapshot& s) { return version(s) == 9; }},
    {.id = "project_cars_1",
     .name = "Project CARS",
     .exe_names = {"pCARS64.exe", "pCARS.exe", "pCARS64AVX.exe"},
     .app_ids = {234630},
     .layouts = pcars2::kPc1Layouts,
     .channels = pcars2::kPcarsChannels,
     .activity_rules = kPcarsGameStates,
     .version = {pcars2::kPcars, {"mVersion"}, {"5"}},
     .to_switch_on = "Options, Visuals, Hardware, Shared Memory: yes",
     .evidence = "layout compiled from a third party's transcription (v5)",
     .player_offset_bytes = pcars2::player_offset,
     .cars = &pcars2::kPcarsCars,
     .recognises = [](const Snapshot& s) { return s.has_data(pcars2::kPcars); }},
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
