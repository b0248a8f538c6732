// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/core/mirror/ports.hpp"
#include "common/core/sim/sim.hpp"
#include "common/posix/launch/bridge_start.hpp"

namespace pitbridge {

/// Where the receivers that a watcher starts write what they say.
std::string receiver_log();

/// Starts `pitbridge udp` for a game of this sim, which ends with it, or for all sims and for good (null).
/// `shm_directory` may be empty: what the settings say.
Expected<StartedBridge> start_receiver(const Sim* sim, const std::string& shm_directory);

/// Keeps one receiver for all sims running, as `udp = "always"` in config.toml asks for.
class StandingReceiver {
 public:
  /// `log` must outlive it.
  explicit StandingReceiver(Log& log) : log_(log) {}
  StandingReceiver(const StandingReceiver&) = delete;
  StandingReceiver& operator=(const StandingReceiver&) = delete;
  ~StandingReceiver() { end(); }

  /// Starts it where it is wanted and does not run, but not again and again; ends it where it is not wanted.
  void look(bool is_wanted, std::int64_t now_ns);
  void end();

 private:
  Log& log_;
  std::optional<StartedBridge> child_;
  std::int64_t next_start_ns_ = 0;
};

}  // namespace pitbridge
