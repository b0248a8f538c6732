// SPDX-License-Identifier: MIT
// rFactor 2 with the shared memory plugin of TheIronWolf. No game was run.
#include "common/core/sim/sim_table.hpp"
#include "sims/rf2_plugin.hpp"

namespace pitbridge {
namespace {

/// A buffer that the plugin writes: its versions are raised before and after each update, at the plugin's
/// rate.
constexpr Mapping written_buffer(std::string_view name, std::uint32_t size_bytes, double rate_hz,
                                 bool optional = false) {
  return {.name = name,
          .size_bytes = size_bytes,
          .min_file_bytes = size_bytes,
          .detector = {.rule = Consistency::kVersionPair, .end_offset_bytes = 4, .nominal_rate_hz = rate_hz},
          .optional = optional,
          .may_be_owned = true};
}
/// One that the plugin reads.
constexpr Mapping read_buffer(std::string_view name, std::uint32_t size_bytes) {
  return {.name = name,
          .size_bytes = size_bytes,
          .detector = {.rule = Consistency::kVersionPair, .end_offset_bytes = 4, .nominal_rate_hz = 5},
          .optional = true};
}

// Scoring stands before Telemetry: libsimapi never opens it again when it finds Telemetry alone. File sizes
// are what TinyPedal maps (common/reader/README.md).
// The plugin takes sections that are there before it (its MappedBuffer.h).
constexpr Mapping kMappings[] = {
    written_buffer("$rFactor2SMMP_Scoring$", 75312, 5),
    written_buffer("$rFactor2SMMP_Telemetry$", 241680, 50),
    written_buffer("$rFactor2SMMP_Rules$", 45272, 3),
    written_buffer("$rFactor2SMMP_MultiRules$", 39792, 1),
    written_buffer("$rFactor2SMMP_ForceFeedback$", 16, 400),
    written_buffer("$rFactor2SMMP_Graphics$", 272, 60, true),
    written_buffer("$rFactor2SMMP_PitInfo$", 340, 100),
    written_buffer("$rFactor2SMMP_Weather$", 632, 1, true),
    written_buffer("$rFactor2SMMP_Extended$", 10152, 5),
    read_buffer("$rFactor2SMMP_HWControl$", 116),
    read_buffer("$rFactor2SMMP_WeatherControl$", 628),
    read_buffer("$rFactor2SMMP_RulesControl$", 45272),
    read_buffer("$rFactor2SMMP_PluginControl$", 20),
};

constexpr Title kTitles[] = {
    {.id = "rfactor_2",
     .name = "rFactor 2",
     .exe_names = {"rFactor2.exe", "rFactor2 Mod Mode.exe"},
     .app_ids = {365960},
     .layouts = rf2_plugin::kLayouts,
     .channels = rf2_plugin::kChannels,
     .activity_rules = rf2_plugin::kActivity,
     .version = rf2_plugin::kVersion,
     .to_switch_on = "the plugin rFactor2SharedMemoryMapPlugin64.dll, in CustomPluginVariables.JSON",
     .evidence = "layout compiled from the plugin 3.7.15.1",
     .player_offset_bytes = rf2_plugin::player_offset,
     .cars = &rf2_plugin::kCars},
};

constexpr Sim kSim = {
    .name = "rf2",
    .description = "rFactor 2",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order; never beside a plugin build that writes /dev/shm itself",
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
