// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/core/mirror/bridge.hpp"
#include "common/core/packets/packet_sections.hpp"
#include "common/core/sim/sim_place.hpp"
#include "common/posix/shm/section_server.hpp"
#include "common/posix/shm/shm_file.hpp"
#include "common/posix/shm/status_file.hpp"

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

struct SimReceiverSettings {
  SimPlace place;
  bool stay = true;   ///< wait for the next game when one has gone
  std::string title;  ///< id of the title that the user says it is; empty: its process or its packets tell
};

/// The bridge of one sim that sends packets: the same as any, but for where its sections come from.
class SimReceiver {
 public:
  /// Takes the place of the sim; fails with kAlreadyRunning when somebody has it. `sim`, `games`, `clock` and
  /// `log` must outlive it.
  static Expected<std::unique_ptr<SimReceiver>> open(const Sim& sim, const SimReceiverSettings& settings,
                                                     std::shared_ptr<ShmDirectory> directory,
                                                     GameFinder& games, Clock& clock, Log& log);
  SimReceiver(const SimReceiver&) = delete;
  SimReceiver& operator=(const SimReceiver&) = delete;
  /// Clears the files.
  ~SimReceiver();

  PacketSections& sections() { return sections_; }
  const Sim& sim() const { return sections_.sim(); }
  /// Where its packets are waited for; for the status page.
  void set_port(std::uint16_t port) { port_ = port; }
  /// Into the log and the status page.
  void say(LogLevel level, const std::string& message);

  /// Whether a step is due now, or a packet has come since the last.
  bool is_due(std::int64_t now_ns) const;
  std::int64_t next_ns() const { return next_ns_; }
  void step();
  /// The game has gone, and it does not stay.
  bool finished() const { return bridge_.finished(); }

 private:
  SimReceiver(const Sim& sim, const SimReceiverSettings& settings, std::shared_ptr<ShmDirectory> directory,
              std::unique_ptr<StatusFile> status, GameFinder& games, Clock& clock, Log& log);
  Expected<void> start();
  void show_counts(std::int64_t now_ns);

  Clock& clock_;
  SimLog log_;
  std::shared_ptr<ShmDirectory> directory_;
  PacketSections sections_;
  std::unique_ptr<StatusFile> status_file_;
  StatusWriter status_;
  ShmFileFactory files_;
  Bridge bridge_;
  std::unique_ptr<SectionServer> server_;
  std::uint16_t port_ = 0;
  std::int64_t next_ns_ = 0, next_serve_ns_ = 0, next_counts_ns_ = 0;
  std::uint64_t stepped_after_ = 0;  ///< packets that were taken
  std::optional<PacketCounts> shown_;
};

}  // namespace pitbridge
