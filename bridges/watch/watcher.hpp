// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "bridges/watch/receiver_start.hpp"
#include "bridges/watch/supervisor.hpp"
#include "common/posix/launch/service_notice.hpp"
#include "common/posix/launch/watch_notice.hpp"

namespace pitbridge {

/// `pitbridge watch`: a supervisor for every game of this user, which heeds signals and tells a service
/// manager and `pitbridge status` what it does.
class Watcher {
 public:
  /// `lock`: what makes it the only one of this user. `log` must outlive it.
  Watcher(GameFilter filter, UserSettings user, WatchLock lock, Log& log);

  /// Until SIGTERM or SIGINT; then the bridges that it has started are ended too.
  Expected<void> run();
  /// Starts the bridges that are missing now, and leaves them to themselves.
  void run_once();

 private:
  void look(bool at_once = false);
  std::int64_t wait_ns() const;
  void read_settings_again();
  /// What the games and bridges are, for `pitbridge status` and the service manager.
  void publish_state();

  WatchLock lock_;
  Log& log_;
  UserSettings user_;
  Supervisor supervisor_;
  StandingReceiver receiver_;
  ServiceNotice notice_;
  std::int64_t next_clean_up_ns_ = 0;
  std::string published_state_;
};

}  // namespace pitbridge
