// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <optional>
#include <vector>

#include "bridges/watch/watched_games.hpp"
#include "common/posix/launch/bridge_start.hpp"
#include "common/posix/launch/service_notice.hpp"
#include "common/posix/launch/watch_notice.hpp"

namespace pitbridge {

/// Sees games start and end, and keeps a bridge in each one's session.
class Watcher {
 public:
  /// `lock`: what makes it the only one of this user. `log` must outlive it.
  Watcher(WatchSettings settings, WatchLock lock, Log& log);

  /// Until SIGTERM or SIGINT; then the bridges that it has started are ended too.
  Expected<void> run();
  /// Starts the bridges that are missing now, and does not watch them.
  void run_once();

 private:
  void look(bool at_once = false);
  void act(const WatchOrders& orders);
  void start(const ProcessId& game);
  void reap();
  /// Clears the files of bridges that were killed together with their janitors.
  void clean_up();
  void wait(int signal_fd) const;
  void end_bridges();
  void tell();
  void say(LogLevel level, const std::string& line) { log_.write(level, line); }

  WatchLock lock_;
  Log& log_;
  WatchedGames games_;
  WatchPlan plan_;
  std::vector<StartedBridge> children_;
  ServiceNotice notice_;
  WatchFacts facts_;
  std::int64_t next_clean_up_ns_ = 0;
  std::string told_;
};

}  // namespace pitbridge
