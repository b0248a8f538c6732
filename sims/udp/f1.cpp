// SPDX-License-Identifier: MIT
// F1 22, F1 23, F1 24 and F1 25 (EA, Codemasters). Sources: the makers' descriptions as MacManley/f1-23-udp,
// f1-24-udp, f1-25-udp and raweceek-temeletry/f1-22-udp have them, and mathieu-lemay/f1-telemetry-rs and
// vazhure/vAzhureRacingHub (F1Series), which agree in sizes and offsets. Senses were found in the recorded
// packets of f1-telemetry-rs (f1-telemetry/tests/f1_2022_packets.rs and f1_2021_packets.rs): "right" is to
// the right of forward; yaw rises to the left and roll where the right side sinks; the lateral force is
// positive in bends to the left, and the vertical one 0 at rest; local x is to the left; suspensions are in
// millimetres, and rise where they are pressed together; wheel speeds are metres a second. The pitch there
// does not agree with the forward vector, which is used instead. No game was run.
//
// The world is right-handed with y up. Here x is its z, y its x and z its y. Wheels are rear left, rear
// right, front left, front right.
#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <utility>

#include "common/core/decode/snapshot.hpp"
#include "common/core/sim/sim_table.hpp"
#include "sims/udp/f1_channels.hpp"
#include "sims/udp/frame.hpp"

