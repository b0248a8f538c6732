// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/core/model/schedule.hpp"
#include "common/core/model/writer.hpp"
#include "common/core/sim/sim.hpp"

namespace pitbridge::model {

/// The packets of one kind that a game of a title sends, by the sim's own tables.
class GamePacket {
 public:
  /// `session`: what stands where packets name their session.
  GamePacket(const Title& title, const PacketKind& kind, std::size_t size_bytes, std::uint64_t session,
             std::string_view version);

  std::string_view mapping() const { return kind_->mapping; }
  /// The next packet; it stays in place until the one after it. `frame` never goes back.
  std::span<const std::byte> next(const Moment& moment, std::uint32_t frame);

 private:
  const Title* title_;
  const PacketKind* kind_;
  std::uint64_t session_;
  std::string version_;
  std::vector<std::byte> bytes_;
  bool is_prepared_ = false;
};

/// One for each mapping that the title has a layout of.
std::vector<GamePacket> packets_of(const Sim& sim, const Title& title, std::uint64_t session,
                                   std::string_view version);

/// Sends each kind at its own rate.
class GameSender {
 public:
  using Send = std::function<void(std::span<const std::byte> packet)>;

  /// `rate_hz`: of every kind; 0: the sim's own rates.
  GameSender(std::vector<GamePacket> packets, const Sim& sim, const Title& title, double rate_hz,
             double jitter_seconds);

  void start(double now_seconds);
  double next_seconds() const;
  void send_due(double now_seconds, const Moment& moment, const Send& send);

 private:
  struct Kind {
    GamePacket packet;
    UpdateSchedule schedule;
  };

  const Title& title_;
  std::vector<Kind> kinds_;
};

}  // namespace pitbridge::model
