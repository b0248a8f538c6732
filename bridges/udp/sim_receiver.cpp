// SPDX-License-Identifier: MIT
#include "bridges/udp/sim_receiver.hpp"

#include <fmt/format.h>

namespace pitbridge {
namespace {

constexpr std::int64_t kCountsEveryNs = 500'000'000;

}  // namespace

void SimLog::write(LogLevel level, std::string_view line) {
  log_.write(level, fmt::format("{}: {}", sim_, line));
}

Expected<std::unique_ptr<SimReceiver>> SimReceiver::open(const Sim& sim, const HostBridgeSettings& settings,
                                                         std::shared_ptr<ShmDirectory> directory,
                                                         GameFinder& games, Clock& clock, Log& log) {
  std::unique_ptr<SimReceiver> receiver(new SimReceiver(sim, games, clock, log));
  auto bridge = HostBridge::open(receiver->sections_, settings, std::move(directory), clock, receiver->log_);
  if (!bridge) return tl::unexpected<Error>(std::move(bridge.error()));
  receiver->bridge_ = std::move(*bridge);
  return receiver;
}

SimReceiver::SimReceiver(const Sim& sim, GameFinder& games, Clock& clock, Log& log)
    : clock_(clock), log_(std::string(sim.name), log), sections_(sim, games, clock, log_) {}

void SimReceiver::step() {
  bridge_->step();
  if (const std::int64_t now_ns = clock_.now_ns(); now_ns >= next_counts_ns_) show_counts(now_ns);
}

void SimReceiver::show_counts(std::int64_t now_ns) {
  next_counts_ns_ = now_ns + kCountsEveryNs;
  if (shown_ == sections_.counts()) return;
  shown_ = sections_.counts();
  bridge_->status().set_packets(port_, sections_.sender(), *shown_);
}

}  // namespace pitbridge
