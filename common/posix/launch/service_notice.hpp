// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pitbridge {

/// Tells a service manager how we are, by the protocol of sd_notify(3): one datagram to the socket that it
/// names. Without a manager all calls do nothing.
class ServiceNotice {
 public:
  /// `socket` as NOTIFY_SOCKET has it: a path, or "@" and an abstract name; empty: nobody listens.
  /// `watchdog_us` and `watchdog_pid` as WATCHDOG_USEC and WATCHDOG_PID have them.
  ServiceNotice(std::string socket, std::string_view watchdog_us, std::string_view watchdog_pid);
  /// From this process's environment, which is then cleared of them: they are not our children's.
  static ServiceNotice from_environment();

  void ready(std::string_view status) const { send("READY=1\nSTATUS=", status); }
  /// One line for people.
  void status(std::string_view status) const { send("STATUS=", status); }
  void reloading() const;
  void stopping() const { send("STOPPING=1\nSTATUS=", "stopping"); }
  /// We are alive. To be called at least each `watchdog_every_ns`.
  void alive() const;
  /// Half of what the manager allows; nothing when it does not ask.
  std::optional<std::int64_t> watchdog_every_ns() const { return watchdog_every_ns_; }

 private:
  void send(std::string_view beginning, std::string_view text) const;

  std::string socket_;
  std::optional<std::int64_t> watchdog_every_ns_;
};

}  // namespace pitbridge
