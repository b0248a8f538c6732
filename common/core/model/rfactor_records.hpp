// SPDX-License-Identifier: MIT
// The offsets are those of the plugin's header, compiled; each is relative to its own record. Our tables
// name some of these fields, and the scene does without them: what one has wrong the other does not repeat.
#pragma once

#include <array>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

/// Where the records of a session and its vehicles are, and which vehicles the scene has.
namespace pitbridge::model::rfactor {

constexpr std::uint32_t kScoringBytes = 584;
constexpr std::uint32_t kTelemetryBytes = 1888;
constexpr std::uint32_t kWheelBytes = 260;
constexpr double kKelvinAtZero = 273.15;

/// In the record of the session.
namespace session {
constexpr std::uint32_t kCurrentTime = 68, kEndTime = 76, kMostLaps = 84, kVehicles = 104;
}
/// In a vehicle's record of Scoring.
namespace scoring {
constexpr std::uint32_t kId = 0, kDriver = 4, kVehicle = 36, kTotalLaps = 100, kLapDistance = 104,
                        kFinish = 103, kLastSector1 = 152, kLastSector2 = 160, kSector1 = 176, kSector2 = 184,
                        kIsPlayer = 196, kControl = 197, kInPits = 198, kPlace = 199, kClass = 200,
                        kBehindNext = 232, kPos = 264, kOri = 336, kPitState = 457, kTimeIntoLap = 464,
                        kFlag = 504, kUnderYellow = 505;
}
/// In a vehicle's record of Telemetry; those of a wheel are relative to that.
namespace telemetry {
constexpr std::uint32_t kId = 0, kDeltaTime = 4, kElapsedTime = 12, kLapNumber = 20, kLapStart = 24,
                        kVehicle = 32, kTrack = 96, kPos = 160, kOri = 232, kRpm = 356, kDents = 544,
                        kIgnition = 619, kBattery = 704, kBoostMotor = 744, kFirstWheel = 848;
constexpr std::uint32_t kAcross = 64, kAlong = 72, kTread = 128, kCarcass = 204;
}  // namespace telemetry

/// Where a mapping has its records; nothing where it has none.
struct Records {
  std::optional<std::uint32_t> session, scoring, telemetry;
};

inline Records records_of(std::string_view mapping) {
  if (mapping == "$rFactor2SMMP_Scoring$") return {.session = 12, .scoring = 560, .telemetry = {}};
  if (mapping == "$rFactor2SMMP_Telemetry$") return {.session = {}, .scoring = {}, .telemetry = 16};
  if (mapping == "LMU_Data") return {.session = 1632, .scoring = 2192, .telemetry = 128468};
  return {};
}

struct Vehicle {
  std::int32_t slot_id;
  std::string_view driver;
};

/// By their places in the race, as Scoring has them; the third is the player, whose driver is the fake car's.
inline constexpr Vehicle kVehicles[] = {{3, "Ann Other"}, {9, "Bo Third"}, {5, ""}, {14, "Cy Last"}};
constexpr std::uint32_t kPlayer = 2;
/// Telemetry has them in another order: which of `kVehicles` each record is.
inline constexpr std::array<std::uint32_t, std::size(kVehicles)> kTelemetryOrder = {1, 2, 3, 0};
constexpr std::uint32_t kPlayerInTelemetry = 1;

}  // namespace pitbridge::model::rfactor
