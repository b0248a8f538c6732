// SPDX-License-Identifier: MIT
#include "common/core/packets/packet_sections.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pitbridge {

PacketSections::PacketSections(const Sim& sim, GameFinder& games, Clock& clock, Log& log)
    : MadeSections(sim), games_(games), clock_(clock), log_(log) {
  for (const Mapping& mapping : sim.mappings) slots_.push_back({.mapping = &mapping});
}

PacketClass PacketSections::classify(std::span<const std::byte> packet) const {
  return pitbridge::classify(sim().packets->kinds, packet);
}

std::optional<JunkReason> PacketSections::take(const PacketKind& kind, std::span<const std::byte> packet,
                                               const PacketSender& sender) {
  const auto slot = std::find_if(slots_.begin(), slots_.end(),
                                 [&](const Slot& s) { return s.mapping->file_name() == kind.mapping; });
  if (slot == slots_.end()) return JunkReason::kUnknownMark;
  const std::int64_t now_ns = clock_.now_ns();
  if (const auto reason = refuse(kind, *slot, packet, sender, now_ns)) return reason;
  slot->last_ns = now_ns;
  if (sender_.empty() || sender != last_sender_) sender_ = sender.text();
  last_sender_ = sender;
  const auto bytes = section(kind.mapping, packet.size());
  std::copy(packet.begin(), packet.end(), bytes.begin());
  updated(kind.mapping);
  return std::nullopt;
}

std::optional<JunkReason> PacketSections::refuse(const PacketKind& kind, Slot& slot,
                                                 std::span<const std::byte> packet,
                                                 const PacketSender& sender, std::int64_t now_ns) {
  const bool names_session = kind.session_width_bytes != 0;
  NewestOrigin& origins = names_session ? sessions_ : slot.origins;
  const PacketOrigin origin = {sender,
                               packet_word(packet, kind.session_offset_bytes, kind.session_width_bytes)};
  switch (origins.judge(origin, now_ns)) {
    case NewestOrigin::Standing::kCurrent:
      break;
    case NewestOrigin::Standing::kTakesOver:
      for (Slot& each : slots_)
        if (names_session || &each == &slot) each.late.start_anew();
      break;
    case NewestOrigin::Standing::kOlder:
      if (origins.takes_conflict())
        log_.write(LogLevel::kWarning,
                   fmt::format("{}: {} and {} send at the same time; the one that began last is shown, {}",
                               sim().description, sender.text(), origins.current().sender.text(),
                               "let one of them send to another port"));
      return JunkReason::kOtherSender;
  }
  if (kind.order_width_bytes != 0 &&
      slot.late.is_late(packet_word(packet, kind.order_offset_bytes, kind.order_width_bytes), now_ns))
    return JunkReason::kLate;
  return std::nullopt;
}

void PacketSections::close_if_silent(std::string_view mapping_name) {
  if (game()) return;
  for (const Slot& slot : slots_)
    if (slot.mapping->name == mapping_name && clock_.now_ns() - slot.last_ns >= kSilentNs)
      close(slot.mapping->file_name());
}

Expected<std::unique_ptr<View>> PacketSections::open(std::string_view mapping_name) {
  close_if_silent(mapping_name);
  return MadeSections::open(mapping_name);
}

std::optional<SectionId> PacketSections::identify(std::string_view mapping_name) {
  close_if_silent(mapping_name);
  return MadeSections::identify(mapping_name);
}

std::optional<Game> PacketSections::find_game(const Sim& sim) {
  set_game(games_.find(sim));
  return game();
}

bool PacketSections::game_runs() {
  if (game() && games_.runs(*game())) return true;
  if (!game()) return false;
  set_game(std::nullopt);
  // What comes from now on is somebody else's.
  close_all();
  return false;
}

void deliver(std::span<PacketSections* const> sims, std::span<const std::byte> packet,
             const PacketSender& sender) {
  PacketSections* best = nullptr;
  const PacketKind* kind = nullptr;
  for (PacketSections* sim : sims) {
    const PacketClass found = sim->classify(packet);
    if (found.kind == nullptr || (kind != nullptr && kind->marks.size() >= found.kind->marks.size()))
      continue;
    best = sim;
    kind = found.kind;
  }
  if (best == nullptr) {
    for (PacketSections* sim : sims) sim->counts().add(sim->classify(packet).reason);
    return;
  }
  if (const auto reason = best->take(*kind, packet, sender)) {
    best->counts().add(*reason);
  } else {
    ++best->counts().taken;
  }
}

}  // namespace pitbridge
