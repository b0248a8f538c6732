// SPDX-License-Identifier: MIT
// The Assetto Corsa family: one set of names (acpmf_*) for Assetto Corsa, Competizione and Rally, and
// acevo_pmf_* for Evo. Sources: gro-ove/actools, rrennoir/PyAccSharedMemory, simapi
// include/acdata.h, dSyncro/acevo-shared-memory; compiled with the Windows x64 ABI. What the numbers mean:
// the document 1.8.12 of Competizione, and those named beside the channels. No game was run.
#include <algorithm>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/acevo.hpp"
#include "sims/acpmf_channels.hpp"

namespace pitbridge {
namespace {

using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr Detector kPhysicsCounter = {.rule = Consistency::kCounter, .nominal_rate_hz = 333};
constexpr Detector kGraphicsCounter = {.rule = Consistency::kCounter, .nominal_rate_hz = 60};
constexpr Detector kOnceASession = {.nominal_rate_hz = 4};

// Assetto Corsa, ACC and Rally are played with sections that simshmbridge made before them.
constexpr Mapping kMappings[] = {
    // simd makes its stubs 2048 and 16000 bytes long and reads them so; all four must exist from the start,
    // or its reader creates an empty one and dies of SIGBUS (common/reader/README.md).
    {.name = "Local\\acpmf_physics",
     .size_bytes = 800,
     .min_file_bytes = 2048,
     .detector = kPhysicsCounter,
     .may_be_owned = true},
    {.name = "Local\\acpmf_graphics",
     .size_bytes = 1588,
     .min_file_bytes = 2048,
     .detector = kGraphicsCounter,
     .may_be_owned = true},
    {.name = "Local\\acpmf_static",
     .size_bytes = 820,
     .min_file_bytes = 2048,
     .detector = kOnceASession,
     .may_be_owned = true},
    {.name = "Local\\acpmf_crewchief",
     .size_bytes = 15660,
     .min_file_bytes = 16000,
     .detector = {.nominal_rate_hz = 30},
     .optional = true},
    {.name = "Local\\acevo_pmf_physics", .size_bytes = 800, .detector = kPhysicsCounter},
    {.name = "Local\\acevo_pmf_graphics", .size_bytes = 4900, .detector = kGraphicsCounter},
    {.name = "Local\\acevo_pmf_static", .size_bytes = 208, .detector = kOnceASession},
    {.name = "Local\\acpmf_secondMonitor", .detector = {.nominal_rate_hz = 30}, .optional = true},
    {.name = "Local\\acpmf_simhub_v2", .detector = {.nominal_rate_hz = 30}, .optional = true},
};

constexpr ActivityRule kStatusRules[] = {
    {kOff, "status", 0}, {kReplay, "status", 1}, {kLive, "status", 2}, {kPaused, "status", 3}};
constexpr auto kAcpmfStatus = rules_in("acpmf_graphics", kStatusRules);
// Rally leaves `status` at 0 (simapi, simmapper.c; recorders of stages found it so, too).
constexpr auto kRallyStatus =
    join(rules_in("acpmf_graphics", {{kReplay, "status", 1}, {kLive, "status", 2}, {kPaused, "status", 3}}),
         rules_in("acpmf_physics", {{.activity = kLive, .field = "packetId", .changes_within_ms = 500}}));
constexpr auto kEvoStatus = rules_in("acevo_pmf_graphics", kStatusRules);

// No version is known that moved a field; the static page may be empty until a stage loads.
constexpr VersionWord kAcpmfVersion = {"acpmf_static", {"smVersion"}, {"1"}, "memory version", true};
constexpr VersionWord kEvoVersion = {"acevo_pmf_static", {"sm_version"}, {"1"}, "memory version", true};

/// Whether graphics goes on where Assetto Corsa's ends.
bool has_later_layout(const Snapshot& snapshot) {
  const auto* graphics = snapshot.bytes("acpmf_graphics");
  if (graphics == nullptr || graphics->size() <= acpmf::kAcGraphicsBytes) return false;
  return std::any_of(graphics->begin() + acpmf::kAcGraphicsBytes, graphics->end(),
                     [](std::byte b) { return b != std::byte{0}; });
}
/// Temperature of the first tyre, as it stands there; a tyre at more than 200 degC would burn.
double tyre_temperature(const Snapshot& snapshot) {
  return snapshot.number("acpmf_physics", *find_field(acpmf::kPhysics, "tyreCoreTemperature")).value_or(0);
}
constexpr double kKelvinFrom = 200;

constexpr Title kTitles[] = {
    {.id = "assetto_corsa",
     .name = "Assetto Corsa",
     .exe_names = {"acs.exe", "acs_x86.exe"},
     .launchers = {"AssettoCorsa.exe", "Content Manager.exe"},
     .app_ids = {244210},
     .layouts = acpmf::kAcLayouts,
     .channels = acpmf::kAcChannels,
     .activity_rules = kAcpmfStatus,
     .version = kAcpmfVersion,
     .to_switch_on = "nothing",
     .evidence = "layout compiled from published sources",
     .cars = &acpmf::kAcCars,
     // The later ones leave the static page's torque empty.
     .recognises =
         [](const Snapshot& s) {
           return !has_later_layout(s) &&
                  s.number("acpmf_static", *find_field(acpmf::kAccStatic, "maxTorque")) > 0.0;
         }},
    {.id = "assetto_corsa_competizione",
     .name = "Assetto Corsa Competizione",
     .exe_names = {"AC2-Win64-Shipping.exe"},
     .launchers = {"acc.exe"},
     .app_ids = {805550},
     .layouts = acpmf::kAccLayouts,
     .channels = acpmf::kAccChannels,
     .activity_rules = kAcpmfStatus,
     .version = kAcpmfVersion,
     .to_switch_on = "nothing",
     .evidence = "layout compiled from the official document 1.8.12",
     .player_offset_bytes = acpmf::acc_player_offset,
     .cars = &acpmf::kAccCarTable,
     .recognises =
         [](const Snapshot& s) {
           const double degrees = tyre_temperature(s);
           return has_later_layout(s) && degrees > 0 && degrees < kKelvinFrom;
         }},
    {.id = "assetto_corsa_rally",
     .name = "Assetto Corsa Rally",
     .exe_names = {"acr.exe"},
     .app_ids = {3917090},
     .layouts = acpmf::kAccLayouts,
     .channels = acpmf::kRallyChannels,
     .activity_rules = kRallyStatus,
     .version = kAcpmfVersion,
     .to_switch_on = "nothing",
     .evidence = "layout of Competizione, found by third parties' probes",
     .recognises =
         [](const Snapshot& s) { return has_later_layout(s) && tyre_temperature(s) >= kKelvinFrom; }},
    {.id = "assetto_corsa_evo",
     .name = "Assetto Corsa Evo",
     .exe_names = {"AssettoCorsaEVO.exe"},
     .app_ids = {3058630},
     .layouts = acevo::kLayouts,
     .channels = acevo::kChannels,
     .activity_rules = kEvoStatus,
     .version = kEvoVersion,
     .to_switch_on = "nothing",
     .evidence = "layout compiled from published sources",
     .player_offset_bytes = acevo::player_offset,
     .cars = &acevo::kCars,
     // Early builds still used the acpmf_* names; those are mirrored too, as an unknown variant.
     .recognises = [](const Snapshot& s) { return s.has_data("acevo_pmf_physics"); }},
};

constexpr Sim kSim = {
    .name = "ac",
    .description = "Assetto Corsa, Competizione, Rally, Evo",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
