// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

/// The words that are the same for every sim, where sims have numbers of their own. The page holds the place
/// of a word in its list, JSON the word. A list only grows at its end.
namespace pitbridge {

enum class SessionKind : std::uint8_t {
  kOther,
  kPractice,
  kQualifying,
  kRace,
  kWarmup,
  kTimeTrial,  ///< alone against the clock: hot lap, time attack, superpole
  kTest,       ///< an offline test, or driving freely
  kStage,      ///< of a rally
  kDrift,
  kDrag,
};
inline constexpr std::array<std::string_view, 10> kSessionKindNames = {
    "other", "practice", "qualifying", "race", "warmup", "time trial", "test", "stage", "drift", "drag"};

enum class SessionPhase : std::uint8_t {
  kOther,
  kGarage,     ///< the session runs or will, and nobody has to drive
  kGrid,       ///< cars stand on the grid, or walk to it
  kFormation,  ///< a lap behind the leader or the pace car, before the start
  kCountdown,  ///< lights
  kRunning,
  kNeutral,   ///< full course yellow, safety car, virtual safety car
  kStopped,   ///< red flag
  kFinished,  ///< the leader, or all, have the chequered flag
  kEnded,     ///< results, or cool down
};
inline constexpr std::array<std::string_view, 10> kSessionPhaseNames = {
    "other",   "garage",  "grid",    "formation", "countdown",
    "running", "neutral", "stopped", "finished",  "ended"};

/// What is shown to the driver; where several are, the one that matters most to him: black before red before
/// chequered before yellow before blue before white before green.
enum class Flag : std::uint8_t {
  kNone,
  kGreen,
  kBlue,
  kYellow,
  kDoubleYellow,
  kWhite,
  kChequered,
  kRed,
  kBlack,
  kMeatball,    ///< black with an orange disc: a fault of the car
  kPenalty,     ///< a penalty is to be served
  kBlackWhite,  ///< a warning
  kSlippery,    ///< yellow and red stripes
};
inline constexpr std::array<std::string_view, 13> kFlagNames = {
    "none", "green", "blue",     "yellow",  "double yellow",   "white",   "chequered",
    "red",  "black", "meatball", "penalty", "black and white", "slippery"};

enum class PitState : std::uint8_t { kOnTrack, kRequested, kEntering, kLane, kBox, kLeaving, kGarage };
inline constexpr std::array<std::string_view, 7> kPitStateNames = {
    "on track", "requested", "entering", "lane", "box", "leaving", "garage"};

enum class Surface : std::uint8_t {
  kOther,
  kAsphalt,  ///< any paved road
  kKerb,
  kGrass,
  kGravel,
  kSand,
  kDirt,
  kSnow,
  kIce,
  kWater,
  kWood,
  kMetal,
};
inline constexpr std::array<std::string_view, 12> kSurfaceNames = {
    "other", "asphalt", "kerb", "grass", "gravel", "sand", "dirt", "snow", "ice", "water", "wood", "metal"};

}  // namespace pitbridge
