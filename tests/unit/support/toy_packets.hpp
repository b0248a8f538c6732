// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "common/core/packets/packet_sections.hpp"
#include "tests/unit/support/fakes.hpp"

/// A sim that sends packets: kinds with a year, a session and an order as F1 has them, and one that only
/// bounds tell.
namespace pitbridge::toy {

inline constexpr std::string_view kCarFile = "pitbridge.udp.toypackets.car";
inline constexpr std::string_view kEventFile = "pitbridge.udp.toypackets.event";
inline constexpr std::string_view kDashFile = "pitbridge.udp.toypackets.dash";

inline constexpr std::size_t kCarBytes = 64, kEventBytes = 32, kDashBytes = 48;
inline constexpr std::uint16_t kYear = 2023;
inline constexpr std::size_t kYearAt = 0, kKindAt = 2, kSessionAt = 8, kOrderAt = 16, kSpeedAt = 4;

inline constexpr Mapping kMappings[] = {
    {.name = kCarFile, .size_bytes = kCarBytes, .min_file_bytes = kCarBytes, .file = kCarFile},
    {.name = kEventFile, .size_bytes = kEventBytes, .optional = true, .file = kEventFile},
    {.name = kDashFile, .size_bytes = kDashBytes + 4, .optional = true, .file = kDashFile},
};

inline constexpr PacketKind kKinds[] = {
    {.mapping = kCarFile,
     .sizes = {kCarBytes},
     .marks = {PacketMark{kYearAt, 2, kYear}, PacketMark{kKindAt, 1, 0}},
     .session_offset_bytes = kSessionAt,
     .session_width_bytes = 8,
     .order_offset_bytes = kOrderAt,
     .order_width_bytes = 4},
    {.mapping = kEventFile,
     .sizes = {kEventBytes},
     .marks = {PacketMark{kYearAt, 2, kYear}, PacketMark{kKindAt, 1, 1}},
     .session_offset_bytes = kSessionAt,
     .session_width_bytes = 8,
     .order_offset_bytes = kOrderAt,
     .order_width_bytes = 4},
    {.mapping = kDashFile,
     .sizes = {kDashBytes, kDashBytes + 4},
     .bounds = {PacketBound{kSpeedAt, -10, 500}}},
};
inline constexpr PacketSource kSource = {.port = 45'321, .kinds = kKinds};

inline constexpr Title kTitles[] = {{.id = "toy_packets",
                                     .name = "Toy Packets",
                                     .exe_names = {"toypackets.exe"},
                                     .app_ids = {},
                                     .layouts = {},
                                     .channels = {},
                                     .activity_rules = {}}};
inline constexpr Sim kSim = {.name = "toypackets",
                             .description = "Toy Packets",
                             .mappings = kMappings,
                             .titles = kTitles,
                             .start_rule = {},
                             .packets = &kSource};

inline Bytes year_packet(std::size_t size_bytes, std::uint8_t kind, std::uint64_t session,
                         std::uint32_t order, std::uint16_t year = kYear) {
  Bytes packet(size_bytes);
  put(packet, kYearAt, year);
  put(packet, kKindAt, kind);
  put(packet, kSessionAt, session);
  put(packet, kOrderAt, order);
  return packet;
}
inline Bytes car(std::uint32_t order, std::uint64_t session = 7) {
  return year_packet(kCarBytes, 0, session, order);
}
inline Bytes event(std::uint32_t order, std::uint64_t session = 7) {
  return year_packet(kEventBytes, 1, session, order);
}
inline Bytes dash(float speed, std::size_t size_bytes = kDashBytes) {
  Bytes packet(size_bytes);
  put(packet, kSpeedAt, speed);
  return packet;
}

inline PacketSender sender(std::uint16_t port = 50'000) {
  PacketSender who;
  who.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 127, 0, 0, 1};
  who.port = port;
  return who;
}

class FakeGames final : public GameFinder {
 public:
  std::optional<Game> game;
  std::optional<Game> find(const Sim& /*sim*/) override { return game; }
  bool runs(const Game& asked) override { return game && game->pid == asked.pid; }
};

}  // namespace pitbridge::toy
