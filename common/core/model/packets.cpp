// SPDX-License-Identifier: MIT
#include "common/core/model/packets.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "common/core/decode/snapshot.hpp"
#include "common/core/model/scene.hpp"

namespace pitbridge::model {
namespace {

void put_word(std::span<std::byte> packet, std::uint32_t offset_bytes, std::uint32_t width_bytes,
              std::uint64_t value) {
  const std::size_t width = std::min<std::size_t>(width_bytes, sizeof value);
  if (offset_bytes + width <= packet.size()) std::memcpy(packet.data() + offset_bytes, &value, width);
}

void put_marks(std::span<std::byte> packet, const PacketKind& kind) {
  for (const PacketMark& mark : kind.marks) put_word(packet, mark.offset_bytes, mark.width_bytes, mark.value);
}

bool has_size(const PacketKind& kind, std::uint32_t size_bytes) {
  return std::find(kind.sizes.begin(), kind.sizes.end(), size_bytes) != kind.sizes.end();
}

/// Of the kinds of several years the one that the title takes for its own.
const PacketKind* kind_of(const Sim& sim, const Title& title, const Layout& layout) {
  const PacketKind* found = nullptr;
  for (const PacketKind& kind : sim.packets->kinds) {
    if (kind.mapping != layout.mapping || !has_size(kind, layout.size_bytes)) continue;
    if (found == nullptr) found = &kind;
    if (title.recognises == nullptr) break;
    std::vector<std::byte> packet(layout.size_bytes);
    put_marks(packet, kind);
    Snapshot snapshot;
    snapshot.set(layout.mapping, std::move(packet));
    if (title.recognises(snapshot)) return &kind;
  }
  return found;
}

}  // namespace

GamePacket::GamePacket(const Title& title, const PacketKind& kind, std::size_t size_bytes,
                       std::uint64_t session, std::string_view version)
    : title_(&title), kind_(&kind), session_(session), version_(version), bytes_(size_bytes) {}

std::span<const std::byte> GamePacket::next(const Moment& moment, std::uint32_t frame) {
  if (!std::exchange(is_prepared_, true))
    prepare_section({bytes_, *title_, kind_->mapping}, moment.car, version_);
  write_title(bytes_, *title_, kind_->mapping, moment, field_finder(bytes_, *title_, kind_->mapping));
  put_marks(bytes_, *kind_);
  put_word(bytes_, kind_->session_offset_bytes, kind_->session_width_bytes, session_);
  put_word(bytes_, kind_->order_offset_bytes, kind_->order_width_bytes, frame);
  return bytes_;
}

std::vector<GamePacket> packets_of(const Sim& sim, const Title& title, std::uint64_t session,
                                   std::string_view version) {
  std::vector<GamePacket> packets;
  for (const Layout& layout : title.layouts)
    if (const PacketKind* kind = kind_of(sim, title, layout))
      packets.emplace_back(title, *kind, layout.size_bytes, session, version);
  return packets;
}

GameSender::GameSender(std::vector<GamePacket> packets, const Sim& sim, const Title& title, double rate_hz,
                       double jitter_seconds)
    : title_(title) {
  for (GamePacket& packet : packets) {
    const double nominal = sim.find_mapping(packet.mapping())->detector.nominal_rate_hz;
    kinds_.push_back({std::move(packet), UpdateSchedule(rate_hz > 0 ? rate_hz : nominal, jitter_seconds)});
  }
}

void GameSender::start(double now_seconds) {
  for (Kind& kind : kinds_) kind.schedule.start(now_seconds);
}

double GameSender::next_seconds() const {
  double next = std::numeric_limits<double>::max();
  for (const Kind& kind : kinds_) next = std::min(next, kind.schedule.due_seconds());
  return next;
}

void GameSender::send_due(double now_seconds, const Moment& moment, const Send& send) {
  // As a game counts them: in milliseconds, so that all of one moment have the same number.
  const auto frame = static_cast<std::uint32_t>(now_seconds * 1000);
  for (Kind& kind : kinds_) {
    if (now_seconds < kind.schedule.due_seconds()) continue;
    kind.schedule.advance(now_seconds);
    if (!stands_still(title_, kind.packet.mapping(), moment.activity)) send(kind.packet.next(moment, frame));
  }
}

}  // namespace pitbridge::model
