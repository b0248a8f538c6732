// SPDX-License-Identifier: MIT
// The offsets are those of the header of the games, compiled; they have been the same from version 5 on.
#include "common/core/model/pcars.hpp"

#include <iterator>

#include "common/core/model/bytes.hpp"

namespace pitbridge::model {
namespace {

constexpr std::uint32_t kViewed = 20, kCount = 24, kFirst = 28, kRecordBytes = 100, kLapsInEvent = 6572;
/// In a participant's record.
constexpr std::uint32_t kIsActive = 0, kName = 1, kLapDistance = 80, kPosition = 84, kLapsCompleted = 88,
                        kCurrentLap = 92;

struct Participant {
  std::string_view name;
  std::uint32_t position;
};

/// The first is the player, whose name and position are the fake car's: libsimapi takes the lap from the
/// first record, whoever is viewed.
constexpr Participant kParticipants[] = {{"", 3}, {"Ann Other", 1}, {"Bo Third", 2}};

void prepare_pcars(const Place& place, const LapState& /*car*/) {
  put(place.section, kViewed, std::int32_t{0});
  put(place.section, kCount, static_cast<std::int32_t>(std::size(kParticipants)));
  put(place.section, kLapsInEvent, std::uint32_t{10});
  for (std::uint32_t i = 0; i < std::size(kParticipants); ++i) {
    const std::uint32_t record = kFirst + i * kRecordBytes;
    put(place.section, record + kIsActive, std::uint8_t{1});
    put_text(place.section, record + kName, kParticipants[i].name);
    put(place.section, record + kPosition, kParticipants[i].position);
  }
}

void write_pcars(const Place& place, const Moment& moment) {
  const auto laps = static_cast<std::uint32_t>(moment.car.number(Quantity::kLap));
  for (std::uint32_t i = 0; i < std::size(kParticipants); ++i) {
    const std::uint32_t record = kFirst + i * kRecordBytes;
    put(place.section, record + kLapDistance, static_cast<float>(40 * moment.car.number(Quantity::kLapTime)));
    put(place.section, record + kLapsCompleted, laps);
    put(place.section, record + kCurrentLap, laps + 1);
  }
}

}  // namespace

constexpr Scene kPcarsScene = {
    .player_shift_bytes = [](std::string_view, std::uint32_t) -> std::uint64_t { return 0; },
    .prepare = prepare_pcars,
    .write = write_pcars};

}  // namespace pitbridge::model
