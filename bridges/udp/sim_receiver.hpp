// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "bridges/host/host_bridge.hpp"
#include "common/core/packets/packet_sections.hpp"

namespace pitbridge {

/// What belongs to one sim of the receiver, and is heard under its name.
class SimLog final : public Log {
 public:
  /// `log` must outlive it.
  SimLog(std::string sim, Log& log) : sim_(std::move(sim)), log_(log) {}
  void write(LogLevel level, std::string_view line) override;

 private:
  std::string sim_;
  Log& log_;
};

/// The bridge of one sim that sends packets: the same as any, but for where its sections come from.
class SimReceiver {
 public:
  /// As `HostBridge::open`. `sim` and `games` must outlive it, too.
  static Expected<std::unique_ptr<SimReceiver>> open(const Sim& sim, const HostBridgeSettings& settings,
                                                     std::shared_ptr<ShmDirectory> directory,
                                                     GameFinder& games, Clock& clock, Log& log);
  SimReceiver(const SimReceiver&) = delete;
  SimReceiver& operator=(const SimReceiver&) = delete;

  PacketSections& sections() { return sections_; }
  HostBridge& bridge() { return *bridge_; }
  const HostBridge& bridge() const { return *bridge_; }
  const Sim& sim() const { return sections_.sim(); }
  /// Where its packets are waited for; for the status page.
  void set_port(std::uint16_t port) { port_ = port; }
  void step();

 private:
  SimReceiver(const Sim& sim, GameFinder& games, Clock& clock, Log& log);
  void show_counts(std::int64_t now_ns);

  Clock& clock_;
  SimLog log_;
  PacketSections sections_;
  std::unique_ptr<HostBridge> bridge_;
  std::uint16_t port_ = 0;
  std::int64_t next_counts_ns_ = 0;
  std::optional<PacketCounts> shown_;
};

}  // namespace pitbridge
