// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/mirror/made_sections.hpp"
#include "common/core/mirror/packet_counts.hpp"
#include "common/core/packets/classify.hpp"
#include "common/core/packets/packet_sender.hpp"

namespace pitbridge {

/// Looks for the processes of games out here, where a game under Wine is a process like any.
class GameFinder {
 public:
  virtual ~GameFinder() = default;
  /// A process of one of the sim's titles, with its Unix pid.
  virtual std::optional<Game> find(const Sim& sim) = 0;
  /// Whether a process that was found still runs. Cheap.
  virtual bool runs(const Game& game) = 0;
};

/// The sections that a sim would have if it did not send packets: one for each mapping, which holds the
/// newest packet of its kind.
class PacketSections final : public MadeSections {
 public:
  /// Where no process of the sim is known, as of a console, a silence of this length is the end of the game.
  static constexpr std::int64_t kSilentNs = 10'000'000'000;

  /// All must outlive it. `sim` has packets.
  PacketSections(const Sim& sim, GameFinder& games, Clock& clock, Log& log);

  PacketClass classify(std::span<const std::byte> packet) const;
  /// A packet of this kind, which `classify` has found. Nothing: it was taken.
  std::optional<JunkReason> take(const PacketKind& kind, std::span<const std::byte> packet,
                                 const PacketSender& sender);
  /// Packets that were taken, and by reason those that were not, are counted here by whoever hands them over.
  PacketCounts& counts() { return counts_; }
  const PacketCounts& counts() const { return counts_; }
  /// Who has sent the packet that was taken last; empty: none was.
  const std::string& sender() const { return sender_; }

  Expected<std::unique_ptr<View>> open(std::string_view mapping_name) override;
  std::optional<SectionId> identify(std::string_view mapping_name) override;
  std::optional<Game> find_game(const Sim& sim) override;
  bool game_runs() override;

 private:
  /// What belongs to one mapping.
  struct Slot {
    const Mapping* mapping;
    std::int64_t last_ns = 0;   ///< of its packets
    NewestOrigin origins = {};  ///< where packets name no session
    LatePackets late = {};
  };

  /// Closes the section of this name, if it was silent for too long.
  void close_if_silent(std::string_view mapping_name);
  std::optional<JunkReason> refuse(const PacketKind& kind, Slot& slot, std::span<const std::byte> packet,
                                   const PacketSender& sender, std::int64_t now_ns);

  GameFinder& games_;
  Clock& clock_;
  Log& log_;
  std::vector<Slot> slots_;
  NewestOrigin sessions_;  ///< of the kinds that name one
  PacketCounts counts_;
  PacketSender last_sender_;
  std::string sender_;
};

/// Hands a packet to the sim that it is of; one that marks tell goes before one that bounds alone do. What is
/// of none counts as junk of each of `sims`, which share a port.
void deliver(std::span<PacketSections* const> sims, std::span<const std::byte> packet,
             const PacketSender& sender);

}  // namespace pitbridge
