// SPDX-License-Identifier: MIT
#include "common/posix/launch/service_notice.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "common/core/sim/number_text.hpp"
#include "common/posix/system/fd.hpp"
#include "common/posix/system/monotonic_clock.hpp"
#include "common/posix/system/paths.hpp"

namespace pitbridge {
namespace {

std::optional<std::int64_t> positive_number(std::string_view text) {
  const auto number = number_from<std::int64_t>(text);
  return number && *number > 0 ? number : std::nullopt;
}

}  // namespace

ServiceNotice::ServiceNotice(std::string socket, std::string_view watchdog_us, std::string_view watchdog_pid)
    : socket_(std::move(socket)) {
  // The manager may mean another process of the unit.
  if (!watchdog_pid.empty() && positive_number(watchdog_pid) != ::getpid()) return;
  constexpr std::int64_t kMostUs = INT64_MAX / 1000;
  if (const auto us = positive_number(watchdog_us); us && *us <= kMostUs) watchdog_every_ns_ = *us * 1000 / 2;
}

ServiceNotice ServiceNotice::from_environment() {
  ServiceNotice notice(environment_or("NOTIFY_SOCKET", ""), environment_or("WATCHDOG_USEC", ""),
                       environment_or("WATCHDOG_PID", ""));
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  return notice;
}

void ServiceNotice::reloading() const {
  // Type=notify-reload of systemd 253 wants the time; older ones pass it over.
  MonotonicClock clock;
  send("RELOADING=1\nMONOTONIC_USEC=", std::to_string(clock.now_ns() / 1000));
}

void ServiceNotice::alive() const {
  if (watchdog_every_ns_) send("WATCHDOG=1", "");
}

void ServiceNotice::send(std::string_view beginning, std::string_view text) const {
  sockaddr_un address = {};
  if (socket_.size() < 2 || socket_.size() >= sizeof address.sun_path ||
      (socket_.front() != '/' && socket_.front() != '@'))
    return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (socket_.front() == '@') address.sun_path[0] = '\0';
  std::string message(beginning);
  message += text;
  // A line more would be a variable more.
  std::replace(message.begin() + static_cast<std::ptrdiff_t>(beginning.size()), message.end(), '\n', ' ');
  const UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const auto sent = ::sendto(fd.get(), message.data(), message.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), length);
  (void)sent;  // a manager that is busy or gone is no trouble of the games'
}

}  // namespace pitbridge