namespace pitbridge {
namespace {

using namespace f1;  // NOLINT(google-build-using-namespace): this file is of no other
using enum FieldType;
using enum Quantity;
using enum Activity;

constexpr Mapping mapping(std::string_view name, std::uint32_t size_bytes, double rate_hz = 60) {
  return {.name = name,
          .size_bytes = size_bytes,
          .detector = {.nominal_rate_hz = rate_hz},
          .optional = true,
          .file = name};
}
constexpr auto kMappings = [] {
  std::array<Mapping, std::size(kKindsOfPackets)> mappings = {};
  for (std::size_t i = 0; i < mappings.size(); ++i)
    mappings[i] = mapping(kKindsOfPackets[i].mapping, std::ranges::max(kKindsOfPackets[i].sizes));
  mappings[0].optional = false;  // the telemetry
  return mappings;
}();

/// The format and the kind stand in each header. Frames of 2022 go back after a flashback, and tell no order.
template <const Year& kYear>
constexpr auto kinds_of_year() {
  std::array<PacketKind, layouts_in_year<kYear>()> kinds = {};
  std::size_t count = 0;
  for (const Kind& kind : kKindsOfPackets) {
    if (kind.sizes[kYear.index] == 0) continue;
    kinds[count++] = {.mapping = kind.mapping,
                      .sizes = {kind.sizes[kYear.index]},
                      .marks = {PacketMark{0, 2, static_cast<std::uint64_t>(kYear.format)},
                                PacketMark{kYear.packet_id_bytes, 1, kind.packet_id}},
                      .session_offset_bytes = kYear.session_bytes,
                      .session_width_bytes = 8,
                      .order_offset_bytes = 23,
                      .order_width_bytes = kYear.format == 2022 ? 0U : 4U};
  }
  return kinds;
}
constexpr auto kKinds = join(kinds_of_year<kYear22>(), kinds_of_year<kYear23>(), kinds_of_year<kYear24>(),
                             kinds_of_year<kYear25>());
constexpr PacketSource kPackets = {.port = 20777, .kinds = kKinds};

// --- Texts ---

using Name = std::pair<std::int64_t, std::string_view>;
constexpr Name kTracks[] = {{0, "Melbourne"},
                            {1, "Paul Ricard"},
                            {2, "Shanghai"},
                            {3, "Sakhir"},
                            {4, "Catalunya"},
                            {5, "Monaco"},
                            {6, "Montreal"},
                            {7, "Silverstone"},
                            {8, "Hockenheim"},
                            {9, "Hungaroring"},
                            {10, "Spa"},
                            {11, "Monza"},
                            {12, "Singapore"},
                            {13, "Suzuka"},
                            {14, "Abu Dhabi"},
                            {15, "Texas"},
                            {16, "Brazil"},
                            {17, "Austria"},
                            {18, "Sochi"},
                            {19, "Mexico"},
                            {20, "Baku"},
                            {21, "Sakhir Short"},
                            {22, "Silverstone Short"},
                            {23, "Texas Short"},
                            {24, "Suzuka Short"},
                            {25, "Hanoi"},
                            {26, "Zandvoort"},
                            {27, "Imola"},
                            {28, "Portimao"},
                            {29, "Jeddah"},
                            {30, "Miami"},
                            {31, "Las Vegas"},
                            {32, "Losail"},
                            {39, "Silverstone (reverse)"},
                            {40, "Austria (reverse)"},
                            {41, "Zandvoort (reverse)"}};
/// As they look, by the numbers of Formula 1, classic cars and Formula 2.
constexpr Name kCompounds[] = {{16, "soft"},       {17, "medium"}, {18, "hard"},   {7, "intermediate"},
                               {8, "wet"},         {9, "dry"},     {10, "wet"},    {15, "wet"},
                               {19, "super soft"}, {20, "soft"},   {21, "medium"}, {22, "hard"}};

std::optional<std::string> name_of(std::optional<double> number, std::span<const Name> names) {
  if (!number) return std::nullopt;
  const auto it = std::ranges::find(names, static_cast<std::int64_t>(*number), &Name::first);
  return it != names.end() ? std::optional<std::string>(it->second) : std::nullopt;
}

/// 0 is none.
template <const Year& kYear>
std::optional<std::string> race_number(const Snapshot& snapshot, std::uint32_t car) {
  const auto number = number_at<kYear>(snapshot, kParticipants, kRaceNumber, kUint8,
                                       std::uint64_t{car} * kYear.participant_record);
  if (!number || *number == 0) return std::nullopt;
  return std::to_string(static_cast<unsigned>(*number));
}

template <const Year& kYear>
std::optional<std::string> find_text(const Snapshot& snapshot, Quantity quantity) {
  if (quantity == kTrack) return name_of(number_at<kYear>(snapshot, kSessionData, 7, kInt8, 0), kTracks);
  if (quantity == kTyreCompound) {
    const auto player = player_in<kYear>(snapshot, kStatus);
    if (!player) return std::nullopt;
    const std::uint64_t shift = std::uint64_t{*player} * kYear.status_record;
    return name_of(number_at<kYear>(snapshot, kStatus, kVisualCompound, kUint8, shift), kCompounds);
  }
  const auto player = player_in<kYear>(snapshot, kParticipants);
  return player && quantity == kCarNumber ? race_number<kYear>(snapshot, *player) : std::nullopt;
}

// --- All together ---

template <const Year& kYear>
constexpr auto channels_of_year() {
  constexpr auto kCommon =
      join(player_channels_in(kTelemetry, kTelemetryRows), player_channels_in(kStatus, kStatusRows),
           player_channels_in(kMotion, kMotionRows<kYear>), player_channels_in(kLapData, kLapRows<kYear>),
           channels_in(kLapData, kLapHeaderRows), channels_in(kSessionData, kSessionRows<kYear>),
           player_channels_in(kDamage, kDamageRows<kYear>), player_channels_in(kSetups, kSetupRows),
           player_channels_in(kParticipants, kDriverRows), channels_in(kParticipants, kCarCountRows));
  if constexpr (kYear.format == 2022) {
    return join(kCommon, channels_in(kMotion, kPlayerMotionRows), channels_in(kMotion, kSlip22Rows));
  } else {
    return join(kCommon, channels_in(kMotionEx, kPlayerMotionRows), channels_in(kMotionEx, kSlip23Rows),
                player_channels_in(kStatus, kPowerRows), player_channels_in(kLapData, kGapRows<kYear>));
  }
}
template <const Year& kYear>
constexpr auto kChannelsOf = channels_of_year<kYear>();

template <const Year& kYear, std::size_t kCount>
constexpr auto of_cars(std::string_view of, const Channel (&rows)[kCount]) {
  auto table = channels_in(of, rows);
  for (Channel& channel : table) channel.record_bytes = record_bytes<kYear>(of);
  return table;
}
template <const Year& kYear>
constexpr auto car_channels() {
  constexpr auto kCommon = join(
      of_cars<kYear>(kParticipants, {{.quantity = kCarNumber}, {kDriver, "m_name"}}),
      of_cars<kYear>(kLapData, {{kPosition, "m_carPosition"},
                                {kLap, "m_currentLapNum", 1, -1},
                                {kLapDistance, "m_lapDistance"},
                                {kLastLapTime, "m_lastLapTimeInMS", kSecondsPerMs},
                                {.quantity = kPitState, .field = "m_pitStatus", .codes = kPitStates}}),
      of_cars<kYear>(
          kMotion, {{.quantity = kWorldPosition, .field = "m_worldPositionX", .order = frame::kLeftUpForward},
                    {kHeading, "m_yaw"}}));
  if constexpr (kYear.gap_ahead == 0) {
    return kCommon;
  } else {
    return join(kCommon, of_cars<kYear>(kLapData, kGapRows<kYear>));
  }
}
template <const Year& kYear>
constexpr auto kCarChannels = car_channels<kYear>();

template <const Year& kYear>
constexpr CarTable kCarsOf = {.most_cars = kCars,
                              .channels = kCarChannels<kYear>,
                              .count = [](const Snapshot& s) { return s.has_data(kLapData) ? kCars : 0; },
                              .player = [](const Snapshot& s) { return player_in<kYear>(s, kLapData); },
                              // 0 is invalid, 1 inactive.
                              .is_there =
                                  [](const Snapshot& s, std::uint32_t car) {
                                    const auto status =
                                        number_at<kYear>(s, kLapData, kYear.result_status, kUint8,
                                                         std::uint64_t{car} * kYear.lap_record);
                                    return status.value_or(0) > 1;
                                  },
                              .find_text =
                                  [](const Snapshot& s, Quantity quantity, std::uint32_t car) {
                                    return quantity == kCarNumber ? race_number<kYear>(s, car) : std::nullopt;
                                  }};

constexpr ActivityRule kActivity[] = {
    {.activity = kPaused, .field = "m_gamePaused", .value = 1, .mapping = kSessionData},
    {.activity = kReplay, .field = "m_isSpectating", .value = 1, .mapping = kSessionData},
    {.activity = kLive, .field = "m_frameIdentifier", .changes_within_ms = 500, .mapping = kTelemetry},
    {.activity = kLive, .field = "m_frameIdentifier", .changes_within_ms = 500, .mapping = kMotion},
};

template <const Year& kYear>
bool is_of_year(const Snapshot& snapshot) {
  return std::ranges::any_of(kKindsOfPackets, [&](const Kind& kind) {
    return snapshot.has_data(kind.mapping) &&
           snapshot.integer(kind.mapping, {"", 0, kUint16}) == kYear.format;
  });
}

/// A newer game can send the format of an older one.
template <const Year& kYear>
constexpr Title title(Title names, std::string_view format, const Title* older) {
  names.layouts = kLayoutsOf<kYear>;
  names.channels = kChannelsOf<kYear>;
  names.activity_rules = kActivity;
  names.version = {kTelemetry, {"m_packetFormat"}, {format}, "format"};
  names.other_version = older;
  names.to_switch_on =
      "in Settings > Telemetry: UDP Telemetry on, IP address 127.0.0.1, port 20777, UDP format as the game's "
      "year";
  names.evidence = "layouts from three sources that agree; senses from recorded packets of 2021 and 2022";
  names.player_offset_bytes = player_offset<kYear>;
  names.find_text = find_text<kYear>;
  names.cars = &kCarsOf<kYear>;
  names.recognises = is_of_year<kYear>;
  return names;
}

constexpr Title kF122 = title<kYear22>({.id = "f1_22",
                                        .name = "F1 22",
                                        .exe_names = {"F1_22.exe", "F1_22_Trial.exe"},
                                        .app_ids = {1692250},
                                        .layouts = {},
                                        .channels = {},
                                        .activity_rules = {}},
                                       "2022", nullptr);
constexpr Title kF123 = title<kYear23>({.id = "f1_23",
                                        .name = "F1 23",
                                        .exe_names = {"F1_23.exe", "F1_23_Trial.exe"},
                                        .app_ids = {2108330},
                                        .layouts = {},
                                        .channels = {},
                                        .activity_rules = {}},
                                       "2023", &kF122);
constexpr Title kF124 = title<kYear24>({.id = "f1_24",
                                        .name = "F1 24",
                                        .exe_names = {"F1_24.exe", "F1_24_Trial.exe"},
                                        .app_ids = {2488620},
                                        .layouts = {},
                                        .channels = {},
                                        .activity_rules = {}},
                                       "2024", &kF123);
constexpr Title kF125 = title<kYear25>({.id = "f1_25",
                                        .name = "F1 25",
                                        .exe_names = {"F1_25.exe", "F1_25_Trial.exe"},
                                        .app_ids = {3059520},
                                        .layouts = {},
                                        .channels = {},
                                        .activity_rules = {}},
                                       "2025", &kF124);
constexpr Title kTitles[] = {kF125, kF124, kF123, kF122};

constexpr Sim kSim = {
    .name = "f1",
    .description = "F1 22 to F1 25",
    .mappings = kMappings,
    .titles = kTitles,
    .start_rule = "any order",
    .packets = &kPackets,
};

const SimRegistration kRegistration(kSim);

}  // namespace
}  // namespace pitbridge
