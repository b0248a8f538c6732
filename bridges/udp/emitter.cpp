// SPDX-License-Identifier: MIT
#include "bridges/udp/emitter.hpp"

#include <algorithm>
#include <utility>

#include "common/core/packets/outgauge.hpp"

namespace pitbridge {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kSendEveryNs = 1'000'000'000 / 60;
/// While no car is driven.
constexpr std::int64_t kLookEveryNs = 250 * kNsPerMs;

}  // namespace

OutgaugeEmitter::OutgaugeEmitter(const std::vector<const Sim*>& sims, NetAddress target,
                                 const UserSettings& user)
    : target_(target), sender_({target}) {
  if (sims.empty())
    if (auto opened = reader::Reader::open_live(shm_directory_of(user)))
      readers_.push_back(std::move(*opened));
  for (const Sim* sim : sims) {
    const std::string name(sim->name);
    // Its name is one of a table, so that nothing can be wrong with it.
    if (auto opened = reader::Reader::open(name, shm_directory_of(user, {.sim = name, .app_id = {}})))
      readers_.push_back(std::move(*opened));
  }
}

void OutgaugeEmitter::step(std::int64_t now_ns) {
  if (now_ns < next_ns_) return;
  if (start_ns_ == 0) start_ns_ = now_ns;
  for (std::size_t i = 0; i < readers_.size(); ++i) {
    const std::size_t which = (live_ + i) % readers_.size();
    if (!send_from(readers_[which], now_ns)) continue;
    live_ = which;
    next_ns_ = std::max(next_ns_ + kSendEveryNs, now_ns);
    return;
  }
  next_ns_ = now_ns + kLookEveryNs;
}

bool OutgaugeEmitter::send_from(reader::Reader& reader, std::int64_t now_ns) {
  const auto values = reader.values();
  if (!values || values->activity() != reader::Activity::kLive) return false;
  const auto number = [&](Quantity quantity) {
    return values->number(std::string(quantity_info(quantity).name).c_str());
  };
  const auto time_ms = static_cast<std::uint32_t>((now_ns - start_ns_) / kNsPerMs);
  const auto packet = outgauge_packet(number, values->text("car"), time_ms);
  const Datagram datagram = {packet, {}};
  sender_.send({&datagram, 1});
  return true;
}

}  // namespace pitbridge
