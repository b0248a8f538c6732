// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cmath>

#include "sims/ir_session.hpp"

/// What no variable of iRacing holds as a number. Words of the SDK by irsdk_defines.h in
/// bengsfort/irsdk-node.
namespace pitbridge::ir {

using Number = std::optional<double>;

template <typename Word>
constexpr double word(Word meaning) {
  return static_cast<double>(meaning);
}

/// The accelerations are those that a driver feels: the earth's pull is taken away by the car's attitude.
inline Number acceleration(const Snapshot& s, std::uint32_t element) {
  constexpr std::string_view kNames[] = {"LongAccel", "LatAccel", "VertAccel"};
  const Number felt = number(s, kNames[element]);
  const Number pitch = number(s, "Pitch");
  const Number roll = number(s, "Roll");
  if (!felt || !pitch || !roll) return std::nullopt;
  const double up[] = {-std::sin(*pitch), std::cos(*pitch) * std::sin(*roll),
                       std::cos(*pitch) * std::cos(*roll)};
  return *felt / kStandardGravity - up[element];
}

/// The part that is gone where most is, of left, middle and right.
inline Number tyre_wear(const Snapshot& s, std::uint32_t wheel) {
  constexpr std::string_view kNames[][3] = {{"LFwearL", "LFwearM", "LFwearR"},
                                            {"RFwearL", "RFwearM", "RFwearR"},
                                            {"LRwearL", "LRwearM", "LRwearR"},
                                            {"RRwearL", "RRwearM", "RRwearR"}};
  double least = 1;
  for (const std::string_view name : kNames[wheel]) {
    const Number left = number(s, name);
    if (!left) return std::nullopt;
    least = std::min(least, *left);
  }
  return 1 - least;
}

/// What matters most of the bits that are set.
inline Number flag(const Snapshot& s) {
  struct Bits {
    std::uint32_t bits;
    Flag flag;
  };
  // Disqualified is black as well; waving, debris and caution are yellow; held and start are green.
  constexpr Bits kFlags[] = {{0x00230000, Flag::kBlack},      {0x00100000, Flag::kMeatball},
                             {0x00000010, Flag::kRed},        {0x00000001, Flag::kChequered},
                             {0x0000C108, Flag::kYellow},     {0x00000040, Flag::kSlippery},
                             {0x00080000, Flag::kBlackWhite}, {0x00000020, Flag::kBlue},
                             {0x00000002, Flag::kWhite},      {0x80000404, Flag::kGreen}};
  const auto shown = bits(s, "SessionFlags");
  if (!shown) return std::nullopt;
  for (const Bits& each : kFlags)
    if ((*shown & each.bits) != 0) return word(each.flag);
  return word(Flag::kNone);
}

inline Number session_phase(const Snapshot& s) {
  constexpr std::uint32_t kRedFlag = 0x10, kCaution = 0xC000;
  const auto state = bits(s, "SessionState");
  const std::uint32_t flags = bits(s, "SessionFlags").value_or(0);
  if (!state) return std::nullopt;
  switch (*state) {
    case 1:  // get in the car
      return word(SessionPhase::kGarage);
    case 2:  // warm-up
      return word(SessionPhase::kOther);
    case 3:  // parade laps
      return word(SessionPhase::kFormation);
    case 4:
      if ((flags & kRedFlag) != 0) return word(SessionPhase::kStopped);
      return word((flags & kCaution) != 0 ? SessionPhase::kNeutral : SessionPhase::kRunning);
    case 5:
      return word(SessionPhase::kFinished);
    case 6:
      return word(SessionPhase::kEnded);
    default:
      return std::nullopt;
  }
}

/// `where`: -1 not in the world, 0 off the track, 1 in the pit stall, 2 the lead in to the pit road and the
/// road itself, 3 on the track.
inline Number pit_state(Number where, Number on_pit_road) {
  if (!where || !on_pit_road) return std::nullopt;
  if (*where == -1) return word(PitState::kGarage);
  if (*where == 1) return word(PitState::kBox);
  if (*on_pit_road != 0) return word(PitState::kLane);
  return word(*where == 2 ? PitState::kEntering : PitState::kOnTrack);
}
inline Number own_pit_state(const Snapshot& s) {
  if (number(s, "IsInGarage").value_or(0) != 0) return word(PitState::kGarage);
  return pit_state(number(s, "PlayerTrackSurface"), number(s, "OnPitRoad"));
}

inline Number delta(const Snapshot& s) {
  return number(s, "LapDeltaToBestLap_OK").value_or(0) != 0 ? number(s, "LapDeltaToBestLap") : std::nullopt;
}

inline std::uint32_t car_count(const Snapshot& s) {
  const auto positions = variable(s, "CarIdxPosition");
  return positions ? std::min(positions->count, kMostCars) : 0;
}
inline std::optional<std::uint32_t> own_car(const Snapshot& s) {
  const Number car = number(s, "PlayerCarIdx");
  if (!car || *car < 0 || *car >= kMostCars) return std::nullopt;
  return static_cast<std::uint32_t>(*car);
}
inline Number cars_that_take_part(const Snapshot& s) {
  double cars = 0;
  for (std::uint32_t car = 0; car < car_count(s); ++car) cars += takes_part(s, car) ? 1 : 0;
  return cars;
}

/// From `car` to the one `places` behind it, by what each is behind the leader; in races alone, where it is
/// that.
inline Number gap(const Snapshot& s, std::uint64_t car, int places) {
  const auto positions = variable(s, "CarIdxPosition");
  const Number position = number(s, "CarIdxPosition", car);
  const Number own = number(s, "CarIdxF2Time", car);
  if (!position || *position < 1 || !own || *own < 0 || session_kind(s) != SessionKind::kRace)
    return std::nullopt;
  const std::uint32_t cars = car_count(s);
  for (std::uint32_t i = 0; *position + places >= 1 && i < cars; ++i) {
    if (s.number(kName, *positions, i) != *position + places) continue;
    const Number other = number(s, "CarIdxF2Time", i);
    return other && *other >= 0 ? Number((*other - *own) * places) : std::nullopt;
  }
  return std::nullopt;
}
inline Number own_gap(const Snapshot& s, int places) {
  const auto car = own_car(s);
  return car ? gap(s, *car, places) : std::nullopt;
}

inline Number lap_distance(const Snapshot& s, std::uint64_t car) {
  const Number part = number(s, "CarIdxLapDistPct", car);
  const Number length = track_length(s);
  if (!part || *part < 0 || !length) return std::nullopt;
  return *part * *length;
}

}  // namespace pitbridge::ir
